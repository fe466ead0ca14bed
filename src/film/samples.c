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

/* Whether frames of this format can be laid out plainly and back. */
static bool is_plain(const AVPixFmtDescriptor *format)
{
    const uint64_t strange = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                             AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT |
                             AV_PIX_FMT_FLAG_BAYER;
    if (format == NULL || (format->flags & strange) != 0 || format->nb_components < 1 ||
        format->nb_components > PAT_FILM_PLANES_MAX || strncmp(format->name, "xyz", 3) == 0)
        return false;
    for (int c = 0; c < format->nb_components; c++) {
        const AVComponentDescriptor *component = &format->comp[c];
        int bits = component->depth + component->shift;
        if (component->depth != format->comp[0].depth || component->depth < 8 || bits > 16 ||
            (component->depth <= 8) != (bits <= 8) || (bits > 8 && component->step < 2))
            return false;
    }
    return true;
}

pat_status pat_film_layout_of(int pixel_format, int width, int height, const char *name,
                              pat_film_layout *layout, pat_error *error)
{
    const AVPixFmtDescriptor *format =
        pat_libav_get()->av_pix_fmt_desc_get((enum AVPixelFormat)pixel_format);
    if (!is_plain(format))
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: its frames are stored as %s, which patina does not read; convert it "
                        "first: ffmpeg -i FILM -c:v ffv1 -pix_fmt yuv444p NEW.mkv",
                        name, format == NULL ? "an unknown kind of samples" : format->name);
    *layout = (pat_film_layout){
        .width = width,
        .height = height,
        .depth = format->comp[0].depth,
        .planes = format->nb_components,
        .is_rgb = (format->flags & AV_PIX_FMT_FLAG_RGB) != 0,
        .shift_x = format->log2_chroma_w,
        .shift_y = format->log2_chroma_h,
        .full_range = strncmp(format->name, "yuvj", 4) == 0,
    };
    return PAT_OK;
}

/* One component of a row of pixels in a frame. */
struct component {
    int shift, mask;
    ptrdiff_t step; /* bytes from sample to sample */
    bool wide;      /* its sample lies in 16 bits, in a byte order that is */
    bool swapped;   /* not ours */
};

static struct component component_of(const AVPixFmtDescriptor *format, int c)
{
    const AVComponentDescriptor *component = &format->comp[c];
    return (struct component){
        .shift = component->shift,
        .mask = (1 << component->depth) - 1,
        .step = component->step,
        .wide = component->depth + component->shift > 8,
        .swapped = ((format->flags & AV_PIX_FMT_FLAG_BE) != 0) != (BYTE_ORDER == BIG_ENDIAN),
    };
}

static uint16_t word_at(const uint8_t *at, bool swapped)
{
    uint16_t word;
    memcpy(&word, at, sizeof word);
    return swapped ? __builtin_bswap16(word) : word;
}

static void unpack_row(const struct component *from, const uint8_t *in, int n, uint8_t *out)
{
    if (!from->wide && from->step == 1 && from->shift == 0) {
        memcpy(out, in, (size_t)n);
        return;
    }
    for (int x = 0; x < n; x++, in += from->step) {
        if (!from->wide) {
            out[x] = (uint8_t)(*in >> from->shift & from->mask);
            continue;
        }
        uint16_t sample = (uint16_t)(word_at(in, from->swapped) >> from->shift & from->mask);
        memcpy(out + 2 * x, &sample, sizeof sample);
    }
}

/* The bits around the sample stay as they are: other samples may lie there. */
static void pack_row(const struct component *to, const uint8_t *in, int n, uint8_t *out)
{
    if (!to->wide && to->step == 1 && to->shift == 0) {
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

static uint8_t *row_of(const AVFrame *frame, const AVComponentDescriptor *component, int y)
{
    return frame->data[component->plane] + (ptrdiff_t)frame->linesize[component->plane] * y +
           component->offset;
}

void pat_film_unpack(const AVFrame *frame, const pat_film_layout *layout, uint8_t *samples)
{
    const AVPixFmtDescriptor *format = pat_libav_get()->av_pix_fmt_desc_get(frame->format);
    for (int c = 0; c < layout->planes; c++) {
        struct component component = component_of(format, c);
        for (int y = 0; y < pat_film_plane_height(layout, c); y++) {
            unpack_row(&component, row_of(frame, &format->comp[c], y),
                       pat_film_plane_width(layout, c), samples);
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
                     row_of(frame, &format->comp[c], y));
            samples += pat_film_stride(layout, c);
        }
    }
}
