#include "workers/printed.h"

#include <stdio.h>

void pat_printed_end(pat_printed *printed, void (*notice)(const char *text))
{
    char text[PAT_PRINTED_LINE + 32];
    printed->line[printed->length] = '\0';
    snprintf(text, sizeof text, "a worker printed: %s", printed->line);
    if (printed->length > 0 && notice != NULL)
        notice(text);
    printed->length = 0;
}

bool pat_printed_add(pat_printed *printed, const char *bytes, size_t size,
                     void (*notice)(const char *text))
{
    for (size_t i = 0; i < size; i++) {
        if (printed->received++ == PAT_PRINTED_MAX) {
            pat_printed_end(printed, notice);
            if (notice != NULL)
                notice("a worker printed too much; the rest is dropped");
            return false;
        }
        if (bytes[i] == '\n' || printed->length == PAT_PRINTED_LINE)
            pat_printed_end(printed, notice);
        if (bytes[i] != '\n')
            printed->line[printed->length++] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
    }
    return true;
}
