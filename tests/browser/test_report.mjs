// The page that `patina report` writes: charts, light and dark mode, phones, printing, and the page
// without JavaScript.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { pageTest } from "./harness.mjs";

const { PATINA, SOURCE, MODEL } = process.env;
const folder = dirname(MODEL), sample = `${SOURCE}/data/sample`;
const path = join(folder, "report.html");
execFileSync(PATINA, ["report", join(folder, "data.csv"), "--trials", join(folder, "trials.csv"),
                      "--model", MODEL, "--pairs", `${sample}/damaged`, `${sample}/undamaged`,
                      "-o", path, "--quiet"]);
const url = `file://${path}`;
const ACCENT = "#3f7d6b", ACCENT_IN_DARK = "#7fc4ae", ACCENT_ON_PAPER = "#2f6355";

const drawn = page => page.waitForFunction(() => document.documentElement.dataset.drawn === "yes");

/** For each figure: its chart data, and the number of marks drawn. */
function figures(page) {
  return page.evaluate(() => {
    const charts = JSON.parse(document.getElementById("charts").textContent);
    const marks = (figure, kind) =>
      figure.querySelectorAll(`svg .mark-${kind}:not(.role-legend-symbol) path`).length;
    return [...document.querySelectorAll("figure[id]")].map(figure => ({
      id: figure.id,
      chart: charts[figure.id],
      rects: marks(figure, "rect"),
      symbols: marks(figure, "symbol"),
      texts: figure.querySelectorAll("svg text").length,
      words: figure.querySelectorAll(".in-words").length,
      label: figure.querySelector("[role=img]").getAttribute("aria-label"),
      cells: charts.cells.length,
      points: charts.points.features[charts[figure.id].feature]?.filter(x => x !== null).length,
    }));
  });
}

const fillOf = (page, id) =>
  page.locator(`#${id} svg .mark-rect path`).first().getAttribute("fill");

pageTest("the report draws every chart", url, {}, async page => {
  await drawn(page);
  const all = await figures(page);
  assert.ok(all.length >= 6 + 3 + 14 + 3 + 1, `${all.length} figures`);
  for (const figure of all) {
    assert.equal(figure.words, 0, `${figure.id} is not drawn`);
    assert.ok(figure.texts > 0, `${figure.id} has no axis`);
    assert.ok(figure.label.length > 30, figure.id);
    const { kind, values } = figure.chart;
    if (kind === "points")
      assert.equal(figure.symbols, figure.points, figure.id);
    else if (kind === "ways")
      assert.equal(figure.symbols, 4, figure.id);
    else if (kind === "heat")
      assert.equal(figure.rects, figure.cells, figure.id);
    else
      assert.equal(figure.rects, values.length, figure.id);
  }
  const shapes = await page.locator(".strip img").evaluateAll(images =>
    images.map(image => image.complete && image.naturalWidth > 0));
  assert.ok(shapes.length >= 9 && shapes.every(Boolean), "the images are shown");
});

pageTest("the switch selects what the points show, by keyboard too", url, {}, async page => {
  await drawn(page);
  const labels = () => page.locator("#points-mean svg .role-axis-label text").allTextContents();
  const levels = () => page.evaluate(up =>
    new Set(JSON.parse(document.getElementById("charts").textContent).points[up]).size, "sigma");
  assert.ok((await labels()).includes("0.5"));
  await page.getByRole("radio", { name: "strength" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("radio", { name: "sigma" }).isChecked());
  assert.ok(await levels() > 1);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => [...document.querySelectorAll("#points-mean svg text")]
    .some(text => text.textContent === "colors unchanged"));
  assert.ok((await labels()).includes("white balance"));
  // In print there is no switch; a line of text names the axis.
  const up = page.locator("#up");
  assert.ok(!await up.isVisible());
  await page.emulateMedia({ media: "print" });
  assert.equal(await up.textContent(), "Vertical axis: color correction.");
  assert.ok(await up.isVisible());
  assert.ok(!await page.getByRole("navigation").isVisible());
});

pageTest("the table of contents links to every section", url, {}, async page => {
  const links = page.getByRole("navigation", { name: "Contents" }).getByRole("link");
  const targets = await links.evaluateAll(all => all.map(link => link.hash.slice(1)));
  const sections = await page.locator("main > section > h2")
    .evaluateAll(all => all.map(h2 => h2.id));
  assert.deepEqual(targets, sections);
});

pageTest("tables scroll instead of breaking words", url,
  { viewport: { width: 800, height: 900 } }, async page => {
    await drawn(page);
    const broken = await page.locator("#provenance ~ .scroll").first().evaluate(table =>
      [...table.querySelectorAll("td:nth-child(1), td:nth-child(3)")]
        .filter(cell => cell.getClientRects()[0].height > 0)
        .filter(cell => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
        }).map(cell => cell.textContent));
    assert.deepEqual(broken, []);
  });

pageTest("the report follows light and dark", url, { colorScheme: "light" }, async page => {
  await drawn(page);
  assert.equal(await fillOf(page, "psnr"), ACCENT);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(fill =>
    document.querySelector("#psnr svg .mark-rect path").getAttribute("fill") === fill,
    ACCENT_IN_DARK);
});

for (const colorScheme of ["light", "dark"])
  pageTest(`the report on a phone, ${colorScheme}`, url,
    { viewport: { width: 360, height: 740 }, colorScheme }, async page => {
      await drawn(page);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details"))
          details.open = true;
      });
      const { wide, room } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth, room: document.documentElement.clientWidth,
      }));
      assert.ok(wide <= room, `the page is ${wide} pixels wide on a screen of ${room}`);
      const over = await page.locator(".plot svg").evaluateAll(charts =>
        charts.filter(chart => chart.getBoundingClientRect().right > 360).length);
      assert.equal(over, 0, `${over} charts are too wide`);
    });

pageTest("charts fill the available width", url, {}, async page => {
  await drawn(page);
  const widths = () => page.evaluate(() => {
    const plot = document.querySelector("#psnr .plot");
    return [plot.clientWidth, Number(plot.querySelector("svg").getAttribute("width"))];
  });
  const [room, width] = await widths();
  assert.ok(Math.abs(room - width) < 3, `the chart fills ${width} of ${room} pixels`);
  await page.setViewportSize({ width: 420, height: 800 });
  await page.waitForFunction(() => {
    const plot = document.querySelector("#psnr .plot"), svg = plot.querySelector("svg");
    return Math.abs(plot.clientWidth - Number(svg.getAttribute("width"))) < 3;
  });
  assert.notEqual((await widths())[0], room);
});

pageTest("the printed page is always light", url, { colorScheme: "dark" }, async page => {
  await drawn(page);
  await page.evaluate(() => addEventListener("beforeprint", () => {
    window.printed = document.querySelector("#psnr svg .mark-rect path").getAttribute("fill");
  }));
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 20000);
  assert.equal(await page.evaluate(() => window.printed), ACCENT_ON_PAPER);
  await page.waitForFunction(fill =>
    document.querySelector("#psnr svg .mark-rect path").getAttribute("fill") === fill,
    ACCENT_IN_DARK);
  await page.emulateMedia({ media: "print" });
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(background, "rgb(255, 255, 255)");
});

pageTest("without JavaScript the text remains", url, { javaScriptEnabled: false }, async page => {
  const words = await page.locator("figure[id] .in-words").allTextContents();
  assert.ok(words.length >= 27 && words.every(text => /needs JavaScript/.test(text)));
  assert.ok(words.some(text => /Histogram of PSNR: 17 rows, median \d+\.\d dB/.test(text)));
  assert.equal(await page.getByRole("radio").count(), 0, "a switch that needs JavaScript");
  await page.locator("#psnr summary").click();
  assert.ok(await page.locator("#psnr table").isVisible());
});
