/* Embed files in the library; private to the library. */
#ifndef PAT_BASE_EMBED_H
#define PAT_BASE_EMBED_H

/*
 * Embed a file's bytes from `symbol` up to `symbol##_end`, followed by a 0 byte that is not part of
 * the file. file: a string literal, relative to src/. Declare both symbols as extern const char[]
 * in a header, and list the file in CMakeLists.txt as a dependency of the source.
 */
#define PAT_EMBED(symbol, file)                                                                    \
    __asm__(".section .rodata, \"a\"\n"                                                            \
            ".balign 16\n"                                                                         \
            ".globl " #symbol "\n"                                                                 \
            ".globl " #symbol "_end\n"                                                             \
            ".hidden " #symbol "\n"                                                                \
            ".hidden " #symbol "_end\n" #symbol ":\n"                                              \
            ".incbin \"" PATINA_SOURCES "/" file "\"\n" #symbol "_end:\n"                          \
            ".byte 0\n"                                                                            \
            ".previous\n")

#endif
