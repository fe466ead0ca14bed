/* Print an evaluation in pixels as text. */
#ifndef PAT_CLI_EVALUATION_TEXT_H
#define PAT_CLI_EVALUATION_TEXT_H

#include "patina/evaluation.h"

/* Print it on stdout. */
void evaluation_print(const pat_evaluation_report *report);

/* Print what the choices are worth in one line: the gain over the untouched images and over the
 * best fixed setting, and how many images are made worse. what: the start of the line. */
void worth_print(const pat_evaluation_report *report, const char *what);

/* Print a share of the oracle's gain and its interval in percent, or "none to capture". */
void share_print(const pat_estimate *share);

/* Like pat_setting_describe(), but "leave alone" for a setting that does nothing. */
void setting_describe(const pat_setting *setting, char text[PAT_SETTING_TEXT_SIZE]);

#endif
