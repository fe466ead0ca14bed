/* Print the explanation of a row as text. */
#ifndef PAT_CLI_EXPLAIN_TEXT_H
#define PAT_CLI_EXPLAIN_TEXT_H

#include "patina/patina.h"

/* Print it on stdout. data: the path of the table, as given. On a terminal, scores are shaded: in
 * color if it has 256 colors and NO_COLOR is not set, else with blocks if it shows UTF-8. */
void explain_print(const char *data, const pat_explanation *explanation);

#endif
