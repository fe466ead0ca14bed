#include "workers/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "workers/fleet.h"
#include "workers/run.h"

/* A request that is waiting or in progress. */
struct request {
    uint64_t id;
    const pat_job *job;
    pat_service_done *done;
    void *context;
    bool sent;
};

struct pat_service {
    pat_run_options run;
    pat_task_setup setup;
    pat_fleet *fleet;
    struct request *requests; /* in the order of arrival */
    int count, capacity;
    int waiting; /* number of requests not sent yet */
    char decoder_version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    pat_buffer platform;
};

static struct request *find(const pat_service *service, uint64_t id)
{
    for (int i = 0; i < service->count; i++)
        if (service->requests[i].id == id)
            return &service->requests[i];
    return NULL;
}

/* Take a request off the list. */
static struct request take_off(pat_service *service, struct request *request)
{
    struct request taken = *request;
    struct request *end = service->requests + service->count--;
    memmove(request, request + 1, (size_t)(end - request - 1) * sizeof *request);
    service->waiting -= !taken.sent;
    return taken;
}

/* ---- Calls from the fleet ------------------------------------------------------------------ */

static bool answered(void *context, uint64_t id, pat_outcome *outcome)
{
    pat_service *service = context;
    struct request *found = find(service, id);
    if (outcome->unchanged || !pat_task_accepts(&service->setup, outcome))
        return false;
    if (found == NULL) /* withdrawn */
        return true;
    struct request request = take_off(service, found);
    return request.done(request.context, outcome, NULL);
}

/* A worker that ran out of memory could not say so itself. */
static void report_death(const struct request *request, const pat_death *death)
{
    char text[PAT_DEATH_SIZE];
    pat_death_describe(death, text);
    if (!pat_death_is_of_memory(death)) {
        request->done(request->context, NULL, text);
        return;
    }
    pat_outcome outcome = {0};
    pat_error error;
    (void)pat_fail(&error, PAT_OUT_OF_MEMORY,
                   "%s: not enough memory: the worker %s; send a smaller image",
                   request->job->damaged, text);
    pat_outcome_fail(&outcome, PAT_STAGE_WORKER, &error);
    request->done(request->context, &outcome, NULL);
    pat_outcome_release(&outcome);
}

static void lost(void *context, const uint64_t *ids, int count, const pat_death *death)
{
    pat_service *service = context;
    for (int i = 0; i < count; i++) {
        struct request *found = find(service, ids[i]);
        if (found == NULL)
            continue;
        struct request request = take_off(service, found);
        report_death(&request, death);
    }
}

static bool wants_more(void *context)
{
    (void)context;
    return true;
}

static struct request *next_waiting(const pat_service *service)
{
    for (int i = 0; i < service->count; i++)
        if (!service->requests[i].sent)
            return &service->requests[i];
    return NULL;
}

/* One request per worker: a second one would fail if the first kills the worker. */
static void feed(void *context)
{
    pat_service *service = context;
    for (int i = 0; i < service->run.jobs && service->waiting > 0; i++) {
        if (!pat_fleet_has_room(service->fleet, i, 0))
            continue;
        struct request *request = next_waiting(service);
        request->sent = pat_fleet_give(service->fleet, i, request->id, request->job);
        service->waiting -= request->sent;
    }
}

static void ticked(void *context)
{
    (void)context;
}

/* ---- The service --------------------------------------------------------------------------- */

pat_status pat_service_create(const pat_service_options *options, pat_service **out,
                              pat_error *error)
{
    *out = NULL;
    pat_service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return pat_fail_memory(error, "the service");
    service->run = *options->run;
    service->setup = *options->setup;
    service->setup.forgets = true;
    pat_status status = pat_run_fill(&service->run, &service->setup, error);
    service->capacity = service->run.jobs + options->queue;
    if (status == PAT_OK) {
        service->requests = calloc((size_t)service->capacity, sizeof *service->requests);
        status = service->requests != NULL ? PAT_OK : pat_fail_memory(error, "the queue");
    }
    if (status == PAT_OK)
        status = pat_fleet_create(
            &(pat_fleet_options){
                .setup = &service->setup,
                .run = &service->run,
                .owner = {answered, lost, wants_more, feed, ticked, service},
                .decoder_version = service->decoder_version,
                .sandbox = service->sandbox,
                .platform = &service->platform,
            },
            &service->fleet, error);
    if (status != PAT_OK) {
        pat_service_free(service);
        return status;
    }
    *out = service;
    return PAT_OK;
}

void pat_service_free(pat_service *service)
{
    if (service == NULL)
        return;
    service->count = service->waiting = 0; /* report nothing from now on */
    pat_fleet_free(service->fleet);
    pat_buffer_release(&service->platform);
    free(service->requests);
    free(service);
}

int pat_service_descriptor(const pat_service *service)
{
    return pat_fleet_descriptor(service->fleet);
}

int pat_service_timeout_ms(const pat_service *service)
{
    return pat_fleet_timeout_ms(service->fleet);
}

pat_status pat_service_step(pat_service *service, pat_error *error)
{
    feed(service);
    pat_fleet_step(service->fleet, false);
    return pat_fleet_status(service->fleet, error);
}

bool pat_service_submit(pat_service *service, uint64_t id, const pat_job *job,
                        pat_service_done *done, void *context)
{
    if (service->count == service->capacity)
        return false;
    service->requests[service->count++] = (struct request){id, job, done, context, false};
    service->waiting++;
    return true;
}

void pat_service_withdraw(pat_service *service, uint64_t id)
{
    struct request *found = find(service, id);
    if (found == NULL)
        return;
    struct request request = take_off(service, found);
    if (request.sent)
        pat_fleet_end_job(service->fleet, id);
}

pat_service_state pat_service_state_of(const pat_service *service)
{
    pat_service_state state = {
        .workers = service->run.jobs,
        .ready = pat_fleet_ready(service->fleet),
        .busy = pat_fleet_busy(service->fleet),
        .waiting = service->waiting,
        .deaths = pat_fleet_deaths(service->fleet),
    };
    memcpy(state.decoder_version, service->decoder_version, sizeof state.decoder_version);
    memcpy(state.sandbox, service->sandbox, sizeof state.sandbox);
    return state;
}
