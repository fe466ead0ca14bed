#include "web/prometheus.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "patina/version.h"
#include "web/text.h"

static void put_requests(const pat_site *site, const char *name, pat_buffer *out)
{
    for (int i = 0; i < PAT_PATHS_MAX; i++) {
        const pat_path_metrics *path = &site->metrics.path[i];
        for (int kind = 0; kind < PAT_STATUS_KINDS; kind++)
            if (path->requests[kind] > 0)
                pat_put_format(out, "%s{path=\"%s\",status=\"%d\"} %llu\n", name, path->name,
                               pat_metric_status[kind], (unsigned long long)path->requests[kind]);
    }
}

static void put_duration(const pat_path_metrics *path, const char *name, pat_buffer *out)
{
    unsigned long long sum = 0;
    for (int i = 0; i <= PAT_DURATION_BUCKETS; i++) {
        sum += path->durations[i];
        pat_put_format(out, "%s_bucket{path=\"%s\",le=\"", name, path->name);
        if (i < PAT_DURATION_BUCKETS)
            pat_put_number(out, pat_metric_bound_s[i]);
        else
            pat_buffer_append_text(out, "+Inf");
        pat_put_format(out, "\"} %llu\n", sum);
    }
    pat_put_format(out, "%s_sum{path=\"%s\"} %.6f\n", name, path->name, path->seconds);
    pat_put_format(out, "%s_count{path=\"%s\"} %llu\n", name, path->name, sum);
}

static void put_durations(const pat_site *site, const char *name, pat_buffer *out)
{
    for (int i = 0; i < PAT_PATHS_MAX; i++)
        if (site->metrics.path[i].name != NULL)
            put_duration(&site->metrics.path[i], name, out);
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

static void put_reclaimed(const pat_site *site, const char *name, pat_buffer *out)
{
    put_one(name, site->metrics.reclaimed, out);
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

/* Not counting the descriptor used to count them. */
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
    {"patina_info", "gauge", "The patina version.", put_version},
    {"patina_requests_total", "counter",
     "Requests by path and status (0: ended without a response).", put_requests},
    {"patina_request_seconds", "histogram",
     "Seconds from the headers of a request to the end of its response.", put_durations},
    {"patina_refused_total", "counter", "Requests answered with an error, by reason.", put_refused},
    {"patina_received_bytes_total", "counter", "Bytes of request bodies received.", put_bytes_in},
    {"patina_sent_bytes_total", "counter", "Bytes of response bodies sent.", put_bytes_out},
    {"patina_cut_connections_total", "counter",
     "Connections cut off: too slow, or the client left.", put_cut},
    {"patina_reclaimed_connections_total", "counter",
     "Connections closed to make room for others; none had an image in progress.", put_reclaimed},
    {"patina_requests_in_flight", "gauge", "Requests in progress.", put_in_flight},
    {"patina_connections", "gauge", "Open connections.", put_connections},
    {"patina_store_bytes", "gauge", "Memory used by the images in progress.", put_store},
    {"patina_queue", "gauge", "Images waiting for a worker.", put_queue},
    {"patina_workers", "gauge", "Worker processes.", put_workers},
    {"patina_worker_deaths_total", "counter", "Workers that died or were killed.", put_deaths},
    {"process_open_fds", "gauge", "Open file descriptors.", put_descriptors},
    {"process_resident_memory_bytes", "gauge", "Resident memory, without the workers.", put_memory},
};

void pat_prometheus_put(const pat_site *site, pat_buffer *out)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct metric *metric = &table[i];
        pat_put_format(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                       metric->name, metric->type);
        metric->put(site, metric->name, out);
    }
}
