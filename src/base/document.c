#include <assert.h>
#include <stdlib.h>

#include "base/json.h"
#include "patina/json.h"

struct pat_document {
    json_t *root;
    json_t *open[PAT_DOCUMENT_DEPTH_MAX]; /* open objects and arrays, innermost last; borrowed */
    int depth;
    bool failed;
};

pat_document *pat_document_create(const char *name, int version)
{
    pat_document *document = calloc(1, sizeof *document);
    if (document == NULL)
        return NULL;
    document->root = pat_json_document(name, version, json_object());
    document->open[document->depth++] = document->root;
    document->failed = document->root == NULL;
    return document;
}

/* Takes ownership of `value`. */
static void put(pat_document *document, const char *name, json_t *value)
{
    if (document == NULL || document->failed) {
        json_decref(value);
        return;
    }
    json_t *around = document->open[document->depth - 1];
    assert((name == NULL) == json_is_array(around));
    int put = name == NULL ? json_array_append_new(around, value)
                           : json_object_set_new(around, name, value);
    document->failed = put != 0;
}

static void open_value(pat_document *document, const char *name, json_t *value)
{
    put(document, name, value);
    if (document == NULL)
        return;
    assert(document->depth < PAT_DOCUMENT_DEPTH_MAX);
    document->open[document->depth++] = value;
}

void pat_document_open_object(pat_document *document, const char *name)
{
    open_value(document, name, json_object());
}

void pat_document_open_array(pat_document *document, const char *name)
{
    open_value(document, name, json_array());
}

void pat_document_close(pat_document *document)
{
    if (document == NULL)
        return;
    assert(document->depth > 1);
    document->depth--;
}

void pat_document_text(pat_document *document, const char *name, const char *text)
{
    put(document, name, pat_json_text(text));
}

void pat_document_number(pat_document *document, const char *name, double value)
{
    put(document, name, pat_json_number(value));
}

void pat_document_count(pat_document *document, const char *name, uint64_t count)
{
    put(document, name, pat_json_count(count));
}

void pat_document_truth(pat_document *document, const char *name, bool value)
{
    put(document, name, json_boolean(value));
}

char *pat_document_end(pat_document *document)
{
    if (document == NULL)
        return NULL;
    json_t *root = document->root;
    if (document->failed) {
        json_decref(root);
        root = NULL;
    }
    free(document);
    return pat_json_write(root, PAT_JSON_LINES);
}
