/* The version of libpatina. */
#ifndef PATINA_VERSION_H
#define PATINA_VERSION_H

#include "patina/export.h"

/* "0.1.0". Static. */
PAT_API const char *pat_version(void);

/* The version of docs/definitions.md: while it stays the same, the same files and grid give the
 * same numbers. */
enum { PAT_DEFINITIONS_VERSION = 1 };

#endif
