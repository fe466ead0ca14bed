#include "web/formats.h"

#include "image/format.h"

static json_t *format_value(pat_format format)
{
    const pat_file_format *row = pat_format_row(format);
    json_t *extensions = json_array();
    for (int i = 0; i < PAT_EXTENSIONS_MAX && row->extensions[i] != NULL; i++)
        pat_json_append(&extensions, json_string(row->extensions[i]));
    return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:i, s:o}", "name", row->name, "title",
                     row->title, "media_type", row->media_type, "made", pat_format_is_made(format),
                     "written", pat_format_is_written(format), "alpha", row->has_alpha, "bits",
                     row->has_16_bits ? 16 : 8, "extensions", extensions);
}

json_t *pat_formats_value(void)
{
    json_t *formats = json_array();
    for (pat_format i = 1; i <= pat_format_count(); i++)
        pat_json_append(&formats, format_value(i));
    return json_pack("{s:o}", "formats", formats);
}
