/* CSV files, pairs, manifests, rows, the worth of labels, and the comparison of tables. */
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dataset/csv.h"
#include "dataset/labels.h"
#include "dataset/row.h"
#include "patina/dataset.h"

/* ---- A folder of its own for every test, which is also the current one ----------------------- */

static char home[] = "/tmp/patina_dataset_XXXXXX";

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static int enter_folder(void **state)
{
    (void)state;
    strcpy(strchr(home, '\0') - 6, "XXXXXX");
    return mkdtemp(home) == NULL ? -1 : chdir(home);
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir("/") != 0 ? -1 : nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

static void make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0777), 0);
}

/* Empty files `folder`/NAME for each of the names, which a NULL ends. */
static void make_files(const char *folder, const char *const *names)
{
    for (; *names != NULL; names++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, *names);
        write_text(path, "");
    }
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_mentions(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", text, part);
}

static void assert_text(pat_buffer *buffer, const char *expected)
{
    pat_buffer_append_char(buffer, '\0');
    assert_false(buffer->failed);
    assert_string_equal(buffer->data, expected);
    pat_buffer_release(buffer);
}

/* ---- CSV: writing ---------------------------------------------------------------------------- */

static void test_fields_are_quoted_only_where_needed(void **state)
{
    (void)state;
    static const struct {
        const char *field[4], *line;
    } cases[] = {
        {{"a", "b", "c"}, "a,b,c\n"},
        {{"say \"hi\"", "\""}, "\"say \"\"hi\"\"\",\"\"\"\"\n"},
        {{"a,b", "c"}, "\"a,b\",c\n"},
        {{"a\nb", "c\rd", "\r\n"}, "\"a\nb\",\"c\rd\",\"\r\n\"\n"},
        {{"", "b"}, "\"\",b\n"},
        {{""}, "\"\"\n"},
        {{"a", "", ""}, "a,,\n"},
        {{"\xff\xfe", "caf\xc3\xa9"}, "\xff\xfe,caf\xc3\xa9\n"},
        {{" a ", "\tb;'"}, " a ,\tb;'\n"},
        {{"\n", "x"}, "\"\n\",x\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_buffer row = {0};
        for (int f = 0; f < 4 && cases[i].field[f] != NULL; f++)
            pat_csv_text(&row, cases[i].field[f]);
        pat_csv_end_row(&row);
        assert_text(&row, cases[i].line);
    }
}

/* The first field of a later row is known by the line break before it. */
static void test_rows_follow_each_other_in_one_buffer(void **state)
{
    (void)state;
    pat_buffer rows = {0};
    for (int i = 0; i < 2; i++) {
        pat_csv_text(&rows, "");
        pat_csv_text(&rows, "x\n");
        pat_csv_end_row(&rows);
    }
    assert_text(&rows, "\"\",\"x\n\"\n\"\",\"x\n\"\n");
}

static void test_numbers_are_the_shortest_that_read_back(void **state)
{
    (void)state;
    pat_buffer row = {0};
    const double numbers[] = {0.1,  1,   0.1 + 0.2, 1.0 / 3, 1e-5,      5e-324,
                              -2.5, 0.0, 1e300,     NAN,     -INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pat_csv_number(&row, numbers[i]);
    assert_text(&row, "0.1,1,0.30000000000000004,0.3333333333333333,1e-05,5e-324,"
                      "-2.5,0,1e+300,nan,-inf,inf");
}

/* ---- CSV: reading ---------------------------------------------------------------------------- */

/* The rows of `path`, each field in <>, each row ended by ';'. */
static pat_status read_rows(const char *path, pat_buffer *out, pat_error *error)
{
    pat_csv_reader *reader;
    pat_csv_row row;
    size_t number = 0;
    pat_status status = pat_csv_open(&reader, path, error);
    if (status != PAT_OK) {
        assert_null(reader);
        return status;
    }
    while ((status = pat_csv_next(reader, &row, error)) == PAT_OK) {
        assert_int_equal(row.number, ++number);
        if (row.count == 0)
            break;
        for (size_t i = 0; i < row.count; i++) {
            pat_buffer_append_char(out, '<');
            pat_buffer_append_text(out, row.field[i]);
            pat_buffer_append_char(out, '>');
        }
        pat_buffer_append_char(out, ';');
    }
    if (status == PAT_OK) { /* the end is the end */
        assert_int_equal(pat_csv_next(reader, &row, error), PAT_OK);
        assert_int_equal(row.count, 0);
    }
    pat_csv_close(reader);
    return status;
}

static void assert_reads(const char *path, const char *rows)
{
    pat_error error = {0};
    pat_buffer out = {0};
    if (read_rows(path, &out, &error) != PAT_OK)
        fail_msg("%s", error.message);
    assert_text(&out, rows);
}

static void test_csv_forms_that_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"a,b\nc,d\n", "<a><b>;<c><d>;"},
        {"a,b\nc,d", "<a><b>;<c><d>;"},
        {"a,b\r\nc,d\r\n", "<a><b>;<c><d>;"},
        {"a,b\rc,d\r", "<a><b>;<c><d>;"},
        {"\xef\xbb\xbf"
         "a,b\nc,d\n",
         "<a><b>;<c><d>;"},
        {"\xef\xbb\xbf\"a\",b\n", "<a><b>;"},
        {"\xef\xbb\xbf", ""},
        {"a\n\xef\xbb\xbf"
         "b\n",
         "<a>;<\xef\xbb\xbf"
         "b>;"},
        {"\n\na\n\r\n\nb\n\n", "<a>;<b>;"},
        {"\"a\nb\",\"c\r\nd\"\n\"\n\"\n", "<a\nb><c\r\nd>;<\n>;"},
        {"\"say \"\"hi\"\"\",\"\"\"\"\n", "<say \"hi\"><\">;"},
        {" a , b\t\n\" c \",  \n   \n", "< a >< b\t>;< c ><  >;<   >;"},
        {",\n,,\n\"\"\n", "<><>;<><><>;<>;"},
        {"\xff,\xc3\xa9;'\n", "<\xff><\xc3\xa9;'>;"},
        {"a\nb,c\n", "<a>;<b><c>;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text("x.csv", cases[i].text);
        assert_reads("x.csv", cases[i].rows);
    }
}

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

/* Fields full of what CSV treats specially, in files of several blocks. */
static void test_nasty_fields_survive_the_round_trip(void **state)
{
    (void)state;
    static const char letters[] = "a,\"\r\n \t;\xff\xc3";
    pat_buffer csv = {0}, rows = {0};
    for (int r = 0; r < 20000; r++) {
        for (uint32_t fields = 1 + random_below(5); fields > 0; fields--) {
            char field[16];
            size_t length = random_below(sizeof field);
            for (size_t i = 0; i < length; i++)
                field[i] = letters[random_below(sizeof letters - 1)];
            field[length] = '\0';
            pat_csv_text(&csv, field);
            pat_buffer_append_char(&rows, '<');
            pat_buffer_append_text(&rows, field);
            pat_buffer_append_char(&rows, '>');
        }
        pat_csv_end_row(&csv);
        pat_buffer_append_char(&rows, ';');
    }
    pat_buffer_append_char(&rows, '\0');
    assert_true(csv.size > 4 << 16);
    write_bytes("x.csv", csv.data, csv.size);
    assert_reads("x.csv", rows.data);
    pat_buffer_release(&csv);
    pat_buffer_release(&rows);
}

static void append_filler(pat_buffer *buffer, size_t size)
{
    for (size_t i = 0; i < size; i++)
        pat_buffer_append_char(buffer, (char)('a' + i % 26));
}

/* The reader takes blocks of 64 KiB: quotes, escaped quotes and CRLF fall on every side of the
 * border, and rows are longer than a block. */
static void test_rows_cross_the_borders_of_blocks(void **state)
{
    (void)state;
    for (size_t filler = (1 << 16) - 14; filler <= (1 << 16) + 2; filler++)
        for (size_t blocks = 0; blocks < 3; blocks += 2) {
            pat_buffer csv = {0}, rows = {0};
            append_filler(&csv, filler + (blocks << 16));
            pat_buffer_append_text(&csv, ",\"x\"\"y\r\nz\"\r\n\"\",w\n");
            pat_buffer_append_char(&rows, '<');
            append_filler(&rows, filler + (blocks << 16));
            pat_buffer_append_text(&rows, "><x\"y\r\nz>;<><w>;");
            pat_buffer_append_char(&rows, '\0');
            write_bytes("x.csv", csv.data, csv.size);
            assert_reads("x.csv", rows.data);
            pat_buffer_release(&csv);
            pat_buffer_release(&rows);
        }
}

/* A byte-order mark is one only at the start of the file, not at that of a block. */
static void test_byte_order_mark_within_a_file_is_kept(void **state)
{
    (void)state;
    pat_buffer csv = {0}, rows = {0};
    append_filler(&csv, (1 << 16) - 1);
    pat_buffer_append_text(&csv, "\n\xef\xbb\xbfx");
    pat_buffer_append_char(&rows, '<');
    append_filler(&rows, (1 << 16) - 1);
    pat_buffer_append(&rows, ">;<\xef\xbb\xbfx>;", 10);
    write_bytes("x.csv", csv.data, csv.size);
    assert_reads("x.csv", rows.data);
    pat_buffer_release(&csv);
    pat_buffer_release(&rows);
}

static void assert_unreadable_csv(const char *path, pat_status status, const char *mentions)
{
    pat_error error = {0};
    pat_buffer out = {0};
    assert_int_equal(read_rows(path, &out, &error), status);
    assert_int_equal(error.status, status);
    assert_mentions(error.message, path);
    assert_mentions(error.message, mentions);
    pat_buffer_release(&out);
}

static void test_broken_csv_is_malformed(void **state)
{
    (void)state;
    static const char *const broken[] = {"a,b\nc,d\na\"b,c\n", "a\nb\n\"a\"b\n", "a\nb\n\"open",
                                         "a\nb\n\"open\n\n", "a\nb\n\"a\" ,b\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        write_text("x.csv", broken[i]);
        assert_unreadable_csv("x.csv", PAT_MALFORMED, "after row 2 ");
    }
    for (size_t lead = 1; lead < 1 << 17; lead += (1 << 16) - 1) { /* in either of two blocks */
        pat_buffer csv = {0};
        append_filler(&csv, lead);
        pat_buffer_append(&csv, "b\0c\n", 4);
        write_bytes("x.csv", csv.data, csv.size);
        assert_unreadable_csv("x.csv", PAT_MALFORMED, "NUL");
        pat_buffer_release(&csv);
    }
    write_bytes("x.csv", "a,\"b\0\"\n", 7);
    assert_unreadable_csv("x.csv", PAT_MALFORMED, "NUL");
}

static void test_csv_that_cannot_be_opened(void **state)
{
    (void)state;
    make_folder("folder.csv");
    assert_int_equal(mkfifo("fifo.csv", 0666), 0);
    write_text("x.csv", "a\n");
    assert_unreadable_csv("missing.csv", PAT_NOT_FOUND, "No such file");
    assert_unreadable_csv("folder.csv", PAT_NOT_A_FILE, "regular file");
    assert_unreadable_csv("fifo.csv", PAT_NOT_A_FILE, "regular file");
    assert_unreadable_csv("x.csv/y.csv", PAT_UNREADABLE, "Not a directory");
}

/* ---- Pairs ----------------------------------------------------------------------------------- */

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
    const char *folder, *name, *part; /* of the reason */
};

/* The whole list of unpaired files, in order, which an empty entry ends. */
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

static const pat_pair_source by_name = {.damaged = "d", .undamaged = "u"};
static const pat_pair_source by_stem = {.damaged = "d", .undamaged = "u", .match = PAT_MATCH_STEM};

/* Folders d and u, with the same files. */
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
                     "i.tiff", "j.TiFF", "k.webp", "l.WebP", "m.bmp", "n.BMP", "o.p.png", "p.gif",
                     "q.pn", "r.pngx", "s.png~", "t", "png", ".png", ".t.png", "u.", "v.png.txt"));
    assert_pair_names(&by_name,
                      ".t.png,a.png,b.PNG,c.jpg,d.Jpg,e.jpeg,f.JPEG,g.tif,h.TIF,i.tiff,j.TiFF,"
                      "k.webp,l.WebP,m.bmp,n.BMP,o.p.png,");
    const struct reason not_images[] = {{"d", ".png", "not an image"},
                                        {"d", "p.gif", "not an image"},
                                        {"d", "png", "not an image"},
                                        {"d", "q.pn", "not an image"},
                                        {"d", "r.pngx", "not an image"},
                                        {"d", "s.png~", "not an image"},
                                        {"d", "t", "not an image"},
                                        {"d", "u.", "not an image"},
                                        {"d", "v.png.txt", "not an image"},
                                        {"u", ".png", "not an image"},
                                        {"u", "p.gif", "not an image"},
                                        {"u", "png", "not an image"},
                                        {"u", "q.pn", "not an image"},
                                        {"u", "r.pngx", "not an image"},
                                        {"u", "s.png~", "not an image"},
                                        {"u", "t", "not an image"},
                                        {"u", "u.", "not an image"},
                                        {"u", "v.png.txt", "not an image"},
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
                                                {"d", "c.png", "no undamaged image of this name"},
                                                {"d", "e.PNG", "--match stem"},
                                                {"d", "f.png", "no undamaged image of this name"},
                                                {"u", "b.png", "there is b.jpg"},
                                                {"u", "d.png", "no damaged image of this name"},
                                                {"u", "e.png", "--match stem"},
                                                {0}});
}

/* An exact match goes first; one original serves several damaged files; two candidates are none.
 * The order by stems differs from that by names: "a-b.png" < "a.png", but "a" < "a-b". */
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
                                                {"d", "e.png", "no undamaged image of this stem"},
                                                {"u", "c.bmp", "not the partner"},
                                                {"u", "c.png", "not the partner"},
                                                {"u", "f.jpg", "not the partner"},
                                                {"u", "p.png", "no damaged image of this stem"},
                                                {0}});
}

/* Entries of every kind, beside the pairs a.png, and a.png and b.png in subfolders. */
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
                                                {"d", "loop", "links are not entered"},
                                                {"u", "a", "--recursive"},
                                                {"u", "stale.png", "a link to nothing"},
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
    assert_unpaired(&source, (struct reason[]){{"d", "a/.png", "not an image"},
                                               {"d", "a/c.png", "there is a/c.jpg"},
                                               {"d", "a/x.y/plain", "not an image"},
                                               {"d", "a/x.y/up", "links are not entered"},
                                               {"d", "fifo.png", "not a regular file"},
                                               {"d", "loop", "links are not entered"},
                                               {"u", "a/c.jpg", "there is a/c.png"},
                                               {"u", "stale.png", "a link to nothing"},
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
        assert_unpaired(&source, (struct reason[]){{"d", "none.txt", "not an image"},
                                                   {"u", "none.txt", "not an image"},
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
    assert_manifest("damaged,undamaged,id\na.png,o.png,\nb.png,o.png\nc.png,o.png,,more\n",
                    "a.png a.png o.png;b.png b.png o.png;c.png c.png o.png;");
    assert_manifest("damaged,undamaged\n", "");
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
        {"damaged,undamaged\na,b\n,o.png\n", "row 3 of the manifest has no 'damaged'"},
        {"damaged,undamaged\na.png,\n", "row 2 of the manifest has no 'undamaged'"},
        {"damaged,undamaged\na.png\n", "row 2 of the manifest has no 'undamaged'"},
        {"damaged,undamaged,id\na,o,x\nb,o,y\nc,o,x\n", "called 'x'"},
        {"damaged,undamaged\na,o\nb,o\na,p\n", "called 'a'"},
        {"damaged,undamaged,id\na,o,b\nb,o,\n", "called 'b'"},
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

/* ---- Rows ------------------------------------------------------------------------------------ */

#define FEATURE_COLUMNS                                                                            \
    "mean,std_dev,skewness,kurtosis,low_freq_energy,high_freq_energy,energy_ratio,radial_center,"  \
    "radial_25,radial_50,radial_75,radial_edge,color_balance_need,sharpening_need"

static const double some_features[PAT_FEATURE_COUNT] = {
    102.5, 13.25, -0.1, 1e-7, 0, 1.0 / 3, 0.5, 200, 150, 120, 110, 100.125, 1, 0.25};
#define SOME_FEATURES                                                                              \
    "102.5,13.25,-0.1,1e-07,0,0.3333333333333333,0.5,200,150,120,110,100.125,1,0.25"

static void test_header_of_the_data_set(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_row_put_header(&out);
    assert_text(&out, "filename,similarity_score,psnr,ssim," FEATURE_COLUMNS
                      ",color_method,apply_color_correction,sharpen_sigma,sharpen_strength\n");
}

static void test_rows_of_the_data_set(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_scores good = {0.8123, 31.5, 0.9946}, equal = {INFINITY, INFINITY, 1};
    pat_row_put(&out, &(pat_row){"a,b.png", &good, some_features,
                                 &(pat_setting){PAT_COLOR_WHITE_BALANCE, 0.5, 2}});
    pat_row_put(&out,
                &(pat_row){"c.png", &equal, some_features, &(pat_setting){PAT_COLOR_NONE, 1.5, 0}});
    assert_text(&out, "\"a,b.png\",0.8123,31.5,0.9946," SOME_FEATURES ",white_balance,1,0.5,2\n"
                      "c.png,inf,inf,1," SOME_FEATURES ",none,0,1.5,0\n");
}

static void test_rows_of_the_other_files(void **state)
{
    (void)state;
    pat_buffer out = {0};
    pat_trial_put_header(&out);
    pat_trial_put(&out, "a.png", &(pat_setting){PAT_COLOR_NONE, 0, 0}, &(pat_scores){0.75, 25, 1});
    assert_text(&out, "filename,color_method,sharpen_sigma,sharpen_strength,similarity_score,psnr,"
                      "ssim\na.png,none,0,0,0.75,25,1\n");
    pat_failure_put_header(&out);
    pat_failure_put(&out, "a.png", "search", "too_small", "a.png: 3x3, \"tiny\"");
    assert_text(&out, "filename,stage,reason,message\n"
                      "a.png,search,too_small,\"a.png: 3x3, \"\"tiny\"\"\"\n");
    pat_feature_row_put_header(&out, NULL);
    pat_feature_row_put(&out, "a.png", some_features, NULL);
    assert_text(&out, "filename," FEATURE_COLUMNS "\na.png," SOME_FEATURES "\n");
    pat_feature_row_put_header(&out, "class");
    pat_feature_row_put(&out, "a.png", some_features, "");
    pat_feature_row_put(&out, "b.png", some_features, "scan");
    assert_text(&out, "filename," FEATURE_COLUMNS ",class\na.png," SOME_FEATURES ",\n"
                      "b.png," SOME_FEATURES ",scan\n");
}

/* ---- The worth of labels --------------------------------------------------------------------- */

/* One pair of a made-up data set. */
struct label {
    pat_setting setting;
    double best_psnr, best_ssim, untouched_psnr, untouched_ssim;
    bool tied;
};

/* Settings all over the default grid, gains of 2 dB and 0.125. */
static const struct label healthy[] = {
    {{PAT_COLOR_NONE, 1.0, 1.0}, 30, 0.875, 28, 0.75, false},
    {{PAT_COLOR_WHITE_BALANCE, 1.5, 1.5}, 31, 0.875, 30, 0.75, false},
    {{PAT_COLOR_NONE, 0.5, 2.0}, 32, 0.875, 29, 0.75, false},
    {{PAT_COLOR_NONE, 2.0, 0.5}, 33, 0.875, 31, 0.75, false},
    {{PAT_COLOR_NONE, 1.5, 2.5}, 34, 0.875, 32, 0.75, false},
};
enum { HEALTHY = sizeof healthy / sizeof *healthy };

static void judge(const struct label *labels, size_t count, const char *grid_text,
                  pat_label_report *report)
{
    pat_labels sums = {0};
    pat_grid grid;
    assert_int_equal(pat_grid_parse(&grid, grid_text, NULL), PAT_OK);
    for (size_t i = 0; i < count; i++) {
        const struct label *label = &labels[i];
        pat_scores best = {pat_similarity(label->best_psnr, label->best_ssim), label->best_psnr,
                           label->best_ssim};
        pat_scores untouched = {pat_similarity(label->untouched_psnr, label->untouched_ssim),
                                label->untouched_psnr, label->untouched_ssim};
        pat_labels_add(&sums, &grid, &label->setting, &best, &untouched, label->tied);
    }
    memset(report, 0x55, sizeof *report);
    pat_labels_report(&sums, &grid, report);
}

/* Exactly one warning mentions `part`, and there are `count` in all. */
static void assert_warns(const pat_label_report *report, size_t count, const char *part)
{
    size_t found = 0;
    for (size_t i = 0; i < report->warning_count; i++)
        found += strstr(report->warnings[i], part) != NULL;
    if (found != 1 || report->warning_count != count)
        fail_msg("%zu of %zu warnings mention \"%s\"; the first is \"%s\"", found,
                 report->warning_count, part, report->warnings[0]);
}

static const char default_grid[] = "sigma=0.5:2:0.5;strength=0.5:2.5:0.5";

static void test_healthy_labels_get_no_warning(void **state)
{
    (void)state;
    pat_label_report report;
    judge(healthy, HEALTHY, default_grid, &report);
    assert_int_equal(report.warning_count, 0);
    assert_int_equal(report.scored, HEALTHY);
    assert_true(report.mean_gain_db == 2);
    assert_true(report.mean_gain_ssim == 0.125);
    assert_int_equal(report.harmed + report.tied + report.identical, 0);
}

static void test_no_labels_and_one_label(void **state)
{
    (void)state;
    pat_label_report report;
    judge(healthy, 0, default_grid, &report);
    assert_int_equal(report.warning_count + report.scored, 0);
    assert_true(report.mean_gain_db == 0 && report.mean_gain_ssim == 0);
    judge(healthy, 1, default_grid, &report); /* every target of one row is constant */
    assert_int_equal(report.warning_count, 0);
    assert_true(report.mean_gain_db == 2);
}

static void test_constant_targets_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    labels[1].setting.color = PAT_COLOR_NONE;
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(&report, 1, "color_method is none in all 5 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting.sigma = 1.5;
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(&report, 2, "sharpen_sigma is 1.5 in all 5 rows");
    for (size_t i = 0; i < HEALTHY; i++)
        labels[i].setting.strength = 0.5;
    judge(labels, HEALTHY, default_grid, &report);
    assert_warns(&report, 3, "sharpen_strength is 0.5 in all 5 rows");
    judge(labels, HEALTHY, "color=none;sigma=1.5;strength=0.5", &report);
    assert_warns(&report, 3,
                 "sharpen_strength is 0.5 in all 5 rows: a constant target teaches "
                 "nothing; the grid has no other value");
}

/* Half of the optima at one end are too many, fewer are not; the axis may be in any order. */
static void test_optima_at_the_edges_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    for (int end = 0; end < 2; end++) {
        memcpy(labels, healthy, sizeof labels);
        for (size_t i = 0; i < 2; i++)
            labels[i].setting.strength = end == 0 ? 0.5 : 2.5;
        judge(labels, HEALTHY, "strength=1,2.5,2,0.5,1.5", &report);
        assert_warns(&report, 1,
                     end == 0 ? "sharpen_strength: 3 of 5 optima are at the grid's "
                                "least value, 0.5"
                              : "sharpen_strength: 3 of 5 optima are at the grid's "
                                "greatest value, 2.5");
        assert_warns(&report, 1, end == 0 ? "widen the grid or include 0" : "widen the grid");
        labels[0].setting.sigma = labels[1].setting.sigma = end == 0 ? 0.5 : 2;
        judge(labels, 4, default_grid, &report);
        assert_warns(&report, 2,
                     end == 0 ? "sharpen_sigma: 3 of 4 optima are at the grid's "
                                "least value, 0.5"
                              : "sharpen_sigma: 3 of 4 optima are at the grid's "
                                "greatest value, 2");
        if (end == 0)
            assert_warns(&report, 2, "include 0"); /* no sigma is 0 */
    }
}

/* Below strength 0 there is nothing. */
static void test_optima_at_zero_are_not_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    labels[0].setting.strength = labels[1].setting.strength = labels[2].setting.strength = 0;
    judge(labels, HEALTHY, "strength=0,0.5,2.5,3", &report);
    assert_int_equal(report.warning_count, 0);
}

static void test_ties_harm_and_identical_images_are_warned_of(void **state)
{
    (void)state;
    struct label labels[HEALTHY];
    pat_label_report report;
    memcpy(labels, healthy, sizeof labels);
    labels[2].tied = labels[3].tied = true;
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.tied, 2);
    assert_warns(&report, 1, "2 of 5 optima are ties");

    labels[0].untouched_psnr = 40; /* 10 dB worse where it was 2 dB better */
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.harmed, 1);
    assert_true(fabs(report.mean_gain_db - (2.0 - 12.0 / 5)) < 1e-12);
    assert_warns(&report, 2, "in 1 of 5 pairs every setting scores below");

    labels[4].untouched_psnr = INFINITY;
    labels[4].untouched_ssim = 1;
    judge(labels, HEALTHY, default_grid, &report);
    assert_int_equal(report.identical, 1);
    assert_int_equal(report.scored, HEALTHY - 1);
    assert_true(fabs(report.mean_gain_db - (2 - 12.0 / 4)) < 1e-12);
    assert_warns(&report, 3, "1 damaged image is identical to the original");
    assert_warns(&report, 3, "in 1 of 4 pairs every setting scores below");
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static char report_text[8192];

static pat_difference compare(const char *a, const char *b, double rtol, double atol)
{
    char *text;
    size_t size;
    pat_difference difference, silent;
    pat_error error = {0};
    write_text("a.csv", a);
    write_text("b.csv", b);
    FILE *report = open_memstream(&text, &size);
    if (pat_csv_compare("a.csv", "b.csv", rtol, atol, report, &difference, &error) != PAT_OK)
        fail_msg("%s", error.message);
    fclose(report);
    snprintf(report_text, sizeof report_text, "%s", text);
    free(text);
    assert_int_equal(pat_csv_compare("a.csv", "b.csv", rtol, atol, NULL, &silent, &error), PAT_OK);
    assert_int_equal(silent, difference);
    return difference;
}

static void test_identical_and_equal_files(void **state)
{
    (void)state;
    const char text[] = "name,psnr\na.png,31.5\nb.png,nan\n";
    assert_int_equal(compare(text, text, 0, 0), PAT_IDENTICAL);
    assert_string_equal(report_text, "");
    assert_int_equal(compare("", "", 0, 0), PAT_IDENTICAL);
    assert_int_equal(compare(text, "name,psnr\r\n\"a.png\",31.5\r\nb.png,nan", 0, 0),
                     PAT_WITHIN_TOLERANCE);
    assert_string_equal(report_text, "");
}

static void test_cells_agree_within_the_tolerance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        double rtol, atol;
        pat_difference difference;
    } cases[] = {
        {"1", "1.0", 0, 0, PAT_WITHIN_TOLERANCE},
        {"1", "1.0000001", 0, 0, PAT_DIFFERENT},
        {"100", "101", 0.00995, 0, PAT_WITHIN_TOLERANCE}, /* relative to the second */
        {"101", "100", 0.00995, 0, PAT_DIFFERENT},
        {"-100", "-101", 0.00995, 0, PAT_WITHIN_TOLERANCE},
        {"-101", "-100", 0.00995, 0, PAT_DIFFERENT},
        {"0", "1e-9", 0, 1e-8, PAT_WITHIN_TOLERANCE},
        {"0", "-1e-7", 0, 1e-8, PAT_DIFFERENT},
        {"100", "102", 0.01, 0.99, PAT_WITHIN_TOLERANCE}, /* both together */
        {"100", "102", 0.01, 0, PAT_DIFFERENT},
        {"100", "102", 0, 0.99, PAT_DIFFERENT},
        {"1", "-1", 0.5, 0.5, PAT_DIFFERENT},
        {"nan", "NaN", 0, 0, PAT_WITHIN_TOLERANCE},
        {"nan", "1", 9, 9, PAT_DIFFERENT},
        {"1", "nan", 9, 9, PAT_DIFFERENT},
        {"inf", "Infinity", 0, 0, PAT_WITHIN_TOLERANCE},
        {"inf", "-inf", 9, 9, PAT_DIFFERENT},
        {"inf", "1", 9, 9, PAT_DIFFERENT},
        {"1", "inf", 9, 9, PAT_DIFFERENT},
        {"none", "white_balance", 9, 9, PAT_DIFFERENT},
        {"1", "one", 9, 9, PAT_DIFFERENT},
        {"", "0", 9, 9, PAT_DIFFERENT},
        {"1", " 1", 9, 9, PAT_DIFFERENT},
        {"\"x,\"\"y\"", "\"x,\"\"y\"", 0, 0, PAT_IDENTICAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "name,v\nr,%s\n", cases[i].a);
        snprintf(b, sizeof b, "name,v\nr,%s\n", cases[i].b);
        if (compare(a, b, cases[i].rtol, cases[i].atol) != cases[i].difference)
            fail_msg("%s and %s, rtol %g, atol %g: %s", cases[i].a, cases[i].b, cases[i].rtol,
                     cases[i].atol, report_text);
    }
}

/* The line of the report's table that describes `column`. */
static void assert_column(const char *column, const char *largest, int row, int beyond)
{
    char name[64], difference[64], line_start[64];
    int found_row, found_beyond;
    snprintf(line_start, sizeof line_start, "\n%s ", column);
    const char *line = strstr(report_text, line_start);
    if (line == NULL)
        fail_msg("no line about %s in: %s", column, report_text);
    assert_int_equal(sscanf(line, "%63s %63s %d %d", name, difference, &found_row, &found_beyond),
                     4);
    assert_string_equal(difference, largest);
    assert_int_equal(found_row, row);
    assert_int_equal(found_beyond, beyond);
}

static void test_report_names_row_column_and_values(void **state)
{
    (void)state;
    const char a[] = "name,psnr,ssim,method\na.png,1.5,0.5,none\nb.png,2,0.5,none\nc.png,3,1,x\n";
    const char b[] = "name,psnr,ssim,method\na.png,1.625,0.5,none\nb.png,4,0.5,none\nc.png,3,1,y\n";
    assert_int_equal(compare(a, b, 0, 0.25), PAT_DIFFERENT);
    assert_mentions(report_text, "row 3 (b.png), column psnr: 2 | 4\n");
    assert_mentions(report_text, "row 4 (c.png), column method: x | y\n");
    assert_null(strstr(report_text, "a.png"));
    assert_null(strstr(report_text, "ssim"));
    assert_column("psnr", "2", 3, 1);
    assert_mentions(report_text, "method                               (text)");
    assert_int_equal(compare(a, b, 0, 2), PAT_DIFFERENT);
    assert_column("psnr", "2", 3, 0);
}

static void test_long_reports_are_cut(void **state)
{
    (void)state;
    pat_buffer a = {0}, b = {0};
    pat_buffer_append_text(&a, "name,v\n");
    pat_buffer_append_text(&b, "name,v\n");
    for (int i = 0; i < 25; i++) {
        pat_buffer_append_text(&a, "r,1\n");
        pat_buffer_append_text(&b, "r,2\n");
    }
    pat_buffer_append_char(&a, '\0');
    pat_buffer_append_char(&b, '\0');
    assert_int_equal(compare(a.data, b.data, 0, 0), PAT_DIFFERENT);
    assert_mentions(report_text, "row 11 (r)");
    assert_null(strstr(report_text, "row 12 (r)"));
    assert_mentions(report_text, "and 15 more cells");
    assert_column("v", "1", 2, 25);
    pat_buffer_release(&a);
    pat_buffer_release(&b);
}

static void test_files_of_different_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *report;
    } cases[] = {
        {"n,v\na,1\nb,2\nc,3\n", "n,v\na,1\n",
         "row 3 (b) is in the first file only\nthe files have 3 and 1 rows"},
        {"n,v\na,1\n", "n,v\na,1\nb,2\nc,3\n",
         "row 3 (b) is in the second file only\nthe files have 1 and 3 rows"},
        {"n,v\n", "n,v\na,1\nb,,,,,,,,,,,,,,,,,,,,\n",
         "row 2 (a) is in the second file only\nthe files have 0 and 2 rows"},
        {"n,v\n", "n,v\na,1\n",
         "row 2 (a) is in the second file only\nthe files have 0 and 1 rows"},
        {"n,v\na,1\n", "n,v,w\na,1,2\n", "2 and 3 columns"},
        {"", "n,v\na,1\n", "0 and 2 columns"},
        {"n,v\na,1\n", "n,w\na,1\n", "column 2 is called v and w"},
        {"n,v\na,1\nb\n", "n,v\na,1\nb\n", ""},
        {"n,v\na,1\nb\n", "n,v\na,1\nb,2\n", "row 3 has 1 and 2 fields where the header has 2"},
        {"n,v\na,1,9\n", "n,v\na,1\n", "row 2 has 3 and 2 fields where the header has 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pat_difference expected = *cases[i].report == '\0' ? PAT_IDENTICAL : PAT_DIFFERENT;
        if (compare(cases[i].a, cases[i].b, 9, 9) != expected)
            fail_msg("case %zu: %s", i, report_text);
        assert_mentions(report_text, cases[i].report);
    }
}

static void test_files_that_cannot_be_compared(void **state)
{
    (void)state;
    pat_difference result = (pat_difference)77;
    pat_error error = {0};
    write_text("a.csv", "a\n1\n");
    write_text("bad.csv", "a\n\"1\n");
    assert_int_equal(pat_csv_compare("a.csv", "gone.csv", 0, 0, NULL, &result, &error),
                     PAT_NOT_FOUND);
    assert_mentions(error.message, "gone.csv");
    assert_int_equal(pat_csv_compare("gone.csv", "a.csv", 0, 0, NULL, &result, &error),
                     PAT_NOT_FOUND);
    assert_int_equal(pat_csv_compare("a.csv", ".", 0, 0, NULL, &result, &error), PAT_NOT_A_FILE);
    assert_int_equal(pat_csv_compare("bad.csv", "a.csv", 0, 0, NULL, &result, &error),
                     PAT_MALFORMED);
    assert_int_equal(pat_csv_compare("a.csv", "bad.csv", 0, 0, NULL, &result, &error),
                     PAT_MALFORMED);
    assert_int_equal(result, 77);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_are_quoted_only_where_needed),
        cmocka_unit_test(test_rows_follow_each_other_in_one_buffer),
        cmocka_unit_test(test_numbers_are_the_shortest_that_read_back),
        IN_FOLDER(test_csv_forms_that_are_read),
        IN_FOLDER(test_nasty_fields_survive_the_round_trip),
        IN_FOLDER(test_rows_cross_the_borders_of_blocks),
        IN_FOLDER(test_byte_order_mark_within_a_file_is_kept),
        IN_FOLDER(test_broken_csv_is_malformed),
        IN_FOLDER(test_csv_that_cannot_be_opened),
        IN_FOLDER(test_pairs_are_ordered_by_the_bytes_of_their_names),
        IN_FOLDER(test_paths_of_a_pair),
        IN_FOLDER(test_extensions_in_any_letter_case),
        IN_FOLDER(test_matching_by_name),
        IN_FOLDER(test_matching_by_stem),
        IN_FOLDER(test_one_folder_without_its_subfolders),
        IN_FOLDER(test_folders_with_their_subfolders),
        IN_FOLDER(test_limit_and_sample_cut_the_list),
        IN_FOLDER(test_empty_folders_have_no_pairs),
        IN_FOLDER(test_folders_that_cannot_be_listed),
        IN_FOLDER(test_manifest_columns),
        IN_FOLDER(test_manifest_paths_are_relative_to_its_folder),
        IN_FOLDER(test_manifest_is_cut_but_not_sorted),
        IN_FOLDER(test_malformed_manifests),
        IN_FOLDER(test_paths_too_long_for_a_pair_are_malformed),
        cmocka_unit_test(test_header_of_the_data_set),
        cmocka_unit_test(test_rows_of_the_data_set),
        cmocka_unit_test(test_rows_of_the_other_files),
        cmocka_unit_test(test_healthy_labels_get_no_warning),
        cmocka_unit_test(test_no_labels_and_one_label),
        cmocka_unit_test(test_constant_targets_are_warned_of),
        cmocka_unit_test(test_optima_at_the_edges_are_warned_of),
        cmocka_unit_test(test_optima_at_zero_are_not_warned_of),
        cmocka_unit_test(test_ties_harm_and_identical_images_are_warned_of),
        IN_FOLDER(test_identical_and_equal_files),
        IN_FOLDER(test_cells_agree_within_the_tolerance),
        IN_FOLDER(test_report_names_row_column_and_values),
        IN_FOLDER(test_long_reports_are_cut),
        IN_FOLDER(test_files_of_different_shapes),
        IN_FOLDER(test_files_that_cannot_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
