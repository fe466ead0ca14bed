/* The names of restored files; private to the library. */
#ifndef PAT_RUN_RESTORE_NAMES_H
#define PAT_RUN_RESTORE_NAMES_H

#include "patina/restoration.h"
#include "run/inputs.h"

/* Appended to the name of an unfinished output. */
#define PAT_PARTIAL ".partial"

/*
 * Choose the output path of every input and the common output format (PAT_FORMAT_NONE: that of each
 * input), and create the output folders. Fails with PAT_INVALID_ARGUMENT, before any folder is
 * created, if two inputs have the same output, or if an output would replace an input or, without
 * options->force, any other file. Also fails with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_restore_names(const pat_restoration_options *options,
                                            const pat_inputs *inputs, pat_names *outputs,
                                            pat_format *format, pat_error *error);

#endif
