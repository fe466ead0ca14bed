#include "film/losses.h"

const char *pat_film_loss_text(pat_film_loss loss)
{
    static const char *const texts[PAT_FILM_LOSSES] = {
        [PAT_FILM_LOST_ROTATION] = "the tag that tells players to turn the images",
        [PAT_FILM_LOST_STREAMS] = "sound, subtitles or other streams that this kind of file cannot "
                                  "hold, or whose headers are damaged",
        [PAT_FILM_LOST_CHAPTERS] = "the chapters",
        [PAT_FILM_LOST_COLORS] = "what the film tells of its colors (range, matrix)",
        [PAT_FILM_LOST_FIELDS] = "the order of the fields of interlaced frames",
        [PAT_FILM_MIXED_FIELDS] = "which frames are interlaced, and in which order: all are marked "
                                  "like the first one that is",
        [PAT_FILM_LOST_PACKETS] = "damaged parts of other streams",
        [PAT_FILM_MOVED_TIMES] = "the times of some frames, which were missing or not in order: "
                                 "they were made up",
        [PAT_FILM_CONVERTED_SUBTITLES] = "the form of subtitles: they were converted to text of "
                                         "the kind that this kind of file has",
    };
    return texts[loss];
}
