#include <stdio.h>

#include "commands.h"
#include "console.h"
#include "options.h"

struct arguments {
    const char *path[2];
    double rtol, atol;
    bool quiet;
};

static const struct argp_option options[] = {
    {"rtol", KEY_RTOL, "X", 0, "Relative tolerance of numbers (default: 0)", 0},
    {"atol", KEY_ATOL, "X", 0, "Absolute tolerance of numbers (default: 0)", 0},
    {"quiet", 'q', NULL, 0, "Print nothing but errors", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_RTOL:
        arguments->rtol = parse_tolerance(state, "--rtol", argument);
        return 0;
    case KEY_ATOL:
        arguments->atol = parse_tolerance(state, "--atol", argument);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= 2)
            argp_error(state, "'%s' is one file too many: give two", argument);
        arguments->path[state->arg_num] = argument;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 2)
            argp_error(state, "give two CSV files");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "A.csv B.csv",
    .doc = "Compare two CSV files cell by cell, row by row. Numbers a and b agree when "
           "|a - b| <= atol + rtol * |b|."
           "\vExit status: 0 identical or equal within the tolerance, 1 different, 2 wrong usage "
           "or an unreadable file.",
};

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
    parse_arguments(&argp, argc, argv, 0, &arguments);
    pat_status status =
        pat_csv_compare(arguments.path[0], arguments.path[1], arguments.rtol, arguments.atol,
                        arguments.quiet ? NULL : stdout, &result, &error);
    if (status != PAT_OK) {
        console_error(&error);
        return EXIT_USAGE;
    }
    if (!arguments.quiet)
        printf("%s\n", verdicts[result]);
    return result == PAT_DIFFERENT ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
}
