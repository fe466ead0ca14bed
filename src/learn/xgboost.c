#include "learn/xgboost.h"

#include <stddef.h>

#include "base/library.h"

static const pat_library_function functions[] = {
#define FUNCTION(prefix, name) {#prefix #name, offsetof(pat_xgboost, prefix##name)},
    PAT_XGBOOST_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

pat_status pat_xgboost_load(pat_xgboost *xgboost, pat_error *error)
{
    /* as in Debian: XGBoost 1.7 */
    return pat_library_load("libxgboost.so.0", "libxgboost0", functions,
                            sizeof functions / sizeof *functions, xgboost, error);
}
