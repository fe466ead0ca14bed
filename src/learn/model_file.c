#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "learn/model.h"
#include "learn/model_header.h"
#include "learn/model_parts.h"

/*
 * A model file: a title line; a line with the SHA-256 of all bytes after the digest, the size of
 * the description, and the sizes of the trees, compressed and not; then the description and the
 * compressed trees.
 */
static const char title[] = "patina-model ";
enum { FORMAT = 2, DIGEST_SIZE = PAT_SHA256_TEXT_SIZE - 1, SIZES_TEXT_SIZE = 72 };

static const size_t description_limit = (size_t)1 << 24, file_limit = (size_t)1 << 30;

/* " DESCRIPTION COMPRESSED TREES\n" */
static void format_sizes(size_t description, size_t compressed, size_t trees,
                         char text[SIZES_TEXT_SIZE])
{
    snprintf(text, SIZES_TEXT_SIZE, " %zu %zu %zu\n", description, compressed, trees);
}

/* trees: compressed; `size` bytes without. */
static void append_file(pat_buffer *file, const pat_buffer *description, const pat_buffer *trees,
                        size_t size)
{
    char line[64], digest[PAT_SHA256_TEXT_SIZE], sizes[SIZES_TEXT_SIZE];
    format_sizes(description->size, trees->size, size, sizes);
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, sizes, strlen(sizes));
    pat_sha256_update(&hash, description->data, description->size);
    if (trees->size > 0)
        pat_sha256_update(&hash, trees->data, trees->size);
    pat_sha256_finish(&hash, digest);
    snprintf(line, sizeof line, "%s%d\n", title, FORMAT);
    pat_buffer_append_text(file, line);
    pat_buffer_append_text(file, digest);
    pat_buffer_append_text(file, sizes);
    pat_buffer_append(file, description->data, description->size);
    pat_buffer_append(file, trees->data, trees->size);
}

/* The trees of one learner, or of several one after another, each behind a line with its size. */
static pat_status put_trees(const pat_model *model, pat_buffer *trees, pat_error *error)
{
    pat_learner *learner[PAT_MODEL_LEARNERS_MAX];
    int count = pat_model_learners(model, learner);
    pat_status status = PAT_OK;
    for (int i = 0; i < count && status == PAT_OK; i++) {
        pat_buffer one = {0};
        char size[32];
        if (learner[i]->booster != NULL)
            status = pat_booster_put(learner[i]->booster, &one, error);
        snprintf(size, sizeof size, "%zu\n", one.size);
        if (count > 1)
            pat_buffer_append_text(trees, size);
        if (one.size > 0)
            pat_buffer_append(trees, one.data, one.size);
        pat_buffer_release(&one);
    }
    return status;
}

pat_status pat_model_put(const pat_model *model, const char *metrics, const char *provenance,
                         pat_buffer *file, pat_error *error)
{
    pat_buffer description = {0}, trees = {0}, compressed = {0};
    pat_status status = pat_header_put(model, metrics, provenance, &description, error);
    if (status == PAT_OK)
        status = put_trees(model, &trees, error);
    if (status == PAT_OK && trees.size > 0)
        status = pat_deflate(pat_buffer_bytes(&trees), &compressed, error);
    if (status == PAT_OK)
        append_file(file, &description, &compressed, trees.size);
    if (status == PAT_OK && file->failed)
        status = pat_fail_memory(error, "the bytes of a model");
    pat_buffer_release(&description);
    pat_buffer_release(&trees);
    pat_buffer_release(&compressed);
    return status;
}

pat_status pat_model_save(const pat_model *model, const char *metrics, const char *provenance,
                          const char *path, pat_error *error)
{
    pat_file file = {0};
    pat_buffer bytes = {0};
    pat_status status = pat_model_put(model, metrics, provenance, &bytes, error);
    if (status == PAT_OK)
        status = pat_file_open(&file, path, true, error);
    if (status == PAT_OK)
        status = pat_file_append(&file, bytes.data, bytes.size, error);
    if (status == PAT_OK)
        status = pat_file_finish(&file, NULL, error);
    if (status == PAT_OK)
        status = pat_file_place(&file, error);
    pat_file_abandon(&file, false);
    pat_buffer_release(&bytes);
    return status;
}

/* A file being parsed. */
struct parts {
    const char *name;     /* for messages */
    const char *at, *end; /* the unread part */
    char sizes[SIZES_TEXT_SIZE];
    const char *hashed; /* start of the bytes that the digest covers */
    const char *description, *compressed;
    size_t description_size, compressed_size, trees_size;
};

static pat_status corrupt(const struct parts *parts, const char *what, pat_error *error)
{
    return pat_fail(error, PAT_CORRUPT,
                    "%s: the model file is %s; copy it once more, or train the "
                    "model again",
                    parts->name, what);
}

/* The rest of the line without its line break; NULL if there is none, or if it is too long. */
static const char *take_line(struct parts *parts, char *line, size_t size)
{
    size_t left = (size_t)(parts->end - parts->at);
    const char *stop = memchr(parts->at, '\n', left < size ? left : size);
    if (stop == NULL)
        return NULL;
    size_t length = (size_t)(stop - parts->at);
    memcpy(line, parts->at, length);
    line[length] = '\0';
    parts->at = stop + 1;
    return line;
}

static pat_status take_title(struct parts *parts, pat_error *error)
{
    char text[16], expected[16], *rest;
    size_t length = strlen(title);
    if ((size_t)(parts->end - parts->at) < length || memcmp(parts->at, title, length) != 0)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: is not a model; name a file that 'patina train' made", parts->name);
    parts->at += length;
    if (take_line(parts, text, sizeof text) == NULL)
        return corrupt(parts, "damaged or cut off in its first line", error);
    snprintf(expected, sizeof expected, "%d", FORMAT);
    if (strcmp(text, expected) == 0)
        return PAT_OK;
    long format = strtol(text, &rest, 10);
    if (*rest != '\0' || format < 1)
        return corrupt(parts, "damaged in its first line", error);
    return pat_fail(
        error, PAT_MALFORMED,
        "%s: the model file has form %ld, and this patina reads form %d; use the patina "
        "that made it, or train the model again",
        parts->name, format, FORMAT);
}

/* The second line must be exactly as it would be written for its numbers. */
static pat_status take_sizes(struct parts *parts, pat_error *error)
{
    char line[SIZES_TEXT_SIZE], expected[SIZES_TEXT_SIZE];
    if (parts->end - parts->at < DIGEST_SIZE)
        return corrupt(parts, "cut off in its second line", error);
    parts->at += DIGEST_SIZE;
    parts->hashed = parts->at;
    if (take_line(parts, line, sizeof line) == NULL ||
        sscanf(line, "%20zu %20zu %20zu", &parts->description_size, &parts->compressed_size,
               &parts->trees_size) != 3)
        return corrupt(parts, "damaged or cut off in its second line", error);
    format_sizes(parts->description_size, parts->compressed_size, parts->trees_size, expected);
    if (strncmp(line, expected, strlen(expected) - 1) != 0 ||
        strlen(line) != strlen(expected) - 1 || parts->description_size > description_limit ||
        parts->compressed_size > file_limit || parts->trees_size > file_limit)
        return corrupt(parts, "damaged in its second line", error);
    size_t left = (size_t)(parts->end - parts->at);
    if (left < parts->description_size + parts->compressed_size)
        return corrupt(parts, "cut off", error);
    if (left > parts->description_size + parts->compressed_size)
        return corrupt(parts, "longer than it says", error);
    parts->description = parts->at;
    parts->compressed = parts->at + parts->description_size;
    return PAT_OK;
}

static pat_status check_digest(const struct parts *parts, pat_error *error)
{
    char digest[PAT_SHA256_TEXT_SIZE];
    pat_sha256 hash;
    pat_sha256_init(&hash);
    pat_sha256_update(&hash, parts->hashed, (size_t)(parts->end - parts->hashed));
    pat_sha256_finish(&hash, digest);
    if (memcmp(digest, parts->hashed - DIGEST_SIZE, DIGEST_SIZE) != 0)
        return corrupt(parts, "damaged: its checksum does not match", error);
    return PAT_OK;
}

/* Cut off the trees of the next learner. False if the size before them is wrong. */
static bool next_trees(pat_bytes *rest, pat_bytes *trees)
{
    const char *at = rest->data, *stop = NULL;
    char *end;
    if (rest->size > 0)
        stop = memchr(at, '\n', rest->size < 20 ? rest->size : 20);
    if (stop == NULL || *at < '0' || *at > '9')
        return false;
    unsigned long long size = strtoull(at, &end, 10);
    size_t line = (size_t)(stop - at) + 1;
    if (end != stop || size > rest->size - line)
        return false;
    *trees = (pat_bytes){at + line, (size_t)size};
    *rest = (pat_bytes){at + line + size, rest->size - line - (size_t)size};
    return true;
}

/* Add the file's name to XGBoost's message. */
static pat_status take_learner(pat_learner *learner, pat_bytes trees, const struct parts *parts,
                               pat_error *error)
{
    pat_error cause = {0};
    pat_status status = pat_booster_get(trees.data, trees.size, learner->inputs, learner->outputs,
                                        &learner->booster, &cause);
    return status == PAT_OK ? PAT_OK
                            : pat_fail(error, status, "%s: %s%s", parts->name, cause.message,
                                       status == PAT_MALFORMED ? "; train the model again" : "");
}

/* The trees of all learners, decompressed. */
static pat_status take_learners(pat_model *model, pat_bytes all, const struct parts *parts,
                                pat_error *error)
{
    pat_learner *learner[PAT_MODEL_LEARNERS_MAX];
    pat_bytes rest = all, trees = all;
    int count = pat_model_learners(model, learner);
    pat_status status = PAT_OK;
    for (int i = 0; i < count && status == PAT_OK; i++) {
        if (count > 1 && !next_trees(&rest, &trees))
            return corrupt(parts, "damaged: the trees are not where they should be", error);
        status = take_learner(learner[i], trees, parts, error);
    }
    if (status == PAT_OK && count > 1 && rest.size > 0)
        return corrupt(parts, "damaged: the trees are not where they should be", error);
    return status;
}

static pat_status take_trees(pat_model *model, const struct parts *parts, pat_error *error)
{
    pat_buffer trees = {0};
    if (model->kind == PAT_MODEL_LINEAR)
        return parts->trees_size == 0
                   ? PAT_OK
                   : pat_fail(error, PAT_MALFORMED,
                              "%s: a linear model must not have trees; train it again",
                              parts->name);
    pat_bytes compressed = {parts->compressed, parts->compressed_size};
    pat_status status = PAT_OK;
    if (parts->trees_size > 0)
        status = pat_inflate(compressed, parts->trees_size, &trees, error);
    if (status == PAT_OK)
        status = take_learners(model, pat_buffer_bytes(&trees), parts, error);
    else if (status == PAT_CORRUPT)
        status = corrupt(parts, "damaged: its trees cannot be decompressed", error);
    pat_buffer_release(&trees);
    return status;
}

static pat_status take_parts(pat_model *model, const struct parts *parts, pat_error *error)
{
    pat_status status =
        pat_header_get(model, parts->description, parts->description_size, parts->name, error);
    if (status == PAT_OK)
        status = take_trees(model, parts, error);
    if (status != PAT_OK)
        return status;
    model->description = strndup(parts->description, parts->description_size);
    return model->description != NULL ? PAT_OK : pat_fail_memory(error, "a model");
}

pat_status pat_model_read(const void *bytes, size_t size, const char *name, pat_model **out,
                          pat_error *error)
{
    struct parts parts = {.name = name, .at = bytes, .end = (const char *)bytes + size};
    *out = NULL;
    pat_status status = take_title(&parts, error);
    if (status == PAT_OK)
        status = take_sizes(&parts, error);
    if (status == PAT_OK)
        status = check_digest(&parts, error);
    if (status != PAT_OK)
        return status;
    pat_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return pat_fail_memory(error, "a model");
    status = take_parts(model, &parts, error);
    if (status == PAT_OK)
        *out = model;
    else
        pat_model_free(model);
    return status;
}

static pat_status open_model(const char *path, int *descriptor, size_t *size, pat_error *error)
{
    struct stat info;
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*descriptor < 0 || fstat(*descriptor, &info) != 0)
        return pat_fail(error, errno == ENOENT ? PAT_NOT_FOUND : PAT_UNREADABLE,
                        "%s: cannot open the model (%s); check the path", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return pat_fail(error, PAT_NOT_A_FILE, "%s: is not a regular file; name a model", path);
    if (info.st_size == 0)
        return pat_fail(error, PAT_EMPTY_FILE, "%s: is empty; train the model again", path);
    if ((uint64_t)info.st_size > file_limit)
        return pat_fail(error, PAT_MALFORMED,
                        "%s: is too large for a model; name a file that 'patina train' made", path);
    *size = (size_t)info.st_size;
    return PAT_OK;
}

/* Read all bytes of the file. */
static pat_status read_bytes(int descriptor, const char *path, char *bytes, size_t *size,
                             pat_error *error)
{
    size_t filled = 0;
    while (filled < *size) {
        ssize_t count = read(descriptor, bytes + filled, *size - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return pat_fail(error, PAT_UNREADABLE, "%s: cannot read (%s); check the disk", path,
                            strerror(errno));
        if (count == 0)
            break;
        filled += (size_t)count;
    }
    *size = filled;
    return PAT_OK;
}

pat_status pat_model_read_bytes(const char *path, pat_buffer *bytes, pat_error *error)
{
    int descriptor;
    size_t size = 0;
    pat_status status = open_model(path, &descriptor, &size, error);
    char *room = status == PAT_OK ? pat_buffer_room(bytes, size) : NULL;
    if (status == PAT_OK && room == NULL)
        status = pat_fail_memory(error, "a model");
    if (status == PAT_OK)
        status = read_bytes(descriptor, path, room, &size, error);
    if (status == PAT_OK)
        bytes->size += size;
    if (descriptor >= 0)
        close(descriptor);
    return status;
}

pat_status pat_model_load(const char *path, pat_model **model, pat_error *error)
{
    pat_buffer bytes = {0};
    *model = NULL;
    pat_status status = pat_model_read_bytes(path, &bytes, error);
    if (status == PAT_OK)
        status = pat_model_read(bytes.data, bytes.size, path, model, error);
    pat_buffer_release(&bytes);
    return status;
}
