/*
 * libvips, loaded before the first image is decoded; private to this folder.
 *
 * libvips pulls a hundred libraries into a process. A run's main process and `patina --version`
 * never decode, so the program does not link to libvips. Instead the decoder loads it and calls it,
 * and a few GLib functions, through a table.
 */
#ifndef PAT_IMAGE_VIPS_H
#define PAT_IMAGE_VIPS_H

#include <stdbool.h>

#include <vips/vips.h>
/* must follow vips.h */
#include <vips/vector.h>

#include "patina/status.h"

/* The functions used: prefix and rest of each name. */
#define PAT_VIPS_FUNCTIONS(X)                                                                      \
    X(vips_, init)                                                                                 \
    X(vips_, version)                                                                              \
    X(vips_, version_string)                                                                       \
    X(vips_, concurrency_set)                                                                      \
    X(vips_, cache_set_max)                                                                        \
    X(vips_, block_untrusted_set)                                                                  \
    X(vips_, operation_block_set)                                                                  \
    X(vips_, error_buffer)                                                                         \
    X(vips_, error_buffer_copy)                                                                    \
    X(vips_, error_clear)                                                                          \
    X(vips_, call)                                                                                 \
    X(vips_, source_new_from_memory)                                                               \
    X(vips_, target_new_to_memory)                                                                 \
    X(vips_, area_unref)                                                                           \
    X(vips_, image_new_from_memory)                                                                \
    X(vips_, image_write_to_memory)                                                                \
    X(vips_, resize)                                                                               \
    X(vips_, vector_set_enabled)                                                                   \
    X(vips_, image_new_memory)                                                                     \
    X(vips_, image_pipelinev)                                                                      \
    X(vips_, image_init_fields)                                                                    \
    X(vips_, image_write_line)                                                                     \
    X(vips_, image_get_typeof)                                                                     \
    X(vips_, image_get_blob)                                                                       \
    X(vips_, image_get_int)                                                                        \
    X(vips_, image_set_blob_copy)                                                                  \
    X(vips_, image_get_fields)                                                                     \
    X(vips_, image_remove)                                                                         \
    X(vips_, autorot)                                                                              \
    X(vips_, image_set_int)                                                                        \
    X(vips_, region_new)                                                                           \
    X(vips_, region_prepare)                                                                       \
    X(g_, free)                                                                                    \
    X(g_, log_set_handler)                                                                         \
    X(g_, object_get)                                                                              \
    X(g_, object_unref)                                                                            \
    X(g_, strfreev)

/* vips_init() is vips.init(), g_free() is vips.free(), with the types of the prototypes. */
typedef struct pat_vips {
#define PAT_VIPS_MEMBER(prefix, name) __typeof__(prefix##name) *name;
    PAT_VIPS_FUNCTIONS(PAT_VIPS_MEMBER)
#undef PAT_VIPS_MEMBER
} pat_vips;

/* Fill in the table; libvips then stays loaded, and further calls only copy the table. Fails like
 * pat_library_load(). */
PAT_MUST_CHECK pat_status pat_vips_load(pat_vips *vips, pat_error *error);

/* Load a module of libvips, such as "heif": the code for a format that needs further libraries, in
 * a file of its own. Call vips.init() first. False on failure. */
bool pat_vips_load_module(const pat_vips *vips, const char *name);

#endif
