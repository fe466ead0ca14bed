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
    assert.equal(line.median.length, 96, line.name);
    assert.ok(Math.abs(line.x[95] - 95 / 24) < 0.002, `the last frame is at ${line.x[95]} s`);
  }
  assert.deepEqual(charts.brightness.cuts.map(cut => Math.round(cut * 24)), [48]);
  const [before, after] = charts.brightness.lines.map(line => line.median);
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

// Films of one frame, and of more frames and scenes than are drawn one by one.
const gray = "geq=lum='if(mod(floor(N/10),2),X*4,255-Y*6)*(0.9+0.2*mod(N*0.618,1))':cb=128:cr=128";
for (const [name, frames] of [["one", 1], ["many", 2100]]) {
  const film = join(folder, `${name}.mkv`), page = join(folder, `${name}.html`);
  execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "color=size=48x32:rate=10",
                          "-vf", gray, "-frames:v", frames, "-c:v", "ffv1", film]);
  execFileSync(PATINA, ["film", film, "-o", join(folder, `${name}_new.mkv`), "--deflicker-only",
                        "--report", page, "--force", "--quiet"]);
}

pageTest("the page of a single frame shows it as a point", `file://${folder}/one.html`, {},
  async page => {
    await drawn(page);
    assert.equal(await page.locator("#brightness svg .mark-symbol.role-mark path").count(), 2);
    assert.equal(await page.locator("#settings svg .mark-rect path").count(), 1);
    assert.equal(await page.locator("#gains").count(), 0);
    const labels = await page.locator("#brightness svg .role-axis-label text").allTextContents();
    assert.ok(labels.every(text => text.length < 7), labels.join(" "));
  });

pageTest("the page of many scenes covers the whole film", `file://${folder}/many.html`, {},
  async page => {
    await drawn(page);
    const bands = await page.evaluate(() =>
      JSON.parse(document.getElementById("charts").textContent).settings.bands);
    assert.equal(bands.at(-1).to, 210);
    assert.equal(await page.locator("#brightness svg .mark-area path").count(), 2);
    assert.equal(await page.locator("#settings svg .mark-rect path").count(), bands.length);
    assert.equal(await page.locator("#brightness svg .mark-rule.role-mark line").count(), 0);
    // Time lies at the same place in all charts.
    const ends = await page.locator("figure .plot").evaluateAll(plots => plots.map(plot =>
      [...plot.querySelectorAll(".role-axis-domain line")]
        .map(line => line.getBoundingClientRect()).filter(box => box.width > 100)
        .map(box => [Math.round(box.left), Math.round(box.right)]).flat()));
    assert.equal(ends.length, 3);
    for (const end of ends)
      end.forEach((at, i) => assert.ok(Math.abs(at - ends[0][i]) <= 2, JSON.stringify(ends)));
    const title = page.locator("#gains svg .role-axis-title text", { hasText: "minutes:seconds" });
    assert.equal(await title.count(), 1);
    const times = await page.locator("#gains svg .role-axis-label text").allTextContents();
    assert.ok(times.includes("2:00") && times.includes("3:20"), times.join(" "));
  });

for (const width of [375, 1024, 1440])
  for (const colorScheme of ["light", "dark"])
    pageTest(`the page of a film fits ${width} px, ${colorScheme}`, url,
      { viewport: { width, height: 900 }, colorScheme }, async page => {
        await drawn(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `it is ${wide} px wide`);
      });
