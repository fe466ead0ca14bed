#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "console.h"
#include "options.h"
#include "sample.h"

struct arguments {
    pat_serve_options serve;
    bool verbose, quiet, has_samples;
};

enum { KEY_LISTEN = 0x1000, KEY_SAMPLES, KEY_VERBOSE, KEY_LIMITS };

static const struct argp_option options[] = {
    {"model", KEY_MODEL, "FILE", 0, "The model that says how images are restored", 0},
    {"listen", KEY_LISTEN, "ADDRESS:PORT", 0,
     "Where to listen: an address or [an IPv6 address]; port 0: any (default: 127.0.0.1:8080)", 0},
    {"samples", KEY_SAMPLES, "DIR", 0,
     "Pictures that the page offers to try (default: those that came with patina)", 0},
    {"jobs", 'j', "N", 0, "Worker processes, 1..1024 (default: the CPUs this process may use)", 1},
    {"memory", KEY_MEMORY, "SIZE", 0,
     "What one worker may use, such as 500M or 4G; 0: no limit (default: half of the memory)", 1},
    {"quiet", 'q', NULL, 0, "Print errors only", 1},
    {"verbose", KEY_VERBOSE, NULL, 0, "Print a line for each request", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    pat_serve_options *serve = &arguments->serve;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = serve;
        serve->run.worker_command = worker_command;
        return 0;
    case KEY_MODEL:
        serve->model = argument;
        return 0;
    case KEY_LISTEN:
        serve->listen = argument;
        return 0;
    case KEY_SAMPLES:
        serve->samples = argument;
        return 0;
    case 'j':
        serve->run.jobs = (int)parse_whole(state, "--jobs", argument, 1, PAT_JOBS_MAX);
        return 0;
    case KEY_MEMORY:
        serve->run.memory_bytes = parse_memory(state, argument);
        return 0;
    case 'q':
        arguments->quiet = true;
        return 0;
    case KEY_VERBOSE:
        arguments->verbose = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is one argument too many", argument);
        return 0;
    case ARGP_KEY_END:
        if (serve->model == NULL)
            argp_error(state, "give --model FILE, which patina train makes");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- The limits, whose table is the library's --------------------------------------------------
 */

static error_t parse_limit(int key, char *argument, struct argp_state *state)
{
    pat_serve_options *serve = state->input;
    if (key < KEY_LIMITS || key >= KEY_LIMITS + PAT_SERVE_LIMITS)
        return ARGP_ERR_UNKNOWN;
    int limit = key - KEY_LIMITS;
    const pat_serve_limit_info *info = pat_serve_limit_describe((pat_serve_limit)limit);
    char option[64];
    snprintf(option, sizeof option, "--%s", info->name);
    serve->limit[limit] = parse_whole(state, option, argument, info->minimum, info->maximum);
    return 0;
}

static struct argp_option limit_options[PAT_SERVE_LIMITS + 1];
static const struct argp limits_argp = {.options = limit_options, .parser = parse_limit};

static void make_limit_options(void)
{
    enum { HELP_SIZE = 160 };
    static char help[PAT_SERVE_LIMITS][HELP_SIZE];
    for (int i = 0; i < PAT_SERVE_LIMITS; i++) {
        const pat_serve_limit_info *info = pat_serve_limit_describe((pat_serve_limit)i);
        snprintf(help[i], HELP_SIZE, "%s, %lld..%lld (default: %lld)", info->help, info->minimum,
                 info->maximum, info->standard);
        limit_options[i] = (struct argp_option){
            .name = info->name, .key = KEY_LIMITS + i, .arg = info->unit, .doc = help[i]};
    }
}

static const struct argp_child children[] = {{&limits_argp, 0, "Limits:", 2}, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .doc = "Restore images as a web page and an API (docs/serve.md), until stopped by SIGINT or "
           "SIGTERM; what is in hand is then finished, by a second signal dropped."
           "\vFor example: patina serve --model model.patina"
           "\n\nExit status: 0 stopped, 1 something failed, 2 wrong usage.",
    .children = children,
};

/* ---- Output ---------------------------------------------------------------------------------- */

static void tell_ready(void *context, const char *url)
{
    const struct arguments *arguments = context;
    if (!arguments->quiet)
        fprintf(stderr, "patina: listening on %s\n", url);
}

static void tell_served(void *context, const pat_served *served)
{
    const struct arguments *arguments = context;
    if (!arguments->verbose)
        return;
    printf("%s ", served->address);
    console_name(served->method);
    printf(" ");
    console_name(served->target);
    printf(" %d %llu %llu %.3f\n", served->status, (unsigned long long)served->bytes_in,
           (unsigned long long)served->bytes_out, served->seconds);
    fflush(stdout);
}

int cmd_serve(int argc, char **argv)
{
    struct arguments arguments = {0};
    char samples[PAT_PATH_SIZE];
    pat_error error = {0};
    make_limit_options();
    parse_arguments(&argp, argc, argv, 0, &arguments);
    pat_serve_options *serve = &arguments.serve;
    if (serve->samples == NULL && sample_folder("damaged", samples))
        serve->samples = samples;
    serve->ready = tell_ready;
    serve->served = tell_served;
    serve->context = &arguments;
    serve->run.interrupt = console_catch_interrupts();
    pat_status status = pat_serve_run(serve, &error);
    return status == PAT_OK ? EXIT_ALL_WELL : console_failure(&error);
}
