// Shared by the tests of the `patina serve` page: page helpers, and API responses to compare with.

import { readFileSync } from "node:fs";
import { pageTest, serve } from "./harness.mjs";

export const home = await serve();
export const folder = `${process.env.SOURCE}/data/sample/damaged`;
export const bytesOf = name => readFileSync(`${folder}/${name}`);

/** A test of the freshly loaded page. options.statuses: API error statuses that it expects. */
export function servedTest(name, options, run) {
  const { statuses = [], ...others } = options;
  const allow = statuses.map(status => new RegExp(`Failed to load resource.*\\b${status}\\b`));
  pageTest(name, `${home}/`, { allow, ...others }, run);
}

/** The API's response to these bytes. */
export async function api(path, bytes, query = {}) {
  const response = await fetch(`${home}/api/v1/${path}?${new URLSearchParams(query)}`,
    { method: "POST", body: bytes, headers: { "Content-Type": "application/octet-stream" } });
  if (!response.ok)
    throw new Error(`${path}: status ${response.status}, ${await response.text()}`);
  return response;
}

export const restored = async (name, query) =>
  Buffer.from(await (await api("restore", bytesOf(name), query)).arrayBuffer());

export const measured = async name => (await api("features", bytesOf(name))).json();

/** Wait until the page has loaded, with all sample thumbnails. */
export function ready(page) {
  return page.waitForFunction(() => {
    const all = document.querySelectorAll("#thumbs button");
    return all.length && [...all].every(button => button.querySelector("img"));
  });
}

/** Wait until the page is no longer busy. */
export function settled(page) {
  return page.locator("#stage[aria-busy=false]").waitFor();
}

export async function openSample(page, words) {
  const sample = page.getByRole("button", { name: `Sample: ${words}`, exact: true });
  await sample.click();
  await sample.and(page.locator("[aria-pressed=true]")).waitFor();
  await settled(page);
}

/** Choose files in the page's file dialog; each is {name, mimeType, buffer}. */
export async function choose(page, button, files) {
  const asked = page.waitForEvent("filechooser");
  await button.click();
  await (await asked).setFiles(files);
}

export const file = (name, mimeType) => ({ name, mimeType, buffer: bytesOf(name) });

/** A PNG of one CSS color, as {name, mimeType, buffer}. */
export async function plain(page, width, height, color) {
  const letters = await page.evaluate(async ([w, h, fill]) => {
    const canvas = new OffscreenCanvas(w, h), painter = canvas.getContext("2d");
    painter.fillStyle = fill;
    painter.fillRect(0, 0, w, h);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  }, [width, height, color]);
  return { name: "plain.png", mimeType: "image/png", buffer: Buffer.from(letters, "base64") };
}

/** Set a range control, as dragging would. */
export function setRange(page, id, value) {
  return page.locator(`#${id}`).fill(String(value));
}

/** Set a range control to each value in turn, faster than the page requests images. */
export function setRangeQuickly(page, id, values) {
  return page.locator(`#${id}`).evaluate((range, list) => {
    for (const value of list) {
      range.value = value;
      range.dispatchEvent(new Event("input", { bubbles: true }));
      range.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }, values.map(String));
}

/** A promise, `opened`, that resolves when open() is called. */
export function makeGate() {
  const gate = {};
  gate.opened = new Promise(resolve => { gate.open = resolve; });
  return gate;
}

export const text = (page, id) => page.locator(`#${id}`).textContent();

/** Wait until the status line matches. */
export function says(page, pattern) {
  return page.locator("#status").filter({ hasText: pattern }).waitFor();
}
