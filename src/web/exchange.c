#include "web/exchange.h"

void pat_exchange_admit(pat_exchange *exchange)
{
    pat_site *site = exchange->site;
    exchange->admitted = true;
    exchange->next = site->exchanges;
    if (site->exchanges != NULL)
        site->exchanges->previous = exchange;
    site->exchanges = exchange;
}

static void delist(pat_exchange *exchange)
{
    if (!exchange->admitted)
        return;
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        exchange->site->exchanges = exchange->next;
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    exchange->admitted = false;
}

/* Release everything held for the image. */
static void drop(pat_exchange *exchange)
{
    if (exchange->state == PAT_EXCHANGE_WORKING)
        pat_service_withdraw(exchange->site->service, exchange->id);
    pat_multipart_free(exchange->multipart);
    exchange->multipart = NULL;
    pat_stored_release(&exchange->input);
    pat_stored_release(&exchange->output);
    delist(exchange);
}

void pat_exchange_fail(pat_exchange *exchange, pat_problem problem, const char *message)
{
    drop(exchange);
    exchange->state = PAT_EXCHANGE_ANSWERED;
    pat_answer_fail(&exchange->answer, problem, message);
}

void pat_exchange_release(pat_exchange *exchange)
{
    drop(exchange);
    pat_answer_release(&exchange->answer);
}
