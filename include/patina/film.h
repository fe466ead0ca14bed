/*
 * Films: restore every frame of a film, steadily from frame to frame, and keep all else that the
 * film has.
 */
#ifndef PATINA_FILM_H
#define PATINA_FILM_H

#include "patina/model.h"
#include "patina/run.h"
#include "patina/setting.h"

/* A part of a film: what begins at `from` or later, and before `until`; 0: until the end. All
 * zeros: the whole film. */
typedef struct pat_film_range {
    double from, until; /* frames, from 0; or seconds after the first frame */
    bool in_seconds;
} pat_film_range;

/* Read "240:480" (frames), "10s:20s" (seconds), or one with either side left out. Fails with
 * PAT_INVALID_ARGUMENT: it is neither, or nothing can lie in it. */
PAT_API PAT_MUST_CHECK pat_status pat_film_range_parse(const char *text, pat_film_range *range,
                                                       pat_error *error);

/*
 * The codecs, from 0 on; NULL past the last. "ffv1" (0) is without loss, and goes to .mkv, .avi or
 * .nut. "x264" is H.264, for 8 or 10 bits without alpha, and goes to .mkv, .mp4 or .mov: its
 * quality is x264's CRF, from 0 (without loss) to 51; the default is 16.
 */
PAT_API const char *pat_film_codec_name(int codec);

/* How the frames of a film are restored. */
typedef struct pat_film_how {
    const char *model;      /* a model's file; NULL: the setting */
    const double *max_harm; /* as pat_model_set_max_harm(); NULL: the model's own limit */
    /* Called once the model is read, before the first frame. May be NULL. */
    void (*model_read)(void *context, const pat_model *model);
    void *model_read_context;
    pat_setting setting; /* of all frames; all zeros: none, so that only flicker is removed */
    /* A table as written, edited: where scenes begin, and their settings. NULL: none. */
    const char *scenes;
    bool keep_flicker; /* do not remove flicker of exposure */
} pat_film_how;

/* What a page shows of a film: its frames and scenes, and small images of some. */
typedef struct pat_film_story pat_film_story;

typedef struct pat_film_options {
    const char *input;
    /* Its extension decides the kind of file: .mkv. In a folder, the film gets the original's name,
     * and its extension if such files can hold the codec. */
    const char *output;
    int codec;             /* in which the frames are stored */
    const double *quality; /* of a codec that has one; NULL: its default */

    pat_film_how how;
    pat_film_range range;
    /* Receives the film's story if it was written; pat_film_story_free() when done. NULL: it is not
     * wanted. */
    pat_film_story **story;
    /* Called when each of the passes over the film begins: 1 .. 3. May be NULL. */
    void (*begin_pass)(void *context, int pass);
    void *pass_context;

    /* `journal`: PAT_JOURNAL_RESTART starts over; the others resume. batch: frames that a worker
     * gets at a time; x264 has segments of its own. */
    pat_run_options run;
} pat_film_options;

enum { PAT_FILM_TEXT_SIZE = 64, PAT_FILM_LOSSES_MAX = 16 };

/* How long a pass took, and its stages: decoding, then measuring (pass 1) or restoring and encoding
 * (pass 2); writing alone (pass 3). */
enum { PAT_FILM_PASSES = 3, PAT_FILM_STAGES = 2 };

typedef struct pat_film_time {
    double seconds;
    size_t frames; /* that it did; a run that resumes does fewer */
    int workers[PAT_FILM_STAGES];
    double busy_s[PAT_FILM_STAGES]; /* of all workers of the stage together */
    double encoding_s;              /* pass 2: of busy_s[1], the time spent on encoding */
} pat_film_time;

/* What was done. Texts live as long as the struct. */
typedef struct pat_film_summary {
    char container[PAT_FILM_TEXT_SIZE]; /* of the input, by FFmpeg's name */
    char codec[PAT_FILM_TEXT_SIZE], samples[PAT_FILM_TEXT_SIZE];
    char written_as[PAT_FILM_TEXT_SIZE]; /* the kind of file written, by FFmpeg's name */
    char stored_as[PAT_FILM_TEXT_SIZE];  /* the codec: "FFV1" */
    int width, height;
    double rate; /* frames a second, on average; 0: unknown */
    size_t packets, frames;
    size_t flagged; /* frames that are damaged */
    size_t refused; /* packets that could not be decoded */
    size_t odd;     /* frames of another size than the first, which were left out */
    size_t corrupt; /* packets that the file calls damaged */
    bool broken;    /* it cannot be read to its end */
    size_t told;    /* frames, according to the file; 0: it does not say */
    size_t gaps;    /* between frames: a time that is longer than 1.5 times a frame lasts */
    size_t scenes;
    size_t changed; /* frames that were restored */
    /* The RMS change of the mean luma (0..255) from one frame to the next, within scenes. */
    double flicker_before, flicker_after;
    /* The greatest slow change of brightness within a scene: the range of the running median of
     * the mean luma over a second to either side. */
    double drift_before, drift_after;
    size_t frames_in_flight, frame_bytes; /* at most so many are in memory; of one */
    int loss_count;
    const char *losses[PAT_FILM_LOSSES_MAX]; /* what the new file could not keep; static */
    bool subtitles_converted;                /* to the kind of text that the new kind of file has */
    double elapsed_s;
    pat_film_time times[PAT_FILM_PASSES];
    int workers;
    char sandbox[PAT_SANDBOX_SIZE];
    char output_path[PAT_PATH_SIZE];                             /* of the film that is written */
    char frames_path[PAT_PATH_SIZE], scenes_path[PAT_PATH_SIZE]; /* tables beside it */
} pat_film_summary;

/*
 * Restore a film. Beside OUT.mkv, OUT.frames.csv has a row for each frame, and OUT.scenes.csv for
 * each scene. The bytes are the same for any number of workers. OUT.mkv.journal keeps what has been
 * done, for a run that is stopped; the same options resume it. Fails with PAT_NOT_FOUND,
 * PAT_UNREADABLE, PAT_UNSUPPORTED_FORMAT, PAT_CORRUPT, PAT_TOO_LARGE, PAT_INVALID_ARGUMENT (an
 * output exists), PAT_WRITE_FAILED, PAT_WORKER_DIED, PAT_INTERRUPTED, PAT_INTERNAL or
 * PAT_OUT_OF_MEMORY; no output is then written.
 */
PAT_API PAT_MUST_CHECK pat_status pat_film_run(const pat_film_options *options,
                                               pat_film_summary *summary, pat_error *error);

/* What is to be said of a film: damage to the original, what the new file has lost, and other
 * notes. Calls `take` with each sentence, which has no capital and no period. */
typedef enum pat_film_remark { PAT_FILM_DAMAGE, PAT_FILM_LOSS, PAT_FILM_NOTE } pat_film_remark;

PAT_API void pat_film_remarks(const pat_film_summary *summary,
                              void (*take)(void *context, pat_film_remark kind,
                                           const char *sentence),
                              void *context);

PAT_API void pat_film_story_free(pat_film_story *story); /* accepts NULL */

/*
 * Write a page of a film that pat_film_run() wrote: what was done, brightness and gains over time,
 * its scenes, and frames before and after. It needs no other file. replace: an existing page. Fails
 * with PAT_INVALID_ARGUMENT (it exists), PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_API PAT_MUST_CHECK pat_status pat_film_page(const pat_film_options *options,
                                                const pat_film_summary *summary,
                                                const pat_film_story *story, const char *path,
                                                bool replace, pat_error *error);

/* What came of it as a JSON document: patina.film of docs/json.md. Free with free(); NULL when
 * memory runs out. */
PAT_API PAT_MUST_CHECK char *pat_film_json(const pat_film_options *options,
                                           const pat_film_summary *summary);

#endif
