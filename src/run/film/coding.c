/* How a film is stored. */
#include "base/error.h"
#include "film/colors.h"
#include "run/film/work.h"

const char *pat_film_codec_name(int codec)
{
    const pat_film_codec *row = pat_film_codec_at(codec);
    return row == NULL ? NULL : row->name;
}

static pat_status choose_quality(pat_film_work *film, pat_error *error)
{
    const pat_film_codec *codec = film->coding.codec;
    const double *quality = film->options->quality;
    film->coding.quality = quality == NULL ? codec->usual_quality : *quality;
    if (quality != NULL && codec->most_quality <= codec->least_quality)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "%s stores frames without loss, so it has no quality to choose; choose "
                        "another codec (--codec), or none (leave out --quality)",
                        codec->title);
    return film->coding.quality >= codec->least_quality &&
                   film->coding.quality <= codec->most_quality
               ? PAT_OK
               : pat_fail(error, PAT_INVALID_ARGUMENT, "the quality of %s is %g (best) to %g",
                          codec->title, codec->least_quality, codec->most_quality);
}

pat_status pat_film_choose_coding(pat_film_work *film, pat_error *error)
{
    film->coding.codec = pat_film_codec_at(film->options->codec);
    if (film->coding.codec == NULL)
        return pat_fail(error, PAT_INVALID_ARGUMENT, "there is no codec %d", film->options->codec);
    pat_status status = choose_quality(film, error);
    return status == PAT_OK ? pat_film_muxer_for(film->summary->output_path, film->coding.codec,
                                                 &film->muxer, error)
                            : status;
}

void pat_film_choose_fields(pat_film_work *film)
{
    pat_film_coding *coding = &film->coding;
    size_t alike = 0; /* frames whose fields are in the order of the first that has some */
    for (size_t i = 0; i < film->count; i++) {
        const pat_film_frame *frame = &film->records[i].frame;
        if (frame->interlaced && alike == 0)
            coding->top_first = frame->top_first;
        alike += frame->interlaced && frame->top_first == coding->top_first;
    }
    coding->interlaced = alike > 0 && pat_film_has_fields(&film->facts);
    film->lost_fields = 0;
    if (!coding->codec->in_segments || alike == 0)
        return;
    if (!coding->interlaced)
        film->lost_fields = 1U << PAT_FILM_LOST_FIELDS;
    else if (alike < film->count)
        film->lost_fields = 1U << PAT_FILM_MIXED_FIELDS;
}
