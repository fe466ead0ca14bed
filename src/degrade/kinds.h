/* The table of kinds of damage; private to the library. */
#ifndef PAT_DEGRADE_KINDS_H
#define PAT_DEGRADE_KINDS_H

#include "degrade/kind.h"

/*
 * All kinds, in the order in which they are applied: the camera and its film, aging, the print, its
 * surface, the scanner, the file. A new kind needs a word here and a file damage_NAME.c with its
 * row, pat_damage_NAME. The order of the rows does not change what is drawn.
 */
#define PAT_DAMAGE_TABLE(kind)                                                                     \
    kind(vignette) kind(flare) kind(light_leak) kind(underexposure) kind(gamma)                    \
        kind(density_grain) kind(dye) kind(monochrome) kind(sepia) kind(toned_highlights)          \
            kind(uneven) kind(border) kind(print_yellow) kind(mottle) kind(paper) kind(halftone)   \
                kind(fade) kind(darken) kind(cast) kind(yellowing) kind(crease) kind(blur)         \
                    kind(stains) kind(scratches) kind(hairs) kind(dust) kind(grain)                \
                        kind(scanner_cast) kind(oversharpened) kind(rescale) kind(double_jpeg)     \
                            kind(jpeg)

enum {
#define PAT_DAMAGE_NUMBER(name) PAT_DAMAGE_##name,
    PAT_DAMAGE_TABLE(PAT_DAMAGE_NUMBER)
#undef PAT_DAMAGE_NUMBER
        PAT_DAMAGE_KINDS
};

/* The row of a kind: 0..PAT_DAMAGE_KINDS - 1. Static. */
const pat_damage_kind *pat_damage_kind_of(int kind);

/* The number of the kind of this name; -1 if there is none. */
int pat_damage_find(const char *name);

/* The number of parameters of a kind. */
int pat_damage_parameters(int kind);

#endif
