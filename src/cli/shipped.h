/* The files that come with the program: the sample and the model. */
#ifndef PAT_CLI_SHIPPED_H
#define PAT_CLI_SHIPPED_H

#include <stdbool.h>

#include "patina/dataset.h"
#include "patina/model.h"

/* The path of a shipped file or folder, such as "sample/damaged", in the installation or the build
 * folder. False if it is missing; the path is then the last one tried. */
bool shipped_find(const char *name, char path[PAT_PATH_SIZE]);

/* The model to use when none is named: the file that the environment variable PATINA_MODEL names,
 * or else the default model. Returns its path; NULL after a message if it is missing. */
const char *shipped_model(char path[PAT_PATH_SIZE]);

/* Describe such a model in one line: "with the default model: tone, ...". */
enum { SHIPPED_WORDS_SIZE = 2 * PAT_MODEL_SUMMARY_SIZE };
void shipped_describe(const pat_model *model, char words[SHIPPED_WORDS_SIZE]);

#endif
