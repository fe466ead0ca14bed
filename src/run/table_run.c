#include "run/table_run.h"

#include "base/clock.h"
#include "base/error.h"

static pat_status put_outcome(void *context, size_t index, const pat_outcome *outcome,
                              pat_error *error)
{
    pat_table_run *run = context;
    const pat_table_command *command = run->command;
    if (outcome->status != PAT_OK)
        return pat_outputs_fail(&run->outputs, command->failed(run->jobs.context, index), outcome,
                                error);
    pat_status status = command->write_row(run->jobs.context, index, outcome, &run->outputs, error);
    run->summary->rows += status == PAT_OK;
    return status;
}

static pat_status do_jobs(pat_table_run *run, pat_error *error)
{
    pat_task_setup setup = {.kind = run->kind, .extra = pat_buffer_bytes(&run->extra)};
    pat_sink sink = {put_outcome, run};
    pat_run work = {.setup = &setup,
                    .jobs = &run->jobs,
                    .sink = &sink,
                    .options = run->options,
                    .journal = run->journal != NULL ? run->journal : run->outputs.journal};
    pat_status status = run->extra.failed ? pat_fail_memory(error, "the workers' setup")
                                          : pat_run_jobs(&work, error);
    pat_summary_take(run->summary, &work);
    return status;
}

static pat_status run_all(pat_table_run *run, pat_error *error)
{
    pat_outputs *outputs = &run->outputs;
    const pat_table_command *command = run->command;
    pat_status status =
        pat_outputs_open(outputs, run->output, run->identity, &run->jobs, run->summary, error);
    if (status == PAT_OK)
        status = command->write_headers(run->jobs.context, outputs, error);
    if (status == PAT_OK)
        status = do_jobs(run, error);
    if (status == PAT_OK)
        status = pat_outputs_finish(outputs, error);
    run->summary->elapsed_s = pat_clock_seconds() - run->started_s;
    if (status == PAT_OK && command->end != NULL)
        status = command->end(run->jobs.context, outputs, error);
    return status == PAT_OK ? pat_outputs_place(outputs, error) : status;
}

pat_status pat_table_run_execute(pat_table_run *run, pat_error *error)
{
    pat_status status = run_all(run, error);
    pat_outputs_close(&run->outputs);
    pat_buffer_release(&run->extra);
    return status;
}
