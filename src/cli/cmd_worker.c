#include "commands.h"
#include "patina/run.h"

int cmd_worker(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return pat_worker_main(PAT_WORKER_DESCRIPTOR);
}
