#include "commands.h"

#include <string.h>

const struct command commands[] = {
    {"degrade", cmd_degrade, &degrade_set, "make pairs by damaging clean images"},
    {"search", cmd_search, &search_set, "find the best settings for pairs; write a data set"},
    {"inspect", cmd_inspect, &inspect_set, "check a data set and its images"},
    {"explain", cmd_explain, &explain_set, "recompute one row of a data set and explain it"},
    {"train", cmd_train, &train_set, "train a model that chooses the setting for an image"},
    {"evaluate", cmd_evaluate, &evaluate_set, "evaluate a model by the images it restores"},
    {"learn", cmd_learn, &learn_set, "learn a model from clean images, in one run"},
    {"restore", cmd_restore, &restore_set, "restore images with a model or one setting"},
    {"film", cmd_film, &film_set, "restore a film, steadily from frame to frame"},
    {"serve", cmd_serve, &serve_set, "serve a web page and an API that restore images"},
    {"report", cmd_report, &report_set, "write a web page about a data set and a model"},
    {"features", cmd_features, &features_set, "measure the 14 features of images"},
    {"compare", cmd_compare, &compare_set, "compare two CSV files, exactly or within a tolerance"},
    {"verify", cmd_verify, &verify_set, "check that parallel runs give the same bytes"},
    {"bench", cmd_bench, &bench_set, "measure the speed of the search on this machine"},
    {"completion", cmd_completion, &completion_set, NULL},
    {"worker", cmd_worker, NULL, NULL},
    {0},
};

const struct command *command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}
