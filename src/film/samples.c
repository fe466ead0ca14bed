#include "film/samples.h"

#include <endian.h>
#include <string.h>

#include "base/error.h"
#include "film/libav.h"

static bool is_chroma(const pat_film_layout *layout, int plane)
{
    return !layout->is_rgb && layout->planes >= 3 && (plane == 1 || plane == 2);
}

static int covered(int size, int shift)
{
    return (size + (1 << shift) - 1) >> shift;
}

int pat_film_plane_width(const pat_film_layout *layout, int plane)
{
    return is_chroma(layout, plane) ? covered(layout->width, layout->shift_x) : layout->width;
}

int pat_film_plane_height(const pat_film_layout *layout, int plane)
{
    return is_chroma(layout, plane) ? covered(layout->height, layout->shift_y) : layout->height;
}

size_t pat_film_sample_size(const pat_film_layout *layout)
{
    return layout->depth > 8 ? 2 : 1;
}

size_t pat_film_stride(const pat_film_layout *layout, int plane)
{
    return (size_t)pat_film_plane_width(layout, plane) * pat_film_sample_size(layout);
}

size_t pat_film_offset(const pat_film_layout *layout, int plane)
{
    size_t offset = 0;
    for (int i = 0; i < plane; i++)
        offset += pat_film_stride(layout, i) * (size_t)pat_film_plane_height(layout, i);
    return offset;
}

/* ---- Formats --------------------------------------------------------------------------------- */

static bool has(const AVPixFmtDescriptor *format, uint64_t flag)
{
    return (format->flags & flag) != 0;
}

/* Whether a row of it has a bit for each pixel. */
static bool is_bits(const AVPixFmtDescriptor *format)
{
    return has(format, AV_PIX_FMT_FLAG_BITSTREAM) && format->nb_components == 1 &&
           format->comp[0].depth == 1;
}

static bool is_component_plain(const AVComponentDescriptor *component, int depth)
{
    int bits = component->depth + component->shift;
    bool is_small = component->depth < 8 && depth < 8;
    return bits <= 16 && (bits <= 8 || component->step >= 2) &&
           (is_small || (component->depth == depth && (depth <= 8) == (bits <= 8)));
}

/* The bits of samples in which frames of this format are laid out; 0: they cannot be. */
static int depth_of(const AVPixFmtDescriptor *format)
{
    const uint64_t strange =
        AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER;
    if (format == NULL || has(format, strange) || format->nb_components < 1 ||
        format->nb_components > PAT_FILM_PLANES_MAX || strncmp(format->name, "xyz", 3) == 0)
        return 0;
    if (has(format, AV_PIX_FMT_FLAG_PAL) || is_bits(format))
        return 8;
    int depth = format->comp[0].depth;
    if (has(format, AV_PIX_FMT_FLAG_BITSTREAM))
        return 0;
    for (int c = 0; c < format->nb_components; c++)
        if (!is_component_plain(&format->comp[c], depth))
            return 0;
    if (depth < 8)
        return 8;
    bool is_yuva = has(format, AV_PIX_FMT_FLAG_ALPHA) && !has(format, AV_PIX_FMT_FLAG_RGB);
    return is_yuva && depth > 10 ? 16 : depth; /* FFV1 has none between */
}

pat_status pat_film_layout_of(int pixel_format, int width, int height, const char *name,
                              pat_film_layout *layout, pat_error *error)
{
    const AVPixFmtDescriptor *format =
        pat_libav_get()->av_pix_fmt_desc_get((enum AVPixelFormat)pixel_format);
    int depth = depth_of(format);
    if (depth == 0)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: its frames are stored as %s, which patina does not read; convert it "
                        "first: ffmpeg -i FILM -c:v ffv1 -pix_fmt yuv444p NEW.mkv",
                        name, format == NULL ? "an unknown kind of samples" : format->name);
    bool has_palette = has(format, AV_PIX_FMT_FLAG_PAL);
    *layout = (pat_film_layout){
        .width = width,
        .height = height,
        .depth = depth,
        .planes = has_palette ? PAT_FILM_PLANES_MAX : format->nb_components,
        .is_rgb = has_palette || has(format, AV_PIX_FMT_FLAG_RGB),
        .shift_x = format->log2_chroma_w,
        .shift_y = format->log2_chroma_h,
        .full_range = strncmp(format->name, "yuvj", 4) == 0,
    };
    return PAT_OK;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* One component of a row of pixels in a frame. */
struct component {
    int shift, depth, mask;
    ptrdiff_t step; /* bytes from sample to sample */
    bool wide;      /* its sample lies in 16 bits, in a byte order that is */
    bool swapped;   /* not ours */
    bool is_yuv;    /* not alpha */
};

static struct component component_of(const AVPixFmtDescriptor *format, int c)
{
    const AVComponentDescriptor *component = &format->comp[c];
    return (struct component){
        .shift = component->shift,
        .depth = component->depth,
        .mask = (1 << component->depth) - 1,
        .step = component->step,
        .wide = component->depth + component->shift > 8,
        .swapped = has(format, AV_PIX_FMT_FLAG_BE) != (BYTE_ORDER == BIG_ENDIAN),
        .is_yuv = !has(format, AV_PIX_FMT_FLAG_RGB) && format->nb_components >= 3 && c < 3,
    };
}

static uint16_t word_at(const uint8_t *at, bool swapped)
{
    uint16_t word;
    memcpy(&word, at, sizeof word);
    return swapped ? __builtin_bswap16(word) : word;
}

/* A sample with more bits. Those of YUV are followed by zeros, so that black and white stay where
 * they are; others are repeated, so that the greatest value stays the greatest. */
static int widen(const struct component *from, int sample, int wanted)
{
    int wide = sample << (wanted - from->depth);
    for (int at = wanted - 2 * from->depth; !from->is_yuv && at > -from->depth; at -= from->depth)
        wide |= at >= 0 ? sample << at : sample >> -at;
    return wide;
}

static void unpack_row(const struct component *from, const uint8_t *in, int n, int depth,
                       uint8_t *out)
{
    if (!from->wide && from->step == 1 && from->depth == 8) {
        memcpy(out, in, (size_t)n);
        return;
    }
    for (int x = 0; x < n; x++, in += from->step) {
        int word = from->wide ? word_at(in, from->swapped) : *in;
        int sample = word >> from->shift & from->mask;
        if (from->depth < depth)
            sample = widen(from, sample, depth);
        if (depth <= 8)
            out[x] = (uint8_t)sample;
        else
            memcpy(out + 2 * x, &(uint16_t){(uint16_t)sample}, sizeof(uint16_t));
    }
}

/* The bits around the sample stay as they are: other samples may lie there. */
static void pack_row(const struct component *to, const uint8_t *in, int n, uint8_t *out)
{
    if (!to->wide && to->step == 1 && to->depth == 8) {
        memcpy(out, in, (size_t)n);
        return;
    }
    for (int x = 0; x < n; x++, out += to->step) {
        int keep = ~(to->mask << to->shift);
        if (!to->wide) {
            *out = (uint8_t)((*out & keep) | in[x] << to->shift);
            continue;
        }
        uint16_t sample;
        memcpy(&sample, in + 2 * x, sizeof sample);
        uint16_t word = (uint16_t)((word_at(out, to->swapped) & keep) | sample << to->shift);
        word = word_at((const uint8_t *)&word, to->swapped);
        memcpy(out, &word, sizeof word);
    }
}

/* ---- Frames ---------------------------------------------------------------------------------- */

/* Replace the indices of a frame by its palette's colors: words of alpha, R, G, B. */
static void look_up(const AVFrame *frame, const pat_film_layout *layout, uint8_t *samples)
{
    static const int shift[PAT_FILM_PLANES_MAX] = {16, 8, 0, 24};
    for (int c = 0; c < PAT_FILM_PLANES_MAX; c++)
        for (int y = 0; y < layout->height; y++) {
            const uint8_t *row = frame->data[0] + (ptrdiff_t)frame->linesize[0] * y;
            for (int x = 0; x < layout->width; x++) {
                uint32_t color;
                memcpy(&color, frame->data[1] + sizeof color * row[x], sizeof color);
                *samples++ = (uint8_t)(color >> shift[c]);
            }
        }
}

/* white: the value of the bit that stands for it. */
static void unpack_bits(const AVFrame *frame, const pat_film_layout *layout, int white,
                        uint8_t *samples)
{
    for (int y = 0; y < layout->height; y++) {
        const uint8_t *row = frame->data[0] + (ptrdiff_t)frame->linesize[0] * y;
        for (int x = 0; x < layout->width; x++)
            *samples++ = (row[x / 8] >> (7 - x % 8) & 1) == white ? 255 : 0;
    }
}

/* Where the samples of a component begin in a row. In big-endian words that several components
 * share, FFmpeg gives the place of a byte as if it were one farther. */
static uint8_t *row_of(const AVFrame *frame, const AVPixFmtDescriptor *format, int c, int y)
{
    const AVComponentDescriptor *component = &format->comp[c];
    bool is_byte = component->depth + component->shift <= 8;
    return frame->data[component->plane] + (ptrdiff_t)frame->linesize[component->plane] * y +
           component->offset + (is_byte && has(format, AV_PIX_FMT_FLAG_BE));
}

void pat_film_unpack(const AVFrame *frame, const pat_film_layout *layout, uint8_t *samples)
{
    const AVPixFmtDescriptor *format = pat_libav_get()->av_pix_fmt_desc_get(frame->format);
    if (has(format, AV_PIX_FMT_FLAG_PAL)) {
        look_up(frame, layout, samples);
        return;
    }
    if (is_bits(format)) {
        unpack_bits(frame, layout, frame->format != AV_PIX_FMT_MONOWHITE, samples);
        return;
    }
    for (int c = 0; c < layout->planes; c++) {
        struct component component = component_of(format, c);
        for (int y = 0; y < pat_film_plane_height(layout, c); y++) {
            unpack_row(&component, row_of(frame, format, c, y), pat_film_plane_width(layout, c),
                       layout->depth, samples);
            samples += pat_film_stride(layout, c);
        }
    }
}

void pat_film_pack(const uint8_t *samples, const pat_film_layout *layout, AVFrame *frame)
{
    const AVPixFmtDescriptor *format = pat_libav_get()->av_pix_fmt_desc_get(frame->format);
    for (int c = 0; c < layout->planes; c++) {
        struct component component = component_of(format, c);
        for (int y = 0; y < pat_film_plane_height(layout, c); y++) {
            pack_row(&component, samples, pat_film_plane_width(layout, c),
                     row_of(frame, format, c, y));
            samples += pat_film_stride(layout, c);
        }
    }
}
