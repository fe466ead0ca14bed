/* Symbol visibility and attributes shared by the public headers. */
#ifndef PATINA_EXPORT_H
#define PATINA_EXPORT_H

#if defined(__GNUC__)
#define PAT_API __attribute__((visibility("default")))
#define PAT_MUST_CHECK __attribute__((warn_unused_result))
#else
#define PAT_API
#define PAT_MUST_CHECK
#endif

#endif
