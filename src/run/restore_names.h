/* The names of restored files; private to the library. */
#ifndef PAT_RUN_RESTORE_NAMES_H
#define PAT_RUN_RESTORE_NAMES_H

#include "patina/restoration.h"
#include "run/inputs.h"

/* An unfinished output has its name followed by this ending. */
#define PAT_PARTIAL ".partial"

/*
 * Find the output of every input, and the format of all of them (PAT_FORMAT_NONE: each its own),
 * and create their folders. Fails, before creating any, with PAT_INVALID_ARGUMENT if two inputs
 * have the same output, or an output would replace an input or, without options->force, any file;
 * and with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_restore_names(const pat_restoration_options *options,
                                            const pat_inputs *inputs, pat_names *outputs,
                                            pat_format *format, pat_error *error);

#endif
