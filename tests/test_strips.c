/* Strips of small images: by workers, in one process, and by workers that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "image/thumbnail.h"
#include "patina/restore.h"
#include "report/data_uri.h"
#include "run/strips.h"
#include "settings.h"
#include "workspace.h"

static const char *const real_worker[] = {FAULTY_WORKER, "real", NULL};
static const char *const faulty_worker[] = {FAULTY_WORKER, NULL};

enum { JOBS_MAX = 4, SIDE = 120 };

/* Strips, and what became of them. */
static struct scene {
    pat_pairs *pairs;
    pat_strip_job jobs[JOBS_MAX];
    size_t count;
    pat_run_options run;
    pat_strip strips[JOBS_MAX];
    pat_error error;
} scene;

static pat_status make_strips(void)
{
    const pat_strips_options options = {
        .pairs = scene.pairs, .jobs = scene.jobs, .count = scene.count, .run = &scene.run};
    memset(scene.strips, 0, sizeof scene.strips);
    scene.error = (pat_error){0};
    return pat_strips_run(&options, scene.strips, &scene.error);
}

static void make_strips_well(void)
{
    if (make_strips() != PAT_OK)
        fail_msg("%s", scene.error.message);
}

static void add_job(size_t pair, pat_setting setting, pat_strip_view view)
{
    scene.jobs[scene.count++] = (pat_strip_job){pair, {setting, view, SIDE}};
}

static void find_pairs(const char *damaged, const char *undamaged, const char *const *command)
{
    memset(&scene, 0, sizeof scene);
    scene.run = (pat_run_options){.jobs = 2, .worker_command = command};
    const pat_pair_source source = {.damaged = damaged, .undamaged = undamaged};
    assert_int_equal(pat_pairs_find(&source, &scene.pairs, NULL), PAT_OK);
}

static void end_scene(void)
{
    pat_strips_release(scene.strips, JOBS_MAX);
    pat_pairs_free(scene.pairs);
}

/* ---- Of the sample --------------------------------------------------------------------------- */

static size_t pair_called(const char *name)
{
    for (size_t i = 0; i < pat_pairs_count(scene.pairs); i++) {
        pat_pair pair;
        pat_pairs_get(scene.pairs, i, &pair);
        if (strcmp(pair.name, name) == 0)
            return i;
    }
    fail_msg("no pair %s", name);
    return 0;
}

static const pat_setting strong = SETTING(PAT_COLOR_WHITE_BALANCE, 2, 2.5);

static void order_of_sample(const char *const *command)
{
    find_pairs(SAMPLE "/damaged", SAMPLE "/undamaged", command);
    add_job(pair_called("coffee_cup.jpg"), strong, PAT_STRIP_WHOLE);
    add_job(pair_called("coffee_cup.jpg"), strong, PAT_STRIP_MIDDLE);
    add_job(pair_called("rocket_tower.tiff"), (pat_setting)SETTING(PAT_COLOR_NONE, 0, 0),
            PAT_STRIP_WHOLE);
}

static void assert_same_strips(const pat_strip *a, const pat_strip *b)
{
    assert_true(a->width == b->width && a->height == b->height);
    for (int i = 0; i < PAT_STRIP_PICTURES; i++) {
        assert_int_equal(a->picture[i].size, b->picture[i].size);
        assert_memory_equal(a->picture[i].data, b->picture[i].data, a->picture[i].size);
    }
}

/* Mean distance of samples. */
static double distance(const pat_image *a, const pat_image *b)
{
    uint64_t sum = 0;
    assert_true(a->width == b->width && a->height == b->height);
    for (int c = 0; c < PAT_CHANNELS; c++)
        for (int y = 0; y < a->height; y++)
            for (int x = 0; x < a->width; x++)
                sum += (uint64_t)abs(a->plane[c].data[y * a->plane[c].stride + x] -
                                     b->plane[c].data[y * b->plane[c].stride + x]);
    return (double)sum / ((double)a->width * a->height * PAT_CHANNELS);
}

static void decode(const pat_buffer *jpeg, pat_image *image)
{
    assert_int_equal(pat_image_decode(jpeg->data, jpeg->size, "a strip", 1 << 20, image, NULL),
                     PAT_OK);
}

/* The strip shows `expected` within what compression does, and not `other`. */
static void assert_shows(const pat_strip *strip, int which, const pat_image *expected,
                         const pat_image *other)
{
    pat_image shown = {0};
    decode(&strip->picture[which], &shown);
    assert_true(shown.width == strip->width && shown.height == strip->height);
    double near = distance(&shown, expected), far = distance(&shown, other);
    if (!(near < 5 && far > 2 * near))
        fail_msg("picture %d is %g from what it shows, %g from another", which, near, far);
    pat_image_release(&shown);
}

static void assert_strips_of_sample(void)
{
    pat_image damaged = {0}, restored = {0}, small[2] = {{0}, {0}};
    assert_int_equal(pat_image_load(SAMPLE "/damaged/coffee_cup.jpg", 1 << 24, &damaged, NULL),
                     PAT_OK);
    assert_int_equal(pat_image_restore(&damaged, &strong, &restored, NULL), PAT_OK);
    assert_int_equal(pat_image_shrink(&damaged, SIDE, &small[0], NULL), PAT_OK);
    assert_int_equal(pat_image_shrink(&restored, SIDE, &small[1], NULL), PAT_OK);
    assert_shows(&scene.strips[0], PAT_STRIP_DAMAGED, &small[0], &small[1]);
    assert_shows(&scene.strips[0], PAT_STRIP_RESTORED, &small[1], &small[0]);
    assert_int_equal(pat_image_cut_middle(&damaged, SIDE, &small[0], NULL), PAT_OK);
    assert_int_equal(pat_image_cut_middle(&restored, SIDE, &small[1], NULL), PAT_OK);
    assert_shows(&scene.strips[1], PAT_STRIP_DAMAGED, &small[0], &small[1]);
    assert_shows(&scene.strips[1], PAT_STRIP_RESTORED, &small[1], &small[0]);
    assert_true(scene.strips[0].full_width == damaged.width &&
                scene.strips[0].full_height == damaged.height);
    for (int i = 0; i < 2; i++)
        pat_image_release(&small[i]);
    pat_image_release(&damaged);
    pat_image_release(&restored);
}

/* Workers first: a process that has decoded had better not fork. */
static void test_strips_of_the_sample(void **state)
{
    (void)state;
    pat_strip by_workers[JOBS_MAX];
    order_of_sample(real_worker);
    make_strips_well();
    memcpy(by_workers, scene.strips, sizeof by_workers);
    scene.run.worker_command = NULL;
    make_strips_well();
    for (size_t i = 0; i < scene.count; i++) {
        assert_int_equal(scene.strips[i].status, PAT_OK);
        assert_same_strips(&scene.strips[i], &by_workers[i]);
    }
    assert_strips_of_sample();
    pat_strips_release(by_workers, JOBS_MAX);
    end_scene();
}

/* ---- Of no use ------------------------------------------------------------------------------- */

static void make_pair(const char *name)
{
    char path[64];
    mkdir("d", 0777);
    mkdir("u", 0777);
    snprintf(path, sizeof path, "d/%s", name);
    write_text(path, "no image");
    snprintf(path, sizeof path, "u/%s", name);
    write_text(path, "no image");
}

static void test_a_pair_that_gives_no_strip(void **state)
{
    (void)state;
    make_pair("a.png");
    find_pairs("d", "u", real_worker);
    add_job(0, strong, PAT_STRIP_WHOLE);
    make_strips_well();
    assert_int_equal(scene.strips[0].status, PAT_UNSUPPORTED_FORMAT);
    assert_string_equal(scene.strips[0].failure.name, "a.png");
    assert_string_equal(scene.strips[0].failure.stage, "decode_damaged");
    assert_mentions(scene.strips[0].failure.message, "d/a.png: ");
    assert_null(scene.strips[0].picture[0].data);
    end_scene();
}

static void test_settings_that_nobody_can_restore_with(void **state)
{
    (void)state;
    static const pat_setting settings[] = {SETTING(PAT_COLOR_NONE, 0, 1),
                                           SETTING(PAT_COLOR_NONE, 1, -1),
                                           SETTING(PAT_COLOR_NONE, 1, 101)};
    make_pair("a.png");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        find_pairs("d", "u", real_worker);
        add_job(0, settings[i], PAT_STRIP_WHOLE);
        assert_int_equal(make_strips(), PAT_INVALID_ARGUMENT);
        end_scene();
    }
}

static pat_status strip_by_liar(const char *name)
{
    make_pair(name);
    find_pairs("d", "u", faulty_worker);
    add_job(0, strong, PAT_STRIP_WHOLE);
    return make_strips();
}

static void test_an_honest_worker(void **state)
{
    (void)state;
    assert_int_equal(strip_by_liar("ok_1.png"), PAT_OK);
    assert_true(scene.strips[0].width == 1 && scene.strips[0].picture[2].size == 6);
    end_scene();
}

static void refuse(const char *name)
{
    assert_int_equal(strip_by_liar(name), PAT_INTERNAL);
    assert_mentions(scene.error.message, "sent an invalid report");
    end_scene();
}

static void test_what_is_no_picture(void **state)
{
    (void)state;
    refuse("page_1.png");
}

static void test_more_pixels_than_ordered(void **state)
{
    (void)state;
    refuse("wide_1.png");
}

static void test_more_bytes_than_there_are(void **state)
{
    (void)state;
    refuse("long_1.png");
}

static void test_bytes_that_belong_to_no_picture(void **state)
{
    (void)state;
    refuse("followed_1.png");
}

/* The vectors of RFC 4648. */
static void test_data_uris(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"", "data:image/jpeg;base64,"},
                                           {"f", "data:image/jpeg;base64,Zg=="},
                                           {"fo", "data:image/jpeg;base64,Zm8="},
                                           {"foo", "data:image/jpeg;base64,Zm9v"},
                                           {"foobar", "data:image/jpeg;base64,Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pat_buffer uri = {0};
        pat_data_uri_append(&uri, "image/jpeg", texts[i][0], strlen(texts[i][0]));
        assert_text(&uri, texts[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_a_pair_that_gives_no_strip),
        IN_FOLDER(test_settings_that_nobody_can_restore_with),
        IN_FOLDER(test_an_honest_worker),
        IN_FOLDER(test_what_is_no_picture),
        IN_FOLDER(test_more_pixels_than_ordered),
        IN_FOLDER(test_more_bytes_than_there_are),
        IN_FOLDER(test_bytes_that_belong_to_no_picture),
        IN_FOLDER(test_strips_of_the_sample),
        cmocka_unit_test(test_data_uris),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
