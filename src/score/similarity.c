#include "patina/score.h"

double pat_similarity(double psnr, double ssim)
{
    return 0.5 * (psnr / 50) + 0.5 * ssim;
}
