#include "web/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "patina/version.h"
#include "web/site.h"
#include "web/text.h"

/* 0 stands for what is not in the table. */
static const int statuses[PAT_STATUS_KINDS] = {0,   200, 400, 403, 404, 405, 411, 413, 415,
                                               421, 422, 429, 431, 500, 502, 503, 504};
static const double bounds_s[PAT_DURATION_BUCKETS] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                      1,     2.5,  5,     10,   30,  60};

void pat_metrics_add(pat_metrics *metrics, pat_route_id route, int status, pat_problem problem,
                     double seconds, uint64_t bytes_in, uint64_t bytes_out)
{
    int kind = PAT_STATUS_KINDS - 1, bucket = 0;
    while (kind > 0 && statuses[kind] != status)
        kind--;
    while (bucket < PAT_DURATION_BUCKETS && seconds > bounds_s[bucket])
        bucket++;
    metrics->requests[route][kind]++;
    metrics->durations[route][bucket]++;
    metrics->seconds[route] += seconds;
    if (problem != PAT_PROBLEM_NONE)
        metrics->refused[problem]++;
    metrics->bytes_in += bytes_in;
    metrics->bytes_out += bytes_out;
}

static void put_requests(const pat_site *site, const char *name, pat_buffer *out)
{
    for (int route = 0; route < PAT_ROUTES; route++)
        for (int kind = 0; kind < PAT_STATUS_KINDS; kind++) {
            uint64_t count = site->metrics.requests[route][kind];
            if (count > 0)
                pat_put_format(out, "%s{path=\"%s\",status=\"%d\"} %llu\n", name,
                               pat_route_get((pat_route_id)route)->path, statuses[kind],
                               (unsigned long long)count);
        }
}

static void put_duration(const pat_metrics *metrics, int route, const char *name, pat_buffer *out)
{
    const char *path = pat_route_get((pat_route_id)route)->path;
    unsigned long long sum = 0;
    for (int i = 0; i <= PAT_DURATION_BUCKETS; i++) {
        sum += metrics->durations[route][i];
        pat_put_format(out, "%s_bucket{path=\"%s\",le=\"", name, path);
        if (i < PAT_DURATION_BUCKETS)
            pat_put_number(out, bounds_s[i]);
        else
            pat_buffer_append_text(out, "+Inf");
        pat_put_format(out, "\"} %llu\n", sum);
    }
    pat_put_format(out, "%s_sum{path=\"%s\"} %.6f\n", name, path, metrics->seconds[route]);
    pat_put_format(out, "%s_count{path=\"%s\"} %llu\n", name, path, sum);
}

static void put_durations(const pat_site *site, const char *name, pat_buffer *out)
{
    for (int route = 0; route < PAT_ROUTES; route++) {
        uint64_t any = 0;
        for (int i = 0; i <= PAT_DURATION_BUCKETS; i++)
            any |= site->metrics.durations[route][i];
        if (any != 0)
            put_duration(&site->metrics, route, name, out);
    }
}

static void put_refused(const pat_site *site, const char *name, pat_buffer *out)
{
    for (int i = PAT_PROBLEM_NONE + 1; i < PAT_PROBLEMS; i++)
        pat_put_format(out, "%s{reason=\"%s\"} %llu\n", name,
                       pat_problem_describe((pat_problem)i)->reason,
                       (unsigned long long)site->metrics.refused[i]);
}

static void put_one(const char *name, uint64_t value, pat_buffer *out)
{
    pat_put_format(out, "%s %llu\n", name, (unsigned long long)value);
}

static void put_bytes_in(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->metrics.bytes_in, out);
}

static void put_bytes_out(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->metrics.bytes_out, out);
}

static void put_cut(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->metrics.cut, out);
}

static void put_in_flight(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->requests, out);
}

static void put_connections(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->connections, out);
}

static void put_store(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->store.used, out);
}

static void put_queue(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, (uint64_t)pat_service_state_of(site->service).waiting, out);
}

static void put_workers(const pat_site *site, const char *name, pat_buffer *out)
{
    pat_service_state state = pat_service_state_of(site->service);
    pat_put_format(out, "%s{state=\"idle\"} %d\n%s{state=\"busy\"} %d\n%s{state=\"starting\"} %d\n",
                   name, state.ready - state.busy, name, state.busy, name,
                   state.workers - state.ready);
}

static void put_deaths(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, pat_service_state_of(site->service).deaths, out);
}

/* Without the one that counts them. */
static void put_descriptors(const pat_site *site, const char *name, pat_buffer *out)
{
    (void)site;
    uint64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    put_one(name, count - 1, out);
}

static void put_memory(const pat_site *site, const char *name, pat_buffer *out)
{
    (void)site;
    unsigned long long pages;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    if (fscanf(file, "%*u %llu", &pages) == 1)
        put_one(name, pages * (uint64_t)sysconf(_SC_PAGESIZE), out);
    fclose(file);
}

static void put_version(const pat_site *site, const char *name, pat_buffer *out)
{
    (void)site;
    pat_put_format(out, "%s{version=\"%s\"} 1\n", name, pat_version());
}

static const struct metric {
    const char *name, *type, *help;
    void (*put)(const pat_site *site, const char *name, pat_buffer *out);
} table[] = {
    {"patina_info", "gauge", "The version.", put_version},
    {"patina_requests_total", "counter", "Requests; status 0: they ended without an answer.",
     put_requests},
    {"patina_request_seconds", "histogram", "From the first line to the end of the answer.",
     put_durations},
    {"patina_refused_total", "counter", "Answers that say what is wrong.", put_refused},
    {"patina_received_bytes_total", "counter", "Of bodies.", put_bytes_in},
    {"patina_sent_bytes_total", "counter", "Of bodies.", put_bytes_out},
    {"patina_cut_connections_total", "counter", "Ended by the deadline.", put_cut},
    {"patina_requests_in_flight", "gauge", "Requests now.", put_in_flight},
    {"patina_connections", "gauge", "Open connections.", put_connections},
    {"patina_store_bytes", "gauge", "Pictures in hand.", put_store},
    {"patina_queue", "gauge", "Pictures that wait for a worker.", put_queue},
    {"patina_workers", "gauge", "Worker processes.", put_workers},
    {"patina_worker_deaths_total", "counter", "Workers that ended or were ended.", put_deaths},
    {"process_open_fds", "gauge", "Open file descriptors.", put_descriptors},
    {"process_resident_memory_bytes", "gauge", "Of the server, without its workers.", put_memory},
};

void pat_metrics_put(const struct pat_site *site, pat_buffer *out)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct metric *metric = &table[i];
        pat_put_format(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                       metric->name, metric->type);
        metric->put(site, metric->name, out);
    }
}
