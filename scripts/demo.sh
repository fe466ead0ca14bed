#!/bin/sh
# Install what is missing, build, and make the data set of the sample images and a page about it.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release
build/patina search data/sample/damaged data/sample/undamaged \
    -o build/regression_training_data.csv --trials build/trials.csv
build/patina report build/regression_training_data.csv --trials-from build/trials.csv \
    --pairs data/sample/damaged data/sample/undamaged -o build/report.html --force
echo
echo "the first rows, without the features:"
cut -d, -f1-4,19- build/regression_training_data.csv | head -6
echo
echo "next, from clean images to restored ones (see README.md):"
sed -n '/^## From clean/,/^## /{/^    /p;}' README.md
