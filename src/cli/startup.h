/* What a process inherits, made the same for every command, whoever starts it. */
#ifndef PAT_CLI_STARTUP_H
#define PAT_CLI_STARTUP_H

#include <stdbool.h>

/* Call first: open the descriptors 0 to 2, reset signals, raise the limit on open files. */
void startup_prepare(void);

/* Whether enough files can be opened for any command; if not, say on the standard error what to do.
 */
bool startup_has_descriptors(void);

/* A path that starts this program again, whatever its name and the current folder. Static. */
const char *startup_program(void);

#endif
