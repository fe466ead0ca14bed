/*
 * XGBoost, loaded with the first model that needs it; private to the folder. The library adds
 * OpenMP and C++ to a process: 4 ms and 6 MB for every worker of a search. So the program does not
 * link it: the booster loads it and calls it through a table.
 */
#ifndef PAT_LEARN_XGBOOST_H
#define PAT_LEARN_XGBOOST_H

#include <xgboost/c_api.h>

#include "patina/status.h"

/* The functions called: prefix and rest of each name. */
#define PAT_XGBOOST_FUNCTIONS(X)                                                                   \
    X(XGBoost, Version)                                                                            \
    X(XGB, GetLastError)                                                                           \
    X(XGB, SetGlobalConfig)                                                                        \
    X(XGDMatrix, CreateFromMat_omp)                                                                \
    X(XGDMatrix, SetInfoFromInterface)                                                             \
    X(XGDMatrix, Free)                                                                             \
    X(XGBooster, Create)                                                                           \
    X(XGBooster, Free)                                                                             \
    X(XGBooster, SetParam)                                                                         \
    X(XGBooster, UpdateOneIter)                                                                    \
    X(XGBooster, PredictFromDMatrix)                                                               \
    X(XGBooster, GetNumFeature)                                                                    \
    X(XGBooster, FeatureScore)                                                                     \
    X(XGBooster, SaveModelToBuffer)                                                                \
    X(XGBooster, LoadModelFromBuffer)

/* The table keeps the prefix, as in XGBoosterCreate: Free exists with two prefixes. */
typedef struct pat_xgboost {
#define PAT_XGBOOST_MEMBER(prefix, name) __typeof__(prefix##name) *prefix##name;
    PAT_XGBOOST_FUNCTIONS(PAT_XGBOOST_MEMBER)
#undef PAT_XGBOOST_MEMBER
} pat_xgboost;

/* Fill in the table; XGBoost then stays loaded. Fails like pat_library_load(). */
PAT_MUST_CHECK pat_status pat_xgboost_load(pat_xgboost *xgboost, pat_error *error);

#endif
