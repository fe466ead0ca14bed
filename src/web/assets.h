/* The page's files, embedded in the program; private to the library. */
#ifndef PAT_WEB_ASSETS_H
#define PAT_WEB_ASSETS_H

#include "web/answer.h"

/* Respond with the named file ("index.html", "page.css", ...) or with 404. */
void pat_asset_get(const char *name, pat_answer *answer);

#endif
