#!/bin/sh
# Make the model that patina is shipped with, data/model/default.model, from photographs of Debian
# main. The same machine and library versions give the same bytes. About an hour on two cores.
#
#     scripts/make_model.sh [FOLDER] # default: build/model; 8 GB
#
# What is in the folder already is kept: after a change of the photographs or of this script, use a
# new one.
#
# data/model/README.md lists the photographs. Those from npm are never learned from: they are what
# scripts/study.sh judges the model by.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/model}
[ -x build/patina ] || { cmake --preset release >/dev/null && cmake --build --preset release; }
patina=$PWD/build/patina
scripts=$PWD/scripts
model=$PWD/data/model/default.model
mkdir -p "$folder" data/model
cd "$folder"

[ -f cache/photographs.csv ] || "$scripts/photographs.py" cache --debian-main
[ -f split.csv ] || "$scripts/study_photographs.py" cache . --shrink 960
[ -f pairs/manifest.csv ] ||
    "$patina" degrade learn -o pairs --force --shrink 320..960 --crop 256x256 --per-image 36
[ -f data.csv ] || "$patina" search --manifest pairs/manifest.csv -o data.csv --extended
"$patina" train data.csv --manifest pairs/manifest.csv --kind tone --use-all --force -o "$model"
sha256sum "$model"
