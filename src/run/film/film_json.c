#include "base/json.h"
#include "patina/film.h"
#include "run/facts_json.h"
#include "run/film/work.h"

static json_t *part_value(const pat_film_range *range)
{
    if (range->from <= 0 && range->until <= 0)
        return json_null();
    return json_pack("{s:o, s:o, s:s}", "from", pat_json_number(range->from), "until",
                     range->until > 0 ? pat_json_number(range->until) : json_null(), "unit",
                     range->in_seconds ? "seconds" : "frames");
}

static json_t *options_value(const pat_film_options *options)
{
    bool by_hand = options->how.model == NULL;
    pat_run_options run = options->run;
    if (run.batch == 0)
        run.batch = PAT_FILM_BATCH;
    return pat_json_join(
        json_pack(
            "{s:o, s:o, s:o, s:o, s:b, s:o, s:s, s:o}", "model", pat_json_text(options->how.model),
            "max_harm",
            options->how.max_harm == NULL ? json_null() : pat_json_number(*options->how.max_harm),
            "setting", by_hand ? pat_fact_setting(&options->how.setting) : json_null(), "scenes",
            pat_json_text(options->how.scenes), "keep_flicker", options->how.keep_flicker, "part",
            part_value(&options->range), "codec", pat_film_codec_name(options->codec), "quality",
            options->quality == NULL ? json_null() : pat_json_number(*options->quality)),
        pat_fact_run_options(&run));
}

static json_t *film_value(const pat_film_summary *summary)
{
    return json_pack("{s:o, s:o, s:o, s:i, s:i, s:o}", "container",
                     pat_json_text(summary->container), "codec", pat_json_text(summary->codec),
                     "samples", pat_json_text(summary->samples), "width", summary->width, "height",
                     summary->height, "frames_per_second",
                     summary->rate > 0 ? pat_json_number(summary->rate) : json_null());
}

static json_t *results_value(const pat_film_summary *summary)
{
    json_t *losses = json_array();
    for (int i = 0; i < summary->loss_count; i++)
        pat_json_append(&losses, pat_json_text(summary->losses[i]));
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i,"
        " s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o}",
        "packets", pat_json_count(summary->packets), "frames", pat_json_count(summary->frames),
        "frames_damaged", pat_json_count(summary->flagged), "packets_refused",
        pat_json_count(summary->refused), "frames_left_out", pat_json_count(summary->odd),
        "frames_restored", pat_json_count(summary->changed), "scenes",
        pat_json_count(summary->scenes), "flicker_before", pat_json_number(summary->flicker_before),
        "flicker_after", pat_json_number(summary->flicker_after), "losses", losses, "seconds",
        pat_json_number(summary->elapsed_s), "workers", summary->workers, "frames_in_flight",
        pat_json_count(summary->frames_in_flight), "bytes_in_flight",
        pat_json_count(summary->frames_in_flight * summary->frame_bytes), "frames_told",
        pat_json_count(summary->told), "gaps", pat_json_count(summary->gaps), "packets_damaged",
        pat_json_count(summary->corrupt), "ended_early", summary->broken, "subtitles_converted",
        summary->subtitles_converted, "drift_before", pat_json_number(summary->drift_before),
        "drift_after", pat_json_number(summary->drift_after));
}

char *pat_film_json(const pat_film_options *options, const pat_film_summary *summary)
{
    json_t *document = pat_fact_run("film", options_value(options));
    pat_json_set(&document, "film", film_value(summary));
    pat_json_set(&document, "results", results_value(summary));
    pat_json_set(&document, "sandbox", pat_fact_sandbox(summary->sandbox));
    pat_json_set(&document, "outputs",
                 json_pack("{s:o, s:o, s:o, s:o, s:o}", "film", pat_json_text(summary->output_path),
                           "codec", pat_json_text(summary->stored_as), "container",
                           pat_json_text(summary->written_as), "frames",
                           pat_json_text(summary->frames_path), "scenes",
                           pat_json_text(summary->scenes_path)));
    return pat_json_write(pat_json_document("film", 1, document), PAT_JSON_LINES);
}
