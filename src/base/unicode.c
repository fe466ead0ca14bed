#include "base/unicode.h"

#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

/* Functions of libunistring, declared in uninorm.h and unicase.h. */
typedef uint8_t *normalize_function(const void *form, const uint8_t *text, size_t length,
                                    uint8_t *out, size_t *out_length);
typedef uint8_t *fold_function(const uint8_t *text, size_t length, const char *language,
                               const void *form, uint8_t *out, size_t *out_length);

static struct {
    const void *form_c;
    normalize_function *normalize;
    fold_function *fold;
} unistring;

/* Load the library, which then stays loaded. */
static void load(void)
{
    static const char *const names[] = {"libunistring.so.2", "libunistring.so.5"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    unistring.form_c = dlsym(library, "uninorm_nfc");
    *(void **)&unistring.normalize = dlsym(library, "u8_normalize");
    *(void **)&unistring.fold = dlsym(library, "u8_casefold");
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] > 0x7f)
            return false;
    return true;
}

/* NULL if there is no library, the text is not UTF-8, or memory runs out (errno: ENOMEM). */
static uint8_t *convert(const char *text, size_t length, bool fold, size_t *size)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    const uint8_t *bytes = (const uint8_t *)text;
    errno = EILSEQ;
    if (unistring.form_c == NULL || unistring.normalize == NULL || unistring.fold == NULL)
        return NULL;
    return fold ? unistring.fold(bytes, length, NULL, unistring.form_c, NULL, size)
                : unistring.normalize(unistring.form_c, bytes, length, NULL, size);
}

void pat_unicode_append(pat_buffer *out, const char *text, size_t length, bool fold)
{
    size_t size;
    uint8_t *converted = is_ascii(text, length) ? NULL : convert(text, length, fold, &size);
    if (converted != NULL) {
        pat_buffer_append(out, converted, size);
        free(converted);
    } else if (!is_ascii(text, length) && errno == ENOMEM) {
        out->failed = true;
    } else {
        for (size_t i = 0; i < length; i++)
            pat_buffer_append_char(out, fold ? (char)tolower((unsigned char)text[i]) : text[i]);
    }
}
