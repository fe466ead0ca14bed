#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

/* A JSON document on stdout, an item on each line. Items of objects have a name, those of arrays
 * none. */
struct writer {
    int depth;
    bool inside; /* the object or array being written has an item already */
};

static void put_item(struct writer *writer, const char *name)
{
    if (writer->depth > 0)
        printf("%s\n%*s", writer->inside ? "," : "", 2 * writer->depth, "");
    if (name != NULL)
        printf("\"%s\": ", name);
    writer->inside = true;
}

static void begin(struct writer *writer, const char *name, char bracket)
{
    put_item(writer, name);
    putchar(bracket);
    writer->depth++;
    writer->inside = false;
}

static void end(struct writer *writer, char bracket)
{
    writer->depth--;
    printf("\n%*s%c", 2 * writer->depth, "", bracket);
    writer->inside = true;
}

/* A finite number; nine digits tell nanoseconds in a second. */
static void put_number(struct writer *writer, const char *name, double value)
{
    put_item(writer, name);
    printf("%.9g", value);
}

static void put_count(struct writer *writer, const char *name, size_t count)
{
    put_item(writer, name);
    printf("%zu", count);
}

static void put_word(struct writer *writer, const char *name, const char *word)
{
    put_item(writer, name);
    printf("%s", word);
}

/* NULL gives null, and so does a text for which there is no memory. */
static void put_text(struct writer *writer, const char *name, const char *text)
{
    char *string = pat_json_string(text);
    put_word(writer, name, string == NULL ? "null" : string);
    free(string);
}

static void put_list(struct writer *writer, const char *name, const option_list *list)
{
    begin(writer, name, '[');
    for (int i = 0; i < list->count; i++)
        put_number(writer, NULL, list->value[i]);
    end(writer, ']');
}

static void put_machine(struct writer *writer)
{
    char processor[256];
    pat_processor_name(processor, sizeof processor);
    begin(writer, "machine", '{');
    put_text(writer, "cpu", processor);
    put_text(writer, "instructions", pat_instruction_tier());
    put_number(writer, "cpus_available", pat_available_cpus());
    end(writer, '}');
}

static void put_options(struct writer *writer, const bench_options *options)
{
    const pat_pair_source *source = &options->source.source;
    char grid[PAT_GRID_TEXT_SIZE];
    pat_grid_format(&options->source.grid, grid);
    begin(writer, "options", '{');
    put_text(writer, "damaged", source->damaged);
    put_text(writer, "undamaged", source->undamaged);
    put_text(writer, "manifest", source->manifest);
    put_count(writer, "limit", source->limit);
    put_count(writer, "sample", source->sample);
    put_text(writer, "grid", grid);
    put_count(writer, "grid_settings", pat_grid_count(&options->source.grid));
    put_list(writer, "jobs", &options->jobs);
    put_list(writer, "batch", &options->batch);
    put_number(writer, "repeat", options->repeat);
    put_number(writer, "seconds", options->seconds);
    end(writer, '}');
}

static void put_setting(struct writer *writer, const char *name, const bench_row *row)
{
    begin(writer, name, '{');
    put_number(writer, "jobs", row->jobs);
    put_number(writer, "batch", row->batch);
    end(writer, '}');
}

static void put_row(struct writer *writer, const bench_options *options, const bench_sweep *sweep,
                    const bench_row *row)
{
    begin(writer, NULL, '{');
    put_number(writer, "jobs", row->jobs);
    put_number(writer, "batch", row->batch);
    put_number(writer, "seconds", row->median_s);
    put_number(writer, "pairs_per_second", (double)sweep->pairs / row->median_s);
    put_number(writer, "speed_up", bench_speed_up(sweep, row));
    put_number(writer, "efficiency", bench_efficiency(sweep, row));
    begin(writer, "runs", '[');
    for (int i = 0; i < options->repeat; i++)
        put_number(writer, NULL, row->seconds[i]);
    end(writer, ']');
    end(writer, '}');
}

static void put_sweep(struct writer *writer, const bench_options *options, const bench_sweep *sweep)
{
    double worker_ms;
    begin(writer, "sweep", '{');
    put_count(writer, "pairs_per_run", sweep->pairs);
    put_count(writer, "times_each", sweep->times);
    begin(writer, "settings", '[');
    for (size_t i = 0; i < sweep->rows; i++)
        put_row(writer, options, sweep, &sweep->row[i]);
    end(writer, ']');
    put_number(writer, "start_up_seconds", sweep->start_up.median_s);
    put_number(writer, "pool_ms", bench_pool_ms(sweep));
    if (bench_worker_ms(sweep, &worker_ms))
        put_number(writer, "worker_ms", worker_ms);
    else
        put_text(writer, "worker_ms", NULL);
    put_setting(writer, "baseline", bench_baseline(sweep));
    put_setting(writer, "recommended", bench_recommended(sweep));
    put_text(writer, "sha256", sweep->sha256);
    put_word(writer, "same_bytes", sweep->different == 0 ? "true" : "false");
    put_count(writer, "failures", sweep->failures);
    end(writer, '}');
}

static void put_stages(struct writer *writer, const double ms[BENCH_STAGES])
{
    put_number(writer, "read_ms", ms[BENCH_READ]);
    put_number(writer, "decode_ms", ms[BENCH_DECODE]);
    put_number(writer, "grid_ms", ms[BENCH_GRID]);
    put_number(writer, "features_ms", ms[BENCH_FEATURES]);
    put_number(writer, "grid_all_ms", ms[BENCH_GRID_ALL]);
}

static void put_mean(struct writer *writer, const bench_breakdown *breakdown)
{
    begin(writer, "mean", '{');
    put_stages(writer, breakdown->mean_ms);
    put_number(writer, "megapixels_per_second", breakdown->megapixels_per_s);
    put_number(writer, "ns_per_cell", breakdown->ns_per_cell);
    put_number(writer, "ns_per_cell_all", breakdown->ns_per_cell_all);
    end(writer, '}');
}

static void put_breakdown(struct writer *writer, const bench_breakdown *breakdown,
                          const pat_pairs *pairs)
{
    begin(writer, "breakdown", '{');
    put_count(writer, "measured", breakdown->measured);
    put_count(writer, "failures", breakdown->failures);
    put_mean(writer, breakdown);
    begin(writer, "pairs", '[');
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        const bench_pair *result = &breakdown->pair[i];
        if (result->width == 0)
            continue;
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        begin(writer, NULL, '{');
        put_text(writer, "filename", pair.name);
        put_number(writer, "width", result->width);
        put_number(writer, "height", result->height);
        put_stages(writer, result->ms);
        end(writer, '}');
    }
    end(writer, ']');
    end(writer, '}');
}

void bench_json(const bench_options *options, const pat_pairs *pairs, const bench_sweep *sweep,
                const bench_breakdown *breakdown)
{
    struct writer writer = {0};
    begin(&writer, NULL, '{');
    put_text(&writer, "tool", "patina");
    put_text(&writer, "version", pat_version());
    put_text(&writer, "command", "bench");
    put_machine(&writer);
    put_options(&writer, options);
    if (sweep != NULL)
        put_sweep(&writer, options, sweep);
    else
        put_text(&writer, "sweep", NULL);
    put_breakdown(&writer, breakdown, pairs);
    end(&writer, '}');
    putchar('\n');
}
