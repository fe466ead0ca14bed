/*
 * Print what the library reads of a film, for comparison with FFmpeg.
 *
 *     film_frames FILM [THREADS]
 *
 * One line for each frame: its time in units of the stream, and the MD5 of its samples as planes,
 * in FFmpeg's order (G, B, R); frames given twice are left out. Then the counts, as "name=value".
 * Exit status 1: a clear error.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/md5.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "film/reader.h"
#include "patina/image.h"

static void print_frame(const pat_film_layout *layout, const pat_film_frame *frame)
{
    static const int rgb_order[PAT_FILM_PLANES_MAX] = {1, 2, 0, 3};
    struct md5_ctx md5;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&md5);
    for (int i = 0; i < layout->planes; i++) {
        int plane = layout->is_rgb ? rgb_order[i] : i;
        size_t start = pat_film_offset(layout, plane);
        md5_update(&md5, pat_film_offset(layout, plane + 1) - start, frame->samples + start);
    }
    md5_digest(&md5, sizeof digest, digest);
    printf("%" PRId64 " ", frame->time);
    for (size_t i = 0; i < sizeof digest; i++)
        printf("%02x", digest[i]);
    printf("%s\n", frame->interlaced ? frame->top_first ? " top" : " bottom" : "");
}

int main(int argc, char **argv)
{
    pat_film_reader *reader;
    pat_film_frame frame;
    pat_error error = {0};
    bool more = true;
    int threads = argc == 3 ? atoi(argv[2]) : 1;
    int64_t next = 0;
    int file = argc >= 2 ? open(argv[1], O_RDONLY) : -1;
    if (file < 0) {
        perror("film_frames FILM [THREADS]");
        return 2;
    }
    pat_status status =
        pat_film_open(file, argv[1], PAT_MAX_PIXELS_DEFAULT, threads, &reader, &error);
    while (status == PAT_OK && more) {
        status = pat_film_next(reader, &frame, &more, &error);
        if (status == PAT_OK && more && frame.number == next) {
            next++;
            print_frame(&pat_film_facts_of(reader)->layout, &frame);
        }
    }
    if (status != PAT_OK) {
        fprintf(stderr, "%s\n", error.message);
    } else {
        pat_film_counts counts = pat_film_counts_of(reader);
        const pat_film_facts *facts = pat_film_facts_of(reader);
        printf("packets=%" PRId64 " frames=%" PRId64 " flagged=%" PRId64 " refused=%" PRId64
               " odd=%" PRId64 "\n",
               counts.packets, counts.frames, counts.flagged, counts.refused, counts.odd);
        printf("samples=%s time_base=%d/%d rate=%d/%d aspect=%d/%d\n", facts->samples,
               facts->time_base.over, facts->time_base.under, facts->rate.over, facts->rate.under,
               facts->aspect.over, facts->aspect.under);
    }
    pat_film_close(reader);
    close(file);
    return status != PAT_OK;
}
