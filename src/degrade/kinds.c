#include "degrade/kinds.h"

#include <string.h>

#define DECLARE(name) extern const pat_damage_kind pat_damage_##name;
#define LIST(name) &pat_damage_##name,

PAT_DAMAGE_TABLE(DECLARE)

static const pat_damage_kind *const kinds[PAT_DAMAGE_KINDS] = {PAT_DAMAGE_TABLE(LIST)};

const pat_damage_kind *pat_damage_kind_of(int kind)
{
    return kinds[kind];
}

int pat_damage_find(const char *name)
{
    for (int k = 0; k < PAT_DAMAGE_KINDS; k++)
        if (strcmp(kinds[k]->name, name) == 0)
            return k;
    return -1;
}

int pat_damage_parameters(int kind)
{
    int count = 0;
    while (kinds[kind]->parameter[count].name != NULL)
        count++;
    return count;
}
