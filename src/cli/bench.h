/*
 * The output of `patina bench`: its runs (bench_sweep.h) and the stages of a pair (bench_stages.h).
 */
#ifndef PAT_CLI_BENCH_H
#define PAT_CLI_BENCH_H

#include "bench_stages.h"
#include "bench_sweep.h"

void bench_table_begin(const bench_options *options, const pat_pairs *pairs);
void bench_table_sweep(const bench_options *options, const bench_sweep *sweep);
/* sweep: NULL if there was none. */
void bench_table_breakdown(const bench_breakdown *breakdown, const bench_sweep *sweep);

/* Begin the JSON document of figures. sandbox: of the workers; NULL: there were none. */
pat_document *bench_json_begin(const char *name, const char *sandbox);
void bench_json_list(pat_document *document, const char *name, const option_list *list);

/* All results in one document. sweep: NULL if there was none. Returns the exit status. */
int bench_json(const bench_options *options, const pat_pairs *pairs, const bench_sweep *sweep,
               const bench_breakdown *breakdown);

#endif
