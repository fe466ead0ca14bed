/* The built-in recipe, embedded; private to the library. */
#ifndef PAT_DEGRADE_BUILTIN_H
#define PAT_DEGRADE_BUILTIN_H

/* JSON text; see base/embed.h. */
extern const char pat_recipe_builtin[], pat_recipe_builtin_end[];

#endif
