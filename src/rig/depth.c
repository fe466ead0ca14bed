#include "rig/depth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "rig/npy.h"

/* A map whose greatest distance is above this is in millimeters: no rig looks so many meters far.
 */
static const float METERS_MAX = 100, MILLIMETERS = 1000;

/* height, width; the first is also the guess */
static const int known_shapes[][2] = {{480, 640}, {720, 1280}, {1080, 1920}};

static pat_status reserve(pat_depth_map *map, int width, int height, pat_error *error)
{
    *map = (pat_depth_map){.width = width, .height = height};
    map->meters = calloc((size_t)width * (size_t)height, sizeof *map->meters);
    return map->meters != NULL ? PAT_OK : pat_fail_memory(error, "a depth map");
}

static void convert_to_meters(pat_depth_map *map)
{
    size_t count = (size_t)map->width * (size_t)map->height;
    float greatest = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(map->meters[i]) && map->meters[i] > greatest)
            greatest = map->meters[i];
    map->divided = greatest > METERS_MAX;
    for (size_t i = 0; i < count && map->divided; i++)
        map->meters[i] /= MILLIMETERS;
}

static pat_status fail_empty(const char *name, pat_error *error)
{
    return pat_fail(error, PAT_EMPTY_FILE, "%s: is empty; copy it again", name);
}

/* The shape that so many bytes have. False if none fits. */
static bool find_shape(size_t size, int *height, int *width, bool *guessed)
{
    for (size_t i = 0; i < sizeof known_shapes / sizeof *known_shapes; i++) {
        *height = known_shapes[i][0];
        *width = known_shapes[i][1];
        if (size == (size_t)*height * (size_t)*width * 2)
            return true;
    }
    double side = rint(sqrt((double)(size / 2)));
    if (side < 1 << 24 && size == (size_t)side * (size_t)side * 2) {
        *height = *width = (int)side;
        return true;
    }
    *height = known_shapes[0][0];
    *width = known_shapes[0][1];
    *guessed = true;
    return size / 2 >= (size_t)*height * (size_t)*width;
}

pat_status pat_depth_from_raw(const uint8_t *bytes, size_t size, const char *name,
                              uint64_t max_pixels, pat_depth_map *map, pat_error *error)
{
    int height, width;
    bool guessed = false;
    if (size == 0)
        return fail_empty(name, error);
    if (!find_shape(size, &height, &width, &guessed))
        return pat_fail(error, PAT_CORRUPT,
                        "%s: has %zu bytes, which is no known shape and less than 480x640 samples "
                        "of 16 bits; copy it again, or save it with numpy.save",
                        name, size);
    if ((uint64_t)height * (uint64_t)width > max_pixels)
        return pat_fail(error, PAT_TOO_LARGE,
                        "%s: has %dx%d samples, more than the limit of %llu (--max-pixels)", name,
                        height, width, (unsigned long long)max_pixels);
    pat_status status = reserve(map, width, height, error);
    if (status != PAT_OK)
        return status;
    for (size_t i = 0; i < (size_t)height * (size_t)width; i++) {
        uint16_t sample;
        memcpy(&sample, bytes + 2 * i, sizeof sample);
        map->meters[i] = sample;
    }
    convert_to_meters(map);
    map->guessed = guessed;
    return PAT_OK;
}

pat_status pat_depth_from_npy(const uint8_t *bytes, size_t size, const char *name,
                              uint64_t max_pixels, pat_depth_map *map, pat_error *error)
{
    pat_npy npy;
    if (size == 0)
        return fail_empty(name, error);
    pat_status status = pat_npy_parse(bytes, size, name, max_pixels, &npy, error);
    if (status == PAT_OK)
        status = reserve(map, npy.width, npy.height, error);
    if (status != PAT_OK)
        return status;
    pat_npy_samples(&npy, bytes, map->meters);
    convert_to_meters(map);
    return PAT_OK;
}

pat_status pat_depth_from_picture(const pat_picture *picture, const char *name, pat_depth_map *map,
                                  pat_error *error)
{
    if (picture->depth != 16 || picture->channels != 1 || picture->has_alpha)
        return pat_fail(error, PAT_UNSUPPORTED_FORMAT,
                        "%s: is an image in %s with %d bits%s, but a depth map is gray with 16 "
                        "bits and no alpha; save it so",
                        name, picture->channels == 1 ? "gray" : "color", picture->depth,
                        picture->has_alpha ? " and alpha" : "");
    pat_status status = reserve(map, picture->width, picture->height, error);
    if (status != PAT_OK)
        return status;
    for (int y = 0; y < map->height; y++) {
        const uint16_t *row = picture->deep[0].data + picture->deep[0].stride * y;
        for (int x = 0; x < map->width; x++)
            map->meters[(size_t)y * (size_t)map->width + (size_t)x] = row[x];
    }
    convert_to_meters(map);
    return PAT_OK;
}

void pat_depth_map_release(pat_depth_map *map)
{
    free(map->meters);
    *map = (pat_depth_map){0};
}
