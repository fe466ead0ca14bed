/* The frames of a camera, found by the names of its files; private to the library. */
#ifndef PAT_RUN_FRAMES_CAMERA_H
#define PAT_RUN_FRAMES_CAMERA_H

#include "data/names.h"
#include "patina/frames.h"
#include "rig/layout.h"

/* A frame: a number, and the files that have it. */
typedef struct pat_camera_frame {
    long number;
    const char *file[PAT_RIG_PARTS]; /* name in the folder of the part; NULL: none */
    int extension[PAT_RIG_PARTS];    /* as pat_rig_number() */
} pat_camera_frame;

/* Zero-initialize; pat_camera_release() when done. */
typedef struct pat_camera {
    char path[PAT_PATH_SIZE];
    const pat_rig_folders *folders;
    bool has_depth;
    pat_rig_pattern pattern[PAT_RIG_PARTS];
    pat_camera_frame *frames; /* by number */
    size_t count, capacity;
    pat_names left_out; /* "color/notes.txt" */
    pat_names files[PAT_RIG_PARTS];
} pat_camera;

/*
 * Find the frames in the range. Fails with PAT_NOTHING_TO_DO (no file is named like a frame, or
 * none is in the range), PAT_NOT_FOUND, PAT_UNREADABLE or PAT_OUT_OF_MEMORY.
 */
PAT_MUST_CHECK pat_status pat_camera_open(pat_camera *camera, const pat_frames_trial *trial,
                                          const pat_frames_options *options, pat_error *error);
void pat_camera_release(pat_camera *camera);

/* The next gap in the numbers after frame *index, which moves on to the frame behind the gap. False
 * if there is none. */
bool pat_camera_next_gap(const pat_camera *camera, size_t *index, pat_frames_gap *gap);

#endif
