#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "commands.h"
#include "console.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* NULL: not for people */
};

static const struct command commands[] = {
    /* in the order of their use, which is how they are listed; then what serves them */
    {"degrade", cmd_degrade, "make pairs from clean images by damaging them"},
    {"search", cmd_search, "find the best settings for pairs of images; write the data set"},
    {"inspect", cmd_inspect, "judge a data set: distributions, gain, labels, suspicious pairs"},
    {"explain", cmd_explain, "rebuild one row of a data set and show why it is as it is"},
    {"train", cmd_train, "train a model that says how to restore an image"},
    {"evaluate", cmd_evaluate, "judge a model by the images it restores"},
    {"restore", cmd_restore, "restore images by a model or a given setting"},
    {"serve", cmd_serve, "restore images as a web page and an API"},
    {"report", cmd_report, "show a data set, a model and its restorations as a page"},
    {"features", cmd_features, "measure the 14 features of images"},
    {"compare", cmd_compare, "compare two CSV files, exactly or within a tolerance"},
    {"verify", cmd_verify, "show that parallel and sequential runs give the same bytes"},
    {"bench", cmd_bench, "measure what workers bring on this machine, and what a pair costs"},
    {"worker", cmd_worker, NULL},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void print_help(FILE *out)
{
    fprintf(out, "Usage: patina COMMAND [OPTION...] [ARGUMENT...]\n"
                 "Image restoration: find out what restores damaged pictures best, learn it, and "
                 "restore by it.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].help != NULL)
            fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(out, "\n  patina COMMAND --help   the options of a command\n"
                 "  patina --version        the version\n");
}

/* Descriptors 0 to 2 must be open, or the first file opened would receive the messages. */
static void open_standard_descriptors(void)
{
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

/* A worker takes two descriptors, and a run may have a thousand workers. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run_command(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return EXIT_ALL_WELL;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("patina %s\n", pat_version());
        return EXIT_ALL_WELL;
    }
    const struct command *command = find_command(name);
    if (command == NULL) {
        fprintf(stderr, "patina: there is no command '%s'; patina --help lists them\n", name);
        return EXIT_USAGE;
    }
    pat_error error = {0};
    if (pat_check_instruction_tier(&error) != PAT_OK) {
        fprintf(stderr, "patina: %s\n", error.message);
        return EXIT_USAGE;
    }
    char full_name[64];
    snprintf(full_name, sizeof full_name, "patina %s", command->name);
    argv[1] = full_name;
    return command->run(argc - 1, argv + 1);
}

/* What was printed may be the very thing that was asked for. A reader that has seen enough, as
 * head does, is no failure. */
static int check_output(int exit_status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    if (errno == EPIPE)
        return exit_status;
    fprintf(stderr, "patina: cannot write to the standard output (%s)\n", strerror(errno));
    return exit_status == EXIT_ALL_WELL ? EXIT_SOMETHING_FAILED : exit_status;
}

int main(int argc, char **argv)
{
    open_standard_descriptors();
    signal(SIGPIPE, SIG_IGN); /* a dead worker or a closed terminal is noticed by its error, */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow likewise */
    raise_descriptor_limit();
    argp_err_exit_status = EXIT_USAGE;
    return check_output(run_command(argc, argv));
}
