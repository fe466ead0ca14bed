#include "patina/version.h"

const char *pat_version(void)
{
    return PATINA_VERSION;
}
