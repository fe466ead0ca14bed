/*
 * The smart restoration as a web page and an API: an HTTP server in front of worker processes.
 * docs/serve.md describes the API and its guarantees.
 */
#ifndef PATINA_SERVE_H
#define PATINA_SERVE_H

#include "patina/model.h"
#include "patina/run.h"

/* The limits of a server; pat_serve_limit_describe() describes each. */
typedef enum pat_serve_limit {
    PAT_SERVE_QUEUE,
    PAT_SERVE_PER_ADDRESS,
    PAT_SERVE_WORKERS,
    PAT_SERVE_CONNECTIONS,
    PAT_SERVE_BODY,
    PAT_SERVE_OUTPUT,
    PAT_SERVE_STORE,
    PAT_SERVE_PIXELS,
    PAT_SERVE_PARTS,
    PAT_SERVE_IMAGE_TIME,
    PAT_SERVE_DEADLINE,
    PAT_SERVE_IDLE,
    PAT_SERVE_LIMITS
} pat_serve_limit;

typedef struct pat_serve_limit_info {
    const char *name; /* "queue", ... */
    const char *unit; /* "N", "MIB" or "SECONDS": what the numbers count */
    long long standard, minimum, maximum;
    const char *help;
} pat_serve_limit_info;

/* Static. */
PAT_API const pat_serve_limit_info *pat_serve_limit_describe(pat_serve_limit limit);

/* A completed request. */
typedef struct pat_served {
    const char *address, *method, *target; /* target: as sent, truncated, without a token */
    int status;                            /* 0: it ended without a response */
    double seconds;
    uint64_t bytes_in, bytes_out; /* of bodies */
} pat_served;

typedef struct pat_serve_options {
    const char *model;      /* a model's file */
    const double *max_harm; /* as in pat_restoration_options */
    const char *listen;     /* "ADDRESS:PORT", "[IPv6]:PORT"; NULL: "127.0.0.1:8080" */
    const char *token_file; /* a file with the token that clients must send; NULL: no token */
    bool is_open;           /* serve everyone: allow an address beyond loopback without a token */
    const char *const *allowed_hosts; /* more host names to accept, without a port */
    int allowed_host_count;
    const char *samples;               /* a folder of sample images; NULL: none */
    long long limit[PAT_SERVE_LIMITS]; /* in their units; 0: the standard */

    /* Do not require the whole sandbox (run.require_sandbox) on an address that other machines can
     * reach. */
    bool allow_weak_sandbox;

    /* Only these members are used: jobs, memory_bytes, worker_command (not NULL), require_sandbox,
     * notice and interrupt. If interrupt is positive, finish requests in progress and refuse new
     * ones; if it is negative, drop those in progress, too. */
    pat_run_options run;

    /* Called once the model is read. */
    void (*model_read)(void *context, const pat_model *model);
    /* Called once the server accepts requests: "http://127.0.0.1:8080/", with the real port. */
    void (*ready)(void *context, const char *url);
    /* Called after each request. The functions may be NULL. */
    void (*served)(void *context, const pat_served *served);
    void *context;
} pat_serve_options;

/*
 * Serve until options->run.interrupt is set; then return PAT_OK. Fails with PAT_INVALID_ARGUMENT
 * (an invalid address, host name, token or limit; an address beyond loopback with neither
 * token_file nor is_open), PAT_UNREADABLE (it cannot listen on the address, read the token, or list
 * the samples), PAT_WORKER_DIED, PAT_INTERNAL, PAT_OUT_OF_MEMORY, or as pat_model_load().
 */
PAT_API PAT_MUST_CHECK pat_status pat_serve_run(const pat_serve_options *options, pat_error *error);

#endif
