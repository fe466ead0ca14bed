#include "peer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

namespace fs = std::filesystem;

struct Pair {
    std::string name;
    cv::Mat damaged, undamaged;
};

cv::Mat whiteBalanceTable(const cv::Mat &image)
{
    const cv::Scalar mean = cv::mean(image);
    cv::Mat table(1, 256, CV_8UC3);
    for (int value = 0; value < 256; value++)
        for (int c = 0; c < 3; c++) {
            const double balanced = mean[c] > 0 ? value * (128 / mean[c]) : value;
            table.at<cv::Vec3b>(value)[c] = static_cast<uchar>(std::min(balanced, 255.0));
        }
    return table;
}

double psnr(const cv::Mat &a, const cv::Mat &b)
{
    const double mse =
        cv::norm(a, b, cv::NORM_L2SQR) / (static_cast<double>(a.total()) * a.channels());
    return mse > 0 ? 10 * std::log10(255.0 * 255.0 / mse) : std::numeric_limits<double>::infinity();
}

static cv::Mat decode(const fs::path &path)
{
    cv::Mat image = cv::imread(path.string());
    if (image.empty())
        throw std::runtime_error("cannot decode " + path.string());
    return image;
}

static std::vector<Pair> loadPairs(const fs::path &damaged, const fs::path &undamaged)
{
    std::vector<Pair> pairs;
    for (const auto &entry : fs::directory_iterator(damaged)) {
        const fs::path name = entry.path().filename();
        if (fs::exists(undamaged / name))
            pairs.push_back({name.string(), decode(entry.path()), decode(undamaged / name)});
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const Pair &a, const Pair &b) { return a.name < b.name; });
    return pairs;
}

static double clockMs(clockid_t clock)
{
    timespec now;
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

static void runOnce(const Pair &pair, const GridSearch &search)
{
    const double start = clockMs(CLOCK_MONOTONIC), cpuStart = clockMs(CLOCK_PROCESS_CPUTIME_ID);
    const std::vector<Scores> scores = search(pair.damaged, pair.undamaged);
    const double cpuElapsed = clockMs(CLOCK_PROCESS_CPUTIME_ID) - cpuStart;
    const double elapsed = clockMs(CLOCK_MONOTONIC) - start;

    const auto best = std::max_element( // the first, if tied
        scores.begin(), scores.end(),
        [](const Scores &a, const Scores &b) { return similarity(a) < similarity(b); });
    std::printf("%.6f %.6f %td", elapsed, cpuElapsed, best - scores.begin());
    for (const Scores &s : scores)
        std::printf(" %.17g %.17g", s.psnr, s.ssim);
    std::printf("\n");
    std::fflush(stdout);
}

int servePairs(int argc, char **argv, const GridSearch &search)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s DAMAGED_DIR UNDAMAGED_DIR\n", argv[0]);
        return 2;
    }
    try {
        cv::setNumThreads(1);
        const std::vector<Pair> pairs = loadPairs(argv[1], argv[2]);
        for (const Pair &pair : pairs)
            std::printf("pair %d %d %s\n", pair.undamaged.cols, pair.undamaged.rows,
                        pair.name.c_str());
        std::printf("ready\n");
        std::fflush(stdout);
        std::string task;
        size_t index;
        while (std::cin >> task >> index) {
            if (task != "all")
                throw std::runtime_error("unknown task " + task);
            runOnce(pairs.at(index), search);
        }
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
    return 0;
}
