#include "run/inspect_run.h"

#include "inspect/findings.h"
#include "run/check_run.h"

pat_status pat_inspect_loaded(const pat_inspect_options *options, const pat_table *table,
                              pat_row_gain *gain, pat_inspection *inspection, pat_error *error)
{
    pat_name_index names = {0};
    pat_inspecting work = {
        .path = options->data, .table = table, .names = &names, .report = inspection, .gain = gain};
    pat_status status = pat_name_index_make(&names, &table->filename, error);
    if (status == PAT_OK)
        status = pat_inspect_table(&work, options->trials, options->grid, error);
    if (status == PAT_OK && options->pairs != NULL)
        status = pat_check_pairs(options->pairs, &names, &options->run, inspection, error);
    if (status == PAT_OK)
        pat_findings_finish(inspection);
    pat_name_index_release(&names);
    return status;
}

pat_status pat_inspect(const pat_inspect_options *options, pat_inspection *inspection,
                       pat_error *error)
{
    pat_table table = {0};
    pat_status status = pat_inspect_read(options->data, &table, error);
    if (status == PAT_OK)
        status = pat_inspect_loaded(options, &table, NULL, inspection, error);
    pat_table_release(&table);
    return status;
}
