/*
 * Decode a film, encode its frames as FFV1 or by x264, and write it with all else that the film
 * has.
 *
 *     film_copy FILM OUT [CONTAINER [x264]]
 *
 * CONTAINER: FFmpeg's name, such as matroska. Prints what was lost. Exit status 1: a clear error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "film/encoder.h"
#include "film/writer.h"
#include "patina/image.h"

enum { SEGMENT = 48 };

/* Encode and write one segment, which may be empty. */
static pat_status copy_segment(pat_film_reader *reader, pat_film_encoder *encoder,
                               pat_film_writer *writer, bool *more, pat_error *error)
{
    static pat_film_segment segment;
    static pat_film_frame frames[SEGMENT];
    size_t count = 0, at = 0;
    pat_status status = PAT_OK;
    segment.frames = segment.packets = 0;
    pat_buffer_reset(&segment.bytes);
    while (count < SEGMENT && status == PAT_OK) {
        status = pat_film_next(reader, &frames[count], more, error);
        if (status != PAT_OK || !*more)
            break;
        status = pat_film_encode(encoder, &frames[count++], &segment, error);
    }
    if (status == PAT_OK && count > 0) {
        status = pat_film_encode_end(encoder, &segment, error);
        pat_film_begin_segment(writer, frames, count);
    }
    for (size_t i = 0; i < segment.packets && status == PAT_OK; i++) {
        status = pat_film_write(writer, &segment.packet[i], segment.bytes.data + at, error);
        at += segment.packet[i].size;
    }
    if (!*more)
        pat_buffer_release(&segment.bytes);
    return status;
}

static pat_status copy(const char *film, int in, const char *name, int out, char **how,
                       pat_error *error)
{
    pat_film_reader *reader;
    pat_film_encoder *encoder = NULL;
    pat_film_writer *writer = NULL;
    unsigned losses = 0;
    bool more = true;
    pat_film_writer_options options = {
        .film = in, .film_name = film, .output = out, .output_name = name};
    options.muxer = pat_film_muxer_find(how[0] != NULL ? how[0] : "matroska");
    options.coding.codec = pat_film_codec_at(how[0] != NULL && how[1] != NULL);
    options.coding.quality = options.coding.codec->usual_quality;
    pat_status status = pat_film_open(in, film, PAT_MAX_PIXELS_DEFAULT, 1, &reader, error);
    if (status == PAT_OK) {
        options.facts = pat_film_facts_of(reader);
        status = pat_film_encoder_create(&options.coding, options.facts, film, &encoder, error);
    }
    if (status == PAT_OK)
        status = pat_film_writer_create(&options, &writer, error);
    while (status == PAT_OK && more)
        status = copy_segment(reader, encoder, writer, &more, error);
    if (status == PAT_OK)
        status = pat_film_finish(writer, &losses, error);
    for (int i = 0; i < PAT_FILM_LOSSES; i++)
        if ((losses >> i & 1) != 0)
            printf("lost: %s\n", pat_film_loss_text((pat_film_loss)i));
    pat_film_writer_free(writer);
    pat_film_encoder_free(encoder);
    pat_film_close(reader);
    return status;
}

int main(int argc, char **argv)
{
    pat_error error = {0};
    int in = argc >= 3 ? open(argv[1], O_RDONLY) : -1;
    int out = in < 0 ? -1 : open(argv[2], O_RDWR | O_CREAT | O_TRUNC, 0666);
    if (out < 0) {
        perror("film_copy FILM OUT [CONTAINER [x264]]");
        return 2;
    }
    pat_status status = copy(argv[1], in, argv[2], out, argv + 3, &error);
    if (status != PAT_OK)
        fprintf(stderr, "%s\n", error.message);
    close(in);
    close(out);
    return status != PAT_OK;
}
