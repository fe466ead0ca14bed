// Drives Debian's Chromium for the tests beside this file, through playwright-core and node:test.
//
// Environment: BUILD (screenshots go to BUILD/browser), CHROMIUM (default /usr/bin/chromium),
// SCREENSHOTS=1 (of passing tests too), and for serve() PATINA, SOURCE and MODEL, or SERVE: another
// command that prints its address.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { after, test } from "node:test";

const { BUILD = ".", CHROMIUM = "/usr/bin/chromium", SCREENSHOTS } = process.env;
const TEST_MS = 900000; // where nothing happens any more
const WAIT_MS = 180000; // for a page to become as it should be
const folder = `${BUILD}/browser`;
mkdirSync(folder, { recursive: true });

// ---- The browser ------------------------------------------------------------------------------

// What is missing is an error: no test may pass without a browser.
if (!existsSync(CHROMIUM))
  throw new Error(`${CHROMIUM}: there is no such browser; run scripts/setup.sh --tests`);
const { chromium } = await import("playwright-core").catch(cause => {
  throw new Error("playwright-core is missing; run scripts/setup.sh --tests", { cause });
});
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});
after(() => browser.close());

/** Whether a page may ask for this: its own origin's, or what it has made itself. */
function own(address, home) {
  const { protocol, origin, pathname } = new URL(address), at = new URL(home);
  if (protocol === "blob:" || protocol === "data:")
    return true;
  return at.protocol === "file:" ? protocol === "file:" && pathname === at.pathname
                                 : origin === at.origin;
}

/** Gathers what a page must not do; `allow`: patterns of console messages that a test expects. */
function watch(page, home, allow) {
  const problems = [];
  page.on("console", message => {
    const text = `${message.type()}: ${message.text()}`;
    if (/^(error|warning|assert)/.test(text) && !allow.some(pattern => pattern.test(text)))
      problems.push(`${text} (${message.location().url})`);
  });
  page.on("pageerror", error => problems.push(`page error: ${error.stack}`));
  page.on("request", request => {
    if (!own(request.url(), home))
      problems.push(`a request leaves the page: ${request.url().slice(0, 200)}`);
  });
  return problems;
}

/**
 * A test of one page in a browser of its own. It fails when run(page, t) does, and on any error or
 * warning on the console, error of a script, breach of the content security policy (which the
 * browser reports on the console), or request that leaves the page's origin: for a file:// page,
 * any but the file itself.
 *
 * url: its address, or a function that gives it. options.allow: patterns of console messages that
 * are expected; options.before(page): called before the page is loaded; the others are those of
 * Playwright's newContext(): viewport, colorScheme, reducedMotion, hasTouch...
 */
export function pageTest(name, url, options, run) {
  const { allow = [], before = () => {}, ...looks } = options;
  test(name, { timeout: TEST_MS }, async t => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, ...looks });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on("filechooser", () => {}); // else the first one may open a dialog, unheard
    const home = typeof url === "function" ? url() : url;
    const problems = watch(page, home, allow);
    let failed = true;
    try {
      await before(page);
      await page.goto(home);
      await run(page, t);
      assert.deepEqual(problems, []);
      failed = false;
    } finally {
      if (failed && problems.length)
        console.error(problems.join("\n"));
      if (failed || SCREENSHOTS)
        await shoot(page, `${failed ? "failed " : ""}${name}`);
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    }
  });
}

/** Save what the page looks like as BUILD/browser/NAME.png. */
export async function shoot(page, name) {
  const path = `${folder}/${name.replace(/\W+/g, "_")}.png`;
  await page.screenshot({ path, fullPage: true }).catch(cause => console.error(String(cause)));
}

// ---- The server -------------------------------------------------------------------------------

/**
 * Start the server under test and wait until it says where it is; it ends with the test program,
 * and must then end well. Gives its address, without a slash at the end.
 */
export async function serve() {
  const { PATINA, MODEL, SOURCE, SERVE } = process.env;
  const server = SERVE ? spawn("sh", ["-c", `exec ${SERVE}`])
    : spawn(PATINA, ["serve", "--model", MODEL, "--listen", "127.0.0.1:0", "--jobs", "2",
                     "--samples", `${SOURCE}/data/sample/damaged`]);
  const ended = once(server, "exit");
  let said = "";
  const address = new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on("data", data => {
        said += data;
        const found = /http:\/\/[^\s/]+/.exec(said);
        if (found)
          resolve(found[0]);
      });
    ended.then(([code]) => reject(new Error(`the server ended with ${code}: ${said}`)), reject);
  });
  after(async () => {
    server.kill("SIGTERM");
    const [code, signal] = await ended;
    assert.equal(SERVE ? 0 : code, 0, `the server ended with status ${code}, ${signal}: ${said}`);
  });
  return address;
}

// ---- Pixels -----------------------------------------------------------------------------------

/**
 * How many pixels of the image element `id` differ from those of an image file's bytes; -1: their
 * sizes differ. Both are decoded by the browser.
 */
export function pixelsThatDiffer(page, id, bytes) {
  return page.evaluate(async ([name, text]) => {
    const samples = async source => {
      const bitmap = await createImageBitmap(source);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      canvas.drawImage(bitmap, 0, 0);
      return canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    };
    const file = new Blob([Uint8Array.from(atob(text), letter => letter.charCodeAt(0))]);
    const [a, b] = [await samples(document.getElementById(name)), await samples(file)];
    if (a.width !== b.width || a.height !== b.height)
      return -1;
    const x = new Uint32Array(a.data.buffer), y = new Uint32Array(b.data.buffer);
    return x.reduce((count, pixel, i) => count + (pixel !== y[i]), 0);
  }, [id, Buffer.from(bytes).toString("base64")]);
}

/** The samples of a PNG (a screenshot, say) as {width, height, data}: 4 bytes for each pixel. */
export async function decoded(page, png) {
  const { width, height, text } = await page.evaluate(async source => {
    const file = new Blob([Uint8Array.from(atob(source), letter => letter.charCodeAt(0))]);
    const bitmap = await createImageBitmap(file);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    let letters = "";
    for (let i = 0; i < data.length; i += 8192)
      letters += String.fromCharCode(...data.subarray(i, i + 8192));
    return { width: bitmap.width, height: bitmap.height, text: btoa(letters) };
  }, png.toString("base64"));
  return { width, height, data: Buffer.from(text, "base64") };
}
