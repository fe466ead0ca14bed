/* What is to be said of a film, in sentences. */
#include <stdarg.h>
#include <stdio.h>

#include "patina/film.h"

/* Where the sentences go. */
struct listener {
    void (*say)(void *context, pat_film_remark kind, const char *sentence);
    void *context;
};

__attribute__((format(printf, 3, 4))) static void say(const struct listener *to,
                                                      pat_film_remark kind, const char *format, ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    to->say(to->context, kind, sentence);
}

static const char *s_of(size_t count)
{
    return count == 1 ? "" : "s";
}

/* "3 frames are damaged", unless there are none. */
static void say_count(const struct listener *to, size_t count, const char *what, const char *one,
                      const char *more)
{
    if (count > 0)
        say(to, PAT_FILM_DAMAGE, "%zu %s%s %s", count, what, s_of(count), count == 1 ? one : more);
}

void pat_film_remarks(const pat_film_summary *summary,
                      void (*take)(void *context, pat_film_remark kind, const char *sentence),
                      void *context)
{
    const struct listener to = {take, context};
    size_t used = summary->frames + summary->refused + summary->odd;
    if (summary->broken)
        say(&to, PAT_FILM_DAMAGE, "the file cannot be read to its end");
    say_count(&to, summary->corrupt, "packet", "is damaged", "are damaged");
    say_count(&to, summary->refused, "packet", "could not be decoded", "could not be decoded");
    say_count(&to, summary->flagged, "frame", "is damaged", "are damaged");
    say_count(&to, summary->odd, "frame", "has another size than the first and was left out",
              "have another size than the first and were left out");
    if (summary->told > summary->frames + summary->odd)
        say(&to, PAT_FILM_DAMAGE, "the file says that it has %zu frames", summary->told);
    if (summary->packets > used)
        say(&to, PAT_FILM_NOTE, "%zu packet%s gave no frame: damaged, or not meant to be shown",
            summary->packets - used, s_of(summary->packets - used));
    if (summary->gaps > 0)
        say(&to, PAT_FILM_NOTE, "%zu gap%s: after so many frames, the next one comes late",
            summary->gaps, s_of(summary->gaps));
    for (int i = 0; i < summary->loss_count; i++)
        say(&to, PAT_FILM_LOSS, "%s", summary->losses[i]);
    if (summary->subtitles_converted)
        say(&to, PAT_FILM_NOTE,
            "subtitles were converted to the text that this kind of file has; some of their style "
            "may be lost");
}
