// The page of `patina serve`. All it knows about images, operators and file formats comes from the
// server's API.

import { axes, axisOf, choices, isOffered, labelOf, learnAxes, matters, operatorOf,
         predictionInWords, reads, scaleOf, settingInWords, settingOf, untouched,
         uses } from "./settings.js";
import { capital, featureWords, KINDS, number, sentence, short } from "./words.js";

const $ = id => document.getElementById(id);
const controls = $("controls").elements;
const WAIT_MS = 200;      // from the last change of a control to the request
const THUMBS = 24;        // samples shown at most
const NAMED = 4;          // unusual features that the warning names

let formats = new Map(); // name -> the server's description of the format
const formatInWords = format => formats.get(format)?.title ?? format;

function bytesInWords(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** What an image loses in a format; "" if nothing. */
function lossInWords(facts, format) {
  const kept = formats.get(format);
  return [
    facts?.alpha && kept?.alpha === false && "its transparency",
    facts?.bits > kept?.bits && "8 of its 16 bits per channel",
  ].filter(Boolean).join(" and ");
}

// ---- The server -------------------------------------------------------------------------------

/** An error to show to the user. passing: trying again may help. */
class Failure extends Error {
  constructor(message, passing) {
    super(message);
    this.passing = passing;
  }
}

async function noAnswer() {
  const alive = await fetch("/healthz").then(() => true, () => false);
  return new Failure(alive
    ? "The server closed the connection; the image may be too large. Try a smaller one."
    : "The server cannot be reached. Check that “patina serve” is running, then try again.",
    true);
}

async function failureOf(response) {
  const said = await response.json()
    .then(body => body.error.message.replace(/^the image: /, ""), () => "");
  const seconds = Number(response.headers.get("Retry-After"));
  const when = seconds > 0 ? ` Try again in ${seconds} second${seconds === 1 ? "" : "s"}.` : "";
  const text = said || `the server returned status ${response.status}`;
  return new Failure(sentence(text) + when, [429, 502, 503, 504].includes(response.status));
}

/** Send a request. Throws a Failure on a network error or bad status, or an AbortError. */
async function ask(path, options = {}) {
  const response = await fetch(path, options).catch(async cause => {
    throw options.signal?.aborted ? cause : await noAnswer();
  });
  if (!response.ok)
    throw await failureOf(response);
  return response;
}

function post(path, file, query, signal) {
  const type = /^multipart/.test(file.type) ? "" : file.type;
  return ask(`${path}?${new URLSearchParams(query)}`, {
    method: "POST", body: file, signal,
    headers: { "Content-Type": type || "application/octet-stream" },
  });
}

// ---- The current image ------------------------------------------------------------------------

let current = null; // replaced as a whole: after waiting, check that yours is still current
let timer = 0;

function release(owner) {
  for (const { src } of Object.values(owner?.images ?? {}))
    URL.revokeObjectURL(src);
}

const isWhole = owner => owner.about && owner.shown && owner.images.original;

/** Leave the current image; returns the one to go back to if the next one is bad. */
function leave() {
  clearTimeout(timer);
  const owner = current;
  current = null;
  if (!owner)
    return null;
  owner.leaving.abort();
  owner.change?.abort();
  if (isWhole(owner)) {
    owner.left = { format: $("format").value, split: $("split").value };
    return owner;
  }
  release(owner);
  const before = owner.before;
  owner.before = null;
  return before;
}

/** A decoded image element with these bytes. */
async function imageOf(owner, role, blob) {
  const image = new Image();
  image.id = role;
  image.draggable = false;
  image.alt = `${owner.file.name}, ${role}`;
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    if (owner !== current)
      throw new DOMException("another image was chosen", "AbortError");
  } catch (cause) {
    URL.revokeObjectURL(image.src);
    throw cause;
  }
  return image;
}

/** Replace an image with a decoded one, to avoid flicker. */
function place(owner, role, image) {
  $(role).replaceWith(image);
  if (owner.images[role] && owner.images[role] !== image)
    URL.revokeObjectURL(owner.images[role].src);
  owner.images[role] = image;
}

function placeOriginal(owner, image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  $("frame").style.setProperty("--ratio", width / height);
  $("frame").style.setProperty("--wide", `${2 * width}px`);
  pan(0, 0);
  owner.size = { width, height }; // after any EXIF rotation
  place(owner, "original", image);
  showFacts(owner);
}

/** Show the original; if the browser cannot decode it, the server converts it. */
async function showOriginal(owner) {
  if (!owner.png)
    return placeOriginal(owner, owner.local);
  const response = await post("/api/v1/restore", owner.file,
    { ...untouched(), format: "png" }, owner.leaving.signal);
  placeOriginal(owner, await imageOf(owner, "original", await response.blob()));
}

const received = async response => ({ blob: await response.blob(), headers: response.headers });
const asFormat = format => ({ ...readByHand(), ...format ? { format } : {} });
const asShown = owner => asFormat(owner.png ? "png" : "");

/** Restore the image with the current setting and show it. */
async function restore(owner) {
  owner.change?.abort();
  const change = owner.change = new AbortController();
  const query = asShown(owner);
  busy(true);
  try {
    const response = await post("/api/v1/restore", owner.file, query, change.signal);
    const answer = await received(response);
    const loaded = await imageOf(owner, "restored", answer.blob);
    if (change.signal.aborted)
      return URL.revokeObjectURL(loaded.src);
    place(owner, "restored", loaded);
    owner.shown = { query: JSON.stringify(query), ...answer };
    told(owner.shown);
  } catch (cause) {
    if (!change.signal.aborted)
      throw cause;
  } finally {
    if (owner.change === change) {
      owner.change = null;
      rest(owner);
    }
  }
}

function note(text) {
  $("notes").textContent = text && sentence(text);
}

/** Show what the saved file will lose, by the chosen format or, if that is what is shown, by the
 * server's notes. */
function showNotes({ about, shown }) {
  const format = $("format").value, lost = lossInWords(about?.input, format);
  const same = shown.query === JSON.stringify(asFormat(format));
  note(lost ? `As ${formatInWords(format)}, it loses ${lost}`
    : same ? shown.headers.get("Patina-Notes") : "");
}

function told({ headers }) {
  $("frame").classList.remove("empty");
  $("download").disabled = false;
  showNotes(current);
  say(`Restored: ${settingInWords(settingOf(({ header }) => headers.get(header)))}`);
}

async function measure(owner) {
  const response = await post("/api/v1/features", owner.file, {}, owner.leaving.signal);
  const about = await response.json();
  await model.catch(() => {}); // already reported
  if (owner !== current)
    return;
  owner.about = about;
  owner.prediction = settingOf(({ column }) => about.prediction[column]);
  showAbout(owner);
  showControls();
  rest(owner);
}

/** Clear the busy state once everything has arrived. */
function rest(owner) {
  if (owner === current && owner.about && !owner.change)
    busy(false);
}

/** Open a file: show it, then the restored image. sample: the name, if it is a sample. */
async function open(file, sample = "") {
  const before = leave();
  const owner = current = { file, sample, before, images: {}, hand: {} };
  forget();
  clearForWork(owner);
  try {
    await showAxes();
    owner.local = await imageOf(owner, "original", file).catch(() => null);
    owner.png = !owner.local;
    if (owner !== current)
      return;
    const measured = measure(owner);
    if (owner.png)
      await measured; // it may not be an image at all: send one request first
    await Promise.all([measured, showOriginal(owner), restore(owner)]);
    release(owner.before);
    owner.before = null;
  } catch (cause) {
    if (owner !== current)
      return;
    complain(cause, () => open(file, sample), file.name);
    comeBack(owner);
  }
}

/** Go back from a bad image to the previous one, as it was left, or to the start. */
function comeBack(owner) {
  owner.about = null; // so that leave() does not return it
  const before = leave();
  if (!before)
    return close();
  current = before;
  clearForWork(before);
  placeOriginal(before, before.images.original);
  place(before, "restored", before.images.restored);
  showAbout(before);
  showControls();
  $("format").value = before.left.format;
  moveSplit(before.left.split);
  busy(false);
  told(before.shown);
  if (JSON.stringify(asShown(before)) !== before.shown.query)
    restoreAgain(before); // a change was pending
}

function close() {
  busy(false);
  $("start").hidden = false;
  for (const id of ["work", "seen", "another"])
    $(id).hidden = true;
  $("samples_title").textContent = "Or try one of these";
  press("");
}

async function restoreAgain(owner) {
  try {
    await restore(owner);
  } catch (cause) {
    if (owner === current)
      complain(cause, () => restoreAgain(owner));
  }
}

// ---- What is on the page ----------------------------------------------------------------------

const say = text => { $("status").textContent = text; };

function busy(is) {
  $("stage").setAttribute("aria-busy", is);
  if (is)
    say("Restoring…");
}

function complain(cause, again, name) {
  const text = cause instanceof Failure ? cause.message
    : "The server’s response cannot be shown.";
  say("");
  $("alert").hidden = false;
  $("alert_text").textContent = name ? `${name}: ${text}` : text;
  $("retry").hidden = !(again && cause.passing);
  $("retry").onclick = () => { forget(); again(); };
  if (!(cause instanceof Failure || cause instanceof DOMException))
    reportError(cause); // a bug in this page
}

function forget() {
  $("alert_text").textContent = "";
  $("alert").hidden = true;
}

function clearForWork(owner) {
  owner.leaving = new AbortController();
  $("start").hidden = true;
  for (const id of ["work", "seen", "another"])
    $(id).hidden = false;
  $("frame").classList.add("empty");
  showFacts(owner);
  press(owner.sample);
  $("choice").textContent = "";
  $("notes").textContent = "";
  $("unlike").hidden = true;
  $("download").disabled = true;
  $("format").value = "";
  $("samples_title").textContent = "Try another one";
  showFeatures(Object.fromEntries([...known.keys()].map(name => [name])), []); // names only
  for (const control of controls)
    control.disabled = true;
  moveSplit(50);
  showActual(false);
  busy(true);
  scrollTo(0, 0);
  $("work").focus({ preventScroll: true });
}

function showFacts({ file, size, about }) {
  const facts = about?.input, { width, height } = size ?? facts ?? {};
  $("facts").textContent = [file.name, width && `${width} × ${height}`,
    facts && formatInWords(facts.format), facts && bytesInWords(facts.bytes),
  ].filter(Boolean).join(" · ");
}

function showAbout(owner) {
  const { features, prediction, unlike } = owner.about, { left_alone: isLeftAlone } = prediction;
  showFacts(owner);
  $("choice").textContent = predictionInWords(owner.prediction, isLeftAlone, prediction);
  const isRisky = prediction.flagged && prediction.harm !== null, warnings = [];
  const names = unlike.slice(0, NAMED).map(name => `“${featureWords(name)[0]}”`);
  if (unlike.length > NAMED)
    names.push(`${unlike.length - NAMED} more`);
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  if (isRisky)
    warnings.push("Look at the result closely.");
  if (unlike.length)
    warnings.push(`Treat this as a guess: this image differs from the training images in ${list}.`);
  $("unlike").hidden = !warnings.length;
  $("unlike").textContent = warnings.join(" ");
  showFeatures(features, unlike);
}

function element(name, text, ...children) {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

let known = new Map(); // feature -> {minimum, maximum} in the training data

function featureRow(name, value, odd) {
  const [words, explained] = featureWords(name);
  const head = element("th", words, element("small", `${explained} `, element("code", name)));
  head.scope = "row";
  const row = element("tr", "", head, element("td", value === undefined ? "" : short(value)));
  row.classList.toggle("odd", odd);
  const range = known.get(name), last = element("td", "");
  if (range) {
    const { minimum, maximum } = range, place = element("span", "");
    const share = (value - minimum) / (maximum - minimum || 1);
    place.className = "place";
    place.style.setProperty("--at", `${Math.min(98, Math.max(2, 20 + 60 * share))}%`);
    if (value !== undefined)
      place.append(element("i", ""));
    last.append(element("span", short(minimum)), place, element("span", short(maximum)));
  }
  row.append(last);
  return row;
}

function showFeatures(features, unlike) {
  $("features").replaceChildren(...Object.entries(features).map(
    ([name, value]) => featureRow(name, value, unlike.includes(name))));
}

// ---- The controls -----------------------------------------------------------------------------

function choiceControl(axis) {
  const segments = element("div", "", ...axis.operators.map(({ name, words }) => {
    const radio = element("input", "");
    Object.assign(radio, { type: "radio", name: axis.key, value: name });
    return element("label", "", radio, element("span", capital(words)));
  }));
  segments.className = "segments";
  const says = Object.assign(element("p", ""), { id: `${axis.key}_says`, className: "fine says" });
  const made = element("fieldset", "", element("legend", labelOf(axis)), segments, says);
  made.id = axis.key;
  return made;
}

function rangeControl(axis) {
  const { key, unit, optional } = axis, { step, start } = scaleOf(axis);
  const label = Object.assign(element("label", labelOf(axis)), { htmlFor: key, title: axis.help });
  if (unit)
    label.append(" ", Object.assign(element("span", `(${key}, ${unit})`), { className: "fine" }));
  const shown = Object.assign(element("output", ""), { id: `${key}_out`, htmlFor: key });
  const range = Object.assign(element("input", ""), {
    type: "range", id: key, name: key, step, min: start });
  const made = element("div", "", label, shown, range);
  made.className = "range";
  made.hidden = optional; // until a filter reads it
  return made;
}

let asked = null;

/** Fetch the axes and make their controls, once. */
function showAxes() {
  asked ??= makeControls().catch(cause => { asked = null; throw cause; });
  return asked;
}

async function makeControls() {
  learnAxes((await (await ask("/api/v1/axes")).json()).axes);
  const turnsOff = ({ key }) => choices().some(({ operators }) =>
    operators.some(operator => operator.off_at_least.includes(key)));
  const numbers = axes.filter(axis => !axis.choice);
  $("reset").before(
    ...choices().filter(isOffered).map(choiceControl),
    ...numbers.filter(axis => turnsOff(axis)).map(rangeControl), // these matter most
    ...numbers.filter(axis => !turnsOff(axis)).map(rangeControl));
}

/** The current setting: the model's, with manual changes. */
const setting = () => ({ ...current.prediction, ...current.hand });

function showChoice(axis, values) {
  const value = values[axis.key];
  for (const radio of $(axis.key).querySelectorAll("input"))
    radio.checked = radio.value === value;
  $(`${axis.key}_says`).textContent = sentence(operatorOf(axis, value).help);
}

function showRange(axis, values) {
  const { key, least, greatest, optional } = axis, { start, end } = scaleOf(axis);
  const range = $(key), value = values[key], model = current.prediction[key];
  range.min = model < start ? Math.max(least, Math.floor(model)) : start;
  range.max = Math.min(greatest, model > end ? Math.ceil(model) : end);
  range.value = value;
  const isIdle = !matters(values, key);
  const isChanged = key in current.hand && number(value) !== number(model);
  $(`${key}_out`).textContent = (isIdle ? "–" : number(value)) +
    (isChanged ? ` (model: ${number(model)})` : "");
  range.closest(".range").classList.toggle("idle", isIdle);
  const isUsual = axis.tacit && value === axis.tried[0];
  range.closest(".range").hidden = optional && (isIdle || isUsual);
}

function showControls() {
  const values = setting();
  for (const control of controls)
    control.disabled = false;
  for (const axis of axes.filter(isOffered))
    (axis.choice ? showChoice : showRange)(axis, values);
  $("reset").disabled = false;
  $("reset").ariaDisabled = !Object.keys(current.hand).length; // unlike `disabled`, keeps the focus
}

/** The manual changes, without numbers that a filter chosen by hand does not read. */
const readByHand = () => Object.fromEntries(Object.entries(current.hand).filter(([key]) =>
  axisOf(key).choice || !("filter" in current.hand) || reads(setting(), key)));

/** Set each number that only a manual change brought into use to the middle of the tried values. */
function completeByHand() {
  for (const { key, choice, tried } of axes)
    if (!choice && !(key in current.hand) && !uses(current.prediction, key) && uses(setting(), key))
      current.hand[key] = tried[Math.floor((tried.length - 1) / 2)];
}

function changed({ target }) {
  if (!current?.about)
    return;
  current.hand[target.name] = axisOf(target.name).choice ? target.value : Number(target.value);
  completeByHand();
  showControls();
  clearTimeout(timer);
  timer = setTimeout(restoreAgain, WAIT_MS, current);
}

function reset() {
  if ($("reset").ariaDisabled === "true")
    return;
  current.hand = {};
  showControls();
  clearTimeout(timer);
  restoreAgain(current);
}

async function download() {
  const owner = current, format = $("format").value, query = asFormat(format);
  try {
    const { blob, headers } = JSON.stringify(query) === owner.shown.query ? owner.shown
      : await received(await post("/api/v1/restore", owner.file, query, owner.leaving.signal));
    const link = document.createElement("a"), url = URL.createObjectURL(blob);
    const saved = [...formats.values()].find(row => row.media_type === blob.type);
    link.href = url;
    link.download = `${owner.file.name.replace(/\.\w+$/, "")}-restored.${saved.extensions[0]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    note(headers.get("Patina-Notes"));
    say(`Saved as ${link.download}`);
  } catch (cause) {
    if (owner === current)
      complain(cause, download);
  }
}

// ---- The divider ------------------------------------------------------------------------------

function moveSplit(percent) {
  $("split").value = percent;
  const value = Number($("split").value);
  $("frame").style.setProperty("--split", `${value}%`);
  $("split").setAttribute("aria-valuetext", `${value} % original, ${100 - value} % restored`);
}

const isActual = () => $("frame").classList.contains("actual");
let middle = { x: 50, y: 50 }; // of the part shown at actual size: CSS object-position, in percent
let grip = null;               // last position while dragging the image; null: dragging the divider

/** Move the image within the frame by this many pixels, at most to its edges. */
function pan(right, down) {
  const box = $("frame").getBoundingClientRect(), whole = $("original");
  const wider = whole.naturalWidth - box.width, higher = whole.naturalHeight - box.height;
  const move = (at, by, room) => room > 0 ? Math.min(100, Math.max(0, at - by / room * 100)) : 50;
  middle = { x: move(middle.x, right, wider), y: move(middle.y, down, higher) };
  $("moving").hidden = !isActual() || (wider < 1 && higher < 1);
  $("frame").style.setProperty("--x", `${middle.x}%`);
  $("frame").style.setProperty("--y", `${middle.y}%`);
}

function showActual(is) {
  $("frame").classList.toggle("actual", is);
  $("actual").setAttribute("aria-pressed", is);
  middle = { x: 50, y: 50 };
  pan(0, 0);
}

/** At actual size, dragging the divider moves it; dragging elsewhere moves the image. */
function isOnDivider(event) {
  const { left, width } = $("frame").getBoundingClientRect(), reach = 28;
  return Math.abs(event.clientX - left - width * $("split").value / 100) < reach;
}

function drag(event) {
  const box = $("frame").getBoundingClientRect();
  if (grip) {
    pan(event.clientX - grip.x, event.clientY - grip.y);
    grip = { x: event.clientX, y: event.clientY };
  } else
    moveSplit(Math.min(100, Math.max(0, (event.clientX - box.left) / box.width * 100)));
}

$("actual").addEventListener("click", () => showActual(!isActual()));
$("split").addEventListener("keydown", event => {
  const step = 40, moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0],
                             ArrowUp: [0, step], ArrowDown: [0, -step] };
  if (!isActual() || !event.shiftKey || !moves[event.key])
    return;
  pan(...moves[event.key]);
  event.preventDefault();
});

$("split").addEventListener("input", event => moveSplit(event.target.value));
$("frame").addEventListener("pointerdown", event => {
  if (event.button !== 0)
    return;
  $("frame").setPointerCapture(event.pointerId);
  grip = isActual() && !isOnDivider(event) ? { x: event.clientX, y: event.clientY } : null;
  drag(event);
  event.preventDefault();
  $("split").focus({ preventScroll: true, focusVisible: false });
});
$("frame").addEventListener("pointermove", event => {
  if ($("frame").hasPointerCapture(event.pointerId))
    drag(event);
});

// ---- Ways to choose an image ------------------------------------------------------------------

const choose = () => { $("file").value = ""; $("file").click(); };
const carriesFiles = event => event.dataTransfer?.types.includes("Files");

function take(files) {
  if (files?.length)
    open(files[0]);
}

$("choose").addEventListener("click", choose);
$("another").addEventListener("click", choose);
$("file").addEventListener("change", event => take(event.target.files));
addEventListener("paste", event => take(event.clipboardData.files));
addEventListener("dragover", event => {
  if (!carriesFiles(event))
    return;
  event.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", event => {
  if (!event.relatedTarget)
    document.body.classList.remove("dragging");
});
addEventListener("drop", event => {
  document.body.classList.remove("dragging");
  if (!carriesFiles(event))
    return;
  event.preventDefault();
  take(event.dataTransfer.files);
});

// ---- Samples and the model --------------------------------------------------------------------

function press(name) {
  for (const button of $("thumbs").querySelectorAll("button"))
    button.setAttribute("aria-pressed", button.name === name);
}

async function openSample(name) {
  press("");
  try {
    const blob = await (await ask(sampleUrl({ name }))).blob();
    await open(new File([blob], name, { type: blob.type }), name);
  } catch (cause) {
    press(current?.sample ?? "");
    complain(cause, () => openSample(name), name);
  }
}

const sampleUrl = ({ name }) => `/samples/${encodeURIComponent(name)}`;

/** Show the thumbnail of a sample. url: an image that the browser may be able to decode. */
async function thumb(button, url) {
  const image = new Image();
  image.alt = "";
  image.src = url;
  await image.decode();
  URL.revokeObjectURL(image.src);
  button.replaceChildren(image);
}

/** The same if the browser cannot decode the format: the server converts it. */
async function turnedThumb(button) {
  const blob = await (await ask(sampleUrl(button))).blob();
  const png = await post("/api/v1/restore", blob, { ...untouched(), format: "png" });
  await thumb(button, URL.createObjectURL(await png.blob()));
}

async function showSamples() {
  const { samples } = await (await ask("/samples/")).json();
  const buttons = samples.slice(0, THUMBS).map(name => {
    const words = name.replace(/\.\w+$/, "").replace(/[_-]+/g, " ");
    const button = element("button", words);
    Object.assign(button, { type: "button", name, title: name });
    button.setAttribute("aria-label", `Sample: ${words}`);
    button.addEventListener("click", () => openSample(name));
    return button;
  });
  $("thumbs").replaceChildren(...buttons.map(button => element("li", "", button)));
  press("");
  $("samples").hidden = !buttons.length;
  const tries = await Promise.allSettled(buttons.map(button => thumb(button, sampleUrl(button))));
  for (const button of buttons.filter((_, i) => tries[i].status === "rejected"))
    await turnedThumb(button).catch(() => {}); // keep showing its name
}

/** The formats that can be opened, and those to save as. */
async function showFormats() {
  const { formats: rows } = await (await ask("/api/v1/formats")).json();
  formats = new Map(rows.map(row => [row.name, row]));
  $("kinds").textContent = new Intl.ListFormat("en-US", { type: "disjunction" })
    .format(rows.map(row => row.title));
  $("file").accept = rows.flatMap(row =>
    [row.media_type, ...row.extensions.map(extension => `.${extension}`)]).join();
  $("format").append(...rows.filter(row => row.made).map(row => new Option(row.title, row.name)));
}

/** What a model learned from, in the words of pat_model_summarize(). */
function learnedFrom({ metrics, provenance }) {
  if (!provenance?.rows) return "";
  const unseen = (provenance.use_all === false && metrics) || {};
  const images = provenance.rows - (unseen.held_out_rows ?? 0);
  const originals = provenance.originals - (unseen.held_out_originals ?? 0);
  return `, learned from ${images.toLocaleString("en")} images ` +
    `of ${originals.toLocaleString("en")} originals`;
}

async function showModel() {
  const description = await (await ask("/api/v1/model")).json();
  known = new Map(description.features.map(feature => [feature.name, feature]));
  $("model").textContent =
    `The model: ${KINDS[description.kind] ?? description.kind}${learnedFrom(description)}.`;
}

$("controls").addEventListener("input", changed);
$("controls").addEventListener("submit", event => event.preventDefault());
$("reset").addEventListener("click", reset);
$("format").addEventListener("change", () => current.shown && showNotes(current));
$("download").addEventListener("click", download);
$("dismiss").addEventListener("click", forget);
$("local").hidden = !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
moveSplit(50);
const model = showModel();
Promise.all([model, showFormats(), showAxes().then(showSamples)])
  .catch(cause => complain(cause, () => location.reload()));
