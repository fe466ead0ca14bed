/* Damage operators, compared with their formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "degrade/crop.h"
#include "degrade/damage.h"
#include "image/encode.h"
#include "image/jpeg.h"
#include "patina/degrade.h"
#include "patina/restore.h"
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

static pat_image make_noise(int width, int height, uint32_t seed)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_noise(&image.plane[c], &seed);
    return image;
}

/* An image that compresses well: a different slope in each channel. */
static pat_image make_slopes(int width, int height)
{
    pat_image image = make_canvas(width, height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                set_sample(&image.plane[c], x, y, (x * (c + 1) + 2 * y) % 256);
    return image;
}

static pat_image copy_of(const pat_image *image)
{
    pat_image copy = make_canvas(image->width, image->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        copy_samples(&image->plane[c], &copy.plane[c]);
    return copy;
}

static void assert_same_image(const pat_image *got, const pat_image *want, const char *what)
{
    assert_int_equal(got->width, want->width);
    assert_int_equal(got->height, want->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        assert_same_samples(&got->plane[c], &want->plane[c], what);
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

/* Parameters in the middle of the ranges of their rows; no damage is applied yet. */
static pat_damage middling(uint32_t seed)
{
    pat_damage damage = {.seed = seed};
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        for (int p = 0; p < pat_damage_parameters(k); p++) {
            const pat_damage_parameter *parameter = &pat_damage_kind_of(k)->parameter[p];
            damage.value[k][p] = (parameter->low + parameter->high) / 2;
            if (parameter->whole)
                damage.value[k][p] = floor(damage.value[k][p]);
        }
    return damage;
}

/* The numbers of a kind and of its parameter by name. */
static int kind_at(const char *kind)
{
    int k = pat_damage_find(kind);
    assert_true(k >= 0);
    return k;
}

static int parameter_at(const char *kind, const char *name)
{
    int k = kind_at(kind);
    for (int p = 0; p < pat_damage_parameters(k); p++)
        if (strcmp(pat_damage_kind_of(k)->parameter[p].name, name) == 0)
            return p;
    fail_msg("%s has no %s", kind, name);
    return -1;
}

static double get(const pat_damage *damage, const char *kind, const char *name)
{
    return damage->value[kind_at(kind)][parameter_at(kind, name)];
}

static void set(pat_damage *damage, const char *kind, const char *name, double value)
{
    damage->value[kind_at(kind)][parameter_at(kind, name)] = value;
}

static void use(pat_damage *damage, const char *kind)
{
    damage->applied[kind_at(kind)] = true;
}

static void apply(const pat_damage *damage, pat_image *image)
{
    pat_damager damager = {0};
    check(pat_damage_apply(&damager, damage, "picture", image, &error));
    pat_damager_release(&damager);
}

static pat_random *make_random(uint32_t seed)
{
    pat_random *random;
    check(pat_random_create(&random, &error));
    pat_random_seed(random, seed);
    return random;
}

/* ---- Random numbers ---- */

/* The first numbers of MT19937 for the seed of the authors' reference implementation. */
static void test_random_is_the_twister(void **state)
{
    (void)state;
    static const uint32_t first[] = {3499211612U, 581869302U, 3890346734U, 3586334585U, 545404204U};
    pat_random *random = make_random(5489);
    for (size_t i = 0; i < COUNT(first); i++)
        assert_int_equal(pat_random_bits(random), first[i]);
    pat_random_seed(random, 5489);
    assert_true(pat_random_uniform(random) == first[0] / 4294967296.0);
    pat_random_free(random);
    assert_int_equal(pat_random_seed_of("a", 1), pat_random_seed_of("a", 1));
    assert_int_not_equal(pat_random_seed_of("a", 1), pat_random_seed_of("b", 1));
}

/* ---- Tones ---- */

static int rounded(double value)
{
    return (int)rint(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* v becomes clip(gain v + offset), rounded; a half may be rounded either way. */
static void assert_tones(const pat_damage *damage, const double gain[PAT_CHANNELS],
                         const double offset[PAT_CHANNELS])
{
    pat_image image = make_canvas(256, 1);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int v = 0; v < 256; v++)
            set_sample(&image.plane[c], v, 0, v);
    apply(damage, &image);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int v = 0; v < 256; v++) {
            double want = fmin(v * gain[c] + offset[c], 255);
            int got = sample_at(&image.plane[c], v, 0);
            if (fabs(got - want) > 0.5 + 1e-9)
                fail_msg("channel %d: %d becomes %d instead of %g", c, v, got, want);
        }
    pat_image_release(&image);
}

static void test_fading(void **state)
{
    (void)state;
    pat_damage damage = middling(1);
    set(&damage, "fade", "amount", 0.25);
    set(&damage, "fade", "level", 200);
    use(&damage, "fade");
    assert_tones(&damage, (double[]){0.75, 0.75, 0.75}, (double[]){50, 50, 50});
    use(&damage, "darken");
    set(&damage, "darken", "amount", 0.5);
    set(&damage, "darken", "level", 30);
    assert_tones(&damage, (double[]){0.375, 0.375, 0.375}, (double[]){40, 40, 40});
}

static void test_cast_and_yellowing(void **state)
{
    (void)state;
    pat_damage damage = middling(1);
    use(&damage, "cast");
    set(&damage, "cast", "amount", 0.25);
    set(&damage, "cast", "hue", 120); /* green: cos 0 = 1, cos 120 = -1/2 */
    assert_tones(&damage, (double[]){0.875, 1.25, 0.875}, (double[]){0, 0, 0});
    damage.applied[kind_at("cast")] = false;
    use(&damage, "yellowing");
    set(&damage, "yellowing", "amount", 1);
    assert_tones(&damage, (double[]){1, 0.92, 0.65}, (double[]){0, 0, 0});
    set(&damage, "yellowing", "amount", 0.5);
    assert_tones(&damage, (double[]){1, 0.96, 0.825}, (double[]){0, 0, 0});
}

/* ---- Each operator alone ---- */

static void test_nothing_is_done_at_strength_zero(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *parameter;
        double idle;
    } cases[] = {{"fade", "amount", 0},         {"darken", "amount", 0},
                 {"cast", "amount", 0},         {"yellowing", "amount", 0},
                 {"blur", "sigma", 0},          {"stains", "count", 0},
                 {"stains", "radius", 0},       {"stains", "depth", 0},
                 {"scratches", "count", 0},     {"scratches", "width", 0},
                 {"scratches", "opacity", 0},   {"grain", "sigma", 0},
                 {"rescale", "factor", 1},      {"vignette", "amount", 0},
                 {"vignette", "angle", 0},      {"flare", "amount", 0},
                 {"light_leak", "count", 0},    {"light_leak", "strength", 0},
                 {"gamma", "exponent", 1},      {"underexposure", "stops", 0},
                 {"density_grain", "sigma", 0}, {"monochrome", "amount", 0},
                 {"sepia", "amount", 0},        {"toned_highlights", "amount", 0},
                 {"uneven", "amount", 0},       {"border", "width", 0},
                 {"print_yellow", "amount", 0}, {"mottle", "amount", 0},
                 {"paper", "amount", 0},        {"halftone", "amount", 0},
                 {"crease", "count", 0},        {"crease", "width", 0},
                 {"crease", "opacity", 0},      {"hairs", "count", 0},
                 {"hairs", "width", 0},         {"hairs", "opacity", 0},
                 {"dust", "count", 0},          {"dust", "size", 0},
                 {"dust", "opacity", 0},        {"oversharpened", "amount", 0},
                 {"oversharpened", "radius", 0}};
    pat_image clean = make_noise(37, 23, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_image image = copy_of(&clean);
        pat_damage damage = middling(5);
        if (strcmp(cases[i].kind, "gamma") == 0)
            set(&damage, "gamma", "exponent", 1.2);
        use(&damage, cases[i].kind);
        apply(&damage, &image);
        if (mean_square(&image, &clean) == 0)
            fail_msg("%s does nothing", cases[i].kind);
        pat_image_release(&image);
        image = copy_of(&clean);
        set(&damage, cases[i].kind, cases[i].parameter, cases[i].idle);
        apply(&damage, &image);
        assert_same_image(&image, &clean, cases[i].kind);
        pat_image_release(&image);
    }
    pat_damage none = middling(5);
    pat_image image = copy_of(&clean);
    apply(&none, &image);
    assert_same_image(&image, &clean, "no damage");
    pat_image_release(&image);
    pat_image_release(&clean);
}

static void check_blur(double sigma)
{
    pat_image clean = make_noise(41, 30, 2), image = copy_of(&clean), want = make_canvas(41, 30);
    pat_damage damage = middling(1);
    use(&damage, "blur");
    set(&damage, "blur", "sigma", sigma);
    pat_gaussian kernel;
    pat_gaussian_init(&kernel, sigma);
    for (int c = 0; c < PAT_CHANNELS; c++)
        check(pat_gaussian_blur(&kernel, &clean.plane[c], &want.plane[c], &error));
    apply(&damage, &image);
    assert_same_image(&image, &want, "blurred");
    pat_image_release(&clean);
    pat_image_release(&image);
    pat_image_release(&want);
}

static void test_blur_is_that_of_the_restoration(void **state)
{
    (void)state;
    check_blur(0.3);
    check_blur(1.7);
    check_blur(PAT_SIGMA_MAX);
}

static void check_rescale(int width, int height, double factor, int small_width, int small_height)
{
    pat_image clean = make_noise(width, height, 3), image = copy_of(&clean);
    pat_image small = make_canvas(small_width, small_height), want = make_canvas(width, height);
    pat_damage damage = middling(1);
    use(&damage, "rescale");
    set(&damage, "rescale", "factor", factor);
    for (int c = 0; c < PAT_CHANNELS; c++) {
        check(pat_resize_linear(&clean.plane[c], &small.plane[c], &error));
        check(pat_resize_linear(&small.plane[c], &want.plane[c], &error));
    }
    apply(&damage, &image);
    assert_same_image(&image, &want, "rescaled");
    pat_image_release(&clean);
    pat_image_release(&small);
    pat_image_release(&image);
    pat_image_release(&want);
}

static void test_rescale_is_two_resizes(void **state)
{
    (void)state;
    check_rescale(40, 31, 0.5, 20, 16);
    check_rescale(40, 31, 0.73, 29, 23);
    check_rescale(3, 1, 0.01, 1, 1);
}

/* Stains and scratches by their formulas, at every pixel; the operators only visit pixels that can
 * change. */
static void naive_stains(const pat_damage *damage, pat_random *random, pat_image *image)
{
    static const double brown[] = {0.75, 0.55, 0.35};
    double radius = get(damage, "stains", "radius") *
                    (image->width < image->height ? image->width : image->height);
    for (int i = 0; i < get(damage, "stains", "count"); i++) {
        double x0 = image->width * pat_random_uniform(random);
        double y0 = image->height * pat_random_uniform(random);
        double a = radius * (1 + pat_random_uniform(random)) / 2;
        double b = radius * (1 + pat_random_uniform(random)) / 2;
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < image->height; y++)
                for (int x = 0; x < image->width; x++) {
                    double d = pow((x + 0.5 - x0) / a, 2) + pow((y + 0.5 - y0) / b, 2);
                    double share = d < 1 ? pow(1 - d, 2) * get(damage, "stains", "depth") : 0;
                    int sample = sample_at(&image->plane[c], x, y);
                    set_sample(&image->plane[c], x, y,
                               rounded(sample * (1 - share * (1 - brown[c]))));
                }
    }
}

static double distance_to_segment(double x, double y, const double a[2], const double b[2])
{
    double dx = b[0] - a[0], dy = b[1] - a[1];
    double at = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy);
    at = at < 0 ? 0 : at > 1 ? 1 : at;
    return hypot(x - a[0] - at * dx, y - a[1] - at * dy);
}

static void naive_scratches(const pat_damage *damage, pat_random *random, pat_image *image)
{
    double half = get(damage, "scratches", "length") / 2 *
                  (image->width > image->height ? image->width : image->height);
    for (int i = 0; i < get(damage, "scratches", "count"); i++) {
        double x0 = image->width * pat_random_uniform(random);
        double y0 = image->height * pat_random_uniform(random);
        double angle = acos(-1) * pat_random_uniform(random);
        double a[] = {x0 - half * cos(angle), y0 - half * sin(angle)};
        double b[] = {x0 + half * cos(angle), y0 + half * sin(angle)};
        for (int y = 0; y < image->height; y++)
            for (int x = 0; x < image->width; x++) {
                double share = get(damage, "scratches", "width") / 2 + 0.5 -
                               distance_to_segment(x + 0.5, y + 0.5, a, b);
                share = fmin(fmin(share, 1), get(damage, "scratches", "width"));
                for (int c = 0; c < PAT_CHANNELS && share > 0; c++) {
                    int sample = sample_at(&image->plane[c], x, y);
                    set_sample(&image->plane[c], x, y,
                               rounded(sample + share * get(damage, "scratches", "opacity") *
                                                    (get(damage, "scratches", "level") - sample)));
                }
            }
    }
}

typedef void marker(const pat_damage *damage, pat_random *random, pat_image *image);

/* The naive version computes in another order: a sample near a half may be rounded differently. Its
 * random sequence is the kind's own, so a kind's marks do not depend on other kinds. */
static void assert_marked_alike(const char *kind, marker *naive, pat_damage *damage, int width,
                                int height)
{
    pat_image clean = make_noise(width, height, 4), got = copy_of(&clean), want = copy_of(&clean);
    pat_random *random = make_random(1);
    use(damage, kind);
    apply(damage, &got);
    pat_damage_seed(random, damage->seed, kind_at(kind), "apply");
    naive(damage, random, &want);
    assert_true(mean_square(&want, &clean) > 0);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                if (abs(sample_at(&got.plane[c], x, y) - sample_at(&want.plane[c], x, y)) > 1)
                    fail_msg("seed %u, %dx%d: sample (%d, %d) is %d instead of %d", damage->seed,
                             width, height, x, y, sample_at(&got.plane[c], x, y),
                             sample_at(&want.plane[c], x, y));
    assert_true(mean_square(&got, &want) < 0.001);
    pat_random_free(random);
    pat_image_release(&clean);
    pat_image_release(&got);
    pat_image_release(&want);
}

static void test_stains(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        pat_damage damage = middling(seed);
        set(&damage, "stains", "count", 5);
        set(&damage, "stains", "radius", 0.05 * seed);
        assert_marked_alike("stains", naive_stains, &damage, 64, 33);
        assert_marked_alike("stains", naive_stains, &damage, 30, 71);
    }
}

static void test_scratches(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        pat_damage damage = middling(seed);
        set(&damage, "scratches", "width", 0.2 * seed);
        set(&damage, "scratches", "length", 0.05 * seed);
        set(&damage, "scratches", "opacity", 1);
        assert_marked_alike("scratches", naive_scratches, &damage, 64, 33);
        assert_marked_alike("scratches", naive_scratches, &damage, 30, 71);
    }
}

static void test_grain_has_its_deviation(void **state)
{
    (void)state;
    enum { SIDE = 400 };
    pat_image image = make_canvas(SIDE, SIDE);
    for (int c = 0; c < PAT_CHANNELS; c++)
        fill_plane(&image.plane[c], 100);
    pat_damage damage = middling(9);
    use(&damage, "grain");
    set(&damage, "grain", "sigma", 8);
    apply(&damage, &image);
    double sum = 0, squares = 0;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double grain = sample_at(&image.plane[0], x, y) - 100;
            sum += grain;
            squares += grain * grain;
        }
    double count = SIDE * SIDE; /* rounding adds 1/12 to the variance; five standard errors */
    assert_true(fabs(sum / count) < 5 * 8 / sqrt(count));
    assert_true(fabs(squares / count - 64 - 1 / 12.0) < 5 * 64 * sqrt(2 / count));
    assert_same_samples(&image.plane[1], &image.plane[0], "green");
    assert_same_samples(&image.plane[2], &image.plane[0], "blue");
    pat_image_release(&image);
}

static void test_jpeg(void **state)
{
    (void)state;
    static const int quality[] = {95, 60, 20, 1};
    pat_image clean = make_slopes(160, 90);
    double last = 0;
    size_t last_size = SIZE_MAX;
    for (size_t i = 0; i < COUNT(quality); i++) {
        pat_image image = copy_of(&clean);
        pat_buffer file = {0};
        pat_damage damage = middling(1);
        use(&damage, "jpeg");
        set(&damage, "jpeg", "quality", quality[i]);
        apply(&damage, &image);
        double loss = mean_square(&image, &clean);
        assert_true(loss > last);
        last = loss;
        check(
            pat_jpeg_encode(&clean, quality[i], PAT_JPEG_CHROMA_HALVED, "picture", &file, &error));
        assert_true(file.size < last_size);
        last_size = file.size;
        pat_image decoded = {0};
        check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
        assert_same_image(&image, &decoded, "compressed");
        pat_image_release(&decoded);
        pat_buffer_release(&file);
        pat_image_release(&image);
    }
    pat_image_release(&clean);
}

/* Longer than the blocks that libjpeg is given for its output. */
static void test_long_jpeg(void **state)
{
    (void)state;
    pat_image clean = make_noise(500, 400, 8), decoded = {0};
    pat_buffer file = {0};
    check(pat_jpeg_encode(&clean, 100, PAT_JPEG_CHROMA_HALVED, "picture", &file, &error));
    assert_true(file.size > 3 << 16);
    check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
    assert_true(mean_square(&decoded, &clean) < 10000); /* chroma noise is lost: chroma is halved */
    pat_buffer_release(&file);
    pat_image_release(&clean);
    pat_image_release(&decoded);
}

static void test_jpeg_takes_no_larger_side(void **state)
{
    (void)state;
    pat_image image = make_noise(65501, 1, 1);
    pat_buffer file = {0};
    pat_buffer_append_text(&file, "before");
    assert_int_equal(pat_jpeg_encode(&image, 50, PAT_JPEG_CHROMA_HALVED, "wide.png", &file, &error),
                     PAT_TOO_LARGE);
    assert_non_null(strstr(error.message, "wide.png: cannot be compressed as JPEG"));
    assert_int_equal(file.size, 6);
    pat_buffer_release(&file);
    pat_image_release(&image);
}

static void test_png_keeps_every_sample(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {7, 5}, {65, 64}, {200, 3}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        pat_image image = make_noise(sizes[i][0], sizes[i][1], 7), decoded = {0};
        pat_buffer file = {0}, again = {0};
        check(pat_image_encode_png(&image, "picture", &file, &error));
        check(pat_image_encode_png(&image, "picture", &again, &error));
        assert_int_equal(file.size, again.size);
        assert_memory_equal(file.data, again.data, file.size);
        check(pat_image_decode(file.data, file.size, "picture", 1 << 20, &decoded, &error));
        assert_same_image(&decoded, &image, "a PNG file");
        pat_buffer_release(&file);
        pat_buffer_release(&again);
        pat_image_release(&image);
        pat_image_release(&decoded);
    }
}

/* ---- All together ---- */

static void test_order_of_damage(void **state)
{
    (void)state;
    static const char *const order[] = {"dye",       "darken", "blur",    "stains",
                                        "scratches", "grain",  "rescale", "jpeg"};
    pat_image clean = make_slopes(90, 70), all = copy_of(&clean), steps = copy_of(&clean);
    pat_damage whole = middling(77);
    pat_damager damager = {0};
    for (size_t i = 0; i < COUNT(order); i++) {
        pat_damage one = middling(77);
        use(&whole, order[i]);
        use(&one, order[i]);
        check(pat_damage_apply(&damager, &one, "picture", &steps, &error));
    }
    check(pat_damage_apply(&damager, &whole, "picture", &all, &error));
    assert_same_image(&all, &steps, "damaged at once");
    pat_image again = copy_of(&clean);
    apply(&whole, &again); /* with new scratch memory */
    assert_same_image(&again, &all, "damaged again");
    whole.seed++;
    pat_image other = copy_of(&clean);
    apply(&whole, &other);
    assert_true(mean_square(&other, &all) > 0);
    pat_damager_release(&damager);
    pat_image_release(&clean);
    pat_image_release(&all);
    pat_image_release(&steps);
    pat_image_release(&again);
    pat_image_release(&other);
}

static void test_crop(void **state)
{
    (void)state;
    pat_image image = make_noise(20, 10, 6), window = {0};
    static const struct {
        double x, y;
        int left, top;
    } cases[] = {{0, 0, 0, 0}, {0.999999, 0.999999, 13, 6}, {0.5, 0.5, 7, 3}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        pat_crop crop = {7, 4, cases[i].x, cases[i].y};
        check(pat_crop_cut(&crop, &image, "picture", &window, &error));
        assert_int_equal(window.width, 7);
        assert_int_equal(window.height, 4);
        for (int c = 0; c < PAT_CHANNELS; c++)
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 7; x++)
                    assert_int_equal(
                        sample_at(&window.plane[c], x, y),
                        sample_at(&image.plane[c], cases[i].left + x, cases[i].top + y));
    }
    pat_crop whole = {20, 10, 0.7, 0.7}, wide = {21, 10, 0, 0}, tall = {20, 11, 0, 0};
    check(pat_crop_cut(&whole, &image, "picture", &window, &error));
    assert_same_image(&window, &image, "the whole");
    assert_int_equal(pat_crop_cut(&wide, &image, "a.png", &window, &error), PAT_TOO_SMALL);
    assert_non_null(strstr(error.message, "a.png: the image (20x10) is smaller than"));
    assert_int_equal(pat_crop_cut(&tall, &image, "a.png", &window, &error), PAT_TOO_SMALL);
    pat_image_release(&image);
    pat_image_release(&window);
}

static void test_options_are_checked(void **state)
{
    (void)state;
    static const struct {
        int shrink, shrink_to, width, height;
        const char *message; /* part of it; NULL: the options are valid */
    } cases[] = {
        {0, 0, 0, 0, NULL},
        {320, 0, 400, 400, NULL}, /* the images may be wide, or smaller than 320: found out later */
        {320, 960, 0, 0, NULL},
        {320, 960, 900, 320, NULL},
        {320, 960, 321, 321, "begin with 321"},
        {0, 960, 0, 0, "the smaller one first"},
        {320, 320, 0, 0, "the smaller one first"},
        {320, 319, 0, 0, "the smaller one first"},
        {320, -1, 0, 0, "the smaller one first"},
        {320, PAT_CROP_MAX + 1, 0, 0, "the smaller one first"},
        {-1, 0, 0, 0, "outside 0.."},
        {0, 0, 0, 5, "a side outside 1.."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const pat_degrade_options options = {.per_image = 1,
                                             .shrink = cases[i].shrink,
                                             .shrink_to = cases[i].shrink_to,
                                             .crop_width = cases[i].width,
                                             .crop_height = cases[i].height};
        if (cases[i].message == NULL) {
            check(pat_degrade_check(&options, &error));
        } else {
            assert_int_equal(pat_degrade_check(&options, &error), PAT_INVALID_ARGUMENT);
            assert_non_null(strstr(error.message, cases[i].message));
        }
    }
    const pat_degrade_options none = {.per_image = 0};
    assert_int_equal(pat_degrade_check(&none, &error), PAT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_is_the_twister),
        cmocka_unit_test(test_fading),
        cmocka_unit_test(test_cast_and_yellowing),
        cmocka_unit_test(test_nothing_is_done_at_strength_zero),
        cmocka_unit_test(test_blur_is_that_of_the_restoration),
        cmocka_unit_test(test_rescale_is_two_resizes),
        cmocka_unit_test(test_stains),
        cmocka_unit_test(test_scratches),
        cmocka_unit_test(test_grain_has_its_deviation),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_long_jpeg),
        cmocka_unit_test(test_jpeg_takes_no_larger_side),
        cmocka_unit_test(test_png_keeps_every_sample),
        cmocka_unit_test(test_order_of_damage),
        cmocka_unit_test(test_crop),
        cmocka_unit_test(test_options_are_checked),
    };
    if (pat_codec_init(&error) != PAT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
