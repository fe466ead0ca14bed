/* A temporary folder for each test that needs one. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

/* A test whose *state is its folder's path. */
#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int make_folder(void **state);

/* Also resets the locale and file size limit, which a failed test may have left changed. */
int remove_folder(void **state);

enum { PATH_SIZE = 512 };

/* Write folder/name to `path`, and return it. */
const char *path_in(const char *folder, const char *name, char path[PATH_SIZE]);

/* Write a file, creating its folders as needed. */
void put(const char *folder, const char *name, const char *text);

#endif
