/*
 * JPEG through libjpeg-turbo: libvips decodes with the same library, but what it does around that
 * takes nearly as long for a small picture.
 */
#include "image/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

enum {
    PIECE_SIZE = 4096,
    /* A progressive picture comes in some ten scans. One of a few hundred bytes can say "nothing
     * new" about millions of pixels, so that a small file full of them would take minutes. */
    SCANS_MAX = 500,
};

struct pat_jpeg_decoder {
    struct jpeg_decompress_struct libjpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed; /* libjpeg must not return from an error */
    pat_jpeg *jpeg;
    const uint8_t *rest; /* of the file, not yet handed over */
    size_t rest_size;
    int warnings;
    bool started;
};

_Static_assert(JMSG_LENGTH_MAX <= PAT_JPEG_TEXT_SIZE, "libjpeg's texts fit");

/* The first thing that is wrong with a file explains the rest. */
static void note(j_common_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    if (decoder->jpeg->text[0] == '\0')
        libjpeg->err->format_message(libjpeg, decoder->jpeg->text);
}

static void leave(j_common_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    note(libjpeg);
    longjmp(decoder->failed, 1);
}

/* level: -1 for a warning, more for what nobody needs to know. */
static void note_warning(j_common_ptr libjpeg, int level)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    if (level >= 0)
        return;
    note(libjpeg);
    if (++decoder->warnings > 1) /* only the text of one is known, and this may be anything */
        longjmp(decoder->failed, 1);
}

static void count_scans(j_common_ptr libjpeg)
{
    struct pat_jpeg_decoder *decoder = libjpeg->client_data;
    if (decoder->libjpeg.input_scan_number <= SCANS_MAX)
        return;
    snprintf(decoder->jpeg->text, sizeof decoder->jpeg->text,
             "more than %d scans are not supported", SCANS_MAX);
    longjmp(decoder->failed, 1);
}

/*
 * The next piece of the file. In pieces, because libjpeg looks for invalid codes only where a piece
 * may end soon, so that a damaged picture would pass more often. At the end of the file libjpeg's
 * own functions would fill up with grey.
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
    /* 4 bytes a pixel are taken apart faster than 3 */
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
    decoder->errors.emit_message = note_warning;
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
