/* The names of restored files; private to the library. */
#ifndef PAT_RUN_RESTORE_NAMES_H
#define PAT_RUN_RESTORE_NAMES_H

#include "patina/restoration.h"
#include "run/inputs.h"

/*
 * Choose the output path of every input and the common output format (PAT_FORMAT_NONE: that of each
 * input), and create the output folders. *single: receives whether the output is a file, not a
 * folder. Fails with PAT_INVALID_ARGUMENT, before any folder is created, if the output is
 * unsuitable, if two inputs have the same output, or if an output would replace an input. Also
 * fails with PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_restore_names(const pat_restoration_options *options,
                                            const pat_inputs *inputs, pat_names *outputs,
                                            pat_format *format, bool *single, pat_error *error);

/* Write the name that an output has until it is complete. For a single file, it is unique to this
 * process. */
void pat_restore_partial(const char *output, bool single, char partial[PAT_PATH_SIZE]);

#endif
