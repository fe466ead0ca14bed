// The page that `patina film --report` writes: charts and images, at all widths, light and dark.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { pageTest } from "./harness.mjs";

const { PATINA, SOURCE, MODEL } = process.env;
const folder = dirname(MODEL), path = join(folder, "film.html");
execFileSync(PATINA, ["film", `${SOURCE}/data/film/old.mkv`, "-o", join(folder, "film.mkv"),
                      "--model", MODEL, "--report", path, "--force", "--quiet"]);
const url = `file://${path}`;

const drawn = page => page.waitForFunction(() => document.documentElement.dataset.drawn === "yes");

pageTest("the page of a film draws every chart and shows the images", url, {}, async page => {
  await drawn(page);
  const charts = await page.evaluate(() =>
    JSON.parse(document.getElementById("charts").textContent));
  assert.deepEqual(Object.keys(charts).sort(), ["brightness", "gains", "settings"]);
  for (const line of [...charts.brightness.lines, ...charts.gains.lines]) {
    assert.equal(line.x.length, 96, line.name);
    assert.equal(line.mean.length, 96, line.name);
    assert.ok(Math.abs(line.x[95] - 95 / 24) < 0.002, `the last frame is at ${line.x[95]} s`);
  }
  assert.deepEqual(charts.brightness.cuts.map(cut => Math.round(cut * 24)), [48]);
  const [before, after] = charts.brightness.lines.map(line => line.mean);
  const unrest = list => list.slice(1, 48).reduce((sum, y, i) => sum + (y - list[i]) ** 2, 0);
  assert.ok(unrest(after) < unrest(before) / 20, "the flicker is gone");
  assert.equal(await page.locator("#brightness svg .mark-line path").count(), 2);
  assert.equal(await page.locator("#gains svg .mark-line path").count(), 3);
  assert.equal(await page.locator("#settings svg .mark-rect path").count(), 2);
  const sizes = await page.locator(".strip img").evaluateAll(images =>
    images.map(image => image.complete && image.naturalWidth));
  assert.deepEqual(sizes, [160, 160, 160, 160]);
  assert.match(await page.locator("#verdict").textContent(), /of 96 frames restored/);
  assert.equal(await page.locator("table tbody tr").count(), 2);
});

for (const width of [375, 1024, 1440])
  for (const colorScheme of ["light", "dark"])
    pageTest(`the page of a film fits ${width} px, ${colorScheme}`, url,
      { viewport: { width, height: 900 }, colorScheme }, async page => {
        await drawn(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `it is ${wide} px wide`);
      });
