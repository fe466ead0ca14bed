#include <fcntl.h>
#include <stdio.h>

#include "commands.h"
#include "console.h"

int cmd_worker(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (fcntl(PAT_WORKER_DESCRIPTOR, F_GETFD) < 0) {
        fprintf(stderr, "patina: 'worker' is for internal use: other commands start it\n");
        return EXIT_USAGE;
    }
    return pat_worker_main(PAT_WORKER_DESCRIPTOR);
}
