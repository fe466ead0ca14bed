/*
 * JPEG directly with libjpeg-turbo. libvips uses the same library, but for a small image its
 * overhead takes nearly as long as decoding.
 */
#include "image/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "base/error.h"

enum {
    PIECE_SIZE = 4096,
    /* A progressive image has about ten scans. A scan of a few hundred bytes can encode "no change"
     * for millions of pixels, so a small file full of them would take minutes. */
    SCANS_MAX = 500,
    PADDING_BYTES = 16, /* this many stray bytes are harmless */
};

struct pat_jpeg_decoder {
    struct jpeg_decompress_struct libjpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed; /* libjpeg's error handler must not return */
    pat_jpeg *jpeg;
    const uint8_t *rest; /* of the file, not yet passed to libjpeg */
    size_t rest_size;
    bool started;
};

_Static_assert(JMSG_LENGTH_MAX <= PAT_JPEG_TEXT_SIZE, "libjpeg's texts fit");

static void leave(j_common_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    libjpeg->err->format_message(libjpeg, decoder->jpeg->text);
    longjmp(decoder->failed, 1);
}

/* level: -1 for a warning, higher for unimportant messages. */
static void leave_if_damaged(j_common_ptr libjpeg, int level)
{
    char text[JMSG_LENGTH_MAX];
    if (level >= 0)
        return;
    libjpeg->err->format_message(libjpeg, text);
    if (pat_jpeg_warns_of_damage(text))
        leave(libjpeg);
}

static void refuse(struct pat_jpeg_decoder *decoder, const char *format, int number)
{
    snprintf(decoder->jpeg->text, sizeof decoder->jpeg->text, format, number);
    longjmp(decoder->failed, 1);
}

static void count_scans(j_common_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    if (decoder->libjpeg.input_scan_number > SCANS_MAX)
        refuse(decoder, "more than %d scans are not supported", SCANS_MAX);
}

/*
 * Give libjpeg the next piece of the file. Small pieces reveal more damage, because libjpeg checks
 * for invalid codes only near the end of a piece. At the end of the file, fail: libjpeg's own
 * source would fill the rest of the image with gray.
 */
static boolean hand_over(j_decompress_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    if (decoder->rest_size == 0)
        ERREXIT(libjpeg, JERR_INPUT_EOF);
    size_t size = decoder->rest_size < PIECE_SIZE ? decoder->rest_size : PIECE_SIZE;
    libjpeg->src->next_input_byte = decoder->rest;
    libjpeg->src->bytes_in_buffer = size;
    decoder->rest += size;
    decoder->rest_size -= size;
    return TRUE;
}

static void read_header(struct pat_jpeg_decoder *decoder)
{
    struct jpeg_decompress_struct *libjpeg = &decoder->libjpeg;
    jpeg_create_decompress(libjpeg);
    decoder->progress.progress_monitor = count_scans;
    libjpeg->progress = &decoder->progress;
    jpeg_mem_src(libjpeg, decoder->rest, decoder->rest_size);
    libjpeg->src->bytes_in_buffer = 0;
    libjpeg->src->fill_input_buffer = hand_over;
    jpeg_read_header(libjpeg, TRUE);
    if (libjpeg->out_color_space == JCS_UNKNOWN)
        refuse(decoder, "%d color components are not supported", libjpeg->num_components);
    /* 4-byte pixels are faster to split than 3-byte ones */
    if (libjpeg->out_color_space == JCS_RGB)
        libjpeg->out_color_space = JCS_EXT_RGBX;
    jpeg_calc_output_dimensions(libjpeg);
}

bool pat_jpeg_open(pat_jpeg *jpeg, const uint8_t *bytes, size_t size)
{
    struct pat_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    *jpeg = (pat_jpeg){.decoder = decoder};
    if (decoder == NULL) {
        snprintf(jpeg->text, sizeof jpeg->text, "out of memory");
        return false;
    }
    decoder->jpeg = jpeg;
    decoder->rest = bytes;
    decoder->rest_size = size;
    decoder->libjpeg.err = jpeg_std_error(&decoder->errors);
    decoder->libjpeg.client_data = decoder;
    decoder->errors.error_exit = leave;
    decoder->errors.emit_message = leave_if_damaged;
    if (setjmp(decoder->failed) != 0)
        return false;
    read_header(decoder);
    jpeg->width = (int)decoder->libjpeg.output_width;
    jpeg->height = (int)decoder->libjpeg.output_height;
    jpeg->bands = decoder->libjpeg.output_components;
    jpeg->cmyk = decoder->libjpeg.out_color_space == JCS_CMYK;
    return true;
}

bool pat_jpeg_read(pat_jpeg *jpeg, uint8_t *rows, int count)
{
    struct pat_jpeg_decoder *decoder = jpeg->decoder;
    if (setjmp(decoder->failed) != 0)
        return false;
    if (!decoder->started)
        jpeg_start_decompress(&decoder->libjpeg);
    decoder->started = true;
    JDIMENSION first = decoder->libjpeg.output_scanline;
    while (decoder->libjpeg.output_scanline < first + (JDIMENSION)count) {
        size_t done = decoder->libjpeg.output_scanline - first;
        JSAMPROW row = rows + done * (size_t)jpeg->width * (size_t)jpeg->bands;
        jpeg_read_scanlines(&decoder->libjpeg, &row, 1);
    }
    return true;
}

void pat_jpeg_close(pat_jpeg *jpeg)
{
    if (jpeg->decoder != NULL)
        jpeg_destroy_decompress(&jpeg->decoder->libjpeg);
    free(jpeg->decoder);
    *jpeg = (pat_jpeg){0};
}

/* Some cameras leave a few stray bytes between segments or before the end. Damaged files have them
 * too, but along with other errors; before a restart marker they mean that data is missing. */
static bool is_padding(const char *message)
{
    unsigned count, marker;
    const char *extraneous = strstr(message, "Corrupt JPEG data: ");
    return extraneous != NULL &&
           sscanf(extraneous, "Corrupt JPEG data: %u extraneous bytes before marker 0x%x", &count,
                  &marker) == 2 &&
           count <= PADDING_BYTES && (marker < 0xd0 || marker > 0xd7);
}

bool pat_jpeg_warns_of_damage(const char *message)
{
    return (strstr(message, "Corrupt JPEG data") != NULL && !is_padding(message)) ||
           strstr(message, "Premature end of") != NULL ||
           strstr(message, "Inconsistent progression") != NULL;
}

/* ---- Encoding ------------------------------------------------------------------------------- */

enum { ROOM = 1 << 16 };

struct encoder {
    struct jpeg_compress_struct libjpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr destination;
    jmp_buf failed;
    char text[JMSG_LENGTH_MAX];
    pat_buffer *bytes; /* the file so far, without the space lent to libjpeg */
    uint8_t *row;      /* R, G, B interleaved */
};

static void leave_encoder(j_common_ptr libjpeg)
{
    struct encoder *encoder = libjpeg->client_data;
    libjpeg->err->format_message(libjpeg, encoder->text);
    longjmp(encoder->failed, 1);
}

static void make_room(j_compress_ptr libjpeg)
{
    struct encoder *encoder = libjpeg->client_data;
    char *room = pat_buffer_room(encoder->bytes, ROOM);
    if (room == NULL)
        ERREXIT1(libjpeg, JERR_OUT_OF_MEMORY, 0);
    encoder->destination.next_output_byte = (JOCTET *)room;
    encoder->destination.free_in_buffer = ROOM;
}

/* libjpeg calls this when the space is full, whatever its counter says. */
static boolean take_room(j_compress_ptr libjpeg)
{
    struct encoder *encoder = libjpeg->client_data;
    encoder->bytes->size += ROOM;
    make_room(libjpeg);
    return TRUE;
}

static void take_rest(j_compress_ptr libjpeg)
{
    struct encoder *encoder = libjpeg->client_data;
    encoder->bytes->size += ROOM - encoder->destination.free_in_buffer;
}

static void interleave(const pat_image *image, int y, uint8_t *row)
{
    for (int c = 0; c < PAT_CHANNELS; c++) {
        const uint8_t *samples = image->plane[c].data + y * image->plane[c].stride;
        for (int x = 0; x < image->width; x++)
            row[PAT_CHANNELS * x + c] = samples[x];
    }
}

/* False if libjpeg failed. */
static bool encode(struct encoder *encoder, const pat_image *image, int quality,
                   pat_jpeg_chroma chroma)
{
    struct jpeg_compress_struct *libjpeg = &encoder->libjpeg;
    if (setjmp(encoder->failed) != 0)
        return false;
    jpeg_create_compress(libjpeg);
    libjpeg->dest = &encoder->destination;
    libjpeg->image_width = (JDIMENSION)image->width;
    libjpeg->image_height = (JDIMENSION)image->height;
    libjpeg->input_components = PAT_CHANNELS;
    libjpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(libjpeg);
    jpeg_set_quality(libjpeg, quality, TRUE);
    if (chroma == PAT_JPEG_CHROMA_FULL)
        libjpeg->comp_info[0].h_samp_factor = libjpeg->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(libjpeg, TRUE);
    while (libjpeg->next_scanline < libjpeg->image_height) {
        interleave(image, (int)libjpeg->next_scanline, encoder->row);
        jpeg_write_scanlines(libjpeg, &encoder->row, 1);
    }
    jpeg_finish_compress(libjpeg);
    return true;
}

static pat_status fail_to_encode(const struct encoder *encoder, const char *name, pat_error *error)
{
    int cause = encoder->errors.msg_code;
    if (cause == JERR_OUT_OF_MEMORY)
        return pat_fail_memory(error, "a JPEG file");
    return pat_fail(error, cause == JERR_IMAGE_TOO_BIG ? PAT_TOO_LARGE : PAT_INTERNAL,
                    "%s: cannot be compressed as JPEG (%s); leave out the image or the compression",
                    name, encoder->text);
}

pat_status pat_jpeg_encode(const pat_image *image, int quality, pat_jpeg_chroma chroma,
                           const char *name, pat_buffer *bytes, pat_error *error)
{
    size_t size_before = bytes->size;
    struct encoder encoder = {
        .destination = {.init_destination = make_room,
                        .empty_output_buffer = take_room,
                        .term_destination = take_rest},
        .bytes = bytes,
        .row = malloc((size_t)image->width * PAT_CHANNELS),
    };
    if (encoder.row == NULL)
        return pat_fail_memory(error, "a JPEG file");
    encoder.libjpeg.err = jpeg_std_error(&encoder.errors);
    encoder.libjpeg.client_data = &encoder;
    encoder.errors.error_exit = leave_encoder;
    pat_status status = PAT_OK;
    if (!encode(&encoder, image, quality, chroma)) {
        status = fail_to_encode(&encoder, name, error);
        bytes->size = size_before;
    }
    jpeg_destroy_compress(&encoder.libjpeg);
    free(encoder.row);
    return status;
}

#define TEXT_OF(tokens) #tokens
#define TEXT_OF_MACRO(macro) TEXT_OF(macro)

const char *pat_jpeg_version(void)
{
#ifdef LIBJPEG_TURBO_VERSION
    return "turbo " TEXT_OF_MACRO(LIBJPEG_TURBO_VERSION);
#else
    return TEXT_OF_MACRO(JPEG_LIB_VERSION);
#endif
}
