#include "rig/npy.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static const uint8_t MAGIC[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

enum {
    VERSION_AT = sizeof MAGIC,
    PREFIX_SIZE = 10, /* magic, version and length of the header, in version 1 */
    ALIGNMENT = 64,
    DIMENSIONS_MAX = 32,
    TYPE_SIZE = 16
};

bool pat_npy_is(const uint8_t *bytes, size_t size)
{
    return size >= sizeof MAGIC && memcmp(bytes, MAGIC, sizeof MAGIC) == 0;
}

/* ---- The header, which is a dictionary in Python's notation ---------------------------------- */

struct header {
    const char *at, *end;
    bool bad;
    char type[TYPE_SIZE]; /* '<f4'; "" if it is no word */
    bool by_columns;
    uint64_t shape[DIMENSIONS_MAX];
    int dimensions; /* -1: not given */
};

static char peek(struct header *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\t'))
        in->at++;
    return in->at < in->end ? *in->at : '\0';
}

static bool take(struct header *in, char c)
{
    bool is = peek(in) == c;
    in->at += is;
    return is;
}

/* Read a word in quotes; one that does not fit is bad. */
static void read_word(struct header *in, char word[TYPE_SIZE])
{
    char quote = peek(in);
    size_t length = 0;
    in->bad = in->bad || (quote != '\'' && quote != '"') || !take(in, quote);
    while (!in->bad && in->at < in->end && *in->at != quote && length < TYPE_SIZE - 1)
        word[length++] = *in->at++;
    word[length] = '\0';
    in->bad = in->bad || in->at >= in->end || *in->at++ != quote;
}

static bool take_text(struct header *in, const char *text)
{
    size_t length = strlen(text);
    bool is = peek(in) == *text && (size_t)(in->end - in->at) >= length &&
              memcmp(in->at, text, length) == 0;
    in->at += is ? length : 0;
    return is;
}

static uint64_t read_number(struct header *in)
{
    uint64_t value = 0;
    char c = peek(in);
    in->bad = in->bad || c < '0' || c > '9';
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
        in->bad = in->bad || value > UINT64_MAX / 20;
        value = value * 10 + (uint64_t)(*in->at - '0');
    }
    (void)take(in, 'L'); /* as Python 2 wrote it */
    return value;
}

static void read_shape(struct header *in)
{
    in->dimensions = 0;
    in->bad = in->bad || !take(in, '(');
    while (!in->bad && !take(in, ')')) {
        in->bad = in->dimensions == DIMENSIONS_MAX;
        if (in->bad)
            return;
        in->shape[in->dimensions++] = read_number(in);
        in->bad = in->bad || (!take(in, ',') && peek(in) != ')');
    }
}

static void read_type(struct header *in)
{
    int depth = 0;
    if (peek(in) != '[') {
        read_word(in, in->type);
        return;
    }
    do { /* a structure: its end is at the matching bracket */
        depth += *in->at == '[' ? 1 : *in->at == ']' ? -1 : 0;
        in->at++;
    } while (depth > 0 && in->at < in->end);
    in->bad = depth > 0;
}

static void read_entry(struct header *in)
{
    char key[TYPE_SIZE];
    read_word(in, key);
    in->bad = in->bad || !take(in, ':');
    if (in->bad)
        return;
    if (strcmp(key, "descr") == 0) {
        read_type(in);
    } else if (strcmp(key, "fortran_order") == 0) {
        in->by_columns = take_text(in, "True");
        in->bad = !in->by_columns && !take_text(in, "False");
    } else if (strcmp(key, "shape") == 0) {
        read_shape(in);
    } else {
        in->bad = true;
    }
}

static void read_header(struct header *in)
{
    in->bad = !take(in, '{');
    while (!in->bad && !take(in, '}')) {
        read_entry(in);
        in->bad = in->bad || (!take(in, ',') && peek(in) != '}');
    }
    in->bad = in->bad || in->dimensions < 0;
}

/* ---- What it says ---------------------------------------------------------------------------- */

/* False if the samples are of a type that is not read. */
static bool set_type(const char *type, pat_npy *npy)
{
    if (strlen(type) != 3 || strchr("<>|=", type[0]) == NULL || strchr("uif", type[1]) == NULL ||
        strchr("1248", type[2]) == NULL)
        return false;
    npy->big_endian = type[0] == '>';
    npy->kind = type[1];
    npy->bytes = type[2] - '0';
    return npy->kind != 'f' || npy->bytes > 1;
}

/* "480x640x3" */
static void describe_shape(const struct header *in, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (int i = 0; i < in->dimensions && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%llu", i > 0 ? "x" : "",
                                 (unsigned long long)in->shape[i]);
}

/* Height and width: the dimensions that are not 1, at the least the last two. */
static pat_status set_shape(const struct header *in, const char *name, uint64_t max_pixels,
                            pat_npy *npy, pat_error *error)
{
    uint64_t side[2] = {0, 0};
    char text[64];
    int kept = 0, spare = in->dimensions - 2;
    for (int i = 0; i < in->dimensions; i++) {
        if (in->shape[i] == 1 && spare > 0)
            spare--;
        else if (kept < 2)
            side[kept++] = in->shape[i];
    }
    describe_shape(in, text, sizeof text);
    if (spare != 0 || side[0] == 0 || side[1] == 0)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: has the shape %s, but a depth map has height and width; save it as "
                        "an array of two dimensions",
                        name, *text == '\0' ? "()" : text);
    if (side[0] > INT_MAX || side[1] > INT_MAX || side[0] > max_pixels / side[1])
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: has the shape %s, which is more than the limit of %llu samples "
                        "(--max-pixels)",
                        name, text, (unsigned long long)max_pixels);
    npy->height = (int)side[0];
    npy->width = (int)side[1];
    return PAT_OK;
}

static uint32_t little_endian(const uint8_t *bytes, int count)
{
    uint32_t value = 0;
    for (int i = count - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

/* Find the header in the file. */
static bool find_header(const uint8_t *bytes, size_t size, struct header *in)
{
    if (!pat_npy_is(bytes, size) || size < PREFIX_SIZE)
        return false;
    int version = bytes[VERSION_AT];
    size_t prefix = version == 1 ? PREFIX_SIZE : PREFIX_SIZE + 2;
    if (version < 1 || version > 3 || size < prefix)
        return false;
    size_t length = little_endian(bytes + VERSION_AT + 2, version == 1 ? 2 : 4);
    if (length > size - prefix)
        return false;
    *in = (struct header){.at = (const char *)bytes + prefix, .dimensions = -1};
    in->end = in->at + length;
    return true;
}

pat_status pat_npy_parse(const uint8_t *bytes, size_t size, const char *name, uint64_t max_pixels,
                         pat_npy *npy, pat_error *error)
{
    struct header in;
    *npy = (pat_npy){0};
    if (!find_header(bytes, size, &in))
        return pat_fail(error, PAT_CORRUPT,
                        "%s: does not begin like a NumPy array, or is cut off; save it again with "
                        "numpy.save",
                        name);
    npy->offset = (size_t)((const uint8_t *)in.end - bytes);
    read_header(&in);
    if (in.bad)
        return pat_fail(error, PAT_CORRUPT,
                        "%s: its header is not that of a NumPy array; save it again with "
                        "numpy.save",
                        name);
    npy->by_columns = in.by_columns;
    if (!set_type(in.type, npy))
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: its samples are of the type '%s', but must be whole or "
                        "floating-point numbers of at most 64 bits; convert it with astype()",
                        name, *in.type == '\0' ? "structure" : in.type);
    pat_status status = set_shape(&in, name, max_pixels, npy, error);
    if (status != PAT_OK)
        return status;
    uint64_t needed = (uint64_t)npy->width * (uint64_t)npy->height * (uint64_t)npy->bytes;
    if (needed > size - npy->offset)
        return pat_fail(error, PAT_CORRUPT,
                        "%s: is cut off: it has %zu of %llu bytes of samples; copy it again", name,
                        size - npy->offset, (unsigned long long)needed);
    return PAT_OK;
}

/* ---- Samples --------------------------------------------------------------------------------- */

/* The value of a 16-bit floating-point number (IEEE 754 binary16). */
static float half(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    float magnitude = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
                      : exponent == 0 ? ldexpf((float)fraction, -24)
                                      : ldexpf((float)(fraction + 1024), exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

static uint64_t read_bits(const pat_npy *npy, const uint8_t *at)
{
    uint64_t bits = 0;
    for (int i = 0; i < npy->bytes; i++)
        bits = bits << 8 | at[npy->big_endian ? i : npy->bytes - 1 - i];
    return bits;
}

static float read_sample(const pat_npy *npy, const uint8_t *at)
{
    uint64_t bits = read_bits(npy, at);
    uint32_t low = (uint32_t)bits;
    float single;
    double value;
    if (npy->kind == 'u')
        return (float)bits;
    if (npy->kind == 'i') {
        int unused = 64 - 8 * npy->bytes;
        return (float)((int64_t)(bits << unused) >> unused);
    }
    if (npy->bytes == 2)
        return half((uint16_t)bits);
    memcpy(&single, &low, sizeof single);
    memcpy(&value, &bits, sizeof value);
    return npy->bytes == 4 ? single : (float)value;
}

void pat_npy_samples(const pat_npy *npy, const uint8_t *bytes, float *samples)
{
    size_t width = (size_t)npy->width, height = (size_t)npy->height;
    const uint8_t *at = bytes + npy->offset;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            size_t from = npy->by_columns ? x * height + y : y * width + x;
            samples[y * width + x] = read_sample(npy, at + from * (size_t)npy->bytes);
        }
}

void pat_npy_put(pat_buffer *out, const float *samples, int width, int height)
{
    _Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "samples are written as they are");
    char text[2 * ALIGNMENT];
    int length =
        snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }",
                 height, width);
    int padded = (PREFIX_SIZE + length + ALIGNMENT) / ALIGNMENT * ALIGNMENT - PREFIX_SIZE;
    memset(text + length, ' ', (size_t)(padded - length - 1));
    text[padded - 1] = '\n';
    const uint8_t version[] = {1, 0, (uint8_t)padded, (uint8_t)(padded >> 8)};
    pat_buffer_append(out, MAGIC, sizeof MAGIC);
    pat_buffer_append(out, version, sizeof version);
    pat_buffer_append(out, text, (size_t)padded);
    pat_buffer_append(out, samples, (size_t)width * (size_t)height * sizeof *samples);
}
