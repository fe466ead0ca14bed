// The `patina serve` page shows what the API returns.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { decoded, pixelsThatDiffer } from "./harness.mjs";
import { api, bytesOf, choose, file, home, makeGate, measured, openSample, plain, ready, restored,
         says, servedTest, setRange, setRangeQuickly, settled, text } from "./page.mjs";

const CUP = "coffee_cup.jpg", FACE = "astronaut_face.jpg", SHUTTLE = "astronaut_shuttle.tif";
const { axes } = await (await fetch(`${home}/api/v1/axes`)).json();
const colors = axes.find(({ key }) => key === "color").operators;
const wordsOf = name => colors.find(color => color.name === name).words;
const capital = words => words[0].toUpperCase() + words.slice(1);

const opened = { cup: page => openSample(page, "coffee cup") };

async function shows(page, id, bytes, what) {
  assert.equal(await pixelsThatDiffer(page, id, bytes), 0, what);
}

/** Give the page a file in a drag or paste event. */
function hand(page, type, name, base64) {
  return page.evaluate(([kind, title, letters]) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(letters), letter => letter.charCodeAt(0));
    data.items.add(new File([bytes], title, { type: "image/jpeg" }));
    const options = { bubbles: true, cancelable: true };
    document.body.dispatchEvent(kind === "paste"
      ? new ClipboardEvent(kind, { ...options, clipboardData: data })
      : new DragEvent(kind, { ...options, dataTransfer: data }));
  }, [type, name, base64]);
}

servedTest("a sample is restored as the model says", {}, async page => {
  await opened.cup(page);
  await shows(page, "original", bytesOf(CUP), "the original");
  await shows(page, "restored", await restored(CUP), "the restored image");
  const { prediction, unlike, features } = await measured(CUP);
  const said = await text(page, "choice");
  const { color_method: color, sharpen_sigma: sigma, sharpen_strength: strength } = prediction;
  assert.equal(said, `${capital(wordsOf(color))}, ` +
                     `sharpened (sigma ${sigma} px, strength ${strength}).`);
  assert.equal(await page.locator("#unlike").isVisible(), unlike.length > 0);
  assert.equal(await page.locator("tr.odd").count(), unlike.length);
  assert.match(await text(page, "facts"), /^coffee_cup.jpg · 420 × 380 · JPEG · 42 kB$/);
  const shown = await page.locator("#features td:nth-child(2)").allTextContents();
  assert.deepEqual(shown.map(Number), Object.values(features).map(x => Number(x.toPrecision(4))));
  assert.deepEqual(await page.locator("#features code").allTextContents(), Object.keys(features));
});

servedTest("an image unlike the training data is flagged, in words", {}, async page => {
  await page.route("**/api/v1/features*", async route => {
    const about = await (await route.fetch()).json();
    await route.fulfill({ json: { ...about, unlike: ["kurtosis", "color_balance_need"] } });
  });
  await opened.cup(page);
  await page.locator("#unlike").waitFor();
  assert.match(await text(page, "unlike"),
               / differs from the training images in “Peakedness” and “Color cast”/);
  assert.deepEqual(await page.locator("tr.odd code").allTextContents(),
                   ["kurtosis", "color_balance_need"]);
});

servedTest("many unlike features: the first few are named, all are marked", {}, async page => {
  const names = ["kurtosis", "mean", "skewness", "std_dev", "energy_ratio", "radial_25"];
  await page.route("**/api/v1/features*", async route => {
    const about = await (await route.fetch()).json();
    await route.fulfill({ json: { ...about, unlike: names } });
  });
  await opened.cup(page);
  assert.match(await text(page, "unlike"), / “Spread of detail” and 2 more\.$/);
  assert.equal(await page.locator("tr.odd").count(), names.length);
});

servedTest("a file is chosen", {}, async page => {
  await choose(page, page.getByRole("button", { name: "Choose an image" }),
               file("photographer.png", "image/png"));
  await settled(page);
  await shows(page, "restored", await restored("photographer.png"));
  await choose(page, page.getByRole("button", { name: "Another image" }),
               file(FACE, "image/jpeg"));
  await page.locator("#facts").filter({ hasText: "270 × 300" }).waitFor();
  await settled(page);
  await shows(page, "restored", await restored(FACE), "the second image");
});

servedTest("a file is dropped", {}, async page => {
  const letters = bytesOf(FACE).toString("base64");
  await hand(page, "dragover", FACE, letters);
  assert.ok(await page.locator("#veil").isVisible());
  await hand(page, "drop", FACE, letters);
  assert.ok(await page.locator("#veil").isHidden());
  await settled(page);
  await shows(page, "restored", await restored(FACE));
});

servedTest("an image is pasted", {}, async page => {
  await hand(page, "paste", FACE, bytesOf(FACE).toString("base64"));
  await settled(page);
  await shows(page, "restored", await restored(FACE));
});

servedTest("a TIFF, which browsers do not show, is shown", {}, async page => {
  await choose(page, page.locator("#choose"), file(SHUTTLE, "image/tiff"));
  await settled(page);
  await shows(page, "original",
              await restored(SHUTTLE, { color: "none", strength: 0, format: "png" }), "original");
  await shows(page, "restored", await restored(SHUTTLE, { format: "png" }), "restored");
  const thumb = page.getByRole("button", { name: "Sample: astronaut shuttle" }).locator("img");
  await thumb.waitFor();
  assert.ok(await thumb.evaluate(image => image.naturalWidth) > 0);
});

servedTest("a photo rotated by its EXIF orientation is captioned as shown", {}, async page => {
  const app1 = Buffer.from("ffe10022" + "457869660000" + "49492a0008000000" +
                           "0100" + "12010300" + "01000000" + "06000000" + "00000000", "hex");
  const cup = bytesOf(CUP); // 420 x 380 in the file
  const buffer = Buffer.concat([cup.subarray(0, 2), app1, cup.subarray(2)]);
  await choose(page, page.locator("#choose"), { ...file(CUP, "image/jpeg"), buffer });
  await settled(page);
  assert.match(await text(page, "facts"), / · 380 × 420 · JPEG · /);
  const { width, height } = await page.locator("#frame").boundingBox();
  assert.ok(width < height, "the image is upright");
});

// ---- The divider ------------------------------------------------------------------------------

const splitAt = page => page.locator("#split").inputValue().then(Number);

async function frameAt(page, key) {
  await page.locator("#split").press(key);
  await page.mouse.move(0, 0);
  return decoded(page, await page.locator("#frame").screenshot());
}

/** Whether two screenshots are identical between two fractions of their width. */
function alike(a, b, from, to) {
  for (let y = 0; y < a.height; y++)
    for (let x = Math.round(from * a.width); x < Math.round(to * a.width); x++)
      if (a.data.readUInt32LE(4 * (y * a.width + x)) !== b.data.readUInt32LE(4 * (y * a.width + x)))
        return false;
  return true;
}

servedTest("at actual size pixels map 1:1, and an image that does not fit can be moved", {
  viewport: { width: 360, height: 640 } }, async page => {
  await opened.cup(page);
  const frame = page.locator("#frame"), button = page.getByRole("button", { name: "Actual size" });
  const fitted = await frame.boundingBox();
  await button.click();
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  await setRange(page, "strength", 0);
  await settled(page);
  const stage = await page.locator("#stage").boundingBox(), box = await frame.boundingBox();
  const whole = await page.locator("#original").evaluate(image =>
    ({ width: image.naturalWidth, height: image.naturalHeight }));
  assert.equal(box.width, Math.min(stage.width, whole.width));
  assert.equal(box.height, Math.min(stage.height, whole.height));
  assert.ok(whole.width > box.width + 40, "the sample is wider than the phone");

  /** The samples of the frame, left of the tag, that differ from the image starting at `left`. */
  const differing = async left => {
    await page.mouse.move(0, 0);
    const shot = await decoded(page, await frame.screenshot());
    const wide = 300, wanted = await page.evaluate(([x, w, h]) => {
      const painter = new OffscreenCanvas(w, h).getContext("2d");
      painter.drawImage(document.getElementById("original"), -x, 0);
      return [...painter.getImageData(0, 0, w, h).data];
    }, [left, wide, 150]);
    let count = 0;
    for (let y = 60; y < 120; y++) // below the tags
      for (let x = 10; x < 200; x++) {
        const [a, b] = [4 * (y * shot.width + x), 4 * (y * wide + x)];
        for (let c = 0; c < 3; c++)
          count += Math.abs(shot.data[a + c] - wanted[b + c]) > 8;
      }
    return count;
  };
  await page.locator("#split").press("End"); // the original alone
  for (let i = 0; i < 40; i++)
    await page.locator("#split").press("Shift+ArrowLeft");
  for (let i = 0; i < 40; i++)
    await page.locator("#split").press("Shift+ArrowUp");
  assert.equal(await splitAt(page), 100, "the divider does not move");
  assert.equal(await differing(0), 0, "the image's left edge is shown");
  const now = await frame.boundingBox(); // taking a screenshot scrolls
  await page.mouse.move(now.x + 200, now.y + 80);
  await page.mouse.down();
  await page.mouse.move(now.x + 170, now.y + 80);
  await page.mouse.up();
  assert.equal(await differing(30), 0, "dragged by 30 pixels");
  assert.ok(await differing(0) > 1000, "no longer at its left edge");
  await button.click();
  assert.equal((await frame.boundingBox()).width, fitted.width);
});

servedTest("the divider has the original on its left, the restored image on its right", {},
  async page => {
    await opened.cup(page);
    await setRange(page, "strength", 5); // makes the two differ everywhere
    await says(page, /strength 5\)/);
    const half = await frameAt(page, "Shift");
    const restoredAll = await frameAt(page, "Home"), originalAll = await frameAt(page, "End");
    assert.ok(!alike(restoredAll, originalAll, .1, .4) && !alike(restoredAll, originalAll, .6, .9));
    assert.ok(alike(half, originalAll, .1, .4), "left");
    assert.ok(alike(half, restoredAll, .6, .9), "right");
  });

servedTest("a transparent image that is left alone has two equal halves", {}, async page => {
  await choose(page, page.locator("#choose"), await plain(page, 320, 320, "rgb(200 30 60 / 35%)"));
  await settled(page);
  await page.getByRole("radio", { name: "Colors unchanged" }).check();
  await setRange(page, "strength", 0);
  await says(page, /^Restored: colors unchanged, no filter$/);
  const half = await frameAt(page, "Shift");
  const restoredAll = await frameAt(page, "Home"), originalAll = await frameAt(page, "End");
  for (const [from, to] of [[.25, .4], [.6, .75]])
    assert.ok(alike(half, originalAll, from, to) && alike(half, restoredAll, from, to), `${from}`);
});

servedTest("each side of the divider is tagged if there is room", {}, async page => {
  const tags = async () => (await page.locator(".tag:visible").allTextContents()).join();
  await opened.cup(page);
  assert.equal(await tags(), "original,restored");
  for (const [key, left] of [["Home", "restored"], ["End", "original"], ["PageDown", "original"]]) {
    await page.locator("#split").press(key);
    assert.equal(await tags(), left, key);
  }
  await page.locator("#split").press("PageDown");
  await page.locator("#split").press("PageDown");
  const [left, right] = await page.locator(".tag").evaluateAll(all =>
    all.map(tag => tag.getBoundingClientRect()));
  const { x, width } = await page.locator("#frame").boundingBox();
  assert.ok(x < left.left && left.right < x + .7 * width && x + .7 * width < right.left, "tags");
  await choose(page, page.locator("#another"), await plain(page, 16, 600, "#987"));
  await settled(page);
  assert.equal(await tags(), "", "a narrow image");
});

servedTest("the divider moves by mouse, touch and keys", { hasTouch: true }, async page => {
  await opened.cup(page);
  const box = await page.locator("#frame").boundingBox();
  const at = share => [box.x + share * box.width, box.y + box.height / 3];
  assert.equal(await splitAt(page), 50);
  await page.mouse.move(...at(.5));
  await page.mouse.down();
  await page.mouse.move(...at(.3));
  assert.equal(await splitAt(page), 30);
  await page.mouse.move(box.x - 40, box.y - 40); // it follows beyond the image's edge
  assert.equal(await splitAt(page), 0);
  await page.mouse.up();
  await page.mouse.move(...at(.8));
  assert.equal(await splitAt(page), 0, "the button was released");
  await page.touchscreen.tap(...at(.75));
  assert.equal(await splitAt(page), 75);
  const split = page.locator("#split");
  for (const [key, value] of [["ArrowLeft", 74], ["ArrowRight", 75], ["ArrowUp", 76], ["Home", 0],
                              ["End", 100], ["PageDown", 90], ["ArrowDown", 89]]) {
    await split.press(key);
    assert.equal(await splitAt(page), value, key);
  }
  assert.equal(await split.getAttribute("aria-valuetext"), "89 % original, 11 % restored");
  assert.equal(await page.locator("#frame").evaluate(frame =>
    getComputedStyle(frame.querySelector("#restored")).clipPath), "inset(0px 0px 0px 89%)");
});

// ---- The settings -----------------------------------------------------------------------------

servedTest("each setting changes the image; the model's choice can be restored", {}, async page => {
  await opened.cup(page);
  const { color_method: color, sharpen_sigma: sigma, sharpen_strength: strength } =
    (await measured(CUP)).prediction, hand = {};
  const other = color === "levels" ? ["White balance", "white_balance"] : ["Levels", "levels"];
  const first = await restored(CUP);
  const changed = async (what, said) => {
    await says(page, said);
    await shows(page, "restored", await restored(CUP, hand), what);
    assert.ok(await pixelsThatDiffer(page, "restored", first) > 1000, `${what} changes the image`);
  };
  await page.getByRole("radio", { name: other[0] }).check();
  hand.color = other[1];
  await changed("color", new RegExp(`^Restored: ${other[0]}`, "i"));
  await setRange(page, "strength", 1.75);
  hand.strength = 1.75;
  await changed("strength", /strength 1.75\)/);
  await setRange(page, "sigma", 3.2);
  hand.sigma = 3.2;
  await changed("sigma", /sigma 3.2 px/);
  assert.match(await text(page, "status"),
               /^Restored: (levels|white balance), sharpened \(sigma 3.2 px, strength 1.75\)$/);
  assert.equal(await text(page, "strength_out"), `1.75 (model: ${strength})`);
  await page.getByRole("button", { name: "Back to the model’s choice" }).click();
  await says(page, `sharpened (sigma ${sigma} px, strength ${strength})`);
  await shows(page, "restored", first, "the model's choice");
  assert.equal(await page.locator(`input[name=color][value=${color}]`).isChecked(), true);
  assert.equal(await text(page, "strength_out"), String(strength));
});

servedTest("an image that is left alone can still be sharpened", {}, async page => {
  await page.route("**/api/v1/features*", async route => {
    const about = await (await route.fetch()).json();
    Object.assign(about.prediction, { color_method: "none", sharpen_sigma: 0.01,
                                      sharpen_strength: 0, left_alone: true });
    await route.fulfill({ json: about });
  });
  await opened.cup(page);
  assert.match(await text(page, "choice"), /best left as it is/);
  assert.equal(await text(page, "sigma_out"), "–");
  await setRange(page, "strength", 2);
  await says(page, /sharpened \(sigma 1 px, strength 2\)$/);
  await shows(page, "restored", await restored(CUP, { strength: 2, sigma: 1 }));
});

servedTest("every color operator of the server can be chosen", {}, async page => {
  await opened.cup(page);
  assert.deepEqual(await page.locator("input[name=color]").evaluateAll(all =>
    all.map(({ value }) => value)), colors.map(({ name }) => name));
  for (const { name, words, help } of colors) {
    await page.getByRole("radio", { name: capital(words), exact: true }).check();
    await says(page, new RegExp(`^Restored: ${words}`));
    await shows(page, "restored", await restored(CUP, { color: name }), name);
    if (name === "affine") { // as long as nothing is changed
      await shows(page, "restored", await restored(CUP, { color: "none" }), name);
      await setRange(page, "red-offset", -40);
      await says(page, /red-offset -40/);
      await shows(page, "restored", await restored(CUP, { color: name, "red-offset": -40 }), name);
    }
    assert.equal(await text(page, "color_says"), `${capital(help)}.`);
  }
  assert.ok(colors.some(({ name }) => name === "stretch"), "one that the page does not know");
});

/** Options that make the server seem to offer other axes: change() edits them in place. */
const offering = change => ({
  before: page => page.route("**/api/v1/axes", async route => {
    const told = await (await route.fetch()).json();
    change(Object.fromEntries(told.axes.map(axis => [axis.key, axis])), told.axes);
    await route.fulfill({ json: told });
  }),
});

const EROSION = { name: "erosion", words: "eroded", help: "the least of the neighbors",
                  default: false, reads: ["radius"], off_at_least: [] };
const RADIUS = { key: "radius", column: "median_radius", header: "Patina-Radius", unit: "px",
                 help: "how far away neighbors are", choice: false, optional: true, tacit: false,
                 tried: [2], least: 1, greatest: 3 };

const shownInputs = page => page.locator("#controls input:visible").evaluateAll(all =>
  [...new Set(all.map(({ name }) => name))]);

servedTest("there is no choice of filters while there is only one", offering(({ filter }) => {
  filter.operators.splice(2);
}), async page => {
  await opened.cup(page);
  assert.deepEqual(await shownInputs(page), ["color", "strength", "sigma"]);
});

servedTest("numbers of other filters are shown when one is chosen", {}, async page => {
  await opened.cup(page);
  assert.deepEqual(await shownInputs(page), ["color", "filter", "strength", "sigma"]);
  await page.getByRole("radio", { name: "Smoothed" }).check();
  await says(page, /, smoothed \(sigma .* px, strength .*, range 20 gray levels\)$/);
  assert.deepEqual(await shownInputs(page), ["color", "filter", "strength", "sigma", "range"]);
  await setRange(page, "range", 40);
  await says(page, /range 40 gray levels\)$/);
  await shows(page, "restored", await restored(CUP, { filter: "bilateral", range: 40 }));
  await page.getByRole("radio", { name: "Deblurred" }).check();
  await says(page, /, deblurred \(sigma .* px, noise 0.01\)$/);
  assert.deepEqual(await shownInputs(page), ["color", "filter", "strength", "sigma", "noise"]);
});

servedTest("another filter and its axis get controls", offering(({ filter }, all) => {
  filter.operators.push(EROSION);
  all.push(RADIUS);
}), async page => {
  await page.route("**/api/v1/restore*", async route => { // pretend that the server applied it
    const url = new URL(route.request().url()), { searchParams: query } = url, headers = {};
    for (const key of ["filter", "radius"]) {
      if (query.has(key))
        headers[`Patina-${capital(key)}`] = query.get(key);
      query.delete(key);
    }
    const response = await route.fetch({ url: url.href });
    await route.fulfill({ response, headers: { ...response.headers(), ...headers } });
  });
  await opened.cup(page);
  assert.equal(await text(page, "radius_out"), "–", "sharpening reads no radius");
  assert.ok(await page.getByRole("radio", { name: "Sharpened" }).isChecked(), "the default");
  await page.getByRole("radio", { name: "Eroded" }).check();
  await says(page, /, eroded \(radius 2 px\)$/);
  assert.equal(await text(page, "radius_out"), "2");
  assert.equal(await text(page, "strength_out"), "–");
  const slider = page.getByRole("slider", { name: "Radius (radius, px)" });
  assert.deepEqual(await slider.evaluate(({ min, max }) => [min, max]), ["1", "3"]);
  await setRange(page, "radius", 3);
  await says(page, /, eroded \(radius 3 px\)$/);
  await page.getByRole("radio", { name: "No filter" }).check();
  await says(page, /, no filter$/);
});

servedTest("only the last of several quick changes counts", {}, async page => {
  await ready(page);
  await opened.cup(page);
  const asked = [], gate = makeGate();
  await page.route("**/api/v1/restore*", async route => {
    asked.push(new URL(route.request().url()).searchParams.get("strength"));
    if (asked.length === 1)
      await gate.opened;
    await route.continue().catch(() => {}); // the page has aborted the first one
  });
  await setRange(page, "strength", 1);
  await page.waitForRequest("**/api/v1/restore*");
  await setRangeQuickly(page, "strength", [2, 3, 3.5, 4]);
  await says(page, /strength 4\)/);
  await shows(page, "restored", await restored(CUP, { strength: 4 }));
  gate.open();
  await page.waitForTimeout(1000);
  await shows(page, "restored", await restored(CUP, { strength: 4 }), "after a late response");
  assert.deepEqual([asked[0], asked.at(-1)], ["1", "4"]);
  assert.ok(asked.length < 5, `requests are not merged: ${asked}`);
  assert.ok(await page.locator("#alert").isHidden());
});

servedTest("another image can be chosen while one is loading", {}, async page => {
  const gate = makeGate();
  let late = true;
  await page.route("**/api/v1/*", async route => {
    if (late && route.request().method() === "POST")
      await gate.opened;
    await route.continue().catch(() => {});
  });
  await page.getByRole("button", { name: "Sample: coffee cup" }).click();
  await page.locator("#stage[aria-busy=true]").waitFor();
  late = false;
  await openSample(page, "rocket launch");
  await page.locator("#facts").filter({ hasText: "rocket_launch.jpg · 467" }).waitFor();
  gate.open();
  await page.waitForTimeout(1000);
  assert.match(await text(page, "facts"), /^rocket_launch.jpg/);
  await shows(page, "original", bytesOf("rocket_launch.jpg"));
  await shows(page, "restored", await restored("rocket_launch.jpg"));
  assert.ok(await page.locator("#alert").isHidden());
});

// ---- Downloads and cleanup --------------------------------------------------------------------

async function downloaded(page, format) {
  await page.getByLabel("Save as").selectOption(format);
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const download = await coming;
  return [download.suggestedFilename(), await readFile(await download.path())];
}

servedTest("a download is the API's response", {}, async page => {
  await opened.cup(page);
  await setRange(page, "strength", 1.5);
  await says(page, /strength 1.5\)/);
  for (const [format, ending] of [["", "jpg"], ["png", "png"], ["jpeg", "jpg"], ["webp", "webp"],
                                  ["tiff", "tif"]]) {
    const [name, bytes] = await downloaded(page, format);
    assert.equal(name, `coffee_cup-restored.${ending}`);
    const query = { strength: 1.5, ...format ? { format } : {} };
    assert.ok(bytes.equals(await restored(CUP, query)), `the same bytes: ${format}`);
  }
  await openSample(page, "rocket tower");
  const [name, bytes] = await downloaded(page, "");
  assert.equal(name, "rocket_tower-restored.tif");
  assert.ok(bytes.equals(await restored("rocket_tower.tiff")), "a TIFF stays one");
});

servedTest("the page says what a format cannot store", {}, async page => {
  await page.route("**/api/v1/features*", async route => {
    const about = await (await route.fetch()).json();
    await route.fulfill({ json: { ...about, input: { ...about.input, bits: 16 } } });
  });
  await choose(page, page.locator("#choose"), await plain(page, 90, 80, "rgb(200 30 60 / 35%)"));
  await settled(page);
  for (const [format, said] of [
    ["jpeg", "As JPEG, it loses its transparency and 8 of its 16 bits per channel."], ["tiff", ""],
    ["webp", "As WebP, it loses 8 of its 16 bits per channel."], ["", ""]]) {
    await page.getByLabel("Save as").selectOption(format);
    assert.equal(await text(page, "notes"), said, format);
  }
  const [, bytes] = await downloaded(page, "jpeg");
  assert.equal(bytes.readUInt16BE(), 0xffd8);
  assert.equal(await text(page, "notes"), "Alpha was dropped: the format does not support it.");
  await setRange(page, "strength", 2);
  await says(page, /strength 2\)/);
  assert.match(await text(page, "notes"), /^As JPEG, it loses/, "the next one would, too");
});

servedTest("notes on what is shown are not taken for notes on what is saved", {}, async page => {
  await page.route("**/api/v1/restore*", async route => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "patina-notes": "something was dropped" };
    await route.fulfill({ response, headers });
  });
  await openSample(page, "rocket tower"); // shown as a PNG, saved as a TIFF
  assert.equal(await text(page, "notes"), "");
  await openSample(page, "coffee cup");
  assert.equal(await text(page, "notes"), "Something was dropped.");
});

function countUrls(page) {
  return page.addInitScript(() => {
    const { createObjectURL, revokeObjectURL } = URL;
    window.alive = new Set();
    URL.createObjectURL = blob => {
      const url = createObjectURL(blob);
      window.alive.add(url);
      return url;
    };
    URL.revokeObjectURL = url => {
      window.alive.delete(url);
      revokeObjectURL(url);
    };
  });
}

servedTest("blob URLs are revoked", { before: countUrls }, async page => {
  await ready(page);
  for (const sample of ["coffee cup", "rocket tower", "cat eyes"])
    await openSample(page, sample);
  for (const strength of [1, 2, 3]) {
    await setRange(page, "strength", strength);
    await says(page, `strength ${strength})`);
  }
  const used = await page.locator("#frame img").evaluateAll(all => all.map(image => image.src));
  assert.deepEqual((await page.evaluate(() => [...window.alive])).sort(), used.sort());
});

function watchShifts(page) {
  return page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver(list => window.shifts.push(...list.getEntries()
      .filter(entry => !entry.hadRecentInput)
      .map(({ value, sources }) => [value, ...sources.map(source => source.node?.id)])))
      .observe({ type: "layout-shift", buffered: true });
  });
}

const TALL = { viewport: { width: 1200, height: 1700 } }; // shifts off screen do not count

servedTest("nothing moves when an image arrives", { before: watchShifts, ...TALL }, async page => {
  await page.route("**/api/v1/*", async route => {
    if (route.request().method() === "POST") // shifts soon after a click are not reported
      await new Promise(resolve => setTimeout(resolve, 900));
    const answer = await route.fetch();
    if (!route.request().url().includes("features"))
      return route.fulfill({ response: answer });
    return route.fulfill({ json: { ...await answer.json(), unlike: [] } });
  });
  await ready(page);
  await page.evaluate(() => { window.shifts = []; });
  const stage = page.locator("#stage");
  await page.getByRole("button", { name: "Sample: coffee cup" }).click();
  await page.locator("#stage[aria-busy=true]").waitFor();
  const before = await stage.boundingBox();
  await settled(page);
  assert.deepEqual(await stage.boundingBox(), before);
  await openSample(page, "skyline");
  assert.deepEqual(await stage.boundingBox(), before, "a smaller image");
  const shifts = await page.evaluate(() => window.shifts);
  const moved = shifts.reduce((sum, [value]) => sum + value, 0);
  assert.ok(moved < 0.01, JSON.stringify(shifts));
});

servedTest("the footer describes the model", {}, async page => {
  const { metrics, provenance } = await (await fetch(`${home}/api/v1/model`)).json();
  assert.equal(provenance.use_all, false);
  const images = metrics.rows - metrics.held_out_rows;
  const originals = metrics.originals - metrics.held_out_originals;
  const words = `learned from ${images} images of ${originals} originals.`;
  await page.locator("#model").filter({ hasText: words }).waitFor();
  assert.ok(await page.getByText("your images do not leave it").isVisible());
  assert.equal((await api("restore", bytesOf(CUP))).headers.get("patina-predicted"), "yes");
});
