/* What a new film could not take over from the original; private to the library. */
#ifndef PAT_FILM_LOSSES_H
#define PAT_FILM_LOSSES_H

typedef enum pat_film_loss {
    PAT_FILM_LOST_ROTATION, /* the new file cannot tell players to turn the images */
    PAT_FILM_LOST_STREAMS,  /* streams that the new kind of file cannot hold */
    PAT_FILM_LOST_CHAPTERS, /* likewise, as are the next two */
    PAT_FILM_LOST_COLORS,
    PAT_FILM_LOST_FIELDS,
    PAT_FILM_MIXED_FIELDS,        /* all frames are marked as interlaced, because some are */
    PAT_FILM_LOST_PACKETS,        /* of other streams, which were damaged */
    PAT_FILM_MOVED_TIMES,         /* of frames whose times were missing or not in order */
    PAT_FILM_CONVERTED_SUBTITLES, /* no loss, unless they had styles */
    PAT_FILM_LOSSES
} pat_film_loss;

/* In words: "the tag that tells players to turn the images". Static. */
const char *pat_film_loss_text(pat_film_loss loss);

#endif
