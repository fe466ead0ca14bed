// Settings as the server describes them: a setting is an object with a value for each axis.

import { capital, number, sentence } from "./words.js";

const LABELS = { color: "Colors", strength: "Sharpening", sigma: "Filter width" };

export let axes = []; // as returned by /api/v1/axes

export function learnAxes(told) {
  axes = told;
}

export const axisOf = key => axes.find(axis => axis.key === key);
export const choices = () => axes.filter(axis => axis.choice);
export const operatorOf = (choice, name) => choice.operators.find(row => row.name === name);
const isLeast = (values, key) => values[key] === axisOf(key).least;

/** Read a setting from a response. get: returns its value for an axis, if it has one. */
export function settingOf(get) {
  return Object.fromEntries(axes.map(axis => {
    const value = get(axis) ?? axis.tried[0]; // an optional axis lists only its default
    return [axis.key, axis.choice ? value : Number(value)];
  }));
}

/** Request parameters that leave the image unchanged. */
export const untouched = () => Object.fromEntries(choices().map(({ key }) => [key, "none"]));

/** The operators of a setting, with `none` in place of those that have no effect. */
function operatorsIn(values) {
  return choices().map(choice => {
    const operator = operatorOf(choice, values[choice.key]);
    const isOff = operator.off_at_least.some(key => isLeast(values, key));
    return isOff ? operatorOf(choice, "none") : operator;
  });
}

export const uses = (values, key) => operatorsIn(values).some(({ reads }) => reads.includes(key));

/** Whether an operator of the setting reads the number. */
export const reads = (values, key) =>
  choices().some(choice => operatorOf(choice, values[choice.key]).reads.includes(key));

/** Whether changing this number would change the image: no other number turns its operator off. */
export function matters(values, key) {
  return choices().map(choice => operatorOf(choice, values[choice.key])).some(operator =>
    operator.reads.includes(key) &&
    !operator.off_at_least.some(other => other !== key && isLeast(values, other)));
}

const withUnit = (key, value) => [number(value), axisOf(key).unit].filter(Boolean).join(" ");

/** "white balance, sharpened (sigma 1 px, strength 1.5)" */
export function settingInWords(values) {
  return operatorsIn(values).map(({ words, reads }) => {
    const isSaid = key => !(axisOf(key).tacit && values[key] === axisOf(key).tried[0]);
    const numbers = reads.filter(isSaid).map(key => `${key} ${withUnit(key, values[key])}`);
    return numbers.length ? `${words} (${numbers.join(", ")})` : words;
  }).join(", ");
}

/** chances: the prediction's `expected_gain` and `harm`, null if the model does not know them. */
export function predictionInWords(prediction, isLeftAlone, { harm = null } = {}) {
  if (harm === null)
    return sentence(isLeftAlone ? "this image is best left as it is" : settingInWords(prediction));
  return isLeftAlone ? sentence("this image is left as it is: no restoration is worth its risk")
    : `${sentence(settingInWords(prediction))} The probability that the result is worse than your `
      + `image is ${percent(harm)}.`;
}

/** A probability, such as "3 %". */
export const percent = share => share < 0.01 ? "below 1 %" : `${Math.round(100 * share)} %`;

/** Whether an axis has a control: a choice needs more than `none` and the default. */
export const isOffered = axis => !axis.choice ||
  axis.operators.some(({ name, default: isDefault }) => name !== "none" && !isDefault);

/** The step and the ends of a slider. An optional axis tries one value, which tells its scale; one
 *  around 0 is in steps of the 255 of a sample. */
export function scaleOf({ optional, least, greatest, tried: [usual] }) {
  if (optional && usual === 0)
    return { step: 1, start: Math.max(least, -100), end: Math.min(greatest, 100) };
  const step = optional ? usual / 20 : 0.05;
  return { step, start: Math.ceil(least / step) * step, end: optional ? usual * 10 : 5 };
}

export const labelOf = ({ key }) => LABELS[key] ?? capital(key.replaceAll("_", " "));
