/* Embed files in the library; private to it. */
#ifndef PAT_BASE_EMBED_H
#define PAT_BASE_EMBED_H

/*
 * Define the bytes of a file as `symbol` up to `symbol##_end`; a 0 byte that is not part of it
 * follows. file: a string literal, relative to the folder of sources. Declare both as extern const
 * char[] in a header. CMakeLists.txt must name the file as one that the source depends on.
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
