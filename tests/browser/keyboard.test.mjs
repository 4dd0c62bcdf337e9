// The main job without a mouse: sign in, find, open, play, edit.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, password } from "./browser.mjs";

const tabsAtMost = 80;
let browser;
let page;

before(async () => {
  browser = await Browser.open({ videos: 60 });
  page = await browser.page();
});
after(() => browser.close());

/** Tab until the thing with this name has the focus; it must also show that it has. */
async function tabTo(name) {
  for (let tries = 0; tries < tabsAtMost; tries += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
      const style = getComputedStyle(element);
      return { label: label.trim(), visible: style.outlineStyle !== "none" || element.matches(".sr-only") };
    });
    if (name.test(here.label)) return assert.ok(here.visible, `${here.label} shows no focus`);
  }
  return assert.fail(`${name} cannot be reached with Tab`);
}

test("signing in", async () => {
  await page.goto(`${browser.url}/app/videos`);
  await page.locator("#username").waitFor();
  await page.locator("#username").fill("admin");
  await tabTo(/^Password$/);
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.locator("a[data-index]").first().waitFor();
});

test("the skip link leads past the rail to the content", async () => {
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

test("into the list, playing from it, and back out", async () => {
  await page.keyboard.press("/");
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Filter music videos" }).focus();
  for (let tries = 0; tries < tabsAtMost && !(await page.evaluate(() => document.activeElement.dataset.index)); tries += 1) await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.index), "0");
  // The first with a file: others cannot be played.
  for (let tries = 0; tries < 20; tries += 1) {
    const id = await page.evaluate(() => document.activeElement.getAttribute("href").split("/").at(-1));
    if ((await browser.call("GET", `/videos/${id}`)).video_file_path) break;
    const before = await page.evaluate(() => document.activeElement.dataset.index);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((index) => document.activeElement.dataset.index !== index, before);
  }
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0.2);
  await page.keyboard.press("Escape");
  await page.locator("video").waitFor({ state: "detached" });
});

test("editing a field", async () => {
  await tabTo(/^Edit Album/);
  await page.keyboard.press("Enter");
  await page.locator('input[name="album"]').waitFor();
  await page.keyboard.press("Escape");
  await page.locator('input[name="album"]').waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label")?.startsWith("Edit Album"));
});

test("to the scan by the palette, and choosing what the folder holds", async () => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("scan a fol");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/app\/scan/);
  await tabTo(/^Music videosConcerts/); // the radio button, not the link of the rail
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/kind=movie/);
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/kind=video/);
  await tabTo(/^Folder$/);
  assert.deepEqual(browser.problems, []);
});
