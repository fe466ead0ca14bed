/*
 * A pool of workers that answers requests as they arrive; private to the library. All functions run
 * in the calling thread, and only pat_service_free() waits.
 */
#ifndef PAT_WORKERS_SERVICE_H
#define PAT_WORKERS_SERVICE_H

#include "patina/run.h"
#include "tasks/task.h"

typedef struct pat_service pat_service;

typedef struct pat_service_options {
    const pat_task_setup *setup; /* kind and extra set; extra.data is borrowed */
    const pat_run_options *run;  /* jobs, max_pixels, timeout_s, memory_bytes and worker_command,
                                    which is required and borrowed */
    int queue;                   /* requests that may wait while all workers are busy, >= 0 */
    int party_workers;           /* maximum number of workers busy for one party; 0: all but one,
                                    if there are several */
} pat_service_options;

/* Called once with the outcome of each request, unless it was withdrawn. outcome: the callee may
 * empty it; NULL: the worker died, and `death` says how ("was killed by SIGSEGV"). Return false if
 * the outcome is invalid: the worker is then ended. */
typedef bool pat_service_done(void *context, pat_outcome *outcome, const char *death);

/* Start the workers. Fails with PAT_INVALID_ARGUMENT (options out of range), PAT_INTERNAL or
 * PAT_OUT_OF_MEMORY; *service is then NULL. The process ignores SIGPIPE until the service ends. */
PAT_MUST_CHECK pat_status pat_service_create(const pat_service_options *options,
                                             pat_service **service, pat_error *error);

/* End the service and kill busy workers; done() is not called for their requests. Accepts NULL. */
void pat_service_free(pat_service *service);

/* For use in an event loop: a descriptor that is readable when pat_service_step() has work to do;
 * and the milliseconds after which to call it in any case, or -1. */
int pat_service_descriptor(const pat_service *service);
int pat_service_timeout_ms(const pat_service *service);

/*
 * Do the pending work. Call it when the descriptor is readable, when the timeout has passed, and
 * after every pat_service_submit(). Fails with PAT_WORKER_DIED or like pat_task_create() if no
 * worker can be started; the service is then unusable.
 */
PAT_MUST_CHECK pat_status pat_service_step(pat_service *service, pat_error *error);

/* A request: a job whose input and output files are open. The job is borrowed until done() is
 * called or the request is withdrawn. */
typedef struct pat_service_request {
    uint64_t id;    /* nonzero, chosen by the caller */
    uint64_t party; /* the client; parties take turns, however much each has submitted */
    const pat_job *job;
    pat_service_done *done;
    void *context;
} pat_service_request;

/* Submit a request. False if the queue is full. */
PAT_MUST_CHECK bool pat_service_submit(pat_service *service, const pat_service_request *request);

/* How long a worker has been processing a request, in seconds; 0 if it is waiting for one. */
double pat_service_seconds(const pat_service *service, uint64_t id);

/* Withdraw a request: done() will not be called. A worker processing it is ended and replaced. */
void pat_service_withdraw(pat_service *service, uint64_t id);

/* The state of the service. */
typedef struct pat_service_state {
    int workers, ready, busy, waiting; /* ready: able to work, including busy ones */
    uint64_t deaths;                   /* workers that died or were killed */
    char decoder_version[PAT_VERSION_SIZE],
        sandbox[PAT_SANDBOX_SIZE]; /* known once a worker has been ready */
} pat_service_state;

pat_service_state pat_service_state_of(const pat_service *service);

#endif
