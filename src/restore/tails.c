#include "restore/tails.h"

enum { LOW, HIGH };

void pat_tails_measure(const pat_channel *channel, uint64_t share, pat_tone *tone)
{
    uint64_t count = (uint64_t)pat_channel_width(channel) * (uint64_t)pat_channel_height(channel);
    uint64_t tail = (count + share - 1) / share;
    int low = pat_channel_value_of_rank(channel, tail);
    int high = pat_channel_value_of_rank(channel, count - tail + 1);
    if (high == low)
        low = 0, high = tone->largest;
    tone->parameter[LOW] = low;
    tone->parameter[HIGH] = high;
}

double pat_tails_map(const pat_tone *tone, double sample)
{
    double low = tone->parameter[LOW], high = tone->parameter[HIGH];
    return (sample - low) * tone->largest / (high - low);
}
