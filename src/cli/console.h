/* Messages to the user, and the handling of Ctrl-C. */
#ifndef PAT_CLI_CONSOLE_H
#define PAT_CLI_CONSOLE_H

#include <signal.h>
#include <stdbool.h>

#include "patina/patina.h"

/* Exit statuses, as documented in the manual. */
enum { EXIT_ALL_WELL = 0, EXIT_SOMETHING_FAILED = 1, EXIT_USAGE = 2 };

/* For the help of a command that calls console_catch_interrupts(). */
#define HELP_STOPPED "129, 130 or 143 stopped by a signal (SIGHUP, SIGINT, SIGTERM)"

/* Print a name on stdout; control characters become '?'. */
void console_name(const char *name);

/* The columns of the terminal `file`; 0 if it is not a terminal, or if unknown. */
int console_width(int file);

/* Print "patina: message" on stderr. */
void console_error(const pat_error *error);

/* Zeroed memory for `count` things of `size` bytes. Ends the program with a message if memory runs
 * out. */
void *console_memory(size_t count, size_t size);

/* Flush stdout. Returns exit_status, or EXIT_SOMETHING_FAILED with a message if writing failed. */
int console_flush(int exit_status);

/* The exit status for an operation that failed as a whole, after printing why. */
int console_failure(const pat_error *error);

/*
 * From now on the first SIGINT, SIGTERM or SIGHUP, unless ignored, sets the returned flag to its
 * number and prints a message; a second one sets it to minus its number: see
 * pat_run_options.interrupt. A third one kills the program.
 */
const volatile sig_atomic_t *console_catch_interrupts(void);

/* Print the outcome of a run: on stdout, or with `quiet` one line on stderr if something failed.
 * what: "pair" or "image". Returns the exit status. */
int console_summary(const pat_run_summary *summary, const char *what, bool quiet);

/* Print a JSON document on stdout and free it; NULL: memory ran out for it. Returns the exit
 * status: exit_status, unless the document is missing. */
int console_document(char *text, int exit_status);

/* Print the failures of a run without a failures file on stderr. Returns the exit status. */
int console_failures(const pat_run_summary *summary, const char *what);

/* After a run was stopped, print where its rows are and how to continue. Returns the exit
 * status. */
int console_interrupted(const pat_run_summary *summary, int signal_number);

/* After a run failed: as console_failure(), and print how to continue. */
int console_broken_off(const pat_error *error, const pat_run_summary *summary);

#endif
