/* What the tasks of films have in common: facts and frames in messages; private to the library. */
#ifndef PAT_TASKS_FILM_H
#define PAT_TASKS_FILM_H

#include "film/codec.h"
#include "tasks/pack.h"

/* Unpacking marks the input as bad if no film can be like this. */
void pat_pack_film_facts(pat_buffer *out, const pat_film_facts *facts);
void pat_unpack_film_facts(pat_unpacker *in, pat_film_facts *facts);
void pat_pack_film_counts(pat_buffer *out, const pat_film_counts *counts);
void pat_unpack_film_counts(pat_unpacker *in, pat_film_counts *counts);

void pat_pack_film_coding(pat_buffer *out, const pat_film_coding *coding);
void pat_unpack_film_coding(pat_unpacker *in, pat_film_coding *coding);

/* A packet of a segment of `frames` frames. */
void pat_pack_film_packet(pat_buffer *out, const pat_film_packet *packet);
void pat_unpack_film_packet(pat_unpacker *in, size_t frames, pat_film_packet *packet);

/* A frame without its samples. */
void pat_pack_film_frame(pat_buffer *out, const pat_film_frame *frame);
void pat_unpack_film_frame(pat_unpacker *in, pat_film_frame *frame);

/* pat_kind.create of a task with a state of `size` bytes, all zeros, and no extra: loads FFmpeg's
 * libraries before the worker enters the sandbox, where it cannot open them. */
PAT_MUST_CHECK pat_status pat_film_state_create(size_t size, void **state, pat_error *error);

/* Frames pass from task to task in a file, one after the other, each in so many bytes. */
size_t pat_film_frame_size(const pat_film_layout *layout);

/* Read or write `size` bytes at `offset`. what: for messages, such as "frames". Fails with
 * PAT_UNREADABLE or PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_film_get(int file, void *bytes, size_t size, uint64_t offset,
                                       const char *what, pat_error *error);
PAT_MUST_CHECK pat_status pat_film_put(int file, const void *bytes, size_t size, uint64_t offset,
                                       const char *what, pat_error *error);

#endif
