/*
 * Filter raw images:
 *
 *     filter_values FILTER SIGMA STRENGTH RANGE NOISE SCALE WIDTH HEIGHT CHANNELS DEPTH < IN > OUT
 *
 * IN: the samples of each channel, one row after another, of 8 or 16 bits in the machine's order.
 * OUT: the same of the filtered image, then, for 8 bits and 3 channels, the numbers of
 * pat_filter_render() in single precision.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "restore/filtered.h"
#include "restore/image.h"

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "filter_values: %s\n", what);
    exit(EXIT_FAILURE);
}

static pat_setting setting_of(char **arguments)
{
    pat_setting setting = {{0}};
    check(pat_value_parse(PAT_AXIS_FILTER, arguments[0], &setting.value[PAT_AXIS_FILTER]),
          "no such filter");
    for (int i = 0; i < 5; i++)
        setting.value[PAT_AXIS_SIGMA + i] = strtod(arguments[i + 1], NULL);
    return setting;
}

static pat_picture read_picture(char **arguments)
{
    pat_picture picture = {.width = atoi(arguments[0]), .height = atoi(arguments[1])};
    picture.channels = atoi(arguments[2]);
    picture.depth = atoi(arguments[3]);
    size_t bytes = (size_t)picture.width * (size_t)picture.height * (size_t)picture.depth / 8;
    char *data = picture.block = malloc(bytes * (size_t)picture.channels);
    check(data != NULL, "out of memory");
    check(fread(data, bytes, (size_t)picture.channels, stdin) == (size_t)picture.channels,
          "the input is too short");
    for (int c = 0; c < picture.channels; c++, data += bytes) {
        picture.plane[c] =
            (pat_plane){(uint8_t *)data, picture.width, picture.height, picture.width};
        picture.deep[c] = (pat_deep_plane){(uint16_t *)(void *)data, picture.width, picture.height,
                                           picture.width};
    }
    return picture;
}

static void write_numbers(const pat_picture *picture, const pat_setting *setting)
{
    pat_image image = {.width = picture->width, .height = picture->height};
    size_t count = (size_t)image.width * (size_t)image.height;
    float *numbers = malloc(PAT_CHANNELS * count * sizeof *numbers);
    float *const planes[PAT_CHANNELS] = {numbers, numbers + count, numbers + 2 * count};
    for (int c = 0; c < PAT_CHANNELS; c++)
        image.plane[c] = picture->plane[c];
    check(numbers != NULL && pat_filter_render(&image, setting, planes, NULL) == PAT_OK,
          "cannot render");
    fwrite(numbers, sizeof *numbers, PAT_CHANNELS * count, stdout);
    free(numbers);
}

int main(int argc, char **argv)
{
    check(argc == 11, "wrong number of arguments");
    pat_setting setting = setting_of(argv + 1);
    pat_picture picture = read_picture(argv + 7), copy = picture;
    size_t bytes = (size_t)picture.width * (size_t)picture.height * (size_t)picture.depth / 8;
    char *original = malloc(bytes * (size_t)picture.channels);
    check(original != NULL, "out of memory");
    memcpy(original, picture.block, bytes * (size_t)picture.channels);
    check(pat_picture_restore(&picture, &setting, NULL) == PAT_OK, "cannot restore");
    fwrite(picture.block, bytes, (size_t)picture.channels, stdout);
    memcpy(picture.block, original, bytes * (size_t)picture.channels);
    if (copy.depth == 8 && copy.channels == PAT_CHANNELS)
        write_numbers(&copy, &setting);
    free(original);
    free(picture.block);
    return EXIT_SUCCESS;
}
