// Accessibility of the `patina serve` page: keyboard, small screens, dark mode, screen readers.

import assert from "node:assert/strict";
import { shoot } from "./harness.mjs";
import { file, openSample, ready, servedTest, settled, text } from "./page.mjs";

const NARROW = { viewport: { width: 360, height: 740 } };

// ---- Keyboard ---------------------------------------------------------------------------------

const focused = page => page.evaluate(() => {
  const { id, name, value, localName } = document.activeElement;
  return id || (name === "color" ? "color" : name) || `${localName} ${value ?? ""}`;
});

/** Press Tab until `id` has the focus; return all stops. Each must show a focus indicator. */
async function tabTo(page, id) {
  const stops = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    stops.push(await focused(page));
    const seen = await page.evaluate(() => {
      const style = element => element && getComputedStyle(element).outlineStyle !== "none";
      const active = document.activeElement;
      return style(active.id === "split" ? document.querySelector("#divider svg")
        : active.name === "color" ? active.nextElementSibling : active);
    });
    assert.ok(seen, `no focus indicator on the last of ${stops}`);
    if (stops.at(-1) === id)
      return stops;
  }
  throw new Error(`Tab does not reach ${id}: ${stops}`);
}

servedTest("by keyboard alone, from the start to the download", {}, async page => {
  await ready(page);
  assert.deepEqual(await tabTo(page, "choose"), ["choose"]);
  const asked = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await asked).setFiles(file("coffee_cup.jpg", "image/jpeg"));
  await settled(page);
  assert.equal(await focused(page), "work", "the focus moves to the image");
  assert.deepEqual(await tabTo(page, "split"), ["split"]);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator("#split").inputValue(), "51");
  assert.deepEqual(await tabTo(page, "reset"),
    ["actual", "color", "filter", "strength", "sigma", "reset"]);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("End");
  await page.locator("#status").filter({ hasText: "strength 5)" }).waitFor();
  assert.equal(await focused(page), "strength", "the focus stays on the control");
  await tabTo(page, "reset");
  await page.keyboard.press("Enter");
  await page.locator("#status").filter({ hasNotText: "strength 5)" }).waitFor();
  await settled(page);
  assert.deepEqual(await tabTo(page, "download"), ["format", "download"]);
  const coming = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  assert.equal((await coming).suggestedFilename(), "coffee_cup-restored.jpg");
  await tabTo(page, "astronaut_face.jpg"); // no trap: the samples follow
  await page.keyboard.press("Enter");
  await page.locator("#facts").filter({ hasText: "270 × 300" }).waitFor();
  await settled(page);
  assert.equal(await focused(page), "work");
});

servedTest("an alert can be dismissed by keyboard", { statuses: [415] }, async page => {
  await ready(page);
  await tabTo(page, "choose");
  const asked = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await asked).setFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await page.locator("#dismiss").waitFor();
  await tabTo(page, "dismiss");
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#alert").isHidden());
});

// ---- Narrow, and magnified --------------------------------------------------------------------

/** Elements that extend past the left or right edge, except in areas that scroll. */
function overflowing(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = [...document.body.querySelectorAll("*")].filter(element => {
      const { left, right } = element.getBoundingClientRect();
      return (right > width + 0.5 || left < -0.5) && !element.closest("#thumbs, #stage");
    });
    return [document.documentElement.scrollWidth > width ? ["the page"] : [],
            out.map(element => element.id || element.localName)].flat();
  });
}

const SIZES = {
  "a phone": NARROW,
  "the narrowest phone": { viewport: { width: 320, height: 568 } },
  "200 % of 1280 pixels": { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
};
for (const [name, looks] of Object.entries(SIZES))
  servedTest(`nothing overflows: ${name}`, { ...looks, statuses: [415] }, async page => {
    await ready(page);
    assert.deepEqual(await overflowing(page), []);
    await openSample(page, "photographer lawn");
    assert.deepEqual(await overflowing(page), []);
    const stage = await page.locator("#stage").boundingBox();
    assert.ok(stage.height <= looks.viewport.height, "the whole image fits on the screen");
    await page.locator("#file").setInputFiles(
      { name: `${"a_very_long_name".repeat(9)}.txt`, mimeType: "", buffer: Buffer.from("a") });
    await page.locator("#dismiss").waitFor();
    assert.deepEqual(await overflowing(page), [], "with an alert");
  });

servedTest("touch targets are large enough", { ...NARROW, hasTouch: true }, async page => {
  await openSample(page, "coffee cup");
  const small = await page.locator("button:visible, select:visible, .segments label, #divider svg")
    .evaluateAll(all => all.map(one => [one.id || one.textContent, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 43.5 || height < 43.5).map(([name]) => name));
  assert.deepEqual(small, []);
});

// ---- Light and dark ---------------------------------------------------------------------------

/** Visible texts with a contrast below 4.5, and control borders below 3 (WCAG 2.2). */
function faint(page) {
  return page.evaluate(() => {
    const painter = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const over = (...colors) => { // the result of painting these colors over each other
      painter.clearRect(0, 0, 1, 1);
      for (const color of colors) {
        painter.fillStyle = color;
        painter.fillRect(0, 0, 1, 1);
      }
      return [...painter.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = rgb => rgb.map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const contrast = (a, b) => {
      const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    const behind = element => { // the backgrounds behind it; an image may be white
      const colors = [];
      for (let at = element; at; at = at.parentElement) {
        if (at.id === "frame")
          return ["#fff", ...colors];
        colors.unshift(getComputedStyle(at).backgroundColor);
      }
      return ["#fff", ...colors];
    };
    const visible = element => element.checkVisibility({ opacityProperty: true });
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let count = 0;
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement, said = walk.currentNode.data.trim();
      if (!said || !visible(element) || element.closest(":disabled, [aria-disabled=true]"))
        continue;
      const ground = behind(element);
      const value = contrast(over(...ground, getComputedStyle(element).color), over(...ground));
      count++;
      if (value < 4.5)
        found.push(`${said.slice(0, 40)}: ${value.toFixed(2)}`);
    }
    const bordered = "button:enabled, select:enabled, .segments span";
    for (const control of document.querySelectorAll(bordered)) {
      const style = getComputedStyle(control), ground = over(...behind(control.parentElement));
      if (!visible(control) || style.borderTopWidth === "0px" || control.ariaDisabled === "true")
        continue;
      const value = contrast(over(style.borderTopColor), ground);
      count++;
      if (value < 3)
        found.push(`border of ${control.id || control.className}: ${value.toFixed(2)}`);
    }
    return { found, count };
  });
}

async function legible(page, least) {
  const { found, count } = await faint(page);
  assert.deepEqual(found, []);
  assert.ok(count > least, `only ${count} texts and borders found`);
}

for (const colorScheme of ["light", "dark"])
  servedTest(`everything is legible: ${colorScheme}`,
    { colorScheme, reducedMotion: "reduce", statuses: [415] }, async page => {
      await page.route("**/api/v1/features*", async route => {
        const response = await route.fetch();
        await route.fulfill(response.ok()
          ? { json: { ...await response.json(), unlike: ["kurtosis", "mean"] } } : { response });
      });
      await ready(page);
      const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(paper, { light: "rgb(250, 248, 244)", dark: "rgb(25, 24, 23)" }[colorScheme]);
      await legible(page, 8);
      await openSample(page, "coffee cup");
      await legible(page, 70);
      await page.locator("#file").setInputFiles(
        { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
      await page.locator("#dismiss").waitFor();
      await legible(page, 10);
    });

servedTest("nothing is animated if reduced motion is requested", { reducedMotion: "reduce" },
  async page => {
    await openSample(page, "coffee cup");
    const moving = await page.evaluate(() => {
      document.getElementById("stage").setAttribute("aria-busy", true);
      const moves = style => style.animationName !== "none" || style.transitionDuration !== "0s";
      return [...document.querySelectorAll("*")].filter(element =>
        [null, "::after", "::before"].some(part => moves(getComputedStyle(element, part)))).length;
    });
    assert.equal(moving, 0);
  });

// ---- Screen readers ---------------------------------------------------------------------------

const NAMED = ["button", "slider", "radio", "combobox", "image", "link", "textbox", "region"];

async function spoken(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  return nodes.filter(node => !node.ignored)
    .map(({ role, name }) => [role.value, name?.value ?? ""]);
}

servedTest("every control has an accessible name", {}, async page => {
  await ready(page);
  await openSample(page, "coffee cup");
  const tree = await spoken(page);
  assert.deepEqual(tree.filter(([role, name]) => !name && NAMED.includes(role)), []);
  const names = role => tree.filter(([its]) => its === role).map(([, name]) => name);
  assert.deepEqual(names("radio"), ["Colors unchanged", "White balance", "Levels", "Stretch",
                                    "Affine color", "No filter", "Sharpened", "Blurred",
                                    "Median filter", "Smoothed", "Deblurred"]);
  assert.deepEqual(names("slider").map(name => name.slice(0, 9)).sort(),
                   ["Divider b", "Filter wi", "Sharpenin"]);
  assert.equal(names("combobox")[0], "Save as");
  assert.ok(names("button").includes("Download"));
  for (const which of ["original", "restored"])
    assert.ok(names("image").includes(`coffee_cup.jpg, ${which}`));
  assert.equal(names("columnheader").length, 3);
  assert.equal(names("rowheader").length, 14);
});

servedTest("the page has a title, a language and one main heading", {}, async page => {
  assert.match(await page.title(), /patina/);
  assert.equal(await page.getAttribute("html", "lang"), "en");
  assert.equal(await page.locator("h1:visible").count(), 1);
  for (const landmark of ["header", "main", "footer"])
    assert.equal(await page.locator(landmark).count(), 1);
  await openSample(page, "coffee cup");
  assert.equal(await page.locator("#status").getAttribute("role"), "status");
  assert.match(await text(page, "status"), /^Restored/);
});

// ---- Screenshots for review -------------------------------------------------------------------

for (const [width, height] of [[360, 740], [800, 1000], [1400, 900]])
  for (const colorScheme of ["light", "dark"])
    servedTest(`a look: ${width} ${colorScheme}`,
      { viewport: { width, height }, colorScheme }, async page => {
        await ready(page);
        await shoot(page, `start ${width} ${colorScheme}`);
        await openSample(page, "astronaut shuttle");
        assert.ok((await page.locator("#frame").boundingBox()).width > 200);
        await shoot(page, `restored ${width} ${colorScheme}`);
      });
