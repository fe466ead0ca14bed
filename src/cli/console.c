#include "console.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void console_name(const char *name)
{
    for (; *name != '\0'; name++) {
        /* U+0080 to U+009F in UTF-8: some terminals interpret them */
        bool above =
            name[0] == '\xc2' && (unsigned char)name[1] >= 0x80 && (unsigned char)name[1] <= 0x9f;
        name += above;
        putchar(above || (unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name);
    }
}

int console_width(int file)
{
    struct winsize size;
    return isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void console_error(const pat_error *error)
{
    fprintf(stderr, "patina: %s\n", error->message);
}

void console_notice(const char *text)
{
    fprintf(stderr, "%spatina: %s\n", isatty(STDERR_FILENO) ? "\r\x1b[K" : "", text);
}

void *console_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory != NULL)
        return memory;
    fprintf(stderr, "patina: not enough memory to start; free some and run again\n");
    exit(EXIT_SOMETHING_FAILED);
}

static int lost; /* the errno of the first failure to flush stdout; 0: none */

void console_push(void)
{
    if (fflush(stdout) != 0 && lost == 0)
        lost = errno;
}

/* Standard output may be the result, so errors in writing it count. A reader that closes it early,
 * such as head, is not an error. */
int console_flush(int exit_status)
{
    console_push();
    if (lost == 0 && ferror(stdout))
        lost = errno != 0 ? errno : EIO; /* an earlier failure most likely had the same cause */
    if (lost == 0)
        return exit_status;
    int reason = lost;
    lost = 0; /* already reported */
    clearerr(stdout);
    if (reason == EPIPE)
        return exit_status;
    fprintf(stderr, "patina: cannot write to the standard output (%s)\n", strerror(reason));
    return exit_status == EXIT_ALL_WELL ? EXIT_SOMETHING_FAILED : exit_status;
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

static volatile sig_atomic_t interrupt, on_terminal;

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* there is nowhere to report it */
}

/* The first signal lets the run finish work in progress, the second drops it, and the third kills
 * the program. Even then the journal has all finished work. */
static void note_interrupt(int signal_number)
{
    if (interrupt == 0) {
        interrupt = signal_number;
        if (on_terminal)
            say("\n"); /* the cursor is at the end of the progress line */
        say("patina: finishing the work in progress; a second signal stops the run immediately\n");
    } else if (interrupt > 0) {
        interrupt = -signal_number;
    } else {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
}

const volatile sig_atomic_t *console_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = note_interrupt};
    sigemptyset(&action.sa_mask);
    on_terminal = isatty(STDERR_FILENO);
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction inherited;
        if (sigaction(signals[i], NULL, &inherited) == 0 && inherited.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL); /* respect nohup and trap '' */
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

static void print_journal(const pat_run_summary *summary, const char *what)
{
    if (summary->old_journal_path[0] != '\0')
        printf("the previous journal is kept as %s\n", summary->old_journal_path);
    if (summary->journal_cut > 0)
        printf("the end of the journal was damaged: %llu bytes were dropped\n",
               (unsigned long long)summary->journal_cut);
    if (summary->recalled > 0)
        printf("%zu %s%s had already been done\n", summary->recalled, what,
               plural(summary->recalled));
    if (summary->changed > 0)
        printf("%zu %s%s had changed in the meantime and %s done again\n", summary->changed, what,
               plural(summary->changed), summary->changed == 1 ? "was" : "were");
}

static void print_counts(const pat_run_summary *summary, const char *what)
{
    size_t computed = summary->total - summary->recalled;
    printf("%zu %s%s: %zu row%s, %zu failure%s", summary->total, what, plural(summary->total),
           summary->rows, plural(summary->rows), summary->failures, plural(summary->failures));
    if (summary->unpaired > 0)
        printf("; %zu file%s left out", summary->unpaired, plural(summary->unpaired));
    printf("\n%.2f seconds", summary->elapsed_s);
    if (computed > 0 && summary->elapsed_s > 0)
        printf(", %.1f %ss/s", (double)computed / summary->elapsed_s, what);
    if (computed > 0 && summary->workers == 0)
        printf(", in one process");
    else if (computed > 0)
        printf(", %d worker%s", summary->workers, plural((size_t)summary->workers));
    printf("\n");
}

int console_summary(const pat_run_summary *summary, const char *what, bool quiet)
{
    int exit_status = summary->failures > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
    if (quiet && summary->failures > 0)
        fprintf(stderr, "patina: %zu of %zu %s%s failed: see %s\n", summary->failures,
                summary->total, what, plural(summary->total), summary->failures_path);
    if (quiet && summary->changed > 0)
        fprintf(stderr,
                "patina: %zu of %zu %s%s had changed since they were done, and were done "
                "again\n",
                summary->changed, summary->total, what, plural(summary->total));
    if (quiet)
        return exit_status;
    print_journal(summary, what);
    print_counts(summary, what);
    print_labels(&summary->labels);
    print_failures(summary);
    printf("written: %s\n         %s\n", summary->output, summary->failures_path);
    if (summary->record_path[0] != '\0')
        printf("         %s\n", summary->record_path);
    if (summary->journal_path[0] != '\0')
        printf("         %s: --retry-failed retries only what failed\n", summary->journal_path);
    return exit_status;
}

int console_document(char *text, int exit_status)
{
    if (text == NULL)
        return console_failure(&(pat_error){PAT_OUT_OF_MEMORY, CONSOLE_NO_MEMORY});
    printf("%s\n", text);
    free(text);
    return exit_status;
}

int console_failures(const pat_run_summary *summary, const char *what)
{
    for (size_t i = 0; i < summary->failures && i < PAT_FAILURES_KEPT; i++)
        fprintf(stderr, "patina: %s\n", summary->first_failures[i].message);
    if (summary->failures > PAT_FAILURES_KEPT)
        fprintf(stderr, "patina: ... and %zu more\n", summary->failures - PAT_FAILURES_KEPT);
    if (summary->failures > 0)
        fprintf(stderr, "patina: %zu of %zu %s%s failed\n", summary->failures, summary->total, what,
                plural(summary->total));
    return summary->failures > 0 ? EXIT_SOMETHING_FAILED : EXIT_ALL_WELL;
}

static void print_how_to_continue(const pat_run_summary *summary)
{
    bool restarted = summary->old_journal_path[0] != '\0' && summary->journal_cut == 0;
    if (summary->journal_path[0] != '\0')
        fprintf(stderr, "patina: the same command%s resumes the run; finished work is in %s\n",
                restarted ? " without --restart" : "", summary->journal_path);
}

int console_interrupted(const pat_run_summary *summary, int signal_number)
{
    if (summary->rows > 0)
        fprintf(stderr,
                "patina: interrupted: %s was not written; its first rows (%zu) are in "
                "%s.partial\n",
                summary->output, summary->rows, summary->output);
    else
        fprintf(stderr, "patina: interrupted: %s was not written\n", summary->output);
    print_how_to_continue(summary);
    return 128 + abs(signal_number);
}

int console_broken_off(const pat_error *error, const pat_run_summary *summary)
{
    int exit_status = console_failure(error);
    if (exit_status == EXIT_SOMETHING_FAILED)
        print_how_to_continue(summary);
    return exit_status;
}
