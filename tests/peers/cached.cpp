// The grid as an experienced OpenCV programmer would write it for speed: nothing is computed twice,
// OpenCV computes integer window sums, and one loop that the compiler vectorizes computes SSIM from
// them. The image is processed in strips whose sums stay in the L2 cache.
#include "cached.hpp"

#include <algorithm>

namespace
{

constexpr int STRIP_ROWS = 64;

void windowSum(const cv::Mat &image, cv::Mat &sum)
{
    cv::boxFilter(image, sum, CV_32S, cv::Size(WINDOW, WINDOW), cv::Point(-1, -1), false);
}

class Ssim
{
  public:
    void setOriginal(const cv::Mat &image)
    {
        original = image;
        cv::Mat squares;
        windowSum(original, originalSum);
        cv::multiply(original, original, product, 1, CV_16U);
        windowSum(product, squares);
        cv::multiply(originalSum, originalSum, spread);
        cv::addWeighted(squares, WINDOW_AREA, spread, -1, 0, spread);
    }

    double mean(const cv::Mat &restored)
    {
        // Interleaved channels: a row has 3 * columns samples, and margins are 3 * MARGIN wide.
        const int first = MARGIN * 3, last = (restored.cols - MARGIN) * 3;
        columnSum.assign(static_cast<size_t>(last), 0);
        double sum = 0;
        for (int top = MARGIN; top < restored.rows - MARGIN; top += STRIP_ROWS) {
            const int bottom = std::min(top + STRIP_ROWS, restored.rows - MARGIN);
            sumStrip(restored, top, bottom);
            std::fill(columnSum.begin(), columnSum.end(), 0.0F);
            for (int y = top; y < bottom; y++)
                addRow(y, y - top, first, last);
            for (const float value : columnSum)
                sum += value;
        }
        return sum / ((restored.rows - 2.0 * MARGIN) * (last - first));
    }

  private:
    // The window sums of rows top..bottom - 1. Their products need MARGIN more rows on each side.
    void sumStrip(const cv::Mat &restored, int top, int bottom)
    {
        const cv::Range rows(top, bottom), wider(top - MARGIN, bottom + MARGIN);
        const cv::Range inner(MARGIN, MARGIN + bottom - top);
        windowSum(restored.rowRange(rows), restoredSum);
        cv::multiply(restored.rowRange(wider), restored.rowRange(wider), product, 1, CV_16U);
        windowSum(product.rowRange(inner), restoredSquares);
        cv::multiply(restored.rowRange(wider), original.rowRange(wider), product, 1, CV_16U);
        windowSum(product.rowRange(inner), products);
    }

    // With a sum per column, the compiler can vectorize without reordering additions. ivdep: the
    // rows do not overlap.
    void addRow(int y, int stripRow, int first, int last)
    {
        const int *const u = originalSum.ptr<int>(y), *const uSpread = spread.ptr<int>(y);
        const int *const x = restoredSum.ptr<int>(stripRow);
        const int *const xSquares = restoredSquares.ptr<int>(stripRow);
        const int *const ux = products.ptr<int>(stripRow);
        float *const columns = columnSum.data();
#pragma GCC ivdep
        for (int i = first; i < last; i++)
            columns[i] += ssimOfWindow(u[i], uSpread[i], x[i], xSquares[i], ux[i]);
    }

    cv::Mat original, originalSum, spread;
    cv::Mat product, restoredSum, restoredSquares, products;
    std::vector<float> columnSum;
};

} // namespace

int main(int argc, char **argv)
{
    return servePairs(argc, argv, CachedGrid<Ssim>());
}
