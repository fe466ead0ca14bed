#include "run/film/story.h"

#include <stdlib.h>

#include "patina/film.h"

void pat_film_choose_looks(struct pat_film_story *story, const pat_film_scene *scenes,
                           size_t scene_count)
{
    size_t most = PAT_FILM_SHOWN_SCENES;
    story->look_count = scene_count < most ? scene_count : most;
    for (size_t i = 0; i < story->look_count; i++) {
        pat_film_look *look = &story->looks[i];
        size_t scene = i * scene_count / story->look_count;
        look->scene = scene;
        look->frame = scenes[scene].first + scenes[scene].count / 2;
        look->width = look->height = 0;
    }
}

pat_film_look *pat_film_look_at(struct pat_film_story *story, size_t frame)
{
    for (size_t i = 0; i < story->look_count; i++)
        if (story->looks[i].frame == frame)
            return &story->looks[i];
    return NULL;
}

void pat_film_story_free(pat_film_story *story)
{
    if (story == NULL)
        return;
    for (size_t i = 0; i < PAT_FILM_SHOWN_SCENES; i++)
        for (int k = 0; k < 2; k++)
            pat_buffer_release(&story->looks[i].jpeg[k]);
    free(story->records);
    free(story->scenes);
    free(story);
}
