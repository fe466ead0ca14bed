#include "console.h"

#include <stdio.h>

void console_name(const char *name)
{
    for (; *name != '\0'; name++)
        putchar((unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name);
}

void console_error(const pat_error *error)
{
    fprintf(stderr, "patina: %s\n", error->message);
}

int console_failure(const pat_error *error)
{
    console_error(error);
    switch (error->status) {
    case PAT_INVALID_ARGUMENT:
    case PAT_NOT_FOUND:
    case PAT_UNREADABLE:
    case PAT_NOT_A_FILE:
    case PAT_MALFORMED:
    case PAT_NOTHING_TO_DO:
        return EXIT_USAGE;
    default:
        return EXIT_SOMETHING_FAILED;
    }
}

static volatile sig_atomic_t interrupt;

static void note_interrupt(int signal_number)
{
    interrupt = signal_number;
}

const volatile sig_atomic_t *console_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction inherited;
        if (sigaction(signals[i], NULL, &inherited) == 0 && inherited.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL); /* nohup and trap '' are respected */
    }
    return &interrupt;
}

static void print_failures(const pat_run_summary *summary)
{
    if (summary->failures == 0)
        return;
    printf("failures:\n");
    for (size_t i = 0; i < summary->failures && i < PAT_FAILURES_KEPT; i++) {
        const pat_failure *failure = &summary->first_failures[i];
        printf("  %s (%s, %s)\n", failure->message, failure->stage,
               pat_status_name(failure->reason));
    }
    if (summary->failures > PAT_FAILURES_KEPT)
        printf("  ... and %zu more, all in %s\n", summary->failures - PAT_FAILURES_KEPT,
               summary->failures_path);
}

static void print_labels(const pat_label_report *labels)
{
    if (labels->scored > 0)
        printf("mean gain over the untouched image: %+.2f dB PSNR, %+.4f SSIM\n",
               labels->mean_gain_db, labels->mean_gain_ssim);
    for (size_t i = 0; i < labels->warning_count; i++)
        printf("warning: %s\n", labels->warnings[i]);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_counts(const pat_run_summary *summary, const char *what)
{
    double per_second = summary->elapsed_s > 0 ? (double)summary->total / summary->elapsed_s : 0;
    printf("%zu %s%s: %zu row%s, %zu failure%s", summary->total, what, plural(summary->total),
           summary->rows, plural(summary->rows), summary->failures, plural(summary->failures));
    if (summary->unpaired > 0)
        printf("; %zu file%s left out", summary->unpaired, plural(summary->unpaired));
    printf("\n%.2f seconds, %.1f %ss/s, ", summary->elapsed_s, per_second, what);
    if (summary->workers == 0)
        printf("in one process\n");
    else
        printf("%d worker%s\n", summary->workers, plural((size_t)summary->workers));
}

int console_summary(const pat_run_summary *summary, const char *what, bool quiet)
{
    int exit_status = summary->failures > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
    if (quiet && summary->failures > 0)
        fprintf(stderr, "patina: %zu of %zu %s%s failed: see %s\n", summary->failures,
                summary->total, what, plural(summary->total), summary->failures_path);
    if (quiet)
        return exit_status;
    print_counts(summary, what);
    print_labels(&summary->labels);
    print_failures(summary);
    printf("written: %s\n         %s\n", summary->output, summary->failures_path);
    if (summary->record_path[0] != '\0')
        printf("         %s\n", summary->record_path);
    return exit_status;
}

int console_interrupted(const pat_run_summary *summary, int signal_number)
{
    if (summary->rows > 0)
        fprintf(stderr,
                "patina: interrupted: %s was not written; the finished rows (%zu) are in "
                "%s.partial\n",
                summary->output, summary->rows, summary->output);
    else
        fprintf(stderr, "patina: interrupted before the first row: nothing was written\n");
    return 128 + signal_number;
}
