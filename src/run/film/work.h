/* A film that is being restored, and the passes over it; private to the library. */
#ifndef PAT_RUN_FILM_WORK_H
#define PAT_RUN_FILM_WORK_H

#include "film/writer.h"
#include "patina/film.h"
#include "run/film/journal.h"
#include "run/film/plan.h"
#include "run/film/scenes.h"
#include "run/film/story.h"
#include "tasks/task_film_decode.h"
#include "workers/line.h"

enum { PAT_FILM_BATCH = 12, PAT_FILM_BATCH_LIMIT = PAT_FILM_JOURNAL_BATCH_MAX };

/* The frames pass through the workers in items of `batch` frames. */
typedef struct pat_film_work {
    const pat_film_options *options;
    pat_film_summary *summary;
    pat_run_options run;
    pat_task_setup setup;    /* common to all tasks */
    uint64_t setup_identity; /* of measuring: pat_film_read_setup() */
    size_t batch;
    int input, output;
    char partial[PAT_PATH_SIZE]; /* the output's name until it is complete */
    const pat_film_muxer *muxer;
    pat_film_coding coding;
    pat_film_journal *journal;
    pat_film_facts facts;
    bool known, ended; /* the facts; the number of frames */
    int threads;       /* that decode in the first pass */
    bool differs;      /* the second pass has other frames than the first, made by threads */
    pat_film_counts counts;
    pat_film_record *records; /* of the frames decoded so far */
    uint8_t (*thumbs)[PAT_THUMB_SIZE];
    size_t count, capacity, thumb_capacity;
    pat_film_guess *guesses;
    size_t guess_count, guess_capacity;
    uint64_t platform;      /* of the workers that decode */
    pat_film_wanted wanted; /* scenes, if the user has said */
    pat_film_scene *scenes;
    size_t scene_count;
    size_t done; /* frames, in this pass */
    double started_s;
    double encoding_s;            /* of the batches restored, by this run or an earlier one */
    unsigned losses, lost_fields; /* bit i is pat_film_loss i */
    bool writer_died;
    pat_film_story *story;          /* NULL: none is wanted */
    pat_buffer order;               /* scratch */
    pat_film_decode_report decoded; /* scratch */
} pat_film_work;

/* Choose how the film is stored, by the user's options and the output's name. Fails with
 * PAT_INVALID_ARGUMENT. */
PAT_MUST_CHECK pat_status pat_film_choose_coding(pat_film_work *film, pat_error *error);

/* Once the frames are known: whether they are stored as fields, and what is lost of that. */
void pat_film_choose_fields(pat_film_work *film);

/* The number of frames that are known to be in an item; whether it is the last. */
size_t pat_film_frames_in(const pat_film_work *film, size_t item);
bool pat_film_is_last(const pat_film_work *film, size_t item);

/* Whether only a part of the film is restored. */
bool pat_film_is_part(const pat_film_work *film);

const pat_film_scene *pat_film_scene_of(const pat_film_work *film, size_t frame);

/* Order the decoding of an item, the first stage of two passes; and read the report. Invalid if it
 * cannot be right; last if no item follows. threads: that decode. */
void pat_film_order_decoding(pat_film_work *film, size_t item, int threads, pat_job *job);
pat_line_verdict pat_film_read_decoded(pat_film_work *film, size_t item, pat_bytes report);

/* Run a line from an item on. time: receives how long it took; NULL: it does not count. */
PAT_MUST_CHECK pat_status pat_film_run_line(pat_film_work *film, const pat_line_stage *stages,
                                            int count, size_t first, pat_line_owner owner,
                                            pat_film_time *time, pat_error *error);

/* Fail as a job did. */
pat_status pat_film_fail(const pat_outcome *outcome, pat_error *error);

/* Decode the first frame, to know the facts. Fails like pat_film_run(). */
PAT_MUST_CHECK pat_status pat_film_probe(pat_film_work *film, pat_error *error);

/* Start no more workers than the film can keep busy. */
void pat_film_limit_workers(pat_film_work *film);

/* The most items that are on a line at a time. */
int pat_film_items(const pat_film_work *film);

/* The passes. Each takes from the journal what has been done, and fails like pat_film_run().
 * model: the workers' setup for measuring. */
PAT_MUST_CHECK pat_status pat_film_measure_all(pat_film_work *film, pat_bytes model,
                                               pat_error *error);
PAT_MUST_CHECK pat_status pat_film_restore_all(pat_film_work *film, pat_error *error);
PAT_MUST_CHECK pat_status pat_film_write_all(pat_film_work *film, pat_error *error);

/* Between the first two: find the scenes, and plan the gains and settings of all frames. Fails with
 * PAT_OUT_OF_MEMORY, or PAT_MALFORMED for the user's table of scenes. */
PAT_MUST_CHECK pat_status pat_film_plan_all(pat_film_work *film, pat_error *error);

/* After the last: fill in the summary. Fails with PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_film_summarize(pat_film_work *film, pat_error *error);

/* The tables of frames and scenes. */
void pat_film_put_frames(const pat_film_work *film, pat_buffer *table);
void pat_film_put_scenes(const pat_film_work *film, pat_buffer *table);

#endif
