#include "web/work.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "web/describe.h"

/* The name of the image in messages. */
static const char *name_of(const pat_exchange *exchange)
{
    return exchange->name[0] == '\0' ? "the image" : exchange->name;
}

static void fail(pat_exchange *exchange, const pat_error *error)
{
    pat_exchange_fail(exchange, pat_problem_of(error->status), error->message);
}

/* A compromised worker may report anything: refuse what does not fit its file. */
static pat_status read_report(pat_exchange *exchange, const pat_outcome *outcome,
                              pat_restoration *told, pat_error *error)
{
    pat_status status = pat_restore_report_read(outcome, name_of(exchange), told, error);
    if (status != PAT_OK)
        return status;
    uint64_t limit = exchange->order.describes ? 0 : exchange->order.output_limit;
    if (told->output_bytes > limit || told->input_bytes != exchange->input.counted ||
        !pat_stored_holds(&exchange->output, told->output_bytes))
        return pat_fail(error, PAT_INTERNAL, "%s: a worker's report is invalid; try again",
                        name_of(exchange));
    return PAT_OK;
}

static void answer_restored(pat_exchange *exchange, const pat_restoration *told)
{
    pat_answer *answer = &exchange->answer;
    if (exchange->wants_json) {
        pat_describe_restored(told, answer);
    } else {
        pat_describe_image(told, &exchange->order, exchange->name, answer);
        answer->kind = PAT_BODY_FILE;
    }
    answer->descriptor = pat_stored_take(&exchange->output);
    answer->file_size = told->output_bytes;
    pat_stored_count(&exchange->output, told->output_bytes);
}

static bool done(void *context, pat_outcome *outcome, const char *death)
{
    pat_exchange *exchange = context;
    pat_error error = {0};
    pat_restoration told = {.predicted = true};
    bool makes_sense = true;
    exchange->state = PAT_EXCHANGE_ANSWERED;
    if (outcome == NULL)
        pat_fail(&error, PAT_WORKER_DIED,
                 "%s: the worker processing it %s; the image may be the cause; other requests "
                 "are not affected",
                 name_of(exchange), death);
    else if (outcome->status == PAT_OUT_OF_MEMORY)
        pat_fail(&error, PAT_TOO_LARGE,
                 "%s: needs more memory than a worker may use on this server; send a smaller image",
                 name_of(exchange));
    else if (outcome->status != PAT_OK)
        pat_fail(&error, outcome->status, "%s", outcome->message);
    else
        makes_sense = read_report(exchange, outcome, &told, &error) == PAT_OK;
    if (error.status != PAT_OK)
        fail(exchange, &error);
    else if (exchange->order.describes)
        pat_describe_features(&told, &exchange->answer);
    else
        answer_restored(exchange, &told);
    pat_stored_release(&exchange->input);
    exchange->site->answered(exchange->site->server, exchange);
    return makes_sense;
}

void pat_work_submit(pat_exchange *exchange)
{
    pat_site *site = exchange->site;
    pat_restore_order *order = &exchange->order;
    pat_error error = {0};
    order->describes = exchange->route == PAT_ROUTE_FEATURES;
    order->output_limit = site->limits.value[PAT_SERVE_OUTPUT];
    pat_status status = pat_stored_close(&exchange->input, &error);
    if (status == PAT_OK && !order->describes)
        status = pat_stored_offer(&exchange->output, &site->store, order->output_limit, &error);
    if (status != PAT_OK) {
        fail(exchange, &error);
        return;
    }
    const pat_job job = {.name = name_of(exchange),
                         .damaged = name_of(exchange),
                         .undamaged = "",
                         .order = {order, sizeof *order},
                         .output_path = {order->describes ? NULL : "the restored image"},
                         .input = {exchange->input.file},
                         .output = {exchange->output.file}};
    exchange->job = job;
    exchange->state = PAT_EXCHANGE_WORKING;
    const pat_service_request request = {.id = exchange->id,
                                         .party = pat_client_key(&exchange->client),
                                         .job = &exchange->job,
                                         .done = done,
                                         .context = exchange};
    if (!pat_service_submit(site->service, &request)) {
        exchange->state = PAT_EXCHANGE_ANSWERED;
        pat_exchange_fail(exchange, PAT_PROBLEM_QUEUE_FULL,
                          "all workers are busy and the queue is full; try again in a moment");
    }
}
