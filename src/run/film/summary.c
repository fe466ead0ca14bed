/* What came of a film. */
#include <math.h>
#include <stdio.h>

#include "run/film/work.h"

static void put_text(char text[PAT_FILM_TEXT_SIZE], const char *value)
{
    snprintf(text, PAT_FILM_TEXT_SIZE, "%s", value);
}

static double rate_of(const pat_film_facts *facts)
{
    return (double)facts->rate.over / facts->rate.under;
}

/* The drift of each scene; the greatest goes to the summary. */
static pat_status find_drift(const pat_film_work *film, pat_error *error)
{
    pat_film_summary *summary = film->summary;
    int radius = pat_film_radius(rate_of(&film->facts));
    for (size_t s = 0; s < film->scene_count; s++) {
        pat_film_scene *scene = &film->scenes[s];
        const pat_film_record *records = film->records + scene->first;
        pat_status status =
            pat_film_drift(records, scene->count, radius, false, &scene->drift_before, error);
        if (status == PAT_OK)
            status =
                pat_film_drift(records, scene->count, radius, true, &scene->drift_after, error);
        if (status != PAT_OK)
            return status;
        summary->drift_before = fmax(summary->drift_before, scene->drift_before);
        summary->drift_after = fmax(summary->drift_after, scene->drift_after);
    }
    return PAT_OK;
}

pat_status pat_film_summarize(pat_film_work *film, pat_error *error)
{
    pat_film_summary *summary = film->summary;
    const pat_film_facts *facts = &film->facts;
    put_text(summary->container, facts->container);
    put_text(summary->codec, facts->codec);
    put_text(summary->samples, facts->samples);
    put_text(summary->written_as, film->muxer->name);
    put_text(summary->stored_as, film->coding.codec->title);
    summary->width = facts->layout.width;
    summary->height = facts->layout.height;
    summary->rate = rate_of(facts);
    summary->packets = (size_t)film->counts.packets;
    summary->frames = film->count;
    summary->flagged = (size_t)film->counts.flagged;
    summary->refused = (size_t)film->counts.refused;
    summary->odd = (size_t)film->counts.odd;
    summary->corrupt = (size_t)film->counts.corrupt;
    summary->broken = film->counts.broken != 0;
    summary->told = pat_film_is_part(film) ? 0 : (size_t)facts->frames; /* of the whole */
    summary->gaps = pat_film_gaps(film->records, film->count);
    summary->scenes = film->scene_count;
    summary->flicker_before = pat_film_flicker(film->records, film->count, false);
    summary->flicker_after = pat_film_flicker(film->records, film->count, true);
    summary->workers = film->run.jobs;
    summary->frames_in_flight = film->batch * (size_t)pat_film_items(film);
    summary->frame_bytes = pat_film_frame_size(&facts->layout);
    for (size_t i = 0; i < film->count; i++) {
        const double *gain = film->records[i].gains.channel;
        summary->changed += gain[0] != 1 || gain[1] != 1 || gain[2] != 1 ||
                            !pat_setting_is_idle(&pat_film_scene_of(film, i)->setting);
    }
    unsigned losses = film->losses | film->lost_fields;
    unsigned converted = 1U << PAT_FILM_CONVERTED_SUBTITLES;
    summary->subtitles_converted = (losses & converted) != 0;
    losses &= ~converted;
    for (int i = 0; i < PAT_FILM_LOSSES; i++)
        if ((losses >> i & 1) != 0)
            summary->losses[summary->loss_count++] = pat_film_loss_text((pat_film_loss)i);
    return find_drift(film, error);
}
