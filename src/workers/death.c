#include "workers/death.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

bool pat_death_is_of_memory(const pat_death *death)
{
    if (death->fault[0] != '\0')
        return false;
    return death->exit_signal == 0 ? death->exit_status == PAT_DEATH_EXIT_MEMORY
                                   : death->exit_signal == SIGKILL && death->kernel_reclaimed;
}

void pat_death_describe(const pat_death *death, char text[PAT_DEATH_SIZE])
{
    if (death->fault[0] != '\0')
        snprintf(text, PAT_DEATH_SIZE, "%s", death->fault);
    else if (pat_death_is_of_memory(death) && death->exit_signal == 0)
        snprintf(text, PAT_DEATH_SIZE, "ran out of memory");
    else if (pat_death_is_of_memory(death))
        snprintf(text, PAT_DEATH_SIZE, "was killed by the kernel because memory ran out");
    else if (death->exit_signal == SIGKILL)
        snprintf(text, PAT_DEATH_SIZE, "was killed by SIGKILL (possibly out of memory)");
    else if (death->exit_signal == SIGSYS)
        snprintf(text, PAT_DEATH_SIZE,
                 "was killed by SIGSYS (a system call that the sandbox forbids)");
    else if (death->exit_signal != 0)
        snprintf(text, PAT_DEATH_SIZE, "was killed by SIG%s", sigabbrev_np(death->exit_signal));
    else
        snprintf(text, PAT_DEATH_SIZE, "exited with status %d", (int)death->exit_status);
}

bool pat_death_recurs(const pat_death *death)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    if (death->fault[0] != '\0' || death->exit_signal == 0)
        return true;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (death->exit_signal == crashes[i])
            return true;
    return false;
}
