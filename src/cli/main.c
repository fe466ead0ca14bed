#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "console.h"
#include "spelling.h"
#include "startup.h"

static void print_help(FILE *out)
{
    fprintf(out, "Usage: patina COMMAND [OPTION...] [ARGUMENT...]\n"
                 "Restore damaged images: find the settings that restore them best, train a model "
                 "on them,\nand restore other images with it.\n\n");
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->help != NULL)
            fprintf(out, "  %-10s %s\n", command->name, command->help);
    fprintf(out,
            "\n  patina help COMMAND     show the options of a command, as patina COMMAND -h does\n"
            "  patina --version        show the version\n");
}

static int refuse_command(const char *name)
{
    struct spelling nearest = spelling_of(name);
    for (const struct command *command = commands; command->name != NULL; command++)
        if (command->help != NULL)
            spelling_try(&nearest, command->name);
    fprintf(stderr, "patina: there is no command '%s'; patina --help lists them\n", name);
    if (nearest.found != NULL)
        fprintf(stderr, "Did you mean '%s'?\n", nearest.found);
    return EXIT_USAGE;
}

/* argv[0]: the command's name. */
static int run_command(const struct command *command, int argc, char **argv)
{
    pat_error error = {0};
    if (command->help != NULL && !startup_has_descriptors()) /* a worker needs few */
        return EXIT_SOMETHING_FAILED;
    if (pat_check_instruction_tier(&error) != PAT_OK) {
        fprintf(stderr, "patina: %s\n", error.message);
        return EXIT_USAGE;
    }
    char full_name[64];
    snprintf(full_name, sizeof full_name, "patina %s", command->name);
    argv[0] = full_name;
    return command->run(argc, argv);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* patina help, patina help COMMAND */
static int help(int argc, char **argv)
{
    if (argc > 1) {
        fprintf(stderr, "patina: help takes one command, not %d\n", argc);
        return EXIT_USAGE;
    }
    bool of_itself = argc == 1 && (is_help(argv[0]) || strcmp(argv[0], "help") == 0);
    const struct command *command = argc == 1 && !of_itself ? command_find(argv[0]) : NULL;
    if (argc == 1 && !of_itself && (command == NULL || command->options == NULL))
        return refuse_command(argv[0]);
    if (command != NULL)
        return run_command(command, 2, (char *[]){argv[0], "--help", NULL});
    print_help(stdout);
    return EXIT_ALL_WELL;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (is_help(name))
        return help(0, NULL);
    if (strcmp(name, "help") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("patina %s\n", pat_version());
        return EXIT_ALL_WELL;
    }
    const struct command *command = command_find(name);
    return command != NULL ? run_command(command, argc - 1, argv + 1) : refuse_command(name);
}

int main(int argc, char **argv)
{
    startup_prepare();
    return console_flush(run(argc, argv));
}
