/* The environment variables of workers; private to the library. */
#ifndef PAT_WORKERS_ENVIRONMENT_H
#define PAT_WORKERS_ENVIRONMENT_H

/*
 * Those variables of this process that a worker needs, as for execve(). All others stay here: they
 * may hold secrets, and an image that takes over a worker can read its memory. Free with free();
 * the texts are borrowed from the environment. NULL when memory runs out.
 */
char **pat_environment_of_worker(void);

#endif
