/* Every kind of damage: what all have in common, and those with places or noise by their
 * properties. check_damage.py compares the others with NumPy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "degrade/recipe.h"
#include "ref/planes.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static pat_error error;

static void check(pat_status status)
{
    if (status != PAT_OK)
        fail_msg("%s", error.message);
}

static pat_image make_canvas(int width, int height)
{
    pat_image image = {0};
    check(pat_image_resize_canvas(&image, width, height, &error));
    return image;
}

static pat_image make_gray(int width, int height, int sample)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_plane(&image.plane[c], sample);
    return image;
}

/* Like a photograph: slopes, edges and colors, from dark to bright. */
static pat_image make_scene(int width, int height)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                int slope = 20 + 150 * x / width + 40 * y / height;
                int disk =
                    hypot(x - width / 3.0, y - height / 2.0) < height / 4.0 ? 30 + 10 * c : 0;
                set_sample(&image.plane[c], x, y, slope + disk - 12 * c);
            }
    return image;
}

static pat_image copy_of(const pat_image *image)
{
    pat_image copy = make_canvas(image->width, image->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        copy_samples(&image->plane[c], &copy.plane[c]);
    return copy;
}

static double mean_square(const pat_image *a, const pat_image *b)
{
    double sum = 0;
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < a->height; y++)
            for (int x = 0; x < a->width; x++) {
                double d = sample_at(&a->plane[c], x, y) - sample_at(&b->plane[c], x, y);
                sum += d * d;
            }
    return sum / (PAT_CHANNELS * (double)a->width * a->height);
}

static int parameter_at(int k, const char *name)
{
    for (int p = 0; p < pat_damage_parameters(k); p++)
        if (strcmp(pat_damage_kind_of(k)->parameter[p].name, name) == 0)
            return p;
    fail_msg("%s has no %s", pat_damage_kind_of(k)->name, name);
    return -1;
}

/* Only this kind of damage; its parameters in the middle of their row's ranges. */
static pat_damage only(const char *name, uint32_t seed)
{
    pat_damage damage = {.seed = seed};
    int k = pat_damage_find(name);
    assert_true(k >= 0);
    damage.applied[k] = true;
    for (int p = 0; p < pat_damage_parameters(k); p++) {
        const pat_damage_parameter *parameter = &pat_damage_kind_of(k)->parameter[p];
        double middle = 0.45 * parameter->low + 0.55 * parameter->high; /* gamma: not 1 */
        damage.value[k][p] = parameter->whole ? floor(middle) : middle;
    }
    return damage;
}

static void set(pat_damage *damage, const char *kind, const char *name, double value)
{
    int k = pat_damage_find(kind);
    damage->value[k][parameter_at(k, name)] = value;
}

static void apply(const pat_damage *damage, pat_image *image)
{
    pat_damager damager = {0};
    check(pat_damage_apply(&damager, damage, "image", image, &error));
    pat_damager_release(&damager);
}

static pat_image damaged(const pat_image *clean, const pat_damage *damage)
{
    pat_image image = copy_of(clean);
    apply(damage, &image);
    return image;
}

/* ---- All kinds ---- */

/* The samples depend on the image and the damage alone, not on what the scratch memory holds. */
static void test_same_seed_same_samples(void **state)
{
    (void)state;
    pat_image clean = make_scene(90, 64);
    pat_damager used = {0};
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++) {
        pat_damage damage = only(pat_damage_kind_of(k)->name, 3);
        pat_image first = damaged(&clean, &damage), second = copy_of(&clean);
        check(pat_damage_apply(&used, &damage, "image", &second, &error));
        if (mean_square(&first, &second) != 0)
            fail_msg("%s: not the same again", pat_damage_kind_of(k)->name);
        if (mean_square(&first, &clean) == 0)
            fail_msg("%s: does nothing", pat_damage_kind_of(k)->name);
        assert_int_equal(first.width, 90);
        assert_int_equal(first.height, 64);
        pat_image_release(&first);
        pat_image_release(&second);
    }
    pat_damager_release(&used);
    pat_image_release(&clean);
}

static void test_seeds_move_marks_and_noise(void **state)
{
    (void)state;
    static const char *const random[] = {
        "flare",  "light_leak", "density_grain", "uneven", "border", "mottle", "paper",
        "crease", "stains",     "scratches",     "hairs",  "dust",   "grain"};
    pat_image clean = make_scene(90, 64);
    for (size_t i = 0; i < COUNT(random); i++) {
        pat_damage one = only(random[i], 3), two = only(random[i], 4);
        pat_image first = damaged(&clean, &one), second = damaged(&clean, &two);
        if (mean_square(&first, &second) == 0)
            fail_msg("%s: the seed has no effect", random[i]);
        pat_image_release(&first);
        pat_image_release(&second);
    }
    pat_image_release(&clean);
}

/* At both ends of all limits, for images of any shape. */
static void test_limits_are_safe(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {2, 31}, {40, 3}, {33, 17}};
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
            for (int end = 0; end < 2; end++) {
                const pat_damage_kind *kind = pat_damage_kind_of(k);
                pat_image image = make_scene(sizes[i][0], sizes[i][1]);
                pat_damage damage = only(kind->name, 9);
                for (int p = 0; p < pat_damage_parameters(k); p++)
                    damage.value[k][p] =
                        end == 0 ? kind->parameter[p].minimum : kind->parameter[p].maximum;
                apply(&damage, &image);
                assert_int_equal(image.width, sizes[i][0]);
                assert_int_equal(image.height, sizes[i][1]);
                pat_image_release(&image);
            }
}

/* More of a parameter changes the image more. */
static void test_more_does_more(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *parameter;
        double values[4]; /* from mild to strong */
    } cases[] = {
        {"vignette", "amount", {0.1, 0.3, 0.6, 1}},
        {"vignette", "angle", {5, 15, 30, 45}},
        {"flare", "amount", {0.05, 0.1, 0.2, 0.5}},
        {"light_leak", "width", {0.05, 0.1, 0.2, 0.5}},
        {"light_leak", "strength", {0.1, 0.3, 0.6, 0.9}},
        {"underexposure", "stops", {0.2, 0.5, 1, 3}},
        {"gamma", "exponent", {1.05, 1.2, 1.5, 2}},
        {"density_grain", "sigma", {1, 3, 8, 20}},
        {"dye", "cyan", {0.3, 0.4, 0.6, 0.9}},
        {"monochrome", "amount", {0.1, 0.3, 0.6, 1}},
        {"sepia", "depth", {0.5, 0.8, 1.1, 1.5}},
        {"toned_highlights", "amount", {0.05, 0.1, 0.3, 0.8}},
        {"uneven", "amount", {0.05, 0.1, 0.3, 0.8}},
        {"border", "width", {0.01, 0.03, 0.06, 0.2}},
        {"print_yellow", "amount", {0.05, 0.1, 0.3, 0.8}},
        {"mottle", "amount", {5, 10, 20, 50}},
        {"paper", "amount", {0.01, 0.03, 0.06, 0.2}},
        {"halftone", "amount", {0.1, 0.2, 0.5, 1}},
        {"crease", "opacity", {0.1, 0.3, 0.6, 1}},
        {"crease", "width", {10, 15, 25, 50}},
        {"hairs", "count", {1, 4, 10, 40}},
        {"dust", "count", {20, 100, 500, 4000}},
        {"dust", "size", {1, 2, 4, 10}},
        {"scanner_cast", "gain", {0.02, 0.05, 0.1, 0.3}},
        {"scanner_cast", "gamma", {0.05, 0.1, 0.2, 0.4}},
        {"oversharpened", "amount", {0.2, 0.5, 1, 3}},
        {"double_jpeg", "quality", {95, 70, 40, 10}},
    };
    pat_image clean = make_scene(120, 96);
    for (size_t i = 0; i < COUNT(cases); i++) {
        double last = 0;
        for (size_t v = 0; v < 4; v++) {
            pat_damage damage = only(cases[i].kind, 11);
            set(&damage, cases[i].kind, cases[i].parameter, cases[i].values[v]);
            pat_image image = damaged(&clean, &damage);
            double change = mean_square(&image, &clean);
            if (!(change > last))
                fail_msg("%s, %s: %g changes no more than before", cases[i].kind,
                         cases[i].parameter, cases[i].values[v]);
            last = change;
            pat_image_release(&image);
        }
    }
    pat_image_release(&clean);
}

/* ---- Some kinds ---- */

static double mean_of(const pat_plane *plane, int left, int right)
{
    double sum = 0;
    for (int y = 0; y < plane->height; y++)
        for (int x = left; x < right; x++)
            sum += sample_at(plane, x, y);
    return sum / ((right - left) * (double)plane->height);
}

static double deviation_of(const pat_plane *plane)
{
    double mean = mean_of(plane, 0, plane->width), squares = 0;
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            squares += pow(sample_at(plane, x, y) - mean, 2);
    return sqrt(squares / ((double)plane->width * plane->height));
}

/* sigma (0.2 + 3.2 t (1 - t)) at each tone; chroma 0: the same noise in all channels. */
static void test_density_grain_is_largest_in_middle_tones(void **state)
{
    (void)state;
    static const struct {
        int tone;
        double share;
    } cases[] = {{51, 0.712}, {128, 1}, {204, 0.712}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_image image = make_gray(256, 256, cases[i].tone);
        pat_damage damage = only("density_grain", 5);
        set(&damage, "density_grain", "sigma", 10);
        set(&damage, "density_grain", "size", 0.7);
        set(&damage, "density_grain", "chroma", 0);
        apply(&damage, &image);
        double deviation = deviation_of(&image.plane[0]);
        assert_true(fabs(deviation - 10 * cases[i].share) < 0.1);
        assert_same_samples(&image.plane[1], &image.plane[0], "green");
        assert_same_samples(&image.plane[2], &image.plane[0], "blue");
        pat_image_release(&image);
    }
}

static double correlation(const pat_plane *a, const pat_plane *b, int shift)
{
    double mean_a = mean_of(a, 0, a->width), mean_b = mean_of(b, 0, b->width), sum = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x + shift < a->width; x++)
            sum += (sample_at(a, x, y) - mean_a) * (sample_at(b, x + shift, y) - mean_b);
    return sum / ((a->width - shift) * (double)a->height) / (deviation_of(a) * deviation_of(b));
}

/* chroma is the share of variance that the channels do not share; size joins neighbors: for a
 * Gaussian of deviation s, exp(-1 / (4 s^2)). */
static void test_density_grain_has_color_and_size(void **state)
{
    (void)state;
    pat_image image = make_gray(256, 256, 128);
    pat_damage damage = only("density_grain", 6);
    set(&damage, "density_grain", "sigma", 10);
    set(&damage, "density_grain", "size", 1);
    set(&damage, "density_grain", "chroma", 0.4);
    apply(&damage, &image);
    assert_true(fabs(correlation(&image.plane[0], &image.plane[1], 0) - 0.6) < 0.05);
    assert_true(fabs(correlation(&image.plane[0], &image.plane[0], 1) - exp(-0.25)) < 0.05);
    pat_image_release(&image);
}

/* A border replaces the rim and moves nothing: every pixel is the border's color or untouched. */
static void test_border_replaces_the_rim(void **state)
{
    (void)state;
    pat_image clean = make_scene(200, 100);
    pat_damage damage = only("border", 8);
    set(&damage, "border", "width", 0.06);
    set(&damage, "border", "level", 250);
    set(&damage, "border", "cream", 1);
    pat_image image = damaged(&clean, &damage);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 200; x++) {
            bool rim = sample_at(&image.plane[0], x, y) == 250 &&
                       sample_at(&image.plane[1], x, y) == 240 &&
                       sample_at(&image.plane[2], x, y) == 210;
            bool corner = x < 3 || y < 3 || x >= 197 || y >= 97; /* half of the width */
            bool middle = x >= 6 && y >= 6 && x < 194 && y < 94;
            bool kept = true;
            for (int c = 0; c < PAT_CHANNELS; c++)
                kept = kept && sample_at(&image.plane[c], x, y) == sample_at(&clean.plane[c], x, y);
            assert_true(rim || kept);
            assert_true(!corner || rim);
            assert_true(!middle || kept);
        }
    pat_image_release(&clean);
    pat_image_release(&image);
}

/* Patches of color that do not change luma. */
static void test_mottle_keeps_luma(void **state)
{
    (void)state;
    pat_image image = make_gray(120, 100, 128);
    pat_damage damage = only("mottle", 4);
    set(&damage, "mottle", "amount", 40);
    apply(&damage, &image);
    assert_true(deviation_of(&image.plane[0]) > 5);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 120; x++) {
            double luma = 0.299 * sample_at(&image.plane[0], x, y) +
                          0.587 * sample_at(&image.plane[1], x, y) +
                          0.114 * sample_at(&image.plane[2], x, y);
            assert_true(fabs(luma - 128) <= 0.5 + 1e-9); /* three roundings */
        }
    pat_image_release(&image);
}

/* Unevenness is smooth, and without color the same in all channels of a gray image. */
static void test_uneven_is_smooth(void **state)
{
    (void)state;
    pat_image image = make_gray(200, 150, 100);
    pat_damage damage = only("uneven", 4);
    set(&damage, "uneven", "amount", 0.5);
    set(&damage, "uneven", "size", 0.5);
    set(&damage, "uneven", "color", 0);
    apply(&damage, &image);
    assert_true(deviation_of(&image.plane[0]) > 3);
    for (int y = 0; y < 150; y++)
        for (int x = 1; x < 200; x++) {
            int here = sample_at(&image.plane[0], x, y);
            assert_true(here >= 100); /* fading makes lighter */
            assert_true(abs(here - sample_at(&image.plane[0], x - 1, y)) <= 3);
        }
    assert_same_samples(&image.plane[2], &image.plane[0], "blue");
    pat_image_release(&image);
}

/* Dust covers single spots and leaves the rest. bright: the share of bright specks. */
static void test_dust_is_bright_or_dark(void **state)
{
    (void)state;
    for (int bright = 0; bright < 2; bright++) {
        pat_image image = make_gray(300, 200, 128);
        pat_damage damage = only("dust", 4);
        int touched = 0;
        set(&damage, "dust", "count", 300);
        set(&damage, "dust", "bright", bright);
        apply(&damage, &image);
        for (int y = 0; y < 200; y++)
            for (int x = 0; x < 300; x++) {
                int sample = sample_at(&image.plane[0], x, y);
                assert_true(bright ? sample >= 128 : sample <= 128);
                touched += sample != 128;
            }
        assert_true(touched > 100 && touched < 300 * 200 / 10);
        pat_image_release(&image);
    }
}

/* A crease is lighter in its core and darker beside it. */
static void test_crease_has_core_and_edges(void **state)
{
    (void)state;
    pat_image image = make_gray(200, 200, 128);
    pat_damage damage = only("crease", 4);
    int lighter = 0, darker = 0;
    set(&damage, "crease", "count", 1);
    set(&damage, "crease", "width", 10);
    apply(&damage, &image);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++) {
            int sample = sample_at(&image.plane[0], x, y);
            lighter += sample > 148;
            darker += sample < 118;
        }
    assert_true(lighter > 100 && darker > 100);
    assert_true(lighter + darker < 200 * 200 / 5);
    pat_image_release(&image);
}

/* A hair is one level along its length, drawn once where its parts meet. */
static void test_hairs_are_thin_lines(void **state)
{
    (void)state;
    pat_image image = make_gray(200, 200, 128);
    pat_damage damage = only("hairs", 4);
    int touched = 0, least = 255;
    set(&damage, "hairs", "count", 1);
    set(&damage, "hairs", "width", 5); /* 1 pixel */
    set(&damage, "hairs", "length", 0.5);
    set(&damage, "hairs", "opacity", 0.5);
    set(&damage, "hairs", "level", 0);
    apply(&damage, &image);
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++) {
            int sample = sample_at(&image.plane[0], x, y);
            touched += sample != 128;
            least = sample < least ? sample : least;
        }
    assert_true(least >= 64);
    assert_true(touched > 10 && touched < 400);
    pat_image_release(&image);
}

/* A first JPEG whose blocks start elsewhere leaves steps at other columns than the second's. */
static void test_double_jpeg_shifts_the_blocks(void **state)
{
    (void)state;
    static const int shifts[] = {0, 3};
    for (size_t i = 0; i < COUNT(shifts); i++) {
        pat_image image = make_scene(160, 120);
        pat_damage damage = only("double_jpeg", 4);
        double step[8] = {0};
        set(&damage, "double_jpeg", "quality", 5);
        set(&damage, "double_jpeg", "shift", shifts[i]);
        apply(&damage, &image);
        for (int y = 0; y < 120; y++)
            for (int x = 1; x < 160; x++)
                step[x % 8] +=
                    abs(sample_at(&image.plane[1], x, y) - sample_at(&image.plane[1], x - 1, y));
        int largest = 0;
        for (int column = 1; column < 8; column++)
            largest = step[column] > step[largest] ? column : largest;
        assert_int_equal(largest, (8 - shifts[i]) % 8);
        pat_image_release(&image);
    }
}

/* ---- Families ---- */

/* Every family of the built-in recipe changes an image, but leaves it recognizable; `clean` hardly
 * changes it, but never leaves a copy, whose scores would be infinite. */
static void test_families_have_their_strength(void **state)
{
    (void)state;
    enum { VERSIONS = 30 };
    static pat_recipe recipe, one;
    check(pat_recipe_read(&recipe, NULL, &error));
    pat_image clean = make_scene(120, 96);
    pat_random *random;
    check(pat_random_create(&random, &error));
    for (int f = 0; f < recipe.families; f++) {
        double mean = 0, worst = 99, best = 0;
        one = recipe;
        one.mild = 0;
        check(pat_recipe_select(&one, recipe.family[f].name, NULL, &error));
        for (uint32_t v = 0; v < VERSIONS; v++) {
            pat_damage damage;
            pat_random_seed(random, 100 + v);
            pat_recipe_draw(&one, random, &damage);
            pat_image image = damaged(&clean, &damage);
            double psnr = 10 * log10(65025 / fmax(mean_square(&image, &clean), 1e-3));
            mean += fmin(psnr, 60) / VERSIONS;
            worst = fmin(psnr, worst);
            best = fmax(psnr, best);
            pat_image_release(&image);
        }
        bool is_clean = strcmp(recipe.family[f].name, "clean") == 0;
        if (is_clean ? worst < 34 || best > 70 : worst < 6 || mean < 12 || mean > 34)
            fail_msg("%s: %.1f dB on average, %.1f at worst", recipe.family[f].name, mean, worst);
    }
    pat_random_free(random);
    pat_image_release(&clean);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_samples),
        cmocka_unit_test(test_seeds_move_marks_and_noise),
        cmocka_unit_test(test_limits_are_safe),
        cmocka_unit_test(test_more_does_more),
        cmocka_unit_test(test_density_grain_is_largest_in_middle_tones),
        cmocka_unit_test(test_density_grain_has_color_and_size),
        cmocka_unit_test(test_border_replaces_the_rim),
        cmocka_unit_test(test_mottle_keeps_luma),
        cmocka_unit_test(test_uneven_is_smooth),
        cmocka_unit_test(test_dust_is_bright_or_dark),
        cmocka_unit_test(test_crease_has_core_and_edges),
        cmocka_unit_test(test_hairs_are_thin_lines),
        cmocka_unit_test(test_double_jpeg_shifts_the_blocks),
        cmocka_unit_test(test_families_have_their_strength),
    };
    if (pat_codec_init(&error) != PAT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
