// Names of features and model kinds, and the formats of numbers and sentences.

const FEATURES = {
  mean: ["Overall detail", "The average of the spectrum; larger images have more."],
  std_dev: ["Spread of detail", "How unevenly detail is spread over sizes."],
  skewness: ["Lopsidedness", "Above 0: detail is strong at a few sizes, weak at most."],
  kurtosis: ["Peakedness", "How much the strongest and the weakest sizes stand out."],
  low_freq_energy: ["Coarse shapes", "Light, shade and large shapes: the low frequencies."],
  high_freq_energy: ["Fine detail", "Edges, texture and grain: the high frequencies."],
  energy_ratio: ["Fine vs. coarse detail", "Fine detail divided by coarse shapes; blur lowers it."],
  radial_center: ["Total light", "The center of the spectrum: brightness times size."],
  radial_25: ["Fairly coarse detail", "A quarter of the way from coarse to fine."],
  radial_50: ["Medium detail", "Halfway from coarse to fine."],
  radial_75: ["Fairly fine detail", "Three quarters of the way from coarse to fine."],
  radial_edge: ["Finest detail", "The finest that the image can hold in every direction."],
  color_balance_need: ["Color cast", "0: the color channels agree; near 1: a strong color cast."],
  sharpening_need: ["Softness", "0: sharp; near 1: no edges."],
  noise_mean: ["Noise", "The average difference between a pixel and what its neighbors suggest."],
  noise_median: ["Typical noise", "The median of that difference."],
  detail: ["Finest structure", "The logarithm of the contrast of the finest structure."],
  detail_slope_1: ["From finest to fine", "How the contrast changes as structures double in size."],
  detail_slope_2: ["From fine to medium", "The same for structures twice as large."],
  detail_slope_3: ["From medium to coarse", "The same for structures four times as large."],
  block_contrast: ["JPEG blocks", "1: block borders are invisible; above 1: they show."],
};

const CHANNEL = {
  mean: ["average", "Its mean value, 0 to 255."],
  std: ["contrast", "How widely its values spread."],
  low: ["darkest", "Its 1st percentile; a faded image has a higher one."],
  high: ["brightest", "Its 99th percentile; a yellowed image has a lower one in blue."],
  center: ["balance", "Where its mean lies between darkest (0) and brightest (1)."],
};

export const KINDS = {
  forest: "a random forest",
  boosting: "boosted trees",
  linear: "a linear model",
  surface: "boosted trees over all settings",
};

export function featureWords(name) {
  const [color, what] = name.split("_");
  if (/^(red|green|blue)$/.test(color) && what in CHANNEL)
    return [capital(color) + ", " + CHANNEL[what][0], CHANNEL[what][1]];
  return FEATURES[name] ?? [name.replaceAll("_", " "), ""];
}

export const number = value =>
  String(Number(Math.abs(value) < 0.1 ? value.toPrecision(2) : value.toFixed(2)));
export const short = value => String(Number(value.toPrecision(4)));
export const capital = text => text[0].toUpperCase() + text.slice(1);
export const sentence = text => capital(text) + (/[.!?]$/.test(text) ? "" : ".");
