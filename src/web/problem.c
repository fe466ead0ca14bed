#include "web/problem.h"

enum { SOON_S = 2, LATER_S = 10 };

static const pat_problem_info table[PAT_PROBLEMS] = {
    [PAT_PROBLEM_NONE] = {200, "none", 0},
    [PAT_PROBLEM_MALFORMED] = {400, "malformed", 0},
    [PAT_PROBLEM_PARAMETER] = {400, "invalid_argument", 0},
    [PAT_PROBLEM_UNAUTHORIZED] = {401, "unauthorized", 0},
    [PAT_PROBLEM_CROSS_SITE] = {403, "cross_site", 0},
    [PAT_PROBLEM_NOT_FOUND] = {404, "not_found", 0},
    [PAT_PROBLEM_METHOD] = {405, "method_not_allowed", 0},
    [PAT_PROBLEM_NO_LENGTH] = {411, "no_length", 0},
    [PAT_PROBLEM_BODY_TOO_LARGE] = {413, "body_too_large", 0},
    [PAT_PROBLEM_TOO_LARGE] = {413, "too_large", 0},
    [PAT_PROBLEM_UNSUPPORTED_FORMAT] = {415, "unsupported_format", 0},
    [PAT_PROBLEM_HOST] = {421, "misdirected", 0},
    [PAT_PROBLEM_CORRUPT] = {422, "corrupt", 0},
    [PAT_PROBLEM_EMPTY_FILE] = {422, "empty_file", 0},
    [PAT_PROBLEM_TOO_SMALL] = {422, "too_small", 0},
    [PAT_PROBLEM_QUEUE_FULL] = {429, "queue_full", SOON_S},
    [PAT_PROBLEM_PER_ADDRESS] = {429, "too_many_from_address", SOON_S},
    [PAT_PROBLEM_STORE_FULL] = {429, "store_full", SOON_S},
    [PAT_PROBLEM_HEADERS_TOO_LARGE] = {431, "headers_too_large", 0},
    [PAT_PROBLEM_INTERNAL] = {500, "internal", 0},
    [PAT_PROBLEM_WORKER_DIED] = {502, "worker_died", 0},
    [PAT_PROBLEM_STOPPING] = {503, "stopping", LATER_S},
    [PAT_PROBLEM_OUT_OF_MEMORY] = {503, "out_of_memory", LATER_S},
    [PAT_PROBLEM_DEADLINE] = {504, "deadline", 0},
    [PAT_PROBLEM_VERSION] = {505, "unsupported_version", 0},
};

const pat_problem_info *pat_problem_describe(pat_problem problem)
{
    return &table[problem];
}

pat_problem pat_problem_of(pat_status status)
{
    switch (status) {
    case PAT_UNSUPPORTED_FORMAT:
        return PAT_PROBLEM_UNSUPPORTED_FORMAT;
    case PAT_CORRUPT:
        return PAT_PROBLEM_CORRUPT;
    case PAT_EMPTY_FILE:
        return PAT_PROBLEM_EMPTY_FILE;
    case PAT_TOO_SMALL:
        return PAT_PROBLEM_TOO_SMALL;
    case PAT_TOO_LARGE:
        return PAT_PROBLEM_TOO_LARGE;
    case PAT_INVALID_ARGUMENT: /* such as a side too long for the requested format */
        return PAT_PROBLEM_PARAMETER;
    case PAT_OUT_OF_MEMORY:
        return PAT_PROBLEM_OUT_OF_MEMORY;
    case PAT_WORKER_DIED:
        return PAT_PROBLEM_WORKER_DIED;
    default:
        return PAT_PROBLEM_INTERNAL;
    }
}
