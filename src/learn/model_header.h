/* The JSON text of a model file; private to the folder. */
#ifndef PAT_LEARN_MODEL_HEADER_H
#define PAT_LEARN_MODEL_HEADER_H

#include "learn/model_parts.h"

/* Append the text. metrics, provenance: as in pat_model_put(). Fails with PAT_INVALID_ARGUMENT or
 * PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_header_put(const pat_model *model, const char *metrics,
                                         const char *provenance, pat_buffer *out, pat_error *error);

/*
 * Fill in `model` (zeroed) from the text: everything except its trees and description. name: for
 * messages. Fails with PAT_MALFORMED (not a description, or an inconsistent one) or
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_header_get(pat_model *model, const char *text, size_t size,
                                         const char *name, pat_error *error);

#endif
