#include <math.h>
#include <stdio.h>

#include "commands.h"
#include "console.h"
#include "shared_options.h"

struct arguments {
    run_arguments run;
    const char *path[2];
    double rtol, atol;
};

static const option_row options[] = {
    {"rtol", 0, "X", OPTION_NUMBER, OPTION_TARGET(struct arguments, rtol), .highest = INFINITY,
     .standard = "0", .help = "Relative tolerance for numbers"},
    {"atol", 0, "X", OPTION_NUMBER, OPTION_TARGET(struct arguments, atol), .highest = INFINITY,
     .standard = "0", .help = "Absolute tolerance for numbers"},
    {NULL, 0, "A.csv", OPTION_FILE, OPTION_TARGET(struct arguments, path[0]),
     .missing = "give two CSV files"},
    {NULL, 0, "B.csv", OPTION_FILE, OPTION_TARGET(struct arguments, path[1]),
     .missing = "give two CSV files"},
    {0},
};

static const option_group groups[] = {
    {.rows = options},
    {NULL, output_options, OPTION_ABOUT(run), .without = "progress"},
    {0},
};

const option_set compare_set = {
    .usage = "A.csv B.csv",
    .summary = "Compare two CSV files row by row and cell by cell. Two numbers a and b agree if "
               "|a - b| <= atol + rtol * |b|; nan and inf agree only with themselves.",
    .notes = "Exit status: 0 identical or equal within the tolerance, 1 different, 2 wrong usage "
             "or an unreadable file.",
    .groups = groups,
};

static pat_status compare(const struct arguments *arguments, char **json, pat_difference *result,
                          pat_error *error)
{
    const char *const *path = arguments->path;
    *json = NULL;
    if (arguments->run.json)
        return pat_csv_compare_json(path[0], path[1], arguments->rtol, arguments->atol, json,
                                    result, error);
    return pat_csv_compare(path[0], path[1], arguments->rtol, arguments->atol,
                           arguments->run.quiet ? NULL : stdout, result, error);
}

int cmd_compare(int argc, char **argv)
{
    static const char *const verdicts[] = {
        [PAT_IDENTICAL] = "identical",
        [PAT_WITHIN_TOLERANCE] = "equal within tolerance",
        [PAT_DIFFERENT] = "different",
    };
    struct arguments arguments = {0};
    pat_error error = {0};
    pat_difference result;
    char *json;
    options_read(&compare_set, argc, argv, &arguments);
    if (compare(&arguments, &json, &result, &error) != PAT_OK) {
        console_error(&error);
        return EXIT_USAGE;
    }
    int exit_status = result == PAT_DIFFERENT ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
    if (arguments.run.json)
        return console_document(json, exit_status);
    if (!arguments.run.quiet)
        printf("%s\n", verdicts[result]);
    return exit_status;
}
