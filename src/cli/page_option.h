/* Options that name a web page to be written after the work. */
#ifndef PAT_CLI_PAGE_OPTION_H
#define PAT_CLI_PAGE_OPTION_H

#include "options.h"

/* Fail unless the option's value, if it was given, ends in .html: other names could be those of
 * images or films, which must not be replaced. */
void page_check_name(const option_line *line, const char *option, const char *path);

/* Whether the page can be written, before the work, which would be wasted. False after a message.
 * option: such as "--sheet". replace: an existing page. */
bool page_is_writable(const char *option, const char *path, bool replace);

#endif
