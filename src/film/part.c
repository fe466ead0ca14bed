#include "film/part.h"

bool pat_film_part_has(const pat_film_part *part, int64_t first, int64_t last, AVRational unit)
{
    const pat_libav *libav = pat_libav_get();
    return !part->is_part || (libav->av_compare_ts(last, unit, part->from, part->unit) >= 0 &&
                              libav->av_compare_ts(first, unit, part->until, part->unit) < 0);
}

int64_t pat_film_part_time(const pat_film_part *part, int64_t time, AVRational unit)
{
    if (!part->is_part || time == AV_NOPTS_VALUE)
        return time;
    return time - pat_libav_get()->av_rescale_q(part->from, part->unit, unit);
}

int64_t pat_film_part_start(const pat_film_part *part, int64_t time, AVRational unit)
{
    int64_t moved = pat_film_part_time(part, time, unit);
    return part->is_part && time != AV_NOPTS_VALUE && moved < 0 ? 0 : moved;
}

int64_t pat_film_part_end(const pat_film_part *part, int64_t time, AVRational unit)
{
    if (!part->is_part || time == AV_NOPTS_VALUE)
        return time;
    int64_t until = pat_libav_get()->av_rescale_q(part->until, part->unit, unit);
    return pat_film_part_time(part, time < until ? time : until, unit);
}
