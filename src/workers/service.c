#include "workers/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "workers/fleet.h"
#include "workers/run.h"

/* A request that is waiting or in progress. */
struct request {
    pat_service_request is;
    uint64_t turn; /* requests are sent in the order of their turns */
    double sent_s; /* when, if `sent` */
    bool sent;
};

struct pat_service {
    pat_run_options run;
    pat_task_setup setup;
    pat_fleet *fleet;
    struct request *requests; /* in the order of arrival */
    int count, capacity;
    int waiting;       /* number of requests not sent yet */
    int party_workers; /* limit */
    uint64_t turn;     /* of the request sent last */
    char decoder_version[PAT_VERSION_SIZE], sandbox[PAT_SANDBOX_SIZE];
    pat_buffer platform;
};

static struct request *find(const pat_service *service, uint64_t id)
{
    for (int i = 0; i < service->count; i++)
        if (service->requests[i].is.id == id)
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
    return request.is.done(request.is.context, outcome, NULL);
}

/* A worker that ran out of memory could not say so itself. */
static void report_death(const struct request *request, const pat_death *death)
{
    char text[PAT_DEATH_SIZE];
    pat_death_describe(death, text);
    if (!pat_death_is_of_memory(death)) {
        request->is.done(request->is.context, NULL, text);
        return;
    }
    pat_outcome outcome = {0};
    pat_error error;
    (void)pat_fail(&error, PAT_OUT_OF_MEMORY,
                   "%s: not enough memory: the worker %s; send a smaller image",
                   request->is.job->damaged, text);
    pat_outcome_fail(&outcome, PAT_STAGE_WORKER, &error);
    request->is.done(request->is.context, &outcome, NULL);
    pat_outcome_release(&outcome);
}

static void lost(void *context, const uint64_t *ids, int count, const pat_death *death)
{
    pat_service *service = context;
    for (int i = 0; i < count; i++) {
        struct request *found = find(service, ids[i]);
        if (found == NULL)
            continue;
        if (death == NULL) {
            found->sent = false;
            service->waiting++;
            continue;
        }
        struct request request = take_off(service, found);
        report_death(&request, death);
    }
}

static bool wants_more(void *context)
{
    (void)context;
    return true;
}

static int workers_of(const pat_service *service, uint64_t party)
{
    int count = 0;
    for (int i = 0; i < service->count; i++)
        count += service->requests[i].sent && service->requests[i].is.party == party;
    return count;
}

/* The waiting request whose turn is first, of a party that may have another worker; NULL: none. */
static struct request *next_waiting(const pat_service *service)
{
    struct request *next = NULL;
    for (int i = 0; i < service->count; i++) {
        struct request *at = &service->requests[i];
        if (at->sent || (next != NULL && at->turn >= next->turn))
            continue;
        if (workers_of(service, at->is.party) < service->party_workers)
            next = at;
    }
    return next;
}

/* The turn of a party's new request: after those that it already has here, and after the request
 * sent last. A party with few requests thus waits for one of every other party, not for all. */
static uint64_t next_turn(const pat_service *service, uint64_t party)
{
    uint64_t turn = service->turn;
    for (int i = 0; i < service->count; i++)
        if (service->requests[i].is.party == party && service->requests[i].turn > turn)
            turn = service->requests[i].turn;
    return turn + 1;
}

/* One request per worker: a second one would fail if the first kills the worker. */
static void feed(void *context)
{
    pat_service *service = context;
    for (int i = 0; i < service->run.jobs && service->waiting > 0; i++) {
        if (!pat_fleet_has_room(service->fleet, i, 0))
            continue;
        struct request *request = next_waiting(service);
        if (request == NULL)
            return;
        request->sent = pat_fleet_give(service->fleet, i, request->is.id, request->is.job);
        request->sent_s = pat_clock_seconds();
        service->waiting -= request->sent;
        if (request->sent)
            service->turn = request->turn;
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
    service->party_workers = options->party_workers != 0 ? options->party_workers
                             : service->run.jobs > 1     ? service->run.jobs - 1
                                                         : 1;
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

bool pat_service_submit(pat_service *service, const pat_service_request *request)
{
    if (service->count == service->capacity)
        return false;
    uint64_t turn = next_turn(service, request->party);
    service->requests[service->count++] = (struct request){.is = *request, .turn = turn};
    service->waiting++;
    return true;
}

double pat_service_seconds(const pat_service *service, uint64_t id)
{
    const struct request *found = find(service, id);
    return found == NULL || !found->sent ? 0 : pat_clock_seconds() - found->sent_s;
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
