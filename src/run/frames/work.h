/* The frames of a camera that are being restored; private to the library. */
#ifndef PAT_RUN_FRAMES_WORK_H
#define PAT_RUN_FRAMES_WORK_H

#include "base/file.h"
#include "run/film/scenes.h"
#include "run/frames/camera.h"
#include "run/results.h"
#include "tasks/task_frame.h"

/* What has become of a file. */
typedef enum pat_frame_state {
    PAT_FRAME_NONE,    /* the camera has no such files */
    PAT_FRAME_MISSING, /* this frame has none, but others do */
    PAT_FRAME_WAITING,
    PAT_FRAME_FAILED,
    PAT_FRAME_DONE
} pat_frame_state;

typedef struct pat_frame_file {
    pat_frame_state state;
    pat_frame_report report; /* if done */
} pat_frame_file;

typedef struct pat_frame_failure {
    size_t frame; /* index */
    pat_rig_part part;
    pat_stage stage;
    pat_status reason;
    char *message;
} pat_frame_failure;

/* A job: one file of a frame. */
typedef struct pat_frame_job {
    size_t frame; /* index */
    pat_rig_part part;
    bool predicts; /* when measured */
} pat_frame_job;

/* A path in a folder whose own path fits PAT_PATH_SIZE. */
enum { PAT_FRAME_IDENTITY_SIZE = 64, PAT_FRAME_PATH_SIZE = PAT_PATH_SIZE + 512 };

typedef struct pat_frames_work {
    const pat_frames_options *options;
    pat_frames_summary *summary;
    pat_camera camera;
    pat_frame_file (*files)[PAT_RIG_PARTS]; /* of each frame */
    pat_frame_failure *failures;
    size_t failure_count, failure_capacity;

    /* The images that were measured, in order. `frame` of the guesses and scenes is an index here.
     */
    pat_film_wanted wanted; /* scenes, if the user has said */
    pat_film_record *records;
    size_t *frame_of; /* index */
    uint8_t (*thumbs)[PAT_THUMB_SIZE];
    pat_film_guess *guesses;
    pat_film_scene *scenes;
    size_t count, guess_count, scene_count;

    uint64_t colors;  /* to be measured, as in pat_measurer_order */
    pat_buffer extra; /* the workers' setup for measuring */
    char measure_identity[PAT_FRAME_IDENTITY_SIZE];
    pat_frame_job *jobs;   /* of the current pass */
    pat_job_list list;     /* the same */
    pat_journal *measured; /* the journal of the first pass */
    pat_results results;   /* of the second */

    /* of the job last given */
    char name[PAT_FRAME_PATH_SIZE + 2 * PAT_FRAME_IDENTITY_SIZE], input[PAT_FRAME_PATH_SIZE];
    char path[PAT_FRAME_PATH_SIZE], output[PAT_FRAME_PATH_SIZE], partial[PAT_FRAME_PATH_SIZE + 16];
    pat_measurer_order measure_order;
    pat_frame_order order;
} pat_frames_work;

/* Write the path of a frame's file into work->input. */
void pat_frames_name_input(pat_frames_work *work, size_t frame, pat_rig_part part);

/* Write the paths of what it becomes into work->output and work->partial. */
void pat_frames_name_output(pat_frames_work *work, size_t frame, pat_rig_part part);

/* The path of a file in the output folder, valid until the next call. */
const char *pat_frames_path(pat_frames_work *work, const char *name);

/* Note that a file failed. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_frames_fail(pat_frames_work *work, size_t frame, pat_rig_part part,
                                          pat_stage stage, pat_status reason, const char *message,
                                          pat_error *error);

/* Do the jobs of a pass. Fails like pat_run_jobs(). */
PAT_MUST_CHECK pat_status pat_frames_run_jobs(pat_frames_work *work, const pat_task_setup *setup,
                                              const pat_sink *sink, pat_journal *journal,
                                              pat_error *error);

/* The passes; between them, the plan of all frames. Fail like pat_frames_run(). */
PAT_MUST_CHECK pat_status pat_frames_measure(pat_frames_work *work, pat_error *error);
PAT_MUST_CHECK pat_status pat_frames_plan(pat_frames_work *work, pat_error *error);
PAT_MUST_CHECK pat_status pat_frames_write(pat_frames_work *work, pat_error *error);

/* The record of a frame; SIZE_MAX: it was not measured. */
size_t pat_frames_record_of(const pat_frames_work *work, size_t frame);

/* The scene of a record. */
const pat_film_scene *pat_frames_scene_of(const pat_frames_work *work, size_t record);

/* Fill in the summary: what was found, and what was done. The second puts the failures in order. */
void pat_frames_summarize_camera(pat_frames_work *work);
void pat_frames_summarize(pat_frames_work *work);

/* The tables: frames.csv, scenes.csv, failures.csv. */
void pat_frames_put_frames(const pat_frames_work *work, pat_buffer *table);
void pat_frames_put_scenes(const pat_frames_work *work, pat_buffer *table);
void pat_frames_put_failures(const pat_frames_work *work, pat_buffer *table);

/* metadata.json. */
void pat_frames_put_metadata(const pat_frames_work *work, pat_buffer *out);

#endif
