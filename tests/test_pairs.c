/* Pairs in two folders, or listed in a manifest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "patina/dataset.h"
#include "workspace.h"

/* ---- Pairs ----------------------------------------------------------------------------------- */

static void make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0777), 0);
}

/* Make empty files folder/NAME; a NULL ends the names. */
static void make_files(const char *folder, const char *const *names)
{
    for (; *names != NULL; names++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, *names);
        write_text(path, "");
    }
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static pat_pairs *find_pairs(const pat_pair_source *source)
{
    pat_pairs *pairs = NULL;
    pat_error error = {0};
    if (pat_pairs_find(source, &pairs, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_non_null(pairs);
    return pairs;
}

/* "name damaged undamaged;" for each pair. */
static void assert_pairs(const pat_pair_source *source, const char *expected)
{
    pat_pairs *pairs = find_pairs(source);
    pat_buffer text = {0};
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        pat_buffer_append_text(&text, pair.name);
        pat_buffer_append_char(&text, ' ');
        pat_buffer_append_text(&text, pair.damaged);
        pat_buffer_append_char(&text, ' ');
        pat_buffer_append_text(&text, pair.undamaged);
        pat_buffer_append_char(&text, ';');
    }
    pat_pairs_free(pairs);
    assert_text(&text, expected);
}

/* "name," for each pair. */
static void assert_pair_names(const pat_pair_source *source, const char *expected)
{
    pat_pairs *pairs = find_pairs(source);
    pat_buffer text = {0};
    for (size_t i = 0; i < pat_pairs_count(pairs); i++) {
        pat_pair pair;
        pat_pairs_get(pairs, i, &pair);
        pat_buffer_append_text(&text, pair.name);
        pat_buffer_append_char(&text, ',');
    }
    pat_pairs_free(pairs);
    assert_text(&text, expected);
}

struct reason {
    const char *folder, *name, *part; /* part of the reason */
};

/* Check the complete list of unpaired files, in order; an empty entry ends `expected`. */
static void assert_unpaired(const pat_pair_source *source, const struct reason *expected)
{
    pat_pairs *pairs = find_pairs(source);
    size_t i = 0;
    for (; expected[i].name != NULL; i++) {
        if (i == pat_pairs_unpaired_count(pairs))
            fail_msg("%s is not listed as unpaired", expected[i].name);
        pat_unpaired unpaired = pat_pairs_unpaired(pairs, i);
        assert_string_equal(unpaired.name, expected[i].name);
        assert_string_equal(unpaired.folder, expected[i].folder);
        assert_mentions(unpaired.reason, expected[i].part);
    }
    assert_int_equal(pat_pairs_unpaired_count(pairs), i);
    pat_pairs_free(pairs);
}

/* Check the kinds of reasons, in the same order. */
static void assert_kinds(const pat_pair_source *source, const pat_left_out *kinds, size_t count)
{
    pat_pairs *pairs = find_pairs(source);
    assert_int_equal(pat_pairs_unpaired_count(pairs), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pat_pairs_unpaired(pairs, i).kind, kinds[i]);
    pat_pairs_free(pairs);
}

#define ASSERT_KINDS(source, ...)                                                                  \
    assert_kinds((source), (const pat_left_out[]){__VA_ARGS__},                                    \
                 sizeof((const pat_left_out[]){__VA_ARGS__}) / sizeof(pat_left_out))

static const pat_pair_source by_name = {.damaged = "d", .undamaged = "u"};
static const pat_pair_source by_stem = {.damaged = "d", .undamaged = "u", .match = PAT_MATCH_STEM};

/* Make folders d and u with the same files. */
static void make_pairs(const char *const *names)
{
    make_folder("d");
    make_folder("u");
    make_files("d", names);
    make_files("u", names);
}

static void test_pairs_are_ordered_by_the_bytes_of_their_names(void **state)
{
    (void)state;
    make_pairs(NAMES("z.png", "\xff.png", "\xc3\xa4.png", "a.png", "\xf0\x9f\x98\x80.png", "B.png",
                     "aa.png", "9.png", "\xef\xbd\x9e.png", "a-b.png", "10.png", "a b.png", "Z.png",
                     "\xc3\xa9.png"));
    assert_pair_names(&by_name,
                      "10.png,9.png,B.png,Z.png,a b.png,a-b.png,a.png,aa.png,z.png,\xc3\xa4.png,"
                      "\xc3\xa9.png,\xef\xbd\x9e.png,\xf0\x9f\x98\x80.png,\xff.png,");
    assert_unpaired(&by_name, (struct reason[]){{0}});
}

static void test_paths_of_a_pair(void **state)
{
    (void)state;
    make_pairs(NAMES("a.png"));
    assert_pairs(&by_name, "a.png d/a.png u/a.png;");
    assert_pairs(&(pat_pair_source){.damaged = "d/", .undamaged = "./u"},
                 "a.png d/a.png ./u/a.png;");
    assert_int_equal(chdir("d"), 0);
    assert_pairs(&(pat_pair_source){.damaged = ".", .undamaged = "../u"},
                 "a.png a.png ../u/a.png;");
}

static void test_extensions_in_any_letter_case(void **state)
{
    (void)state;
    make_pairs(NAMES("a.png", "b.PNG", "c.jpg", "d.Jpg", "e.jpeg", "f.JPEG", "g.tif", "h.TIF",
                     "i.tiff", "j.TiFF", "k.webp", "l.WebP", "m.bmp", "n.BMP", "o.p.png", "p.svg",
                     "q.pn", "r.pngx", "s.png~", "t", "png", ".png", ".t.png", "u.", "v.png.txt"));
    assert_pair_names(&by_name,
                      ".t.png,a.png,b.PNG,c.jpg,d.Jpg,e.jpeg,f.JPEG,g.tif,h.TIF,i.tiff,j.TiFF,"
                      "k.webp,l.WebP,m.bmp,n.BMP,o.p.png,");
    const struct reason not_images[] = {{"d", ".png", "not the extension of an image"},
                                        {"d", "p.svg", "not the extension of an image"},
                                        {"d", "png", "not the extension of an image"},
                                        {"d", "q.pn", "not the extension of an image"},
                                        {"d", "r.pngx", "not the extension of an image"},
                                        {"d", "s.png~", "not the extension of an image"},
                                        {"d", "t", "not the extension of an image"},
                                        {"d", "u.", "not the extension of an image"},
                                        {"d", "v.png.txt", "not the extension of an image"},
                                        {"u", ".png", "not the extension of an image"},
                                        {"u", "p.svg", "not the extension of an image"},
                                        {"u", "png", "not the extension of an image"},
                                        {"u", "q.pn", "not the extension of an image"},
                                        {"u", "r.pngx", "not the extension of an image"},
                                        {"u", "s.png~", "not the extension of an image"},
                                        {"u", "t", "not the extension of an image"},
                                        {"u", "u.", "not the extension of an image"},
                                        {"u", "v.png.txt", "not the extension of an image"},
                                        {0}};
    assert_unpaired(&by_name, not_images);
}

static void make_two_folders(const char *const *damaged, const char *const *undamaged)
{
    make_folder("d");
    make_folder("u");
    make_files("d", damaged);
    make_files("u", undamaged);
}

static void test_matching_by_name(void **state)
{
    (void)state;
    make_two_folders(NAMES("a.png", "b.jpg", "c.png", "e.PNG", "f.png"),
                     NAMES("a.png", "b.png", "d.png", "e.png"));
    assert_pairs(&by_name, "a.png d/a.png u/a.png;");
    assert_unpaired(&by_name, (struct reason[]){{"d", "b.jpg", "there is b.png"},
                                                {"d", "c.png", "no undamaged image with this name"},
                                                {"d", "e.PNG", "--match stem"},
                                                {"d", "f.png", "no undamaged image with this name"},
                                                {"u", "b.png", "there is b.jpg"},
                                                {"u", "d.png", "no damaged image with this name"},
                                                {"u", "e.png", "--match stem"},
                                                {0}});
}

/* An exact match has priority; several damaged files may share an original; two candidates are no
 * match. The order of stems differs from that of names: "a-b.png" < "a.png", but "a" < "a-b". */
static void test_matching_by_stem(void **state)
{
    (void)state;
    make_two_folders(
        NAMES("a-b.jpg", "a.jpg", "a.png", "ab.jpg", "c.jpg", "e.png", "f.png", "p.1.jpg", "z.TIF"),
        NAMES("a-b.png", "a.png", "ab.png", "c.bmp", "c.png", "f.jpg", "f.png", "p.1.png", "p.png",
              "z.webp"));
    assert_pairs(&by_stem, "a-b.jpg d/a-b.jpg u/a-b.png;a.jpg d/a.jpg u/a.png;"
                           "a.png d/a.png u/a.png;ab.jpg d/ab.jpg u/ab.png;"
                           "f.png d/f.png u/f.png;p.1.jpg d/p.1.jpg u/p.1.png;"
                           "z.TIF d/z.TIF u/z.webp;");
    assert_unpaired(&by_stem, (struct reason[]){{"d", "c.jpg", "2 undamaged files share"},
                                                {"d", "e.png", "no undamaged image with this stem"},
                                                {"u", "c.bmp", "not the partner"},
                                                {"u", "c.png", "not the partner"},
                                                {"u", "f.jpg", "not the partner"},
                                                {"u", "p.png", "no damaged image with this stem"},
                                                {0}});
}

/* A folder copied from a Mac, a phone or a network drive. */
static void test_files_of_systems_are_ignored(void **state)
{
    (void)state;
    make_two_folders(NAMES("a.png", "._a.png", ".DS_Store", "thumbs.DB", "Desktop.ini", "Icon\r",
                           ".trashed-1700000000-b.jpg", ".nfs0001"),
                     NAMES("a.png", "._a.png", "ehthumbs_vista.db", "note.txt", ".hidden.png"));
    make_folder("u/@eaDir");
    make_folder("u/.Trash-1000");
    make_folder("u/__MACOSX");
    make_files("u/@eaDir", NAMES("a.png", "b.png"));
    for (int recursive = 0; recursive <= 1; recursive++) {
        pat_pair_source source = by_name;
        source.recursive = recursive;
        assert_pair_names(&source, "a.png,");
        assert_unpaired(&source, (struct reason[]){{"u", ".hidden.png", "no damaged image"},
                                                   {"u", "note.txt", "not the extension"},
                                                   {0}});
        ASSERT_KINDS(&source, PAT_LEFT_NO_PARTNER, PAT_LEFT_NO_IMAGE);
        pat_pairs *pairs = find_pairs(&source);
        assert_int_equal(pat_pairs_ignored_count(pairs), 7 + 5);
        pat_pairs_free(pairs);
    }
}

#define COMPOSED "caf\xc3\xa9"
#define DECOMPOSED "cafe\xcc\x81"
#define COMPOSED_CAPITAL "CAF\xc3\x89"

/* The row has the bytes of the damaged image's name; a name of the same bytes is preferred. */
static void test_spellings_of_an_accent_are_one_name(void **state)
{
    (void)state;
    make_two_folders(NAMES(DECOMPOSED ".png", COMPOSED "2.png", "x" DECOMPOSED ".jpg",
                           "y" DECOMPOSED ".png", "\xff.png"),
                     NAMES(COMPOSED ".png", DECOMPOSED "2.png", "x" COMPOSED ".png",
                           "y" DECOMPOSED ".png", "y" COMPOSED ".png", "\xff.png"));
    assert_pairs(&by_name,
                 DECOMPOSED ".png d/" DECOMPOSED ".png u/" COMPOSED ".png;" COMPOSED
                            "2.png d/" COMPOSED "2.png u/" DECOMPOSED "2.png;"
                            "y" DECOMPOSED ".png d/y" DECOMPOSED ".png u/y" DECOMPOSED ".png;"
                            "\xff.png d/\xff.png u/\xff.png;");
    assert_unpaired(&by_name, (struct reason[]){{"d", "x" DECOMPOSED ".jpg", "--match stem"},
                                                {"u", "x" COMPOSED ".png", "--match stem"},
                                                {"u", "y" COMPOSED ".png", "not the partner"},
                                                {0}});
    ASSERT_KINDS(&by_name, PAT_LEFT_OTHER_EXTENSION, PAT_LEFT_OTHER_EXTENSION, PAT_LEFT_AMBIGUOUS);
    pat_pairs *pairs = find_pairs(&by_stem);
    assert_int_equal(pat_pairs_count(pairs), 5);
    pat_pairs_free(pairs);
}

static void test_names_in_another_case_are_hinted_at(void **state)
{
    (void)state;
    make_two_folders(NAMES("IMG_1.JPG", COMPOSED ".png", "c.png"),
                     NAMES("img_1.jpg", COMPOSED_CAPITAL ".png", "C.jpg"));
    const struct reason expected[] = {
        {"d", "IMG_1.JPG", "but there is img_1.jpg, which differs in upper"},
        {"d", "c.png", "but there is C.jpg, which"},
        {"d", COMPOSED ".png", "but there is " COMPOSED_CAPITAL ".png"},
        {"u", "C.jpg", "rename one of them"},
        {"u", COMPOSED_CAPITAL ".png", "rename one of them"},
        {"u", "img_1.jpg", "but there is IMG_1.JPG"},
        {0}};
    assert_unpaired(&by_name, expected);
    assert_unpaired(&by_stem, expected);
    ASSERT_KINDS(&by_name, PAT_LEFT_OTHER_CASE, PAT_LEFT_OTHER_CASE, PAT_LEFT_OTHER_CASE,
                 PAT_LEFT_OTHER_CASE, PAT_LEFT_OTHER_CASE, PAT_LEFT_OTHER_CASE);
}

static void test_suffixes_of_damaged_names(void **state)
{
    (void)state;
    make_two_folders(
        NAMES("a_damaged.jpg", "b_damaged.png", "c.jpg", "_damaged.jpg", "A_DAMAGED.jpg"),
        NAMES("a.jpg", "b.jpg", "c.jpg", "a_damaged.jpg"));
    make_folder("d/_damaged");
    make_folder("u/_damaged");
    make_files("d/_damaged", NAMES("e_damaged.jpg"));
    make_files("u/_damaged", NAMES("e.jpg"));
    pat_pair_source source = by_name;
    source.recursive = true;
    source.suffix = "_damaged";
    assert_pairs(&source, "_damaged/e_damaged.jpg d/_damaged/e_damaged.jpg u/_damaged/e.jpg;"
                          "a_damaged.jpg d/a_damaged.jpg u/a.jpg;");
    assert_unpaired(&source,
                    (struct reason[]){{"d", "A_DAMAGED.jpg", "not end in '_damaged'"},
                                      {"d", "_damaged.jpg", "not end in '_damaged'"},
                                      {"d", "b_damaged.png", "there is b.jpg: --match"},
                                      {"d", "c.jpg", "not end in '_damaged'"},
                                      {"u", "a_damaged.jpg", "no damaged image with this name"},
                                      {"u", "b.jpg", "there is b_damaged.png"},
                                      {"u", "c.jpg", "no damaged image with this name"},
                                      {0}});
    source.match = PAT_MATCH_STEM;
    assert_pair_names(&source, "_damaged/e_damaged.jpg,a_damaged.jpg,b_damaged.png,");
}

static void test_patterns_pair_by_their_group(void **state)
{
    (void)state;
    make_two_folders(NAMES("old_scan_12.jpg", "old_scan_12b.jpg", "old_scan_7.jpg", "scan_.jpg",
                           "scan_9.jpg", "scan_x.png"),
                     NAMES("scan_12.png", "7_scan_7.png", "scan_9a.png", "scan_9b.png", "8.png"));
    const pat_pair_source source = {
        .damaged = "d", .undamaged = "u", .match = PAT_MATCH_PATTERN, .pattern = "scan_([0-9]*)"};
    assert_pairs(&source, "old_scan_12.jpg d/old_scan_12.jpg u/scan_12.png;"
                          "old_scan_12b.jpg d/old_scan_12b.jpg u/scan_12.png;"
                          "old_scan_7.jpg d/old_scan_7.jpg u/7_scan_7.png;");
    assert_unpaired(&source,
                    (struct reason[]){{"d", "scan_.jpg", "'scan_([0-9]*)' matches nothing"},
                                      {"d", "scan_9.jpg", "2 undamaged files share this key"},
                                      {"d", "scan_x.png", "matches nothing"},
                                      {"u", "8.png", "matches nothing"},
                                      {"u", "scan_9a.png", "not the partner"},
                                      {"u", "scan_9b.png", "not the partner"},
                                      {0}});
}

/* Entries of every kind, in addition to the pair a.png and pairs in subfolders. */
static void make_mixed_folders(void)
{
    make_pairs(NAMES("a.png"));
    static const char *const folders[] = {"d/a", "d/a/x.y", "u/a", "u/a/x.y", "d/empty.png"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make_folder(folders[i]);
    make_files("d/a", NAMES("b.png", "c.png", ".png"));
    make_files("u/a", NAMES("b.png", "c.jpg"));
    make_files("d/a/x.y", NAMES("b.png", "plain"));
    make_files("u/a/x.y", NAMES("b.png"));
    assert_int_equal(mkfifo("d/fifo.png", 0666), 0);
    assert_int_equal(symlink("a.png", "d/link.png"), 0);
    assert_int_equal(symlink("../d/a.png", "u/link.png"), 0);
    assert_int_equal(symlink("a", "d/loop"), 0);
    assert_int_equal(symlink(".", "d/a/x.y/up"), 0);
    assert_int_equal(symlink("nowhere", "u/stale.png"), 0);
}

static void test_one_folder_without_its_subfolders(void **state)
{
    (void)state;
    make_mixed_folders();
    assert_pair_names(&by_name, "a.png,link.png,");
    assert_unpaired(&by_name, (struct reason[]){{"d", "a", "--recursive"},
                                                {"d", "empty.png", "--recursive"},
                                                {"d", "fifo.png", "not a regular file"},
                                                {"d", "loop", "these are not followed"},
                                                {"u", "a", "--recursive"},
                                                {"u", "stale.png", "a broken link"},
                                                {0}});
}

static void test_folders_with_their_subfolders(void **state)
{
    (void)state;
    make_mixed_folders();
    pat_pair_source source = by_name;
    source.recursive = true;
    assert_pairs(&source, "a.png d/a.png u/a.png;a/b.png d/a/b.png u/a/b.png;"
                          "a/x.y/b.png d/a/x.y/b.png u/a/x.y/b.png;"
                          "link.png d/link.png u/link.png;");
    assert_unpaired(&source,
                    (struct reason[]){{"d", "a/.png", "not the extension of an image"},
                                      {"d", "a/c.png", "there is a/c.jpg"},
                                      {"d", "a/x.y/plain", "not the extension of an image"},
                                      {"d", "a/x.y/up", "these are not followed"},
                                      {"d", "fifo.png", "not a regular file"},
                                      {"d", "loop", "these are not followed"},
                                      {"u", "a/c.jpg", "there is a/c.png"},
                                      {"u", "stale.png", "a broken link"},
                                      {0}});
    source.match = PAT_MATCH_STEM;
    assert_pair_names(&source, "a.png,a/b.png,a/c.png,a/x.y/b.png,link.png,");
}

static void test_limit_and_sample_cut_the_list(void **state)
{
    (void)state;
    make_pairs(NAMES("0.png", "1.png", "2.png", "3.png", "4.png", "5.png", "6.png", "7.png",
                     "8.png", "9.png", "none.txt"));
    static const struct {
        size_t limit, sample;
        const char *names;
    } cases[] = {
        {3, 0, "0.png,1.png,2.png,"},
        {9, 0, "0.png,1.png,2.png,3.png,4.png,5.png,6.png,7.png,8.png,"},
        {10, 10, "0.png,1.png,2.png,3.png,4.png,5.png,6.png,7.png,8.png,9.png,"},
        {11, 99, "0.png,1.png,2.png,3.png,4.png,5.png,6.png,7.png,8.png,9.png,"},
        {0, 1, "0.png,"},
        {0, 3, "0.png,3.png,6.png,"},
        {0, 4, "0.png,2.png,5.png,7.png,"},
        {6, 3, "0.png,2.png,4.png,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_pair_source source = by_name;
        source.limit = cases[i].limit;
        source.sample = cases[i].sample;
        assert_pair_names(&source, cases[i].names);
        assert_unpaired(&source,
                        (struct reason[]){{"d", "none.txt", "not the extension of an image"},
                                          {"u", "none.txt", "not the extension of an image"},
                                          {0}});
    }
}

static void test_empty_folders_have_no_pairs(void **state)
{
    (void)state;
    make_folder("d");
    make_folder("u");
    assert_pairs(&by_name, "");
    assert_pairs(&by_stem, "");
    assert_unpaired(&by_name, (struct reason[]){{0}});
    write_text("u/a.png", "");
    assert_pairs(&by_stem, "");
    assert_unpaired(&by_stem, (struct reason[]){{"u", "a.png", "no damaged image"}, {0}});
}

static void assert_no_pairs(const pat_pair_source *source, pat_status status, const char *mentions)
{
    pat_pairs *pairs = (pat_pairs *)&status;
    pat_error error = {0};
    assert_int_equal(pat_pairs_find(source, &pairs, &error), status);
    assert_int_equal(error.status, status);
    assert_mentions(error.message, mentions);
    assert_null(pairs);
}

static void test_folders_that_cannot_be_listed(void **state)
{
    (void)state;
    make_folder("d");
    write_text("file", "");
    assert_no_pairs(&(pat_pair_source){.damaged = "d", .undamaged = "gone"}, PAT_NOT_FOUND,
                    "gone: ");
    assert_no_pairs(&(pat_pair_source){.damaged = "gone", .undamaged = "d"}, PAT_NOT_FOUND,
                    "gone: ");
    assert_no_pairs(&(pat_pair_source){.damaged = "d", .undamaged = "file"}, PAT_UNREADABLE,
                    "file: ");
    pat_pairs_free(NULL);
}

static void test_kinds_of_entries_that_are_no_images(void **state)
{
    (void)state;
    make_mixed_folders();
    ASSERT_KINDS(&by_name, PAT_LEFT_FOLDER, PAT_LEFT_FOLDER, PAT_LEFT_SPECIAL, PAT_LEFT_LINK,
                 PAT_LEFT_FOLDER, PAT_LEFT_LINK);
    for (int kind = 0; kind < PAT_LEFT_KINDS; kind++)
        assert_non_null(pat_left_out_words((pat_left_out)kind));
}

static void test_wrong_patterns_are_refused(void **state)
{
    (void)state;
    make_pairs(NAMES("a.png"));
    char longest[2000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const struct {
        const char *pattern, *mentions;
    } cases[] = {
        {"a(", "'a(' is not a regular expression"},
        {"stm", "'stm' is neither name nor stem nor a regular expression with a group"},
        {longest, "shorten it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_no_pairs(&(pat_pair_source){.damaged = "d",
                                           .undamaged = "u",
                                           .match = PAT_MATCH_PATTERN,
                                           .pattern = cases[i].pattern},
                        PAT_INVALID_ARGUMENT, cases[i].mentions);
}

/* ---- Manifests ------------------------------------------------------------------------------- */

static void assert_manifest(const char *text, const char *pairs)
{
    write_text("m.csv", text);
    pat_pair_source source = {.manifest = "m.csv"};
    assert_pairs(&source, pairs);
    assert_unpaired(&source, (struct reason[]){{0}});
}

static void test_manifest_columns(void **state)
{
    (void)state;
    assert_manifest("damaged,undamaged,id\nb.png,o.png,two\na.png,o.png,one\n",
                    "two b.png o.png;one a.png o.png;");
    assert_manifest("damaged,undamaged\nb.png,o.png\na.png,o.png\n",
                    "b.png b.png o.png;a.png a.png o.png;");
    assert_manifest("x,id,undamaged,y,damaged\n1,one,o.png,2,a.png\n", "one a.png o.png;");
    assert_manifest("\xef\xbb\xbf"
                    "damaged,undamaged\r\na.png,\"o,1.png\"\r\n",
                    "a.png a.png o,1.png;");
    assert_manifest("damaged,undamaged,id\na.png,o.png,\n", "a.png a.png o.png;");
    assert_manifest("damaged,undamaged\n", "");
}

static void test_manifest_names_originals(void **state)
{
    (void)state;
    pat_pairs *pairs;
    pat_pair pair;
    write_text("m.csv", "original,damaged,undamaged\nx.jpg,a.png,o1.png\n,b.png,o2.png\n");
    pat_pair_source source = {.manifest = "m.csv"};
    assert_int_equal(pat_pairs_find(&source, &pairs, NULL), PAT_OK);
    pat_pairs_get(pairs, 0, &pair);
    assert_string_equal(pair.original, "x.jpg");
    pat_pairs_get(pairs, 1, &pair);
    assert_null(pair.original);
    pat_pairs_free(pairs);
    write_text("m.csv", "damaged,undamaged\na.png,o.png\n");
    assert_int_equal(pat_pairs_find(&source, &pairs, NULL), PAT_OK);
    pat_pairs_get(pairs, 0, &pair);
    assert_null(pair.original);
    pat_pairs_free(pairs);
}

static void test_manifest_paths_are_relative_to_its_folder(void **state)
{
    (void)state;
    make_folder("m");
    write_text("m/list.csv", "damaged,undamaged\na.png,/o/a.png\n/d/b.png,../b.png\n");
    assert_pairs(&(pat_pair_source){.manifest = "m/list.csv"},
                 "a.png m/a.png /o/a.png;/d/b.png /d/b.png m/../b.png;");
    char absolute[64], expected[256];
    snprintf(absolute, sizeof absolute, "%s/m/list.csv", home);
    snprintf(expected, sizeof expected,
             "a.png %s/m/a.png /o/a.png;/d/b.png /d/b.png %s/m/../b.png;", home, home);
    assert_pairs(&(pat_pair_source){.manifest = absolute}, expected);
}

static void test_manifest_is_cut_but_not_sorted(void **state)
{
    (void)state;
    write_text("m.csv", "damaged,undamaged,id\nd,o,9\nc,o,8\nb,o,7\na,o,6\ne,o,5\n");
    assert_pair_names(&(pat_pair_source){.manifest = "m.csv", .limit = 3}, "9,8,7,");
    assert_pair_names(&(pat_pair_source){.manifest = "m.csv", .sample = 2}, "9,7,");
    assert_pair_names(&(pat_pair_source){.manifest = "m.csv", .limit = 4, .sample = 2}, "9,7,");
}

static void test_malformed_manifests(void **state)
{
    (void)state;
    static const struct {
        const char *text, *mentions;
    } cases[] = {
        {"", "'damaged'"},
        {"a.png,b.png\n", "'damaged'"},
        {"undamaged,id\n", "'damaged'"},
        {"damaged,id\n", "'undamaged'"},
        {"Damaged,undamaged\n", "'damaged'"},
        {"damaged\n", "it must have the columns damaged and undamaged"},
        {"damaged,undamaged,id,id\n", "and may have id and original"},
        {"damaged,undamaged\na,b\n,o.png\n", "line 3 of the manifest has no 'damaged'"},
        {"damaged,undamaged\na.png,\n", "line 2 of the manifest has no 'undamaged'"},
        {"damaged,undamaged\na.png\n", "row 2 (line 2) has 1 field, but the first line has 2"},
        {"damaged,undamaged\na,b\n\n\"c\nd\",e\nf,g,best\n",
         "row 4 (line 6) has 3 fields, but the first line has 2"},
        {"damaged,undamaged,id\na,b\n", "row 2 (line 2) has 2 fields, but the first line has 3"},
        {"damaged,undamaged,id\na,b,c,\n", "row 2 (line 2) has 4 fields"},
        {"damaged;undamaged\na;b\n", "the columns are separated by semicolons"},
        {"\"damaged\";\"undamaged\"\n\"a\";\"b\"\n", "the columns are separated by semicolons"},
        {"damaged,undamaged,id\na,o,x\nb,o,y\nc,o,x\n", "the id 'x'"},
        {"damaged,undamaged\na,o\nb,o\na,p\n", "the id 'a'"},
        {"damaged,undamaged,id\na,o,b\nb,o,\n", "the id 'b'"},
        {"damaged,undamaged\na,\"o\n", "broken quoting"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("m.csv", cases[i].text);
        assert_no_pairs(&(pat_pair_source){.manifest = "m.csv"}, PAT_MALFORMED, cases[i].mentions);
    }
    assert_no_pairs(&(pat_pair_source){.manifest = "gone.csv"}, PAT_NOT_FOUND, "gone.csv");
    assert_no_pairs(&(pat_pair_source){.manifest = "."}, PAT_NOT_A_FILE, "regular file");
}

static void test_paths_too_long_for_a_pair_are_malformed(void **state)
{
    (void)state;
    pat_buffer manifest = {0};
    pat_buffer_append_text(&manifest, "damaged,undamaged\n");
    append_filler(&manifest, PAT_PATH_SIZE);
    pat_buffer_append_text(&manifest, ",o\n");
    write_bytes("m.csv", manifest.data, manifest.size);
    pat_buffer_release(&manifest);
    assert_no_pairs(&(pat_pair_source){.manifest = "m.csv"}, PAT_MALFORMED, "too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_pairs_are_ordered_by_the_bytes_of_their_names),
        IN_FOLDER(test_paths_of_a_pair),
        IN_FOLDER(test_extensions_in_any_letter_case),
        IN_FOLDER(test_matching_by_name),
        IN_FOLDER(test_matching_by_stem),
        IN_FOLDER(test_files_of_systems_are_ignored),
        IN_FOLDER(test_spellings_of_an_accent_are_one_name),
        IN_FOLDER(test_names_in_another_case_are_hinted_at),
        IN_FOLDER(test_suffixes_of_damaged_names),
        IN_FOLDER(test_patterns_pair_by_their_group),
        IN_FOLDER(test_wrong_patterns_are_refused),
        IN_FOLDER(test_kinds_of_entries_that_are_no_images),
        IN_FOLDER(test_one_folder_without_its_subfolders),
        IN_FOLDER(test_folders_with_their_subfolders),
        IN_FOLDER(test_limit_and_sample_cut_the_list),
        IN_FOLDER(test_empty_folders_have_no_pairs),
        IN_FOLDER(test_folders_that_cannot_be_listed),
        IN_FOLDER(test_manifest_columns),
        IN_FOLDER(test_manifest_names_originals),
        IN_FOLDER(test_manifest_paths_are_relative_to_its_folder),
        IN_FOLDER(test_manifest_is_cut_but_not_sorted),
        IN_FOLDER(test_malformed_manifests),
        IN_FOLDER(test_paths_too_long_for_a_pair_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
