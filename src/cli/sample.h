/* The sample that came with the program. */
#ifndef PAT_CLI_SAMPLE_H
#define PAT_CLI_SAMPLE_H

#include <stdbool.h>

#include "patina/dataset.h"

/* The path of one of its folders, "damaged" or "undamaged", seen from the program: where it is
 * installed, or in its build folder. False if it is not there; the path is then where it should
 * be. */
bool sample_folder(const char *name, char path[PAT_PATH_SIZE]);

#endif
