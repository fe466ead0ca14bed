#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "patina/model.h"
#include "tasks/predictor.h"
#include "tasks/task_restore.h"
#include "web/guard.h"
#include "web/server.h"

/* How often to check the interrupt flag and the deadlines. */
enum { TICK_MS = 100 };

struct serving {
    pat_site site;
    pat_server *server;
    pat_run_options run;
    pat_task_setup setup;
    pat_buffer extra; /* data for the workers */
    bool told;        /* ready() has been called */
};

/* Read the model for the workers, and keep its description for the API. */
static pat_status read_model(struct serving *serving, pat_error *error)
{
    const pat_serve_options *options = serving->site.options;
    const char *path = options->model;
    pat_restore_setup *setup = calloc(1, sizeof *setup);
    if (setup == NULL)
        return pat_fail_memory(error, "the workers' setup");
    setup->predicts = true;
    setup->max_harm = options->max_harm != NULL ? *options->max_harm : NAN;
    strncpy(setup->model_name, path, sizeof setup->model_name - 1);
    pat_buffer_append(&serving->extra, setup, sizeof *setup);
    free(setup);
    pat_predictor predictor;
    pat_status status = pat_predictor_read(&predictor, path, &serving->extra, error);
    if (status == PAT_OK && options->max_harm != NULL)
        status = pat_predictor_limit_harm(&predictor, *options->max_harm, path, error);
    if (status == PAT_OK && options->model_read != NULL)
        options->model_read(options->context, predictor.model);
    if (status == PAT_OK)
        serving->site.model = strdup(pat_model_description(predictor.model));
    pat_predictor_release(&predictor);
    if (status == PAT_OK && (serving->site.model == NULL || serving->extra.failed))
        status = pat_fail_memory(error, "the workers' setup");
    return status;
}

/* A connection needs one descriptor, its image another, and a queued image a third. If the system
 * allows fewer, accept fewer connections; the others wait in the listen queue. */
static void find_descriptors(pat_limits *limits)
{
    enum { OTHERS = 1024 + 256, LEAST = 8 }; /* for workers, files and libraries */
    struct rlimit limit;
    uint64_t *connections = &limits->value[PAT_SERVE_CONNECTIONS];
    rlim_t others = (rlim_t)(OTHERS + limits->value[PAT_SERVE_QUEUE]);
    rlim_t wanted = (rlim_t)(2 * *connections) + others;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
    rlim_t rest = limit.rlim_cur > 2 * others ? limit.rlim_cur - others : limit.rlim_cur / 2;
    if (limit.rlim_cur < wanted)
        *connections = rest / 2 > LEAST ? rest / 2 : LEAST;
}

static pat_status start_workers(struct serving *serving, pat_error *error)
{
    const pat_limits *limits = &serving->site.limits;
    serving->run = serving->site.options->run;
    serving->run.max_pixels = limits->value[PAT_SERVE_PIXELS];
    if (!serving->site.listener.loopback && !serving->site.options->allow_weak_sandbox)
        serving->run.require_sandbox = true;
    /* The server kills a worker that takes too long for an image; this limit is for its start. */
    serving->run.timeout_s = PAT_TIMEOUT_DEFAULT_S + (int)limits->value[PAT_SERVE_IMAGE_TIME];
    serving->setup = (pat_task_setup){.kind = PAT_TASK_RESTORE,
                                      .extra = {serving->extra.data, serving->extra.size}};
    const pat_service_options options = {.setup = &serving->setup,
                                         .run = &serving->run,
                                         .queue = (int)limits->value[PAT_SERVE_QUEUE],
                                         .party_workers = (int)limits->value[PAT_SERVE_WORKERS]};
    return pat_service_create(&options, &serving->site.service, error);
}

/* Check the allowed host names, require a token or --open beyond loopback, and read the token. */
static pat_status check_access(pat_site *site, const char *listen, pat_error *error)
{
    const pat_serve_options *options = site->options;
    for (int i = 0; i < options->allowed_host_count; i++)
        if (!pat_guard_is_name(options->allowed_hosts[i]))
            return pat_fail(
                error, PAT_INVALID_ARGUMENT,
                "--allow-host: '%s' is not a host name; give one without a port, such "
                "as images.example.org, or an address, such as 192.0.2.1 or [2001:db8::1]",
                options->allowed_hosts[i]);
    if (!site->listener.loopback && options->token_file == NULL && !options->is_open)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--listen: other machines can reach %s; add --token-file FILE to require a "
                        "token, or --open to serve everyone",
                        listen);
    return pat_token_read(&site->token, options->token_file, error);
}

static pat_status start(struct serving *serving, pat_error *error)
{
    pat_site *site = &serving->site;
    const pat_serve_options *options = site->options;
    const char *listen = options->listen == NULL ? "127.0.0.1:8080" : options->listen;
    pat_status status = pat_limits_init(&site->limits, options, error);
    site->store.limit = site->limits.value[PAT_SERVE_STORE];
    if (status == PAT_OK)
        status = pat_listener_parse(&site->listener, listen, error);
    if (status == PAT_OK)
        status = check_access(site, listen, error);
    if (status == PAT_OK)
        status = pat_samples_init(&site->samples, options->samples, error);
    if (status == PAT_OK)
        status = read_model(serving, error);
    if (status == PAT_OK)
        status = pat_listener_open(&site->listener, error);
    if (status != PAT_OK)
        return status;
    pat_token_set_port(&site->token, site->listener.port);
    find_descriptors(&site->limits);
    status = start_workers(serving, error);
    return status == PAT_OK ? pat_server_create(site, &serving->server, error) : status;
}

static void wait_for_work(const struct serving *serving)
{
    struct pollfd files[] = {
        {.fd = pat_server_descriptor(serving->server), .events = POLLIN},
        {.fd = pat_service_descriptor(serving->site.service), .events = POLLIN},
    };
    int timeout_ms = pat_service_timeout_ms(serving->site.service);
    poll(files, sizeof files / sizeof *files,
         timeout_ms < 0 || timeout_ms > TICK_MS ? TICK_MS : timeout_ms);
}

static void tell_when_ready(struct serving *serving)
{
    const pat_site *site = &serving->site;
    if (serving->told || pat_service_state_of(site->service).ready == 0)
        return;
    serving->told = true;
    if (site->options->ready != NULL)
        site->options->ready(site->options->context, site->listener.url);
}

/* Whether to exit: at once if the interrupt is negative, else when all requests in progress have
 * ended, at the latest by their deadlines. */
static bool is_over(struct serving *serving)
{
    pat_site *site = &serving->site;
    const volatile sig_atomic_t *interrupt = site->options->run.interrupt;
    int wish = interrupt == NULL ? 0 : *interrupt;
    if (wish != 0 && !site->stopping) {
        site->stopping = true;
        pat_server_close(serving->server);
    }
    return wish < 0 || (site->stopping && site->requests == 0);
}

static pat_status serve(struct serving *serving, pat_error *error)
{
    pat_status status = PAT_OK;
    while (status == PAT_OK && !is_over(serving)) {
        wait_for_work(serving);
        pat_server_step(serving->server);
        status = pat_service_step(serving->site.service, error);
        tell_when_ready(serving);
    }
    return status;
}

pat_status pat_serve_run(const pat_serve_options *options, pat_error *error)
{
    struct serving *serving = calloc(1, sizeof *serving);
    if (serving == NULL)
        return pat_fail_memory(error, "the server");
    pat_site *site = &serving->site;
    site->options = options;
    site->listener.descriptor = -1;
    site->samples.folder = -1;
    pat_status status = start(serving, error);
    if (status == PAT_OK)
        status = serve(serving, error);
    pat_server_free(serving->server);
    pat_service_free(site->service);
    pat_samples_release(&site->samples);
    if (site->listener.descriptor >= 0)
        close(site->listener.descriptor);
    pat_buffer_release(&serving->extra);
    free(site->model);
    free(serving);
    return status;
}
