#include "shipped.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "startup.h"

#define MODEL "model/default.model"

bool shipped_find(const char *name, char path[PAT_PATH_SIZE])
{
    static const char *const places[] = {PATINA_SHARE, "data"};
    char program[PATH_MAX];
    *path = '\0';
    if (realpath(startup_program(), program) == NULL)
        return false;
    int folder = (int)(strrchr(program, '/') - program);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(path, PAT_PATH_SIZE, "%.*s/%s/%s", folder, program, places[i], name);
        if (access(path, R_OK) == 0)
            return true;
    }
    return false;
}

/* NULL if it is not set, or empty. */
static const char *named_model(void)
{
    const char *named = getenv("PATINA_MODEL");
    return named == NULL || *named == '\0' ? NULL : named;
}

const char *shipped_model(char path[PAT_PATH_SIZE])
{
    const char *named = named_model();
    if (named != NULL) {
        if (access(named, R_OK) == 0)
            return named;
        fprintf(stderr,
                "patina: PATINA_MODEL: cannot read the model %s; correct the variable, or use "
                "--model FILE\n",
                named);
        return NULL;
    }
    if (shipped_find(MODEL, path))
        return path;
    fprintf(stderr,
            "patina: the default model is not installed%s%s; install it, or use "
            "--model FILE with a model written by 'patina train'\n",
            *path == '\0' ? "" : ": there is no ", path);
    return NULL;
}

void shipped_describe(const pat_model *model, char words[SHIPPED_WORDS_SIZE])
{
    char summary[PAT_MODEL_SUMMARY_SIZE];
    bool is_named = named_model() != NULL;
    pat_model_summarize(model, is_named, summary); /* nobody knows the data of the default model */
    snprintf(words, SHIPPED_WORDS_SIZE, "with the %s: %s",
             is_named ? "model that PATINA_MODEL names" : "default model", summary);
}
