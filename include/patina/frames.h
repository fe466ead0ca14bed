/*
 * Folders of frames, as rigs with cameras record them: an image of each frame and, if the rig
 * measures distances, a depth map. The images are restored like a film, or only converted.
 */
#ifndef PATINA_FRAMES_H
#define PATINA_FRAMES_H

#include "patina/film.h"
#include "patina/model.h"
#include "patina/restoration.h"
#include "patina/run.h"
#include "patina/setting.h"

enum { PAT_FRAMES_NAME_SIZE = 256, PAT_FRAMES_TOLD = 10 };

/* The cameras of a folder. Zero-initialize; pat_frames_trial_release() when done. */
typedef struct pat_frames_trial {
    char name[PAT_FRAMES_NAME_SIZE];
    bool single;   /* the folder is that of one camera, not of a trial */
    char **camera; /* names, sorted; at least one */
    size_t count;
    char **left_out; /* folders named like cameras that have no folder of images */
    size_t left_out_count;
} pat_frames_trial;

/*
 * Find the cameras. A folder that is not in a trial is that of camera "cam1". Fails with
 * PAT_NOTHING_TO_DO (the folder is not laid out in any known way), PAT_NOT_FOUND, PAT_UNREADABLE,
 * PAT_INVALID_ARGUMENT (it is both a trial and a camera) or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_frames_find(const char *folder, pat_frames_trial *trial,
                                                  pat_error *error);
PAT_API void pat_frames_trial_release(pat_frames_trial *trial);

/* Find a camera by its name; NULL: the only one. Fails with PAT_NOT_FOUND, or PAT_INVALID_ARGUMENT
 * if there are several; the message lists them. */
PAT_API PAT_MUST_CHECK pat_status pat_frames_choose(const pat_frames_trial *trial,
                                                    const char *camera, size_t *index,
                                                    pat_error *error);

typedef struct pat_frames_options {
    const char *folder;
    const char *camera;   /* one of those in the folder */
    const char *output;   /* folder; files go to OUTPUT/TRIAL/CAMERA/ */
    bool ingest_only;     /* convert, and restore nothing; `how` is then not used */
    pat_film_how how;     /* in its table of scenes, first_frame is the number of a frame */
    pat_film_range range; /* of the numbers of frames; not in seconds */
    /* Called when each pass begins: 1, measuring (not with ingest_only), and 2, writing. May be
     * NULL. */
    void (*begin_pass)(void *context, int pass);
    void *pass_context;
    pat_run_options run; /* `journal` is ignored: a run is always resumed */
} pat_frames_options;

/* Numbers of frames that are missing, from the first to the last. */
typedef struct pat_frames_gap {
    long first, last;
} pat_frames_gap;

/* What could not be kept of images. */
typedef struct pat_frames_loss {
    const char *what; /* "the palette was converted to full color"; static */
    size_t images;
} pat_frames_loss;

/* What was done. Texts live as long as the struct. Of lists, it has the first PAT_FRAMES_TOLD. */
typedef struct pat_frames_summary {
    char trial[PAT_FRAMES_NAME_SIZE], camera[PAT_FRAMES_NAME_SIZE];
    bool single;                                /* as in pat_frames_trial */
    char color_files[2 * PAT_FRAMES_NAME_SIZE]; /* how they are named: "color/frame_%06d" */
    char depth_files[2 * PAT_FRAMES_NAME_SIZE]; /* "": the camera has no depth maps */
    size_t frames;                              /* that have a color image or a depth map */
    size_t successful, failed;                  /* of them */
    long first, last;                           /* numbers */
    size_t gap_count, missing;                  /* gaps, and the numbers in them */
    pat_frames_gap gaps[PAT_FRAMES_TOLD];
    size_t without_color, without_depth; /* frames without that file, if others have it */
    size_t guessed;                      /* depth maps whose size tells no shape */
    size_t left_out;                     /* files that are not named like the others */
    char left_out_names[PAT_FRAMES_TOLD][PAT_FRAMES_NAME_SIZE]; /* "color/notes.txt" */
    size_t failures;                                            /* files */
    pat_failure first_failures[PAT_FRAMES_TOLD];
    size_t recalled; /* files that an earlier run has written */
    int loss_count;
    pat_frames_loss losses[PAT_RESTORATION_NOTES_MAX];
    size_t scenes;
    size_t changed;                       /* frames that were restored */
    double flicker_before, flicker_after; /* as in pat_film_summary */
    double elapsed_s;
    int workers;
    char sandbox[PAT_SANDBOX_SIZE];
    char output[PAT_PATH_SIZE]; /* the camera's folder there */
} pat_frames_summary;

/*
 * Restore or convert the frames of a camera. The output folder receives color/frame_%06d.png (in
 * the depth of the input, with its alpha), depth/frame_%06d.npy (float32, in meters), frames.csv
 * (a row for each frame), scenes.csv (unless ingest_only), failures.csv and metadata.json. The
 * bytes of all but the last are the same for any number of workers. PAT_OK also when frames failed:
 * summary->failed tells. A run that is stopped is resumed by the same options: journals in the
 * output folder have what was done. Fails with PAT_NOTHING_TO_DO (no frames, or none in the range),
 * PAT_NOT_FOUND (no such camera), PAT_UNREADABLE, PAT_INVALID_ARGUMENT (an output exists),
 * PAT_WRITE_FAILED, PAT_WORKER_DIED, PAT_INTERRUPTED or PAT_OUT_OF_MEMORY, or as pat_model_load().
 */
PAT_API PAT_MUST_CHECK pat_status pat_frames_run(const pat_frames_options *options,
                                                 pat_frames_summary *summary, pat_error *error);

/* What came of a camera: its summary, or why it failed as a whole. */
typedef struct pat_frames_result {
    const char *camera;
    pat_frames_summary summary; /* meaningful if error.status is PAT_OK */
    pat_error error;
} pat_frames_result;

/* The results of all cameras as a JSON document: patina.frames of docs/json.md. Free with free();
 * NULL when memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_frames_json(const pat_frames_options *options,
                                             const pat_frames_trial *trial,
                                             const pat_frames_result *results, size_t count);

#endif
