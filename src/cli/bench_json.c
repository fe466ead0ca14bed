#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "console.h"

void bench_json_list(pat_document *document, const char *name, const option_list *list)
{
    pat_document_open_array(document, name);
    for (int i = 0; i < list->count; i++)
        pat_document_number(document, NULL, list->value[i]);
    pat_document_close(document);
}

static void put_machine(pat_document *document, const char *sandbox)
{
    char processor[256];
    pat_processor_name(processor, sizeof processor);
    pat_document_open_object(document, "machine");
    pat_document_text(document, "cpu", processor);
    pat_document_text(document, "instructions", pat_instruction_tier());
    pat_document_number(document, "cpus_available", pat_available_cpus());
    pat_document_text(document, "sandbox", sandbox);
    pat_document_close(document);
}

static void put_options(pat_document *document, const bench_options *options)
{
    const pat_pair_source *source = &options->source.source;
    char grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&options->source.grid, grid);
    pat_document_open_object(document, "options");
    pat_document_text(document, "damaged", source->damaged);
    pat_document_text(document, "undamaged", source->undamaged);
    pat_document_text(document, "manifest", source->manifest);
    pat_document_count(document, "limit", source->limit);
    pat_document_count(document, "sample", source->sample);
    pat_document_text(document, "grid", grid);
    pat_document_count(document, "grid_settings", pat_grid_count(&options->source.grid));
    bench_json_list(document, "jobs", &options->jobs);
    bench_json_list(document, "batch", &options->batch);
    pat_document_number(document, "repeat", options->repeat);
    pat_document_number(document, "seconds", options->seconds);
    pat_document_close(document);
}

static void put_setting(pat_document *document, const char *name, const bench_row *row)
{
    pat_document_open_object(document, name);
    pat_document_number(document, "jobs", row->jobs);
    pat_document_number(document, "batch", row->batch);
    pat_document_close(document);
}

static void put_row(pat_document *document, const bench_options *options, const bench_sweep *sweep,
                    const bench_row *row)
{
    pat_document_open_object(document, NULL);
    pat_document_number(document, "jobs", row->jobs);
    pat_document_number(document, "batch", row->batch);
    pat_document_number(document, "seconds", row->median_s);
    pat_document_number(document, "pairs_per_second", (double)sweep->pairs / row->median_s);
    pat_document_number(document, "speed_up", bench_speed_up(sweep, row));
    pat_document_number(document, "efficiency", bench_efficiency(sweep, row));
    pat_document_open_array(document, "runs");
    for (int i = 0; i < options->repeat; i++)
        pat_document_number(document, NULL, row->seconds[i]);
    pat_document_close(document);
    pat_document_close(document);
}

static void put_sweep(pat_document *document, const bench_options *options,
                      const bench_sweep *sweep)
{
    double worker_ms;
    pat_document_open_object(document, "sweep");
    pat_document_count(document, "pairs_per_run", sweep->pairs);
    pat_document_count(document, "times_each", sweep->times);
    pat_document_open_array(document, "settings");
    for (size_t i = 0; i < sweep->rows; i++)
        put_row(document, options, sweep, &sweep->row[i]);
    pat_document_close(document);
    pat_document_number(document, "start_up_seconds", sweep->start_up.median_s);
    pat_document_number(document, "pool_ms", bench_pool_ms(sweep));
    if (bench_worker_ms(sweep, &worker_ms))
        pat_document_number(document, "worker_ms", worker_ms);
    else
        pat_document_text(document, "worker_ms", NULL);
    put_setting(document, "baseline", bench_baseline(sweep));
    put_setting(document, "recommended", bench_recommended(sweep));
    pat_document_text(document, "sha256", sweep->sha256);
    pat_document_truth(document, "same_bytes", sweep->different == 0);
    pat_document_count(document, "failures", sweep->failures);
    pat_document_close(document);
}

static void put_stages(pat_document *document, const double ms[BENCH_STAGES])
{
    pat_document_number(document, "read_ms", ms[BENCH_READ]);
    pat_document_number(document, "decode_ms", ms[BENCH_DECODE]);
    pat_document_number(document, "grid_ms", ms[BENCH_GRID]);
    pat_document_number(document, "features_ms", ms[BENCH_FEATURES]);
    pat_document_number(document, "grid_all_ms", ms[BENCH_GRID_ALL]);
}

static void put_mean(pat_document *document, const bench_breakdown *breakdown)
{
    pat_document_open_object(document, "mean");
    put_stages(document, breakdown->mean_ms);
    pat_document_number(document, "megapixels_per_second", breakdown->megapixels_per_s);
    pat_document_number(document, "ns_per_cell", breakdown->ns_per_cell);
    pat_document_number(document, "ns_per_cell_all", breakdown->ns_per_cell_all);
    pat_document_close(document);
}

static void put_breakdown(pat_document *document, const bench_breakdown *breakdown,
                          const pat_pairs *pairs)
{
    pat_document_open_object(document, "breakdown");
    pat_document_count(document, "measured", breakdown->measured);
    pat_document_count(document, "failures", breakdown->failures);
    put_mean(document, breakdown);
    pat_document_open_array(document, "pairs");
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        const bench_pair *result = &breakdown->pair[i];
        if (result->width == 0)
            continue;
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        pat_document_open_object(document, NULL);
        pat_document_text(document, "filename", pair.name);
        pat_document_number(document, "width", result->width);
        pat_document_number(document, "height", result->height);
        put_stages(document, result->ms);
        pat_document_close(document);
    }
    pat_document_close(document);
    pat_document_close(document);
}

pat_document *bench_json_begin(const char *name, const char *sandbox)
{
    pat_document *document = pat_document_create(name, 1);
    pat_document_text(document, "tool", "patina");
    pat_document_text(document, "version", pat_version());
    pat_document_text(document, "command", "bench");
    put_machine(document, sandbox);
    return document;
}

int bench_json(const bench_options *options, const pat_pairs *pairs, const bench_sweep *sweep,
               const bench_breakdown *breakdown)
{
    pat_document *document = bench_json_begin("bench", sweep == NULL ? NULL : sweep->sandbox);
    put_options(document, options);
    if (sweep != NULL)
        put_sweep(document, options, sweep);
    else
        pat_document_text(document, "sweep", NULL);
    put_breakdown(document, breakdown, pairs);
    char *text = pat_document_end(document);
    if (text == NULL)
        return console_failure(&(pat_error){PAT_OUT_OF_MEMORY, CONSOLE_NO_MEMORY});
    printf("%s\n", text);
    free(text);
    return EXIT_ALL_WELL;
}
