/*
 * libpatina: image-restoration parameter search, data sets, models and restored images.
 *
 * The units, from the bottom up: image.h, restore.h, score.h, features.h work on images in memory;
 * grid.h and search.h find the best setting for one pair; dataset.h and run.h do it for folders;
 * degrade.h makes such folders from clean images, inspect.h checks a data set; training.h,
 * evaluation.h and model.h train and test models, restoration.h restores images with a model, and
 * serve.h does so on the web; report.h writes a report for people; learn.h makes a model from clean
 * images in one run.
 */
#ifndef PATINA_PATINA_H
#define PATINA_PATINA_H

#include "patina/dataset.h"
#include "patina/degrade.h"
#include "patina/evaluation.h"
#include "patina/explain.h"
#include "patina/features.h"
#include "patina/film.h"
#include "patina/frames.h"
#include "patina/grid.h"
#include "patina/image.h"
#include "patina/inspect.h"
#include "patina/json.h"
#include "patina/learn.h"
#include "patina/memory.h"
#include "patina/model.h"
#include "patina/report.h"
#include "patina/restoration.h"
#include "patina/restore.h"
#include "patina/run.h"
#include "patina/score.h"
#include "patina/search.h"
#include "patina/serve.h"
#include "patina/sheet.h"
#include "patina/status.h"
#include "patina/training.h"
#include "patina/version.h"

#endif
