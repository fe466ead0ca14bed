/* Charts of a film over time; private to the folder. */
#ifndef PAT_REPORT_FILM_TIMELINE_H
#define PAT_REPORT_FILM_TIMELINE_H

#include "report/words.h"
#include "run/film/story.h"

/* Where a frame lies on the horizontal axis: seconds after the first frame, or its number. frame:
 * `count` is where the last one ends. */
double pat_timeline_at(const struct pat_film_story *story, size_t frame);

/* Whether flicker was removed from any of so many frames. */
bool pat_timeline_has_gains(const struct pat_film_story *story, size_t first, size_t count);

/* What was done to a scene: "levels; flicker removed", "left as it was". in_full: with the numbers
 * of its setting. */
pat_setting_words pat_timeline_done(const struct pat_film_story *story, const pat_film_scene *scene,
                                    bool in_full);

/* `figures`: brightness, gains and settings over time; and `about_time`, a sentence. */
void pat_timeline_show(const struct pat_film_story *story, bool is_damaged, pat_shown *shown);

#endif
