/* Reset what a process inherits from its parent, so that commands behave the same however they are
 * started. */
#ifndef PAT_CLI_STARTUP_H
#define PAT_CLI_STARTUP_H

#include <stdbool.h>

/* Open descriptors 0 to 2, reset signals and raise the limit on open files. Call this first. */
void startup_prepare(void);

/* Check that enough files can be opened for any command. If not, print what to do and return
 * false. */
bool startup_has_descriptors(void);

/* Return a path that starts this program again, independent of its name and the current folder.
 * Static. */
const char *startup_program(void);

#endif
