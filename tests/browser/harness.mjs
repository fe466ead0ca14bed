// Drives Debian's Chromium for the tests in this folder, using playwright-core and node:test.
//
// Environment: BUILD (screenshots go to BUILD/browser); CHROMIUM (default /usr/bin/chromium);
// SCREENSHOTS=1 (save them for passing tests too). serve() needs PATINA, SOURCE and MODEL, or else
// SERVE, a command that starts a server and prints its address.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { after, test } from "node:test";

const { BUILD = ".", CHROMIUM = "/usr/bin/chromium", SCREENSHOTS } = process.env;
const TEST_MS = 900000; // timeout of a test
const WAIT_MS = 180000; // timeout of each step in a page
const folder = `${BUILD}/browser`;
mkdirSync(folder, { recursive: true });

// ---- The browser ------------------------------------------------------------------------------

// A missing browser is an error: no test may pass without one.
if (!existsSync(CHROMIUM))
  throw new Error(`${CHROMIUM}: no such browser; run scripts/setup.sh --tests to install it`);
const { chromium } = await import("playwright-core").catch(cause => {
  throw new Error("playwright-core is missing; run scripts/setup.sh --tests to install it",
                  { cause });
});
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});
after(() => browser.close());

/** Whether a page may request this address: its own origin, or data it created itself. */
function own(address, home) {
  const { protocol, origin, pathname } = new URL(address), at = new URL(home);
  if (protocol === "blob:" || protocol === "data:")
    return true;
  return at.protocol === "file:" ? protocol === "file:" && pathname === at.pathname
                                 : origin === at.origin;
}

/** Collects a page's violations. `allow`: patterns of console messages that the test expects. */
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
      problems.push(`request to another origin: ${request.url().slice(0, 200)}`);
  });
  return problems;
}

/**
 * A test of one page in its own browser context. It fails if run(page, t) fails, on any console
 * error or warning, script error, content security policy violation (which the browser reports on
 * the console), or request to another origin; a file:// page may request only itself.
 *
 * url: the page address, or a function that returns it. options.allow: patterns of expected console
 * messages; options.before(page): called before the page is loaded; other options are passed to
 * Playwright's newContext(): viewport, colorScheme, reducedMotion, hasTouch...
 */
export function pageTest(name, url, options, run) {
  const { allow = [], before = () => {}, ...looks } = options;
  test(name, { timeout: TEST_MS }, async t => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, ...looks });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on("filechooser", () => {}); // without a listener, a file chooser may open a real dialog
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

/** Save a screenshot of the page as BUILD/browser/NAME.png. */
export async function shoot(page, name) {
  const path = `${folder}/${name.replace(/\W+/g, "_")}.png`;
  await page.screenshot({ path, fullPage: true }).catch(cause => console.error(String(cause)));
}

// ---- The server -------------------------------------------------------------------------------

/**
 * Start the server under test and return the address it prints, without a trailing slash. It is
 * stopped when the test program ends, and must then exit with status 0.
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
    ended.then(([code]) => reject(new Error(`the server exited with ${code}: ${said}`)), reject);
  });
  after(async () => {
    server.kill("SIGTERM");
    const [code, signal] = await ended;
    assert.equal(SERVE ? 0 : code, 0, `the server exited with ${code}, signal ${signal}: ${said}`);
  });
  return address;
}

// ---- Pixels -----------------------------------------------------------------------------------

/**
 * The number of pixels in which the image element `id` differs from an image file with these bytes,
 * or -1 if their sizes differ. The browser decodes both.
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

/** A decoded PNG, such as a screenshot, as {width, height, data}: 4 bytes per pixel. */
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
