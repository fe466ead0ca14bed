/* The sample installed with the program. */
#ifndef PAT_CLI_SAMPLE_H
#define PAT_CLI_SAMPLE_H

#include <stdbool.h>

#include "patina/dataset.h"

/* The path of one of its folders, "damaged" or "undamaged", in the installation or the build
 * folder. False if it is missing; the path is then the last one tried. */
bool sample_folder(const char *name, char path[PAT_PATH_SIZE]);

#endif
