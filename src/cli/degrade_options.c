/* Options about damage, which degrade and learn share. */
#include <stdbool.h>
#include <string.h>

#include "shared_options.h"

static void take_crop(const option_line *line, void *target, char *text)
{
    pat_degrade_options *degrade = target;
    char *height = text;
    strsep(&height, "x");
    if (height == NULL)
        option_fail(line, "--crop: '%s' is not of the form WxH, such as 512x512", text);
    degrade->crop_width = (int)option_whole(line, "crop", text, 1, PAT_CROP_MAX);
    degrade->crop_height = (int)option_whole(line, "crop", height, 1, PAT_CROP_MAX);
}

/* --shrink N or N..M. N..N is as N; pat_degrade_run() checks the order. */
static void take_shrink(const option_line *line, void *target, char *text)
{
    static const char digits[] = "0123456789";
    pat_degrade_options *degrade = target;
    char *rest = text + strspn(text, digits), *greatest = NULL;
    bool known = rest != text;
    if (*rest != '\0') {
        greatest = rest + 2;
        known = known && strncmp(rest, "..", 2) == 0 && *greatest != '\0' &&
                greatest[strspn(greatest, digits)] == '\0';
    }
    if (!known)
        option_fail(line, "--shrink: '%s' is neither N nor N..M, such as 320..960", text);
    *rest = '\0';
    degrade->shrink = (int)option_whole(line, "shrink", text, 0, PAT_CROP_MAX);
    degrade->shrink_to =
        greatest == NULL ? 0 : (int)option_whole(line, "shrink", greatest, 1, PAT_CROP_MAX);
    if (degrade->shrink_to == degrade->shrink)
        degrade->shrink_to = 0;
}

#define PER_IMAGE                                                                                  \
    "per-image", 0, "K", OPTION_WHOLE, OPTION_TARGET(pat_degrade_options, per_image),              \
        .least = 1, .greatest = PAT_PER_IMAGE_MAX,                                                 \
        .help = "Number of damaged versions of each image, 1..10000"

#define SHRINK                                                                                     \
    "shrink", 0, "N[..M]", OPTION_TEXT,                                                            \
        .take = take_shrink,                                                                       \
        .help =                                                                                    \
            "Shrink each image first, so that its shorter side has N pixels; with N..M, each "     \
            "version gets a size of its own, drawn from N to M. Smaller images stay as they are. " \
            "Also write the undamaged result to undamaged/. The sizes of damage are in pixels, "   \
            "so large photographs need it; 0: do not shrink"

#define CROP                                                                                       \
    "crop", 0, "WxH", OPTION_TEXT,                                                                 \
        .take = take_crop,                                                                         \
        .help = "Crop each version to W by H pixels, at a different position each time, and also " \
                "write the undamaged crop to undamaged/"

const option_row degrade_options[] = {
    {PER_IMAGE, .standard = "5"},
    {SHRINK, .standard = "0"},
    {CROP},
    {0},
};

const option_row learn_options[] = {
    {PER_IMAGE, .standard = "24"},
    {SHRINK, .standard = "320..960"},
    {CROP, .standard = "256x256"},
    {0},
};

const option_row recipe_options[] = {
    {"recipe", 0, "FILE", OPTION_FILE, OPTION_TARGET(pat_degrade_options, recipe),
     .standard = "damage typical of old photographs",
     .help = "A JSON file with families of images, their kinds of damage and how strong these are"},
    {"families", 0, "NAMES", OPTION_TEXT, OPTION_TARGET(pat_degrade_options, families),
     .standard = "all", .help = "Use only these families of the recipe, such as sepia_toned,clean"},
    {"except", 0, "NAMES", OPTION_TEXT, OPTION_TARGET(pat_degrade_options, except),
     .standard = "none", .help = "Leave these families of the recipe out"},
    {0},
};
