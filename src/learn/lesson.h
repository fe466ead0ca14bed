/* The input of training; private to the folder. */
#ifndef PAT_LEARN_LESSON_H
#define PAT_LEARN_LESSON_H

#include <stdint.h>

#include "learn/training_table.h"
#include "patina/model.h"

/* The kind to train, and the rows to train on. All is borrowed. */
typedef struct pat_lesson {
    pat_model_kind kind;
    const pat_training *training;
    const size_t *row;        /* the rows to learn from */
    size_t rows;              /* >= 1 */
    const pat_trials *trials; /* the scores for `training`, if a surface is trained; else NULL */
    const pat_grid *grid;     /* of the search; NULL if a surface is trained: it uses `trials` */
    uint64_t seed;
} pat_lesson;

#endif
