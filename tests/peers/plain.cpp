// The grid as a straightforward C++ port of the notebook, library call by library call: settings
// share no intermediate results. SSIM is scikit-image's structural_similarity in single precision.
#include "peer.hpp"

#include <opencv2/imgproc.hpp>

static cv::Mat windowMean(const cv::Mat &image)
{
    cv::Mat mean;
    cv::boxFilter(image, mean, CV_32F, cv::Size(WINDOW, WINDOW));
    return mean;
}

static cv::Mat windowMeanOfProduct(const cv::Mat &a, const cv::Mat &b)
{
    cv::Mat product;
    cv::multiply(a, b, product, 1, CV_32F);
    return windowMean(product);
}

static double ssimOfChannel(const cv::Mat &u, const cv::Mat &x)
{
    const double sample = static_cast<double>(WINDOW_AREA) / (WINDOW_AREA - 1);
    const cv::Mat uMean = windowMean(u), xMean = windowMean(x);
    const cv::Mat uMean2 = uMean.mul(uMean), xMean2 = xMean.mul(xMean), uxMean = uMean.mul(xMean);
    const cv::Mat uVariance = sample * (windowMeanOfProduct(u, u) - uMean2);
    const cv::Mat xVariance = sample * (windowMeanOfProduct(x, x) - xMean2);
    const cv::Mat covariance = sample * (windowMeanOfProduct(u, x) - uxMean);

    const cv::Mat above1 = 2 * uxMean + C1, above2 = 2 * covariance + C2;
    const cv::Mat below1 = uMean2 + xMean2 + C1, below2 = uVariance + xVariance + C2;
    const cv::Mat map = above1.mul(above2) / below1.mul(below2);
    return cv::mean(
        map(cv::Range(MARGIN, map.rows - MARGIN), cv::Range(MARGIN, map.cols - MARGIN)))[0];
}

static double ssim(const cv::Mat &original, const cv::Mat &restored)
{
    std::vector<cv::Mat> u, x;
    cv::split(original, u);
    cv::split(restored, x);
    double sum = 0;
    for (size_t c = 0; c < u.size(); c++)
        sum += ssimOfChannel(u[c], x[c]);
    return sum / static_cast<double>(u.size());
}

static cv::Mat restore(const cv::Mat &damaged, Color color, double sigma, double strength,
                       cv::Size size)
{
    cv::Mat balanced, blurred, sharpened;
    if (color == Color::WhiteBalance)
        cv::LUT(damaged, whiteBalanceTable(damaged), balanced);
    const cv::Mat &base = color == Color::WhiteBalance ? balanced : damaged;
    cv::GaussianBlur(base, blurred, cv::Size(0, 0), sigma);
    cv::addWeighted(base, 1 + strength, blurred, -strength, 0, sharpened);
    if (sharpened.size() != size)
        cv::resize(sharpened, sharpened, size, 0, 0, cv::INTER_LINEAR);
    return sharpened;
}

static std::vector<Scores> searchGrid(const cv::Mat &damaged, const cv::Mat &undamaged)
{
    std::vector<Scores> scores;
    for (const Color color : COLORS)
        for (const double sigma : SIGMAS)
            for (const double strength : STRENGTHS) {
                const cv::Mat restored = restore(damaged, color, sigma, strength, undamaged.size());
                scores.push_back({psnr(undamaged, restored), ssim(undamaged, restored)});
            }
    return scores;
}

int main(int argc, char **argv)
{
    return servePairs(argc, argv, searchGrid);
}
