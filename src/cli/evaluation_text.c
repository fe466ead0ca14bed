#include "evaluation_text.h"

#include <math.h>
#include <stdio.h>

#include "console.h"

void setting_describe(const pat_setting *setting, char text[PAT_SETTING_TEXT_SIZE])
{
    if (pat_setting_is_idle(setting))
        snprintf(text, PAT_SETTING_TEXT_SIZE, "leave alone");
    else
        pat_setting_describe(setting, text);
}

static void print_way(const pat_evaluation_report *report, int way)
{
    const pat_estimate *psnr = &report->psnr[way], *ssim = &report->ssim[way],
                       *similarity = &report->similarity[way];
    printf("  %-10s %7.3f (%6.3f..%6.3f)  %7.4f (%6.4f..%6.4f)  %7.4f (%6.4f..%6.4f)\n",
           pat_way_name((pat_way)way), psnr->value, psnr->low, psnr->high, ssim->value, ssim->low,
           ssim->high, similarity->value, similarity->low, similarity->high);
}

void share_print(const pat_estimate *share)
{
    if (isnan(share->value))
        printf("none to capture");
    else
        printf("%.1f %% (%.1f..%.1f)", 100 * share->value, 100 * share->low, 100 * share->high);
}

static void print_share(const char *what, const pat_estimate *share)
{
    printf("%s: ", what);
    share_print(share);
    printf("\n");
}

static void print_extremes(const char *title, const pat_extreme *extremes, size_t count)
{
    printf("%s\n", title);
    for (size_t i = 0; i < count; i++) {
        char setting[PAT_SETTING_TEXT_SIZE];
        setting_describe(&extremes[i].setting, setting);
        printf("  %+.4f of %+.4f  ", extremes[i].gain, extremes[i].oracle_gain);
        console_name(extremes[i].name);
        printf(": %s\n", setting);
    }
}

/* "+0.0341 (+0.0210..+0.0470)" */
static void print_difference(const pat_estimate *difference)
{
    printf("%+.4f (%+.4f..%+.4f)", difference->value, difference->low, difference->high);
}

void worth_print(const pat_evaluation_report *report, const char *what)
{
    printf("%s: similarity ", what);
    print_difference(&report->gain);
    printf(" over the untouched images, ");
    print_difference(&report->over_fixed);
    printf(" over the best fixed setting; made worse: %zu of %zu\n", report->worse, report->pairs);
}

void evaluation_print(const pat_evaluation_report *report)
{
    char fixed[PAT_SETTING_TEXT_SIZE];
    setting_describe(&report->fixed, fixed);
    worth_print(report, "worth");
    printf("%zu pair%s of %zu original%s; means and 95 %% intervals (bootstrap by original)\n",
           report->pairs, report->pairs == 1 ? "" : "s", report->originals,
           report->originals == 1 ? "" : "s");
    printf("  %-10s %-24s  %-25s  %s\n", "", "PSNR, dB", "SSIM", "similarity");
    for (int way = 0; way < PAT_WAYS; way++)
        print_way(report, way);
    printf("fixed: the best single setting for these pairs, %s\n", fixed);
    print_share("share of the oracle's gain that the prediction captures", &report->captured);
    print_share("                                             in PSNR", &report->captured_psnr);
    print_share("                                             in SSIM", &report->captured_ssim);
    print_share("  that the fixed setting captures", &report->fixed_captured);
    printf("made worse: %zu of %zu, %zu of them flagged; left alone: %zu; flagged: %zu\n",
           report->worse, report->pairs, report->worse_flagged, report->left_alone,
           report->flagged);
    if (report->identical > 0)
        printf("%zu damaged image%s equal%s the original\n", report->identical,
               report->identical == 1 ? "" : "s", report->identical == 1 ? "s" : "");
    print_extremes("best (gain of the prediction, of the oracle):", report->best, report->extremes);
    print_extremes("worst:", report->worst, report->extremes);
}
