#include <stdio.h>
#include <string.h>

#include "options.h"

/* Columns: where an option's text begins, and where lines end. */
enum { TEXT_COLUMN = 28, WIDTH = 79 };

/* Print words up to the width, from `column` on; further lines begin at `indent`. */
static void print_words(const char *text, int column, int indent)
{
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        bool first = column <= indent;
        if (!first && column + 1 + length > WIDTH) {
            printf("\n");
            column = 0;
            first = true;
        }
        column += first ? printf("%*s%.*s", indent - column, "", length, text)
                        : printf(" %.*s", length, text);
        text += length;
        text += strspn(text, " ");
    }
    printf("\n");
}

/* Paragraphs end with a line break. */
static void print_paragraphs(const char *text)
{
    while (*text != '\0') {
        char paragraph[2048];
        int length = (int)strcspn(text, "\n");
        snprintf(paragraph, sizeof paragraph, "%.*s", length, text);
        print_words(paragraph, 0, 0);
        text += length + (text[length] == '\n');
    }
}

static void print_row(const option_row *row)
{
    char argument[OPTION_TEXT_SIZE] = "", text[1024], standard[OPTION_TEXT_SIZE] = "";
    if (row->argument != NULL)
        snprintf(argument, sizeof argument, "%s", row->argument);
    else if (row->choices != NULL)
        option_join_choices(row, "|", argument);
    int column = row->letter != 0 ? printf("  -%c, --%s", row->letter, row->name)
                                  : printf("      --%s", row->name);
    if (*argument != '\0')
        column += printf("=%s", argument);
    if (row->standard != NULL)
        snprintf(standard, sizeof standard, " (default: %s)", row->standard);
    snprintf(text, sizeof text, "%s%s", row->help, standard);
    if (column + 2 > TEXT_COLUMN) {
        printf("\n");
        column = 0;
    }
    print_words(text, column, TEXT_COLUMN);
}

void options_print_usage(const option_line *line)
{
    const char *usage = line->set->usage;
    for (bool first = true; first || *usage != '\0'; first = false) {
        int length = (int)strcspn(usage, "\n");
        printf("%s %s [OPTION...]%s%.*s\n", first ? "Usage:" : "  or: ", line->program,
               length > 0 ? " " : "", length, usage);
        usage += length + (usage[length] == '\n');
    }
}

/* Consecutive groups with the same title share it. */
static bool is_same_title(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void print_title(const char *title)
{
    printf("\n");
    if (title != NULL)
        printf("%s:\n", title);
}

void options_print_help(const option_line *line)
{
    bool first = true;
    const char *title = NULL;
    options_print_usage(line);
    print_paragraphs(line->set->summary);
    for (int i = 0; i < line->count; i++) {
        const option_slot *slot = &line->slot[i];
        if (slot->row->help == NULL)
            continue;
        if (first || !is_same_title(slot->group->title, title))
            print_title(slot->group->title);
        first = false;
        title = slot->group->title;
        print_row(slot->row);
    }
    printf("\n");
    print_paragraphs(line->set->notes);
}
