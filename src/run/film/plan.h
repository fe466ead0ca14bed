/* How each frame of a film is restored, from what was measured of all; private to the library. */
#ifndef PAT_RUN_FILM_PLAN_H
#define PAT_RUN_FILM_PLAN_H

#include <stdbool.h>

#include "film/codec.h"
#include "film/lines.h"
#include "film/measure.h"
#include "patina/film.h"
#include "tasks/measurer.h"

/* A frame of the film, and what is to be done to it. */
typedef struct pat_film_record {
    pat_film_frame frame;    /* without samples */
    pat_quantiles quantiles; /* measured */
    double luma;             /* of the frame as it is; of the restored one below */
    double restored_luma;
    double distance;                              /* from the frame before; 0 for the first */
    bool begins;                                  /* a scene */
    pat_gains gains;                              /* planned */
    float ends[PAT_FILM_COLORS][PAT_CHANNELS][2]; /* measured: pat_measured.ends */
    /* Of its segment, as many packets into it as this frame is. */
    pat_film_packet packet;
} pat_film_record;

enum { PAT_FILM_GUESSES_APART = 12 }; /* frames between two predictions */

/* The setting that a model predicts for a frame. */
typedef struct pat_film_guess {
    size_t frame;
    pat_setting setting;
    double features[PAT_FEATURE_COUNT]; /* of that frame */
} pat_film_guess;

typedef struct pat_film_scene {
    size_t first, count; /* frames */
    pat_setting setting;
    /* Whether its color operator, which measures the image, does the same to all its frames: it
     * makes these samples, once the flicker is gone, black and white. */
    bool held;
    pat_color_ends ends[PAT_CHANNELS];
    double drift_before, drift_after; /* of brightness: pat_film_drift() */
} pat_film_scene;

/* The color operators that may have to be held (pat_film_hold_colors()), a bit each. */
uint64_t pat_film_colors_to_measure(const pat_film_how *how);

pat_film_guess pat_film_guess_of(size_t frame, const pat_measured *measured);

/* The scene that a frame is in. scenes: at least one. */
const pat_film_scene *pat_film_scene_at(const pat_film_scene *scenes, size_t count, size_t frame);

/* Note what was measured of a frame. */
void pat_film_note_measured(const pat_measured *measured, pat_film_record *record);

/* Find the frames that begin scenes, by the thumbs of all frames. */
void pat_film_find_cuts(pat_film_record *records, uint8_t (*thumbs)[PAT_THUMB_SIZE], size_t count);

/* The frames of each scene: from a record that begins one to before the next. scenes: receives
 * them, in an array to free. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_find_scenes(const pat_film_record *records, size_t count,
                                               pat_film_scene **scenes, size_t *scene_count,
                                               pat_error *error);

/* Plan the gains of all frames: those of pat_exposure_gains() in each scene, with a window of
 * a second to either side. rate: frames a second; 0: unknown. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_plan_gains(pat_film_record *records,
                                              const pat_film_scene *scenes, size_t scene_count,
                                              double rate, pat_error *error);

/*
 * The setting of a scene: of the guesses for its frames, those with the most frequent operators and
 * numbers count, and each number of their colors is its median. A scene is left alone if most of
 * its guesses say so. A scene without guesses, which is short, is treated like the one before it
 * (NULL: it is the first). guesses: in the order of the frames.
 */
PAT_MUST_CHECK pat_status pat_film_plan_setting(pat_film_scene *scene,
                                                const pat_film_guess *guesses, size_t count,
                                                const pat_film_scene *before, pat_error *error);

/* How far frames of a gain's window reach: a second to either side. rate: as above. */
int pat_film_radius(double rate);

/* The slow change of brightness in a scene: the range of the running median of luma. radius: of its
 * window, in frames. Fails with PAT_OUT_OF_MEMORY; *drift is then 0. */
PAT_MUST_CHECK pat_status pat_film_drift(const pat_film_record *records, size_t count, int radius,
                                         bool restored, double *drift, pat_error *error);

/*
 * Decide whether the color operator of a scene, which has its setting, is held: whether brightness
 * then changes less from frame to frame than if each frame is measured by itself. Objects that come
 * and go change what is measured; so does a camera that pans, and there following it is steadier.
 * Held are the medians over the scene. records: those of the scene, with their gains. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_film_hold_colors(pat_film_scene *scene,
                                               const pat_film_record *records, pat_error *error);

/* What is known of all frames. guesses: in the order of the frames. */
typedef struct pat_film_evidence {
    const pat_film_record *records; /* with their gains */
    const pat_film_guess *guesses;
    size_t guess_count;
} pat_film_evidence;

/*
 * Choose the setting of a scene, and whether its colors are held. before: the scene before; NULL:
 * there is none. wanted: the setting in the user's table; NULL: it has none. Fails with
 * PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_film_settle_scene(pat_film_scene *scene, const pat_film_scene *before,
                                                const pat_film_how *how, const pat_setting *wanted,
                                                const pat_film_evidence *evidence,
                                                pat_error *error);

/* What is done to a frame: first the lines, which are its gains and, if they are held, the colors
 * of its scene; then the setting, which has no more colors then. */
void pat_film_plan_lines(const pat_gains *gains, const pat_film_scene *scene,
                         pat_film_line lines[PAT_CHANNELS], pat_setting *setting);

/* The number of times from a frame to the next that are longer than 1.5 times the frame lasts, if
 * that is known. */
size_t pat_film_gaps(const pat_film_record *records, size_t count);

/* The RMS of the changes of luma from frame to frame within scenes. restored: of the restored
 * frames. */
double pat_film_flicker(const pat_film_record *records, size_t count, bool restored);

#endif
