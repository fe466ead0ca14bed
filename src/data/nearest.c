#include "data/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "data/listing.h"

/* Only the beginning of longer names is compared. */
enum { LENGTH_MAX = 255 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t length_of(const char *name)
{
    return strnlen(name, LENGTH_MAX);
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Compute the matrix of the distances between prefixes, keeping only the current row and the two
 * before it. */
static size_t distance_of(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows = least(a_length, LENGTH_MAX), columns = least(b_length, LENGTH_MAX);
    size_t table[3][LENGTH_MAX + 1];
    size_t *before = table[0], *above = table[1], *row = table[2];
    for (size_t j = 0; j <= columns; j++)
        above[j] = j;
    for (size_t i = 1; i <= rows; i++) {
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            bool same = same_letter(a[i - 1], b[j - 1]);
            row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[columns];
}

/* Whether `whole` contains `part`, such as a name without its folder or extension. */
static bool is_part(const char *part, const char *whole)
{
    return length_of(part) >= 3 && strcasestr(whole, part) != NULL;
}

void pat_nearest_add(pat_nearest *nearest, const char *name)
{
    const char *wanted = nearest->wanted;
    size_t distance = distance_of(wanted, length_of(wanted), name, length_of(name));
    size_t of_stems = distance_of(wanted, pat_stem_length(wanted), name, pat_stem_length(name));
    distance = least(distance, of_stems + 1); /* the extension counts as one letter */
    if (is_part(wanted, name) || is_part(name, wanted))
        distance = 0;
    if (3 * distance > length_of(wanted) || *name == '\0')
        return;
    int place = nearest->count;
    while (place > 0 && distance < nearest->distance[place - 1])
        place--;
    if (place == PAT_NEAREST_MAX)
        return;
    int last = nearest->count < PAT_NEAREST_MAX ? nearest->count++ : PAT_NEAREST_MAX - 1;
    for (int i = last; i > place; i--) {
        memcpy(nearest->name[i], nearest->name[i - 1], sizeof *nearest->name);
        nearest->distance[i] = nearest->distance[i - 1];
    }
    snprintf(nearest->name[place], sizeof *nearest->name, "%s", name);
    nearest->distance[place] = distance;
}

void pat_nearest_append(const pat_nearest *nearest, pat_buffer *out)
{
    for (int i = 0; i < nearest->count; i++) {
        pat_buffer_append_text(out, i == 0 ? "; closest matches: '" : "', '");
        pat_buffer_append_text(out, nearest->name[i]);
    }
    if (nearest->count > 0)
        pat_buffer_append_char(out, '\'');
}
