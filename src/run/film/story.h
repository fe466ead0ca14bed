/* The story of a film, for a page; private to the library. */
#ifndef PAT_RUN_FILM_STORY_H
#define PAT_RUN_FILM_STORY_H

#include "base/buffer.h"
#include "run/film/plan.h"

enum { PAT_FILM_SHOWN_SCENES = 24 };

/* A frame before and after, as JPEG files: untrusted bytes, as in tasks/film_strip.h. */
typedef struct pat_film_look {
    size_t scene, frame;
    int width, height; /* 0: there are none */
    pat_buffer jpeg[2];
} pat_film_look;

struct pat_film_story {
    pat_film_record *records;
    size_t count;
    pat_film_scene *scenes;
    size_t scene_count;
    bool has_times;                             /* all frames do */
    unsigned mode;                              /* permissions of the film's file, as in 0666 */
    double unit;                                /* seconds of a unit of time */
    double pixel_aspect;                        /* width of a pixel, divided by its height */
    int radius;                                 /* for pat_film_drift() */
    pat_film_look looks[PAT_FILM_SHOWN_SCENES]; /* of evenly spaced scenes */
    size_t look_count;
};

/* Choose the frames to look at: the middle ones of the scenes. */
void pat_film_choose_looks(struct pat_film_story *story, const pat_film_scene *scenes,
                           size_t scene_count);

/* The look at a frame; NULL: none is wanted. */
pat_film_look *pat_film_look_at(struct pat_film_story *story, size_t frame);

#endif
