#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "console.h"
#include "shared_options.h"
#include "shipped.h"

enum { HOSTS_MAX = 64 };

/* The names given with --allow-host. */
struct hosts {
    const char *name[HOSTS_MAX];
    int count;
};

struct arguments {
    pat_serve_options serve;
    struct hosts hosts;
    model_limit max_harm;
    run_arguments run;
    bool verbose;
};

static void take_host(const option_line *line, void *target, char *text)
{
    struct hosts *hosts = target;
    if (hosts->count == HOSTS_MAX)
        option_fail(line, "--allow-host: at most %d names", HOSTS_MAX);
    hosts->name[hosts->count++] = text;
}

static const option_row options[] = {
    {"listen", 0, "ADDRESS:PORT", OPTION_TEXT, OPTION_TARGET(struct arguments, serve.listen),
     .standard = "127.0.0.1:8080",
     .help = "The address to listen on: IPv4, or IPv6 in brackets; port 0 picks a free port"},
    {"token-file", 0, "FILE", OPTION_FILE, OPTION_TARGET(struct arguments, serve.token_file),
     .help = "Require clients to send the token in FILE: one line of at least 16 characters"},
    {"open", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, serve.is_open),
     .help = "Serve everyone who can reach the address. Beyond loopback, this option or "
             "--token-file is required"},
    {"allow-host", 0, "NAME", OPTION_TEXT, OPTION_TARGET(struct arguments, hosts),
     .take = take_host,
     .help = "A name by which clients reach this server, in addition to localhost and the address "
             "that they connect to; can be repeated"},
    {"samples", 0, "DIR", OPTION_FOLDER, OPTION_TARGET(struct arguments, serve.samples),
     .standard = "patina's own sample", .help = "A folder of images that the page offers to try"},
    {"allow-weak-sandbox", .type = OPTION_FLAG,
     OPTION_TARGET(struct arguments, serve.allow_weak_sandbox),
     .help = "Listen beyond loopback even if the kernel does not grant workers the whole sandbox"},
    {"verbose", .type = OPTION_FLAG, OPTION_TARGET(struct arguments, verbose),
     .help = "Print a line for each request"},
    {0},
};

/* The limits, from the library's table. */
static const option_row *limit_rows(void)
{
    enum { TEXT_SIZE = 160 };
    static char help[PAT_SERVE_LIMITS][TEXT_SIZE], standard[PAT_SERVE_LIMITS][TEXT_SIZE];
    static option_row rows[PAT_SERVE_LIMITS + 1];
    for (int i = 0; i < PAT_SERVE_LIMITS; i++) {
        const pat_serve_limit_info *info = pat_serve_limit_describe((pat_serve_limit)i);
        bool is_size = strcmp(info->unit, "MIB") == 0;
        const char *unit = is_size ? "M" : "";
        snprintf(help[i], TEXT_SIZE, "%s, %lld%s..%lld%s", info->help, info->minimum, unit,
                 info->maximum, unit);
        snprintf(standard[i], TEXT_SIZE, "%lld%s", info->standard, unit);
        rows[i] = (option_row){info->name,
                               0,
                               is_size ? "SIZE" : info->unit,
                               is_size ? OPTION_MEBIBYTES : OPTION_WHOLE,
                               OPTION_TARGET(pat_serve_options, limit[i]),
                               .least = info->minimum,
                               .greatest = info->maximum,
                               .standard = standard[i],
                               .help = help[i]};
    }
    return rows;
}

static void check(const option_line *line, void *target)
{
    (void)target;
    option_exclude(line, "open", "token-file",
                   "one serves everyone, the other only clients with the token");
    option_exclude(line, "quiet", "verbose", "one prints less, the other more");
    option_exclude(line, "require-sandbox", "allow-weak-sandbox", "they contradict each other");
}

static const option_group groups[] = {
    {"Service", model_options, OPTION_ABOUT(serve.model)},
    {"Service", max_harm_options, OPTION_ABOUT(max_harm), .check = check_max_harm},
    {"Service", options, .check = check},
    {"Run", run_options, OPTION_ABOUT(run), .without = "batch in-process max-pixels timeout",
     .check = check_run},
    {"Run", output_options, OPTION_ABOUT(run), .without = "json progress"},
    {"Limits", .make = limit_rows, OPTION_ABOUT(serve)},
    {0},
};

const option_set serve_set = {
    .usage = "",
    .summary =
        "Serve a web page and an API that restore images (docs/serve.md), until stopped by SIGINT "
        "or SIGTERM. The first signal lets the requests in progress finish; a second one drops "
        "them.",
    .notes = "For example: patina serve\n\nExit status: 0 stopped, 1 "
             "something failed, 2 wrong usage.",
    .groups = groups,
};

/* ---- Output ---------------------------------------------------------------------------------- */

static void tell_model(void *context, const pat_model *model)
{
    const struct arguments *arguments = context;
    char words[SHIPPED_WORDS_SIZE];
    shipped_describe(model, words);
    if (!arguments->run.quiet)
        fprintf(stderr, "patina: %s\n", words);
}

static void tell_ready(void *context, const char *url)
{
    const struct arguments *arguments = context;
    if (!arguments->run.quiet)
        fprintf(stderr, "patina: listening on %s\n", url);
    if (arguments->serve.is_open)
        fprintf(
            stderr,
            "patina: WARNING: --open: everyone who can reach %s can use this server; to require "
            "a token, use --token-file instead\n",
            url);
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
    console_push();
}

int cmd_serve(int argc, char **argv)
{
    struct arguments arguments = {0};
    char samples[PAT_PATH_SIZE], model[PAT_PATH_SIZE];
    pat_error error = {0};
    options_read(&serve_set, argc, argv, &arguments);
    pat_serve_options *serve = &arguments.serve;
    serve->run = arguments.run.run;
    serve->allowed_hosts = arguments.hosts.name;
    serve->allowed_host_count = arguments.hosts.count;
    if (serve->samples == NULL && shipped_find("sample/damaged", samples))
        serve->samples = samples;
    if (serve->model == NULL) {
        serve->model = shipped_model(model);
        serve->model_read = tell_model;
    }
    if (serve->model == NULL)
        return EXIT_USAGE;
    serve->max_harm = arguments.max_harm.given ? &arguments.max_harm.share : NULL;
    serve->ready = tell_ready;
    serve->served = tell_served;
    serve->context = &arguments;
    serve->run.interrupt = console_catch_interrupts();
    pat_status status = pat_serve_run(serve, &error);
    return status == PAT_OK ? EXIT_ALL_WELL : console_failure(&error);
}
