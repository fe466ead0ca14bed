/* The table of file formats: complete rows, and lookups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data_images.h"
#include "image/format.h"

static void rows_are_complete(void **state)
{
    (void)state;
    for (pat_format i = 1; i <= pat_format_count(); i++) {
        const pat_file_format *row = pat_format_row(i);
        assert_non_null(row->title);
        assert_memory_equal(row->media_type, "image/", 6);
        assert_true(row->signatures[0].size > 0);
        assert_non_null(row->extensions[0]);
        assert_non_null(row->decode);
        assert_non_null(row->load);
        assert_int_equal(row->save == NULL, row->written_as != NULL);
        assert_non_null(pat_format_row_written(row)->save);
        assert_int_equal(row->loader == NULL, row->loader_class == NULL);
        assert_int_equal(pat_format_find(row->name), i);
    }
    assert_string_equal(pat_format_name(PAT_FORMAT_NONE), "none");
    assert_int_equal(pat_format_find("none"), PAT_FORMAT_NONE);
    assert_false(pat_format_is_made(PAT_FORMAT_NONE));
    assert_false(pat_format_is_made(pat_format_find("bmp")));
    assert_true(pat_format_is_made(pat_format_find("png")));
}

static void some_formats_are_only_read(void **state)
{
    (void)state;
    static const char *const formats[][2] = {{"heic", "jpeg"}, {"gif", "png"},   {"jp2", "tiff"},
                                             {"bmp", "bmp"},   {"avif", "avif"}, {"jxl", "jxl"}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        pat_format format = pat_format_find(formats[i][0]);
        pat_format written = pat_format_written_as(format);
        assert_string_equal(pat_format_name(written), formats[i][1]);
        assert_int_equal(pat_format_is_written(format), written == format);
        assert_true(pat_format_is_written(written));
    }
    assert_int_equal(pat_format_written_as(PAT_FORMAT_NONE), PAT_FORMAT_NONE);
    assert_false(pat_format_is_written(PAT_FORMAT_NONE));
    assert_false(pat_format_is_made(pat_format_find("gif")));
}

static void files_are_recognized_by_their_first_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        pat_file_bytes file;
        size_t signature;
    } files[] = {
        {"png", {png_rgb, sizeof png_rgb}, 8},
        {"jpeg", {jpeg_baseline, sizeof jpeg_baseline}, 3},
        {"webp", {webp_lossy, sizeof webp_lossy}, 12},
        {"tiff", {tiff_lzw, sizeof tiff_lzw}, 4},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pat_format wanted = pat_format_find(files[i].name);
        pat_file_bytes head = {files[i].file.bytes, files[i].signature};
        assert_int_equal(pat_format_of_file(files[i].file), wanted);
        assert_int_equal(pat_format_of_file(head), wanted);
        head.size--;
        assert_int_equal(pat_format_of_file(head), PAT_FORMAT_NONE);
    }
    assert_int_equal(pat_format_of_file((pat_file_bytes){NULL, 0}), PAT_FORMAT_NONE);
}

static void names_tell_by_their_extensions(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"a.png", "png"},   {"a.JPG", "jpeg"},       {"b/c.d.jpeg", "jpeg"}, {".a.Tif", "tiff"},
        {"a.tiff", "tiff"}, {"a.webp", "webp"},      {"a.bmp", "bmp"},       {"a.gif", "gif"},
        {"a.HEIC", "heic"}, {"a.hif", "heic"},       {"a.jpx", "jp2"},       {"a.svg", "none"},
        {"png", "none"},    {"folder/.png", "none"}, {"a.png/b", "none"},    {"a.", "none"},
        {"", "none"},       {"a.pngx", "none"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(pat_format_name(pat_format_of_name(names[i][0])), names[i][1]);
}

static void lists_are_texts(void **state)
{
    (void)state;
    char text[PAT_FORMAT_WORDS_SIZE];
    assert_string_equal(pat_format_words(PAT_LIST_WRITTEN, ", ", text),
                        "png, jpeg, webp, tiff, bmp, avif, jxl");
    assert_string_equal(pat_format_words(PAT_LIST_MADE, " or ", text),
                        "png, jpeg, webp, tiff, avif or jxl");
    assert_string_equal(pat_format_words(PAT_LIST_TITLES, " or ", text),
                        "PNG, JPEG, WebP, TIFF, BMP, AVIF, JPEG XL, HEIC, GIF or JPEG 2000");
    assert_string_equal(pat_format_words(PAT_LIST_EXTENSIONS, ", ", text),
                        "png, jpg, jpeg, webp, tif, tiff, bmp, avif, jxl, heic, heif, hif, gif, "
                        "jp2, j2k, j2c, jpc, jpf, jpx");
    assert_string_equal(pat_format_words(PAT_LIST_OUTPUTS, ", ", text),
                        "png, jpg, jpeg, webp, tif, tiff, bmp, avif, jxl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(some_formats_are_only_read),
        cmocka_unit_test(files_are_recognized_by_their_first_bytes),
        cmocka_unit_test(names_tell_by_their_extensions),
        cmocka_unit_test(lists_are_texts),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
