#include "learn/target_errors.h"

#include <math.h>

/* predicted_stride: 0 repeats a single prediction. */
static pat_metrics compare(const double *truth, size_t truth_stride, const double *predicted,
                           size_t predicted_stride, size_t count)
{
    double sum = 0, squares = 0, absolutes = 0, deviations = 0;
    for (size_t i = 0; i < count; i++) {
        double error = truth[i * truth_stride] - predicted[i * predicted_stride];
        sum += truth[i * truth_stride];
        squares += error * error;
        absolutes += fabs(error);
    }
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        double deviation = truth[i * truth_stride] - mean;
        deviations += deviation * deviation;
    }
    return (pat_metrics){
        .mse = squares / (double)count,
        .mae = absolutes / (double)count,
        .r2 = deviations != 0 ? 1 - squares / deviations
              : squares == 0  ? 1
                              : 0,
    };
}

pat_metrics pat_metrics_of(const double *truth, const double *predicted, size_t count,
                           size_t stride)
{
    return compare(truth, stride, predicted, stride, count);
}

pat_metrics pat_metrics_of_constant(const double *truth, double predicted, size_t count,
                                    size_t stride)
{
    return compare(truth, stride, &predicted, 0, count);
}
