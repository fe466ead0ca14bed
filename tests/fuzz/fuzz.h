/*
 * What the fuzz targets share. A target is one file fuzz_NAME.c with LLVMFuzzerTestOneInput(), a
 * folder corpus/NAME of small inputs, and its NAME in tests.cmake. libFuzzer drives it
 * (scripts/fuzz.sh), or replay.c, which runs the corpus in every build.
 */
#ifndef TEST_FUZZ_H
#define TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* One input; returns 0. Aborts where something that must hold does not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Abort, naming the condition, unless it holds: also in builds without assertions. */
#define MUST(condition) fuzz_must((condition), #condition, __FILE__, __LINE__)
void fuzz_must(int holds, const char *condition, const char *file, int line);

/* The bytes as a file in memory; its path, valid until the next call with the same slot (0, 1). */
const char *fuzz_file(int slot, const void *data, size_t size);

/* The bytes with a NUL at their end. Free it. */
char *fuzz_text(const uint8_t *data, size_t size);

#endif
