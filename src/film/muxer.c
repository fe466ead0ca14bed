#include "film/muxer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "film/libav.h"

static const pat_film_muxer muxers[] = {
    {.extension = ".mkv",
     .name = "matroska",
     .subtitles = "subrip",
     .keeps_chapters = true,
     .keeps_colors = true,
     .keeps_timecode = true,
     .keeps_fields = true,
     .keeps_attachments = true,
     .keeps_covers = true,
     .keeps_times = true},
    {.extension = ".mp4",
     .name = "mp4",
     .subtitles = "mov_text",
     .keeps_covers = true,
     .keeps_rotation = true,
     .keeps_chapters = true,
     .keeps_colors = true,
     .keeps_timecode = true,
     .keeps_fields = true,
     .keeps_times = true},
    {.extension = ".mov",
     .name = "mov",
     .subtitles = "mov_text",
     .keeps_rotation = true,
     .keeps_chapters = true,
     .keeps_colors = true,
     .keeps_timecode = true,
     .keeps_fields = true,
     .keeps_times = true},
    {.extension = ".nut",
     .name = "nut",
     .keeps_covers = true,
     .keeps_chapters = true,
     .keeps_colors = true,
     .keeps_timecode = true,
     .keeps_times = true},
    {.extension = ".avi", .name = "avi", .keeps_covers = true},
};

enum { MUXERS = sizeof muxers / sizeof *muxers, LIST_SIZE = 64 };

const pat_film_muxer *pat_film_muxer_find(const char *name)
{
    for (int i = 0; i < MUXERS; i++)
        if (strcmp(muxers[i].name, name) == 0)
            return &muxers[i];
    return NULL;
}

/* ".mkv, .avi or .nut" */
static const char *list_kinds(const pat_film_codec *codec, char list[LIST_SIZE])
{
    const pat_film_muxer *fits[MUXERS];
    int count = 0;
    size_t used = 0;
    for (int i = 0; i < MUXERS; i++)
        if (pat_film_codec_fits(codec, muxers[i].extension))
            fits[count++] = &muxers[i];
    for (int i = 0; i < count && used < LIST_SIZE; i++)
        used += (size_t)snprintf(list + used, LIST_SIZE - used, "%s%s",
                                 i == 0           ? ""
                                 : i == count - 1 ? " or "
                                                  : ", ",
                                 fits[i]->extension);
    return list;
}

static const pat_film_codec *codec_for(const char *extension)
{
    const pat_film_codec *codec;
    for (int i = 0; (codec = pat_film_codec_at(i)) != NULL; i++)
        if (pat_film_codec_fits(codec, extension))
            return codec;
    return NULL;
}

pat_status pat_film_muxer_for(const char *path, const pat_film_codec *codec,
                              const pat_film_muxer **muxer, pat_error *error)
{
    const char *dot = strrchr(path, '.');
    char list[LIST_SIZE];
    *muxer = NULL;
    for (int i = 0; i < MUXERS && dot != NULL; i++)
        if (strcasecmp(dot, muxers[i].extension) == 0)
            *muxer = &muxers[i];
    list_kinds(codec, list);
    if (*muxer == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s: name a file that ends in %s, which can hold a film as %s", path, list,
                        codec->title);
    if (pat_film_codec_fits(codec, (*muxer)->extension))
        return PAT_OK;
    return pat_fail(error, PAT_INVALID_ARGUMENT,
                    "%s: %s files cannot hold a film as %s; name a file that ends in %s, or add "
                    "--codec %s",
                    path, (*muxer)->extension, codec->title, list,
                    codec_for((*muxer)->extension)->name);
}

bool pat_film_tells_colors(const pat_film_facts *facts)
{
    const pat_film_colors *colors = &facts->colors;
    return facts->layout.full_range || colors->range == AVCOL_RANGE_JPEG ||
           colors->primaries != AVCOL_PRI_UNSPECIFIED ||
           colors->transfer != AVCOL_TRC_UNSPECIFIED ||
           (colors->matrix != AVCOL_SPC_UNSPECIFIED && colors->matrix != AVCOL_SPC_RGB);
}
