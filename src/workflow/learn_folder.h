/* The working folder of a learning run, and its record; private to the library. */
#ifndef PAT_WORKFLOW_LEARN_FOLDER_H
#define PAT_WORKFLOW_LEARN_FOLDER_H

#include "base/file.h"
#include "base/json.h"
#include "patina/learn.h"

/* Zero-initialize; pat_learn_folder_close() when done. */
typedef struct pat_learn_folder {
    char path[PAT_PATH_SIZE];
    char record_path[PAT_PATH_SIZE];
    char pairs[PAT_PATH_SIZE], manifest[PAT_PATH_SIZE];
    char data[PAT_PATH_SIZE], trials[PAT_PATH_SIZE];
    pat_file lock;  /* held while the run lasts, so that two runs do not share a folder */
    json_t *record; /* the options of the run, and what is known of the model */
} pat_learn_folder;

/*
 * Create and lock the working folder of the model `output`, or continue in it if its record has the
 * same `description`: an object with everything that affects the results. restart: discard what is
 * in it. Takes ownership of `description`. Fails with PAT_INVALID_ARGUMENT (other options; a folder
 * that holds something else), PAT_MALFORMED, PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_learn_folder_open(pat_learn_folder *folder, const char *output,
                                                json_t *description, bool restart,
                                                pat_error *error);

/* Note in the record that `output` is the model of this run, trained with this limit on harm. Fails
 * with PAT_UNREADABLE, PAT_WRITE_FAILED or PAT_OUT_OF_MEMORY. */
PAT_MUST_CHECK pat_status pat_learn_folder_note_model(pat_learn_folder *folder, const char *output,
                                                      double max_harm, pat_error *error);

/* Whether `output` is still the model that was noted; pat_learn_folder_has_model() also checks its
 * limit on harm. */
bool pat_learn_folder_owns(const pat_learn_folder *folder, const char *output);
bool pat_learn_folder_has_model(const pat_learn_folder *folder, const char *output,
                                double max_harm);

/* Remove the folder and everything in it, the record last: if that is interrupted, the next run
 * does what is missing once more. Fails with PAT_WRITE_FAILED. */
PAT_MUST_CHECK pat_status pat_learn_folder_remove(pat_learn_folder *folder, pat_error *error);

void pat_learn_folder_close(pat_learn_folder *folder);

#endif
