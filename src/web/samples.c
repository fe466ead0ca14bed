#include "web/samples.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "image/format.h"

static int is_image(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && pat_format_of_name(entry->d_name) != PAT_FORMAT_NONE;
}

pat_status pat_samples_init(pat_samples *samples, const char *path, pat_error *error)
{
    *samples = (pat_samples){.folder = -1};
    if (path == NULL)
        return PAT_OK;
    samples->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (samples->folder >= 0)
        samples->count = scandirat(samples->folder, ".", &samples->entries, is_image, alphasort);
    if (samples->folder >= 0 && samples->count >= 0)
        return PAT_OK;
    samples->count = 0;
    return pat_fail(error, PAT_UNREADABLE,
                    "--samples: cannot list %s (%s); name a folder of images", path,
                    strerror(errno));
}

void pat_samples_release(pat_samples *samples)
{
    for (int i = 0; i < samples->count; i++)
        free(samples->entries[i]);
    free(samples->entries);
    if (samples->folder >= 0)
        close(samples->folder);
    *samples = (pat_samples){.folder = -1};
}

void pat_samples_list(const pat_samples *samples, pat_answer *answer)
{
    json_t *names = json_array();
    for (int i = 0; i < samples->count; i++)
        pat_json_append(&names, pat_json_text(samples->entries[i]->d_name));
    pat_answer_begin_json(answer, "samples", json_pack("{s:o}", "samples", names));
}

static void send_file(int descriptor, const char *type, pat_answer *answer)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(descriptor);
        pat_answer_fail(answer, PAT_PROBLEM_NOT_FOUND, "the sample is not a regular file");
        return;
    }
    pat_answer_begin(answer, type);
    answer->may_be_kept = true;
    answer->kind = PAT_BODY_FILE;
    answer->descriptor = descriptor;
    answer->file_size = (uint64_t)info.st_size;
}

void pat_samples_get(const pat_samples *samples, const char *name, pat_answer *answer)
{
    for (int i = 0; i < samples->count; i++) {
        if (strcmp(samples->entries[i]->d_name, name) != 0)
            continue;
        int descriptor = openat(samples->folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0)
            break;
        send_file(descriptor, pat_format_row(pat_format_of_name(name))->media_type, answer);
        return;
    }
    pat_answer_fail(answer, PAT_PROBLEM_NOT_FOUND,
                    "no such sample; GET /samples/ lists the samples");
}
