/* Print an inspection as text. */
#ifndef PAT_CLI_INSPECT_TEXT_H
#define PAT_CLI_INSPECT_TEXT_H

#include "patina/patina.h"

/* Print it on stdout. data: the path of the data set. */
void inspect_print(const char *data, const pat_inspection *inspection);

#endif
