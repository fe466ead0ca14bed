/* Scenes as the user wants them, from an edited table; private to the library. */
#ifndef PAT_RUN_FILM_SCENES_H
#define PAT_RUN_FILM_SCENES_H

#include "run/film/plan.h"

/* Scenes that were read, in the order of their frames. Zero-initialize; pat_film_scenes_release()
 * when done. */
typedef struct pat_film_wanted {
    pat_film_scene *scenes; /* without `count` */
    bool *has_setting;      /* the table has one for this scene */
    size_t count, capacity, flag_capacity;
} pat_film_wanted;

/*
 * Read a table with the column first_frame and, if it likes, those of the setting, as
 * pat_film_run() writes it; other columns are ignored. A row whose cells of the setting are empty
 * has none. from_zero: the first scene must begin at frame 0. Fails with PAT_MALFORMED (the message
 * names the line), PAT_INVALID_ARGUMENT (a setting is out of range) or like pat_csv_open().
 */
PAT_MUST_CHECK pat_status pat_film_scenes_read(const char *path, bool from_zero,
                                               pat_film_wanted *wanted, pat_error *error);
void pat_film_scenes_release(pat_film_wanted *wanted);

/* Let scenes begin where they are wanted. path: of the table, for messages. Fails with
 * PAT_INVALID_ARGUMENT if there are not so many frames. */
PAT_MUST_CHECK pat_status pat_film_scenes_begin(const pat_film_wanted *wanted, const char *path,
                                                pat_film_record *records, size_t count,
                                                pat_error *error);

#endif
