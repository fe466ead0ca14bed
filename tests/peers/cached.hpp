// The grid with all intermediate results that settings share, for any implementation of SSIM.
#pragma once

#include "peer.hpp"

#include <opencv2/imgproc.hpp>

// Ssim must have setOriginal(image), called once per pair, and mean(image), called once per setting.
// Buffers are members: after the first pair, pairs of the same size need no allocation.
template <class Ssim> class CachedGrid
{
  public:
    std::vector<Scores> operator()(const cv::Mat &damaged, const cv::Mat &undamaged)
    {
        std::vector<Scores> scores;
        ssim.setOriginal(undamaged);
        for (const Color color : COLORS) {
            if (color == Color::WhiteBalance)
                cv::LUT(damaged, whiteBalanceTable(damaged), balanced);
            const cv::Mat &base = color == Color::WhiteBalance ? balanced : damaged;
            for (const double sigma : SIGMAS) {
                cv::GaussianBlur(base, blurred, cv::Size(0, 0), sigma);
                for (const double strength : STRENGTHS) {
                    cv::addWeighted(base, 1 + strength, blurred, -strength, 0, sharpened);
                    const cv::Mat &restored = fitted(undamaged.size());
                    scores.push_back({psnr(undamaged, restored), ssim.mean(restored)});
                }
            }
        }
        return scores;
    }

  private:
    const cv::Mat &fitted(cv::Size size)
    {
        if (sharpened.size() == size)
            return sharpened;
        cv::resize(sharpened, resized, size, 0, 0, cv::INTER_LINEAR);
        return resized;
    }

    Ssim ssim;
    cv::Mat balanced, blurred, sharpened, resized;
};

// SSIM of one window from its integer sums; u: original, x: restored image. uSpread is
// 49 * (sum of squares) - (square of the sum). All sums fit into 32 bits.
inline float ssimOfWindow(int uSum, int uSpread, int xSum, int xSquares, int products)
{
    constexpr float c1 = static_cast<float>(WINDOW_AREA * WINDOW_AREA * C1);
    constexpr float c2 = static_cast<float>(WINDOW_AREA * (WINDOW_AREA - 1) * C2);
    const int cross = 2 * uSum * xSum, xSum2 = xSum * xSum;
    const float above1 = static_cast<float>(cross) + c1;
    const float above2 = static_cast<float>(2 * WINDOW_AREA * products - cross) + c2;
    const float below1 = static_cast<float>(uSum * uSum + xSum2) + c1;
    const float below2 = static_cast<float>(uSpread + WINDOW_AREA * xSquares - xSum2) + c2;
    return above1 * above2 / (below1 * below2);
}
