/* `patina bench --film`: whole runs over a film, with several numbers of workers and batches. */
#ifndef PAT_CLI_BENCH_FILM_H
#define PAT_CLI_BENCH_FILM_H

#include "bench_timing.h"
#include "workspace.h"

/* Restore the film with the default model, once for each setting and repetition, into `space`, and
 * print what was measured. Returns the exit status. */
int bench_film(const bench_options *options, const char *film, const workspace *space);

#endif
