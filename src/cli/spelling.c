#include "spelling.h"

#include <string.h>

enum { LENGTH_MAX = 32 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Letters to insert, delete, replace or swap with a neighbor (optimal string alignment). */
static int edits(const char *a, int m, const char *b, int n)
{
    int d[LENGTH_MAX + 1][LENGTH_MAX + 1];
    for (int i = 0; i <= m; i++)
        for (int j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least(d[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
                            least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[m][n];
}

struct spelling spelling_of(const char *word)
{
    /* a third of the letters may be wrong */
    return (struct spelling){.word = word, .distance = 1 + (1 + (int)strcspn(word, "=")) / 3};
}

void spelling_try(struct spelling *spelling, const char *name)
{
    size_t length = strcspn(spelling->word, "=");
    if (length > LENGTH_MAX || strlen(name) > LENGTH_MAX)
        return;
    int distance = edits(spelling->word, (int)length, name, (int)strlen(name));
    if (distance >= spelling->distance)
        return;
    spelling->distance = distance;
    spelling->found = name;
}
