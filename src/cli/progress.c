#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"

static const double PLAIN_LINE_EVERY_S = 10;

void progress_init(progress_display *display, progress_mode mode, const char *what)
{
    const char *terminal = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool capable = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
    display->what = what;
    display->step = NULL;
    display->shown = mode != PROGRESS_NEVER;
    display->redrawn = mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && capable);
    display->colored = display->redrawn && capable && (no_color == NULL || *no_color == '\0');
    display->last_line_s = 0;
}

static void format_duration(double seconds, char *text, size_t size)
{
    long whole = (long)(seconds + 0.5);
    if (whole < 3600)
        snprintf(text, size, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(text, size, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

/* "37/112 pairs  no worker is running, retrying: the last one was killed by SIGKILL"; returns the
 * length. */
static int format_trouble(const progress_display *display, const pat_progress *state, char *text,
                          size_t size)
{
    return snprintf(text, size, "%zu/%zu %s  no worker is running, retrying: the last one %s",
                    state->done, state->total, display->what, state->trouble);
}

/* "37/112 pairs  33%  13.4/s  elapsed 0:03  left 0:06"; returns the length. */
static int format_state(const progress_display *display, const pat_progress *state, char *text,
                        size_t size)
{
    char elapsed[32], left[32] = "?";
    double rate =
        state->elapsed_s > 0 ? (double)(state->done - state->recalled) / state->elapsed_s : 0;
    format_duration(state->elapsed_s, elapsed, sizeof elapsed);
    if (rate > 0)
        format_duration((double)(state->total - state->done) / rate, left, sizeof left);
    return snprintf(text, size, "%zu/%zu %s  %zu%%  %.1f/s  elapsed %s  left %s", state->done,
                    state->total, display->what, 100 * state->done / state->total, rate, elapsed,
                    left);
}

static int terminal_width(void)
{
    int width = console_width(STDERR_FILENO);
    return width > 0 ? width : 80;
}

/* Redraw the line, or print a new one. length: of `line`; `failures` is shown in red. */
static void show_line(const progress_display *display, const char *line, int length,
                      const char *failures)
{
    if (!display->redrawn) {
        fprintf(stderr, "%s%s\n", line, failures);
        return;
    }
    int room = terminal_width() - 1;
    int for_failures = room > length ? room - length : 0;
    fprintf(stderr, "\r%.*s%s%.*s%s\x1b[K", room, line, display->colored ? "\x1b[31m" : "",
            for_failures, failures, display->colored ? "\x1b[0m" : "");
    fflush(stderr);
}

void progress_name_step(progress_display *display, const char *step, const char *what)
{
    display->step = step;
    display->what = what;
    display->last_line_s = 0;
}

void progress_begin_step(progress_display *display, const char *step, const char *what)
{
    progress_name_step(display, step, what);
    if (display->shown)
        show_line(display, step, (int)strlen(step), "");
}

void progress_show(void *context, const pat_progress *state)
{
    progress_display *display = context;
    char line[256] = "", failures[64] = "";
    if (!display->shown)
        return;
    if (state->elapsed_s < display->last_line_s) /* a step has several runs */
        display->last_line_s = 0;
    if (!display->redrawn && state->elapsed_s - display->last_line_s < PLAIN_LINE_EVERY_S)
        return;
    display->last_line_s = state->elapsed_s;
    int length = 0;
    if (display->step != NULL)
        length = snprintf(line, sizeof line, "%.100s: ", display->step);
    length += (state->trouble != NULL ? format_trouble : format_state)(
        display, state, line + length, sizeof line - (size_t)length);
    if (state->failed > 0)
        snprintf(failures, sizeof failures, "  %zu failed", state->failed);
    show_line(display, line, length, failures);
}

void progress_end(const progress_display *display)
{
    if (display->shown && display->redrawn)
        fprintf(stderr, "\r\x1b[K");
}
