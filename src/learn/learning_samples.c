#include "learn/learning_samples.h"

#include <math.h>
#include <stdbool.h>

void pat_column_moments(const double *value, size_t count, size_t stride, double *mean,
                        double *deviation)
{
    double sum = 0, squares = 0;
    bool constant = true;
    for (size_t i = 0; i < count; i++) {
        sum += value[i * stride];
        constant = constant && value[i * stride] == *value;
    }
    *mean = constant ? *value : sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        double difference = value[i * stride] - *mean;
        squares += difference * difference;
    }
    *deviation = sqrt(squares / (double)count);
}
