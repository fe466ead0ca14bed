/* An explanation of a row for people, on stdout. */
#ifndef PAT_CLI_EXPLAIN_TEXT_H
#define PAT_CLI_EXPLAIN_TEXT_H

#include "patina/patina.h"

/* data: the table's path, as given. On a terminal, scores are shaded: in colors if it has 256 of
 * them and NO_COLOR is not set, else by blocks if it shows UTF-8. */
void explain_print(const char *data, const pat_explanation *explanation);

#endif
