/*
 * Shared by the fuzz targets. A target is a file fuzz_NAME.c with LLVMFuzzerTestOneInput(), a
 * folder corpus/NAME of small inputs, and its NAME in tests.cmake. It is run by libFuzzer
 * (scripts/fuzz.sh), or by replay.c, which runs the corpus in every build.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Runs one input and returns 0, or aborts if a MUST() fails. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Like assert(), but also active in builds with NDEBUG. */
#define MUST(condition) fuzz_must((condition), #condition, __FILE__, __LINE__)
void fuzz_must(int holds, const char *condition, const char *file, int line);

/* Put the bytes into a file in memory, in slot 0 or 1. Its path is valid until the slot is used
 * again. */
const char *fuzz_file(int slot, const void *data, size_t size);

/* A copy of the bytes with a NUL appended; free it. */
char *fuzz_text(const uint8_t *data, size_t size);

#endif
