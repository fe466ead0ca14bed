/* Charts of a film over time; private to the folder. */
#ifndef PAT_REPORT_FILM_TIMELINE_H
#define PAT_REPORT_FILM_TIMELINE_H

#include "report/words.h"
#include "run/film/story.h"

/* Where a frame lies on the horizontal axis: seconds after the first frame, or its number. frame:
 * `count` is where the last one ends. */
double pat_timeline_at(const struct pat_film_story *story, size_t frame);

/* `figures`: brightness, gains and settings over time; and `about_time`, a sentence. */
void pat_timeline_show(const struct pat_film_story *story, pat_shown *shown);

#endif
