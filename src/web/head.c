#include "web/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEL = 0x7f };

/* Whether a line may contain the byte: printable, a tab, or a part of a non-ASCII character. */
static bool is_plain(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value == '\t' || (value >= ' ' && value != DEL);
}

size_t pat_head_size(const char *bytes, size_t size, size_t *scanned)
{
    size_t i = *scanned;
    for (; i < size; i++) {
        if (is_plain(bytes[i]) || (bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r'))
            continue;
        if (bytes[i] != '\r')
            return i + 1;
        if (i + 1 == size)
            break;
        if (bytes[i + 1] != '\n')
            return i + 1;
        if (i > 0 && bytes[i - 1] == '\n')
            return i + 2;
    }
    *scanned = i;
    return 0;
}

/* Terminate the line at *at and move on to the next. NULL if it does not end with CR LF. */
static char *cut_line(char **at, const char *end)
{
    char *line = *at, *stop = line;
    while (stop < end && is_plain(*stop))
        stop++;
    if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n')
        return NULL;
    *stop = '\0';
    *at = stop + 2;
    return line;
}

static pat_problem malformed(const char *what, const char **message)
{
    *message = what;
    return PAT_PROBLEM_MALFORMED;
}

/* ---- The request line ------------------------------------------------------------------------ */

/* The length of the token (RFC 9110) that the text starts with. */
static size_t token_length(const char *text)
{
    return strspn(text, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "abcdefghijklmnopqrstuvwxyz");
}

static bool is_version(const char *text)
{
    static const char form[] = "HTTP/";
    const char *digits = text + sizeof form - 1;
    return strncmp(text, form, sizeof form - 1) == 0 && strlen(digits) == 3 && digits[0] >= '0' &&
           digits[0] <= '9' && digits[1] == '.' && digits[2] >= '0' && digits[2] <= '9';
}

/* Parse the request line. One space must separate its three parts, and the target must not contain
 * a byte that has to be encoded. */
static pat_problem parse_request_line(pat_request *request, char *line, const char **message)
{
    size_t method = token_length(line);
    if (method == 0 || line[method] != ' ')
        return malformed("the request line is malformed; send METHOD /path HTTP/1.1", message);
    line[method] = '\0';
    request->method = line;
    request->target = line + method + 1;
    char *end = request->target;
    while (*end > ' ' && *end < DEL)
        end++;
    bool is_whole = end > request->target && *end == ' ' && is_version(end + 1);
    *end = '\0';
    if (!is_whole)
        return malformed("the request line is malformed; send METHOD /path HTTP/1.1, and encode "
                         "all characters except printable ASCII as %XX",
                         message);
    request->version = end + 1;
    if (strcmp(request->version, "HTTP/1.1") == 0)
        return PAT_PROBLEM_NONE;
    request->closes = true;
    if (strcmp(request->version, "HTTP/1.0") == 0)
        return PAT_PROBLEM_NONE;
    *message = "this server speaks HTTP/1.1 and HTTP/1.0; send one of them";
    return PAT_PROBLEM_VERSION;
}

/* ---- Header fields --------------------------------------------------------------------------- */

/* The headers to keep, and the members for them. */
static const struct {
    const char *name;
    size_t offset;
    bool is_list; /* may occur several times */
} known[] = {
    {"Host", offsetof(pat_request, host), false},
    {"Content-Type", offsetof(pat_request, content_type), false},
    {"Content-Length", offsetof(pat_request, content_length), false},
    {"Transfer-Encoding", offsetof(pat_request, transfer_encoding), false},
    {"Accept", offsetof(pat_request, accept), true},
    {"Expect", offsetof(pat_request, expect), false},
    {"Origin", offsetof(pat_request, origin), false},
    {"Sec-Fetch-Site", offsetof(pat_request, site), false},
    {"Authorization", offsetof(pat_request, authorization), false},
    {"Cookie", offsetof(pat_request, cookie), false},
};

static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *(at += strspn(at, " \t,")) != '\0';) {
        size_t size = strcspn(at, ","), end = size;
        while (end > 0 && strchr(" \t", at[end - 1]) != NULL)
            end--;
        if (end == length && strncasecmp(at, word, length) == 0)
            return true;
        at += size;
    }
    return false;
}

static pat_problem keep_field(pat_request *request, const char *name, const char *value,
                              const char **message)
{
    if (strcasecmp(name, "Connection") == 0)
        request->closes = request->closes || list_has(value, "close");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(name, known[i].name) != 0)
            continue;
        const char **place = (const char **)(void *)((char *)request + known[i].offset);
        if (*place != NULL && !known[i].is_list)
            return malformed("a header field that must be unique occurs twice; send it once",
                             message);
        *place = value;
    }
    return PAT_PROBLEM_NONE;
}

/* Parse "Name: value". A folded line is refused: it starts with white space, so it has no name. */
static pat_problem parse_field(pat_request *request, char *line, const char **message)
{
    size_t name = token_length(line);
    if (name == 0 || line[name] != ':')
        return malformed("a header line is malformed; send NAME: VALUE on one line, without white "
                         "space before the name or the colon",
                         message);
    line[name] = '\0';
    char *value = line + name + 1 + strspn(line + name + 1, " \t");
    char *end = value + strlen(value);
    while (end > value && strchr(" \t", end[-1]) != NULL)
        end--;
    *end = '\0';
    return keep_field(request, line, value, message);
}

/* Find the length of the body. Only digits are accepted, because programs disagree on other forms
 * of numbers. */
static pat_problem check_framing(pat_request *request, const char **message)
{
    enum { DIGITS_MAX = 18 };
    const char *length = request->content_length;
    if (request->host == NULL && strcmp(request->version, "HTTP/1.0") != 0)
        return malformed("send exactly one Host header", message);
    if (length != NULL && request->transfer_encoding != NULL)
        return malformed("send either Content-Length or Transfer-Encoding, not both", message);
    if (request->transfer_encoding != NULL) {
        *message = "send the body with a Content-Length and without Transfer-Encoding";
        return PAT_PROBLEM_NO_LENGTH;
    }
    if (length == NULL)
        return PAT_PROBLEM_NONE;
    size_t digits = strspn(length, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || length[digits] != '\0')
        return malformed("the Content-Length is not a number; send the size of the body in bytes",
                         message);
    request->has_length = true;
    request->length = strtoull(length, NULL, 10);
    return PAT_PROBLEM_NONE;
}

pat_problem pat_request_parse(pat_request *request, char *head, size_t size, const char **message)
{
    char *at = head;
    const char *end = head + size;
    *request = (pat_request){0};
    char *line = cut_line(&at, end);
    pat_problem problem =
        line == NULL ? PAT_PROBLEM_NONE : parse_request_line(request, line, message);
    while (line != NULL && problem == PAT_PROBLEM_NONE) {
        line = cut_line(&at, end);
        if (line != NULL && line[0] == '\0')
            return check_framing(request, message);
        if (line != NULL)
            problem = parse_field(request, line, message);
    }
    return line != NULL
               ? problem
               : malformed("the request line or a header contains a control byte; end each "
                           "line with CR LF and send no other control bytes",
                           message);
}

/* ---- The target ------------------------------------------------------------------------------ */

static int hex_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit == '\0' ? NULL : strchr(digits, digit | ' ');
    return found == NULL ? -1 : (int)(found - digits);
}

/* Decode %XX in place. plus: the character that '+' stands for. False if a %XX is invalid or stands
 * for a control byte. */
static bool decode(char *text, char plus)
{
    char *out = text;
    for (; *text != '\0'; text++) {
        char byte = *text == '+' ? plus : *text;
        if (byte == '%') {
            int high = hex_digit(text[1]), low = high < 0 ? -1 : hex_digit(text[2]);
            if (low < 0)
                return false;
            byte = (char)(high << 4 | low);
            if (!is_plain(byte))
                return false;
            text += 2;
        }
        *out++ = byte;
    }
    *out = '\0';
    return true;
}

static void add_argument(pat_request *request, char *text)
{
    char *value = strchr(text, '=');
    if (value != NULL)
        *value++ = '\0';
    if (request->arguments < PAT_ARGUMENTS_MAX) {
        bool is_text = decode(text, ' ') && value != NULL && decode(value, ' ');
        request->argument[request->arguments].name = text;
        request->argument[request->arguments].value = is_text ? value : NULL;
    }
    request->arguments++;
}

pat_problem pat_request_decode(pat_request *request, const char **message)
{
    char *query = strchr(request->target, '?'), *rest;
    if (query != NULL)
        *query++ = '\0';
    request->path = request->target;
    if (!decode(request->target, '+'))
        return malformed("the path contains an invalid % sequence or an encoded control byte",
                         message);
    for (char *at = query == NULL ? NULL : strtok_r(query, "&", &rest); at != NULL;
         at = strtok_r(NULL, "&", &rest))
        add_argument(request, at);
    return PAT_PROBLEM_NONE;
}

const char *pat_request_argument(const pat_request *request, const char *name)
{
    for (int i = 0; i < request->arguments && i < PAT_ARGUMENTS_MAX; i++)
        if (strcmp(request->argument[i].name, name) == 0)
            return request->argument[i].value;
    return NULL;
}
