/* Reasons to refuse a request, and their HTTP statuses; private to the library. */
#ifndef PAT_WEB_PROBLEM_H
#define PAT_WEB_PROBLEM_H

#include "patina/status.h"

typedef enum pat_problem {
    PAT_PROBLEM_NONE,
    PAT_PROBLEM_MALFORMED,
    PAT_PROBLEM_PARAMETER,
    PAT_PROBLEM_UNAUTHORIZED,
    PAT_PROBLEM_CROSS_SITE,
    PAT_PROBLEM_NOT_FOUND,
    PAT_PROBLEM_METHOD,
    PAT_PROBLEM_NO_LENGTH,
    PAT_PROBLEM_BODY_TOO_LARGE,
    PAT_PROBLEM_TOO_LARGE,
    PAT_PROBLEM_UNSUPPORTED_FORMAT,
    PAT_PROBLEM_HOST,
    PAT_PROBLEM_CORRUPT,
    PAT_PROBLEM_EMPTY_FILE,
    PAT_PROBLEM_TOO_SMALL,
    PAT_PROBLEM_QUEUE_FULL,
    PAT_PROBLEM_PER_ADDRESS,
    PAT_PROBLEM_STORE_FULL,
    PAT_PROBLEM_HEADERS_TOO_LARGE,
    PAT_PROBLEM_INTERNAL,
    PAT_PROBLEM_WORKER_DIED,
    PAT_PROBLEM_STOPPING,
    PAT_PROBLEM_OUT_OF_MEMORY,
    PAT_PROBLEM_DEADLINE,
    PAT_PROBLEM_VERSION,
    PAT_PROBLEMS
} pat_problem;

typedef struct pat_problem_info {
    int status;         /* HTTP status */
    const char *reason; /* one word */
    int retry_after_s;  /* 0: no Retry-After header */
} pat_problem_info;

/* Static. */
const pat_problem_info *pat_problem_describe(pat_problem problem);

/* The problem to report for a worker's failure. */
pat_problem pat_problem_of(pat_status status);

#endif
