/* The subcommands. Each reads its arguments (argv[0] is "patina NAME") as its option set says, and
 * returns the exit status. */
#ifndef PAT_CLI_COMMANDS_H
#define PAT_CLI_COMMANDS_H

#include "options.h"

int cmd_bench(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_degrade(int argc, char **argv);
int cmd_evaluate(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_features(int argc, char **argv);
int cmd_film(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_learn(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_worker(int argc, char **argv);

extern const option_set bench_set, compare_set, completion_set, degrade_set, evaluate_set,
    explain_set, features_set, film_set, inspect_set, learn_set, report_set, restore_set,
    search_set, serve_set, train_set, verify_set;

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const option_set *options; /* NULL: it takes no options */
    const char *help;          /* NULL: it is not listed */
};

/* All commands, in the order of use; a command without a name ends the table. */
extern const struct command commands[];

/* NULL if there is no such command. */
const struct command *command_find(const char *name);

#endif
