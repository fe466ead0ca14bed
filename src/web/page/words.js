// How the page names features and kinds of models, and how it writes numbers and sentences.

const FEATURES = {
  mean: ["Detail overall", "The average of the spectrum; larger images have more."],
  std_dev: ["Spread of detail", "How unevenly detail is spread over the sizes."],
  skewness: ["Lopsidedness", "Above 0: a few sizes of detail are strong, most are weak."],
  kurtosis: ["Peakedness", "How much the strongest and the weakest sizes stand out."],
  low_freq_energy: ["Coarse shapes", "Light, shade and large forms: the low frequencies."],
  high_freq_energy: ["Fine detail", "Edges, texture and grain: the high frequencies."],
  energy_ratio: ["Fine against coarse", "Fine detail divided by coarse shapes; blur lowers it."],
  radial_center: ["Total light", "The center of the spectrum: brightness times size."],
  radial_25: ["Detail, rather coarse", "One quarter of the way from coarse to fine."],
  radial_50: ["Detail, medium", "Half of the way from coarse to fine."],
  radial_75: ["Detail, rather fine", "Three quarters of the way from coarse to fine."],
  radial_edge: ["Detail, finest", "The finest that the image can hold in all directions."],
  color_balance_need: ["Color cast", "0: the color channels agree; near 1: a strong cast."],
  sharpening_need: ["Softness", "0: sharp; near 1: without edges."],
  noise_mean: ["Noise", "The average difference of a pixel from what its neighbors suggest."],
  noise_median: ["Noise, typical", "The median of the same difference."],
  detail: ["Finest structure", "The contrast of the finest structure, as a logarithm."],
  detail_slope_1: ["From finest to fine", "How the contrast changes as structures double in size."],
  detail_slope_2: ["From fine to medium", "The same for structures twice as large."],
  detail_slope_3: ["From medium to coarse", "The same for structures four times as large."],
  block_contrast: ["JPEG blocks", "1: the block borders are invisible; more: they show."],
};

const CHANNEL = {
  mean: ["average", "Its mean value, 0 to 255."],
  std: ["contrast", "How widely its values spread."],
  low: ["darkest", "Its 1st percentile; fading raises it."],
  high: ["brightest", "Its 99th percentile; yellowing lowers it in blue."],
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

export const number = value => String(Number(value.toFixed(2)));
export const short = value => String(Number(value.toPrecision(4)));
export const capital = text => text[0].toUpperCase() + text.slice(1);
export const sentence = text => capital(text) + (/[.!?]$/.test(text) ? "" : ".");
