// Shared by the C++ peers: the grid, the pairs, and the line protocol of driver.py.
#pragma once

#include <functional>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

enum class Color { WhiteBalance, None };

// The default grid, nested in this order.
constexpr Color COLORS[] = {Color::WhiteBalance, Color::None};
constexpr double SIGMAS[] = {0.5, 1, 1.5, 2};
constexpr double STRENGTHS[] = {0.5, 1, 1.5, 2, 2.5};

// SSIM's constants for 8-bit data.
constexpr int WINDOW = 7, MARGIN = WINDOW / 2, WINDOW_AREA = WINDOW * WINDOW;
constexpr double C1 = (0.01 * 255) * (0.01 * 255), C2 = (0.03 * 255) * (0.03 * 255);

struct Scores {
    double psnr, ssim;
};

inline double similarity(const Scores &scores)
{
    return 0.5 * scores.psnr / 50 + 0.5 * scores.ssim;
}

// The scores of every setting, in grid order.
using GridSearch =
    std::function<std::vector<Scores>(const cv::Mat &damaged, const cv::Mat &undamaged)>;

// Gray world white balance as a table per channel: every mean becomes 128.
cv::Mat whiteBalanceTable(const cv::Mat &image);

double psnr(const cv::Mat &a, const cv::Mat &b);

// Load all pairs in the folders argv[1] and argv[2], then run the grid on request. Returns the exit
// status.
int servePairs(int argc, char **argv, const GridSearch &search);
