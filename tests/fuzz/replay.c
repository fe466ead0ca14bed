/*
 * Runs a fuzz target on files. Usage: fuzz_NAME FILE|DIR...
 *
 * Replaces libFuzzer so that every build runs the corpus. Each input is copied to a block of
 * exactly its size, so that sanitizers detect reads beyond it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static size_t count;

static void run_file(const char *path, size_t size)
{
    uint8_t *data = malloc(size > 0 ? size : 1);
    FILE *file = fopen(path, "rb");
    MUST(file != NULL && data != NULL);
    MUST(fread(data, 1, size, file) == size);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    count++;
}

static void run_path(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "%s: cannot access it\n", path);
        exit(1);
    }
    if (!S_ISDIR(info.st_mode)) {
        run_file(path, (size_t)info.st_size);
        return;
    }
    struct dirent **entries;
    int entry_count = scandir(path, &entries, NULL, alphasort);
    MUST(entry_count >= 0);
    for (int i = 0; i < entry_count; i++) {
        char below[4096];
        snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            run_path(below);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
