// When something goes wrong, the `patina serve` page says what, and stays usable.

import assert from "node:assert/strict";
import { pixelsThatDiffer } from "./harness.mjs";
import { bytesOf, choose, file, openSample, ready, restored, says, servedTest, setRange, settled,
         text } from "./page.mjs";

const CUP = "coffee_cup.jpg";

/** Wait for the alert and return its text. */
async function alerted(page) {
  const alert = page.getByRole("alert");
  await alert.filter({ hasText: /\S/ }).waitFor();
  return alert.textContent();
}

/** Check that another image can be restored and no alert remains. */
async function usable(page) {
  await openSample(page, "coffee cup");
  assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP)), 0);
  assert.ok(await page.locator("#alert").isHidden());
}

const refusal = (status, reason, message, headers = {}) =>
  ({ status, headers, json: { error: { status, reason, message } } });

servedTest("a text file", { statuses: [415] }, async page => {
  await choose(page, page.locator("#choose"),
               { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear Anna\n") });
  assert.match(await alerted(page), /^letter\.txt: (?=.*JPEG)(?=.*PNG).*\.$/);
  assert.ok(await page.locator("#choose").isVisible(), "another file can be chosen");
  assert.ok(await page.locator("#work").isHidden());
  await page.getByRole("button", { name: "Dismiss" }).click();
  assert.ok(await page.locator("#alert").isHidden());
  await usable(page);
});

servedTest("a truncated JPEG", { statuses: [422] }, async page => {
  const whole = file("gravel.jpg", "image/jpeg");
  await choose(page, page.locator("#choose"),
               { ...whole, name: "half.jpg", buffer: whole.buffer.subarray(0, 25000) });
  assert.match(await alerted(page), /^half\.jpg: (?!the image)\S.{15,}\.$/i);
  assert.ok(await page.locator("#work").isHidden());
  await usable(page);
});

servedTest("an image and its setting stay if the next file is not one", { statuses: [415] },
  async page => {
    await openSample(page, "coffee cup");
    await setRange(page, "strength", 2);
    await says(page, /strength 2\)/);
    await page.locator("#split").press("PageDown");
    await page.getByLabel("Save as").selectOption("webp");
    const facts = await text(page, "facts"), said = await text(page, "choice");
    const bad = { name: "bad.jpg", mimeType: "image/jpeg", buffer: Buffer.from("Dear Anna\n") };
    for (let i = 0; i < 2; i++) {
      await choose(page, page.locator("#another"), bad);
      assert.match(await alerted(page), /^bad\.jpg: \S.{15,}\.$/);
      assert.ok(await page.locator("#retry").isHidden(), "retrying would not help");
      assert.equal(await text(page, "facts"), facts);
      assert.equal(await text(page, "choice"), said);
      assert.match(await text(page, "status"), /strength 2\)/);
      assert.match(await text(page, "strength_out"), /^2 \(model/);
      assert.equal(await page.locator("#split").inputValue(), "40");
      assert.equal(await page.getByLabel("Save as").inputValue(), "webp");
      assert.equal(await page.locator("[aria-pressed=true]").getAttribute("name"), CUP);
      assert.equal(await pixelsThatDiffer(page, "original", bytesOf(CUP)), 0);
      assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP, { strength: 2 })),
                   0);
    }
    await setRange(page, "strength", 3);
    await says(page, /strength 3\)/);
    assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP, { strength: 3 })), 0);
    await usable(page);
  });

servedTest("a pending change is made even if the next file is invalid", { statuses: [415] },
  async page => {
    await openSample(page, "coffee cup");
    await page.route("**/api/v1/restore*", async route => {
      await new Promise(resolve => setTimeout(resolve, 800));
      await route.continue().catch(() => {}); // the page has aborted the first one
    });
    await setRange(page, "strength", 2);
    await page.waitForRequest("**/api/v1/restore*");
    await choose(page, page.locator("#another"),
                 { name: "bad.jpg", mimeType: "image/jpeg", buffer: Buffer.from("Dear Anna\n") });
    await alerted(page);
    await says(page, /strength 2\)/);
    assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP, { strength: 2 })), 0);
  });

servedTest("an empty file", { statuses: [400, 415, 422] }, async page => {
  await choose(page, page.locator("#choose"),
               { name: "none.png", mimeType: "image/png", buffer: Buffer.alloc(0) });
  assert.match(await alerted(page), /^none\.png: \S.{15,}\.$/);
  assert.ok(await page.locator("#retry").isHidden(), "retrying would not help");
  await usable(page);
});

servedTest("an upload over the limit", { statuses: [413] }, async page => {
  const buffer = Buffer.alloc(33 << 20);
  bytesOf(CUP).copy(buffer); // a JPEG followed by zeros
  await choose(page, page.locator("#choose"), { name: "huge.jpg", mimeType: "image/jpeg", buffer });
  assert.match(await alerted(page), /^huge\.jpg: \S.{15,}\.$/);
  assert.ok(await page.locator("#retry").isHidden(), "retrying would not help");
  await usable(page);
});

servedTest("a server that is busy says when to try again", { statuses: [429] }, async page => {
  await ready(page);
  await openSample(page, "coffee cup");
  let busy = true;
  await page.route("**/api/v1/restore*", route => busy
    ? route.fulfill(refusal(429, "busy", "all workers are busy", { "Retry-After": "3" }))
    : route.continue());
  await setRange(page, "strength", 2);
  assert.equal(await alerted(page), "All workers are busy. Try again in 3 seconds.");
  assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP)), 0, "image unchanged");
  assert.equal(await page.locator("#stage").getAttribute("aria-busy"), "false");
  busy = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await says(page, /strength 2\)/);
  assert.ok(await page.locator("#alert").isHidden());
  assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP, { strength: 2 })), 0);
});

servedTest("a new image that is refused can be tried again", { statuses: [429] }, async page => {
  await ready(page);
  let busy = true;
  await page.route("**/api/v1/features*", route => busy
    ? route.fulfill(refusal(429, "busy", "all workers are busy", { "Retry-After": "1" }))
    : route.continue());
  await choose(page, page.locator("#choose"), file(CUP, "image/jpeg"));
  assert.equal(await alerted(page), "coffee_cup.jpg: All workers are busy. Try again in 1 second.");
  busy = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await says(page, /^Restored/);
  assert.ok(await page.locator("#alert").isHidden());
  assert.equal(await pixelsThatDiffer(page, "restored", await restored(CUP)), 0);
});

for (const [status, message] of [[502, "a worker died of it"], [503, "the server is stopping"],
                                 [504, "it took too long"]])
  servedTest(`status ${status}`, { statuses: [status] }, async page => {
    await ready(page);
    await openSample(page, "coffee cup");
    await page.route("**/api/v1/restore*", route => route.fulfill(refusal(status, "x", message)));
    await page.getByRole("button", { name: "Download" }).click(); // the image is loaded already
    await says(page, /^Saved as coffee_cup-restored.jpg/);
    await page.getByLabel("Save as").selectOption("webp");
    await page.getByRole("button", { name: "Download" }).click();
    assert.match(await alerted(page), new RegExp(`^${message}\\.$`, "i"));
    assert.ok(await page.locator("#retry").isVisible());
    await page.unroute("**/api/v1/restore*");
    await usable(page);
  });

servedTest("a response that is not from the API", { statuses: [500] }, async page => {
  await ready(page);
  await page.route("**/api/v1/*", route => route.fulfill({ status: 500, body: "<html>Oh no" }));
  await choose(page, page.locator("#choose"), file(CUP, "image/jpeg"));
  assert.match(await alerted(page), /^coffee_cup.jpg: The server returned status 500\.$/);
  await page.unroute("**/api/v1/*");
  await usable(page);
});

servedTest("a response that is not an image", {}, async page => {
  await ready(page);
  await page.route("**/api/v1/restore*", route =>
    route.fulfill({ contentType: "image/png", body: "not a PNG" }));
  await choose(page, page.locator("#choose"), file(CUP, "image/jpeg"));
  assert.match(await alerted(page), /response cannot be shown/);
  await page.unroute("**/api/v1/restore*");
  await usable(page);
});

servedTest("an unreachable server", { allow: [/ERR_INTERNET_DISCONNECTED/] }, async page => {
  await ready(page);
  await openSample(page, "coffee cup");
  await page.context().setOffline(true);
  await setRange(page, "strength", 2);
  assert.match(await alerted(page), /cannot be reached\. Check that “patina serve” is running/);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await says(page, /strength 2\)/);
  await usable(page);
});

servedTest("an interrupted transfer", { allow: [/ERR_CONNECTION_RESET/] }, async page => {
  await ready(page);
  await page.route("**/api/v1/restore*", route => route.abort("connectionreset"));
  await choose(page, page.locator("#choose"), file(CUP, "image/jpeg"));
  assert.match(await alerted(page), /may be too large/);
  await page.unroute("**/api/v1/restore*");
  await usable(page);
});

servedTest("no samples", { before: page => page.route("**/samples/", route =>
  route.fulfill({ json: { samples: [] } })) }, async page => {
  await choose(page, page.locator("#choose"), file(CUP, "image/jpeg"));
  await settled(page);
  assert.ok(await page.locator("#samples").isHidden());
  assert.match(await text(page, "status"), /^Restored/);
});
