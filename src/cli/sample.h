/* The sample installed with the program. */
#ifndef PAT_CLI_SAMPLE_H
#define PAT_CLI_SAMPLE_H

#include <stdbool.h>

#include "patina/dataset.h"

/* The path of one of its folders, "damaged" or "undamaged": where the program is installed, or for
 * its build folder. False if it is missing; the path is then where it should be. */
bool sample_folder(const char *name, char path[PAT_PATH_SIZE]);

#endif
