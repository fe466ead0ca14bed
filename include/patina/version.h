/* Which libpatina this is. */
#ifndef PATINA_VERSION_H
#define PATINA_VERSION_H

#include "patina/export.h"

/* "0.1.0". Static. */
PAT_API const char *pat_version(void);

/* Of docs/definitions.md: the same files and grid give the same numbers as long as this is the
 * same. */
enum { PAT_DEFINITIONS_VERSION = 1 };

#endif
