#include "web/token.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "web/text.h"

enum { LENGTH_MIN = 16, LENGTH_MAX = 256 };

/* The digest of a purpose and a text. */
static void digest(const char *purpose, const char *text, char out[PAT_SHA256_TEXT_SIZE])
{
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, purpose, strlen(purpose) + 1);
    pat_sha256_update(&hash, text, strlen(text));
    pat_sha256_finish(&hash, out);
}

static pat_status read_line(const char *path, char line[LENGTH_MAX + 2], pat_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t size = file < 0 ? -1 : read(file, line, LENGTH_MAX + 1);
    int cause = errno;
    if (file >= 0)
        close(file);
    if (size < 0)
        return pat_fail(error, PAT_UNREADABLE, "--token-file: cannot read %s: %s", path,
                        strerror(cause));
    line[size] = '\0';
    size_t length = strcspn(line, "\r\n");
    bool is_one = strspn(line + length, "\r\n") == (size_t)size - length;
    line[is_one ? length : 0] = '\0';
    return PAT_OK;
}

pat_status pat_token_read(pat_token *token, const char *path, pat_error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-._~+/=";
    char line[LENGTH_MAX + 2] = "";
    *token = (pat_token){0};
    if (path == NULL)
        return PAT_OK;
    pat_status status = read_line(path, line, error);
    if (status != PAT_OK)
        return status;
    size_t length = strlen(line);
    if (length < LENGTH_MIN || length > LENGTH_MAX || strspn(line, allowed) != length)
        return pat_fail(error, PAT_INVALID_ARGUMENT,
                        "--token-file: %s must have one line of %d to %d letters, digits and "
                        "-._~+/=; make one with: openssl rand -hex 32",
                        path, LENGTH_MIN, LENGTH_MAX);
    token->is_needed = true;
    digest("token", line, token->digest);
    digest("cookie", line, token->cookie);
    explicit_bzero(line, sizeof line);
    return PAT_OK;
}

void pat_token_set_port(pat_token *token, unsigned port)
{
    snprintf(token->name, sizeof token->name, "patina_%u", port);
}

bool pat_token_is(const pat_token *token, const char *text)
{
    char given[PAT_SHA256_TEXT_SIZE];
    digest("token", text, given);
    return memeql_sec(given, token->digest, sizeof given) != 0;
}

/* Whether the cookie at `text`, "name=value; ...", is ours. */
static bool is_our_cookie(const pat_token *token, const char *text)
{
    size_t name = strlen(token->name), value = strlen(token->cookie);
    return strncmp(text, token->name, name) == 0 && text[name] == '=' &&
           strcspn(text + name + 1, "; \t") == value &&
           memeql_sec(text + name + 1, token->cookie, value) != 0;
}

bool pat_token_is_in(const pat_token *token, const char *authorization, const char *cookie)
{
    static const char scheme[] = "Bearer";
    size_t length = sizeof scheme - 1;
    if (authorization != NULL && strncasecmp(authorization, scheme, length) == 0 &&
        authorization[length] == ' ')
        return pat_token_is(token, authorization + length + strspn(authorization + length, " "));
    for (const char *at = cookie; at != NULL && *at != '\0';) {
        if (is_our_cookie(token, at))
            return true;
        at += strcspn(at, ";");
        at += strspn(at, "; ");
    }
    return false;
}

void pat_token_put_cookie(const pat_token *token, pat_buffer *out)
{
    pat_put_format(out, "%s=%s; Path=/; HttpOnly; SameSite=Strict", token->name, token->cookie);
}
