/* Messages to the user, and signal handling. */
#ifndef PAT_CLI_CONSOLE_H
#define PAT_CLI_CONSOLE_H

#include <signal.h>
#include <stdbool.h>

#include "patina/patina.h"

/* Exit statuses, as documented in the manual. */
enum { EXIT_ALL_WELL = 0, EXIT_SOMETHING_FAILED = 1, EXIT_USAGE = 2, EXIT_HARMFUL = 3 };

/* For the help of commands that call console_catch_interrupts(). */
#define HELP_STOPPED "129, 130 or 143 stopped by a signal (SIGHUP, SIGINT, SIGTERM)"

/* The message for a failure to make a JSON document. */
#define CONSOLE_NO_MEMORY "not enough memory to print the JSON document"

/* Print a name on stdout; control characters become '?'. */
void console_name(const char *name);

/* The width of the terminal `file` in columns; 0 if it is not a terminal, or if unknown. */
int console_width(int file);

/* Print "patina: message" on stderr. */
void console_error(const pat_error *error);

/* Print "patina: text" on stderr, replacing a progress line. For pat_run_options.notice. */
void console_notice(const char *text);

/* Zeroed memory for `count` items of `size` bytes. Exits with a message if memory runs out. */
void *console_memory(size_t count, size_t size);

/* Flush stdout, because what follows takes a while. console_flush() reports a failure. */
void console_push(void);

/* Flush stdout. Returns exit_status, or EXIT_SOMETHING_FAILED with a message if writing failed. */
int console_flush(int exit_status);

/* Print why an operation failed as a whole. Returns the exit status. */
int console_failure(const pat_error *error);

/*
 * From now on, the first SIGINT, SIGTERM or SIGHUP, unless ignored, sets the returned flag to the
 * signal number and prints a message; a second one negates it (see pat_run_options.interrupt); a
 * third one kills the program.
 */
const volatile sig_atomic_t *console_catch_interrupts(void);

/* Print the outcome of a run: on stdout, or with `quiet` one line on stderr if something failed.
 * what: "pair" or "image". Returns the exit status. */
int console_summary(const pat_run_summary *summary, const char *what, bool quiet);

/* Print a JSON document on stdout and free it. text: NULL if memory ran out. Returns exit_status,
 * or EXIT_SOMETHING_FAILED with a message if the document is missing. */
int console_document(char *text, int exit_status);

/* Print the failures of a run on stderr, for a run without a failures file. Returns the exit
 * status. */
int console_failures(const pat_run_summary *summary, const char *what);

/* After an interrupted run, print where its rows are and how to resume it. Returns the exit
 * status. */
int console_interrupted(const pat_run_summary *summary, int signal_number);

/* After a failed run, do the same as console_failure(), and print how to resume it. */
int console_broken_off(const pat_error *error, const pat_run_summary *summary);

#endif
