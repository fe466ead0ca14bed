#include "web/formats.h"

#include "image/format.h"
#include "web/text.h"

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

static void put_format(pat_format format, pat_buffer *out)
{
    const pat_file_format *row = pat_format_row(format);
    pat_put_format(out,
                   "{\"name\": \"%s\", \"title\": \"%s\", \"media_type\": \"%s\", \"made\": %s, "
                   "\"alpha\": %s, \"depth\": %d, \"extensions\": [",
                   row->name, row->title, row->media_type, truth(pat_format_is_made(format)),
                   truth(row->has_alpha), row->has_16_bits ? 16 : 8);
    for (int i = 0; i < PAT_EXTENSIONS_MAX && row->extensions[i] != NULL; i++)
        pat_put_format(out, "%s\"%s\"", i > 0 ? ", " : "", row->extensions[i]);
    pat_buffer_append_text(out, "]}");
}

void pat_formats_put(pat_buffer *out)
{
    pat_buffer_append_text(out, "{\"formats\": [");
    for (pat_format i = 1; i <= pat_format_count(); i++) {
        pat_buffer_append_text(out, i > 1 ? ", " : "");
        put_format(i, out);
    }
    pat_buffer_append_text(out, "]}\n");
}
