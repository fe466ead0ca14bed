/*
 * Decode a film, encode every frame as FFV1, and write it with all else that the film has.
 *
 *     film_copy FILM OUT [CONTAINER]
 *
 * Prints the kind of file and what was lost. Exit status 1: a clear error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "film/encoder.h"
#include "film/writer.h"
#include "patina/image.h"

static pat_status copy_frames(pat_film_reader *reader, pat_film_encoder *encoder,
                              pat_film_writer *writer, pat_error *error)
{
    pat_buffer encoded = {0};
    pat_film_frame frame;
    bool more = true;
    pat_status status = PAT_OK;
    while (status == PAT_OK) {
        pat_buffer_reset(&encoded);
        status = pat_film_next(reader, &frame, &more, error);
        if (status != PAT_OK || !more)
            break;
        status = pat_film_encode(encoder, &frame, &encoded, error);
        if (status == PAT_OK)
            status = pat_film_write(writer, frame.time, frame.duration, pat_buffer_bytes(&encoded),
                                    error);
    }
    pat_buffer_release(&encoded);
    return status;
}

static pat_status copy(const char *film, int in, const char *name, int out, const char *container,
                       pat_error *error)
{
    pat_film_reader *reader;
    pat_film_encoder *encoder = NULL;
    pat_film_writer *writer = NULL;
    unsigned losses = 0;
    pat_status status = pat_film_open(in, film, PAT_MAX_PIXELS_DEFAULT, 1, &reader, error);
    if (status == PAT_OK) {
        const pat_film_facts *facts = pat_film_facts_of(reader);
        if (container == NULL)
            container = pat_film_container_for(facts);
        printf("container=%s\n", container);
        status = pat_film_encoder_create(facts, film, &encoder, error);
        if (status == PAT_OK)
            status = pat_film_writer_create(&(pat_film_writer_options){.film = in,
                                                                       .film_name = film,
                                                                       .facts = facts,
                                                                       .output = out,
                                                                       .output_name = name,
                                                                       .container = container},
                                            &writer, error);
    }
    if (status == PAT_OK)
        status = copy_frames(reader, encoder, writer, error);
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
        perror("film_copy FILM OUT [CONTAINER]");
        return 2;
    }
    pat_status status = copy(argv[1], in, argv[2], out, argc > 3 ? argv[3] : NULL, &error);
    if (status != PAT_OK)
        fprintf(stderr, "%s\n", error.message);
    close(in);
    close(out);
    return status != PAT_OK;
}
