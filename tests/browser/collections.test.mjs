// Collections: made, filled, put in order with mouse and keyboard, played, deleted.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture } from "./browser.mjs";

let browser;
let page;
let id;
let ids;

before(async () => {
  browser = await Browser.open({ videos: 60 });
  const { items } = await browser.call("GET", "/videos?page_size=5&sort_by=title&sort_order=asc");
  ids = items.map((video) => video.id);
  page = await browser.at("/app/videos/collections");
});
after(() => browser.close());

const order = async () => (await browser.call("GET", `/collections/${id}/videos?page_size=100`)).items.map((video) => video.id);
const handle = (place) => page.getByRole("button", { name: new RegExp(`^Move .*, place ${place} of`) });
async function becomes(wanted) {
  for (let tries = 0; tries < 50; tries += 1) {
    if (JSON.stringify(await order()) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(await order(), wanted);
}

test("one is made and says how it is filled", async () => {
  await page.getByRole("button", { name: "New collection" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill("Browser evening");
  await page.getByRole("dialog").getByLabel("Description").fill("One after the other.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/app\/videos\/collections\/\d+$/);
  id = Number(page.url().split("/").at(-1));
  await page.getByRole("heading", { name: "Nothing in this collection yet" }).waitFor();
});

test("videos are put in from the list's selection", async () => {
  for (const video of ids) await browser.call("POST", `/collections/${id}/videos/${video}`);
  await page.reload();
  await page.getByRole("list", { name: "Order" }).getByRole("listitem").nth(4).waitFor();
  assert.deepEqual(await order(), ids);
});

test("the order is changed by dragging", async () => {
  const [from, to] = [await handle(4).boundingBox(), await handle(2).boundingBox()];
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, to.y + 20, { steps: 6 });
  await picture(page, "collection-drag");
  await page.mouse.up();
  await becomes([ids[0], ids[3], ids[1], ids[2], ids[4]]);
});

test("the order is changed with the keyboard, and Escape puts back", async () => {
  await handle(5).focus();
  await page.keyboard.press(" ");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowUp");
  await page.getByText(/is now at place 1 of 5/).waitFor({ state: "attached" });
  await page.keyboard.press(" ");
  await becomes([ids[4], ids[0], ids[3], ids[1], ids[2]]);
  await page.waitForFunction(() => document.activeElement.dataset.handle === "0");
  await page.keyboard.press(" ");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await becomes([ids[4], ids[0], ids[3], ids[1], ids[2]]);
});

test("a video is taken out, and put back by undo", async () => {
  await page.getByRole("button", { name: /out of the collection$/ }).nth(1).click();
  await becomes([ids[4], ids[3], ids[1], ids[2]]);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await becomes([ids[4], ids[0], ids[3], ids[1], ids[2]]);
});

test("next follows the collection's order", async () => {
  await page.getByRole("list", { name: "Order" }).getByRole("link").first().click();
  await page.waitForURL(new RegExp(`/app/videos/${ids[4]}$`));
  await page.getByRole("button", { name: "Next" }).click();
  await page.waitForURL(new RegExp(`/app/videos/${ids[0]}$`));
});

test("it is renamed, found by name and deleted; its videos stay", async () => {
  await page.goto(`${browser.url}/app/videos/collections/${id}`);
  await page.getByRole("button", { name: "Edit collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Browser night");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Browser night" }).waitFor();
  await page.goto(`${browser.url}/app/videos/collections`);
  await page.getByRole("searchbox").fill("browser ni");
  await picture(page, "collections");
  await page.getByRole("link", { name: /Browser night/ }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/\/app\/videos\/collections$/);
  assert.equal((await browser.call("GET", `/videos/${ids[0]}`)).is_deleted, false);
  assert.deepEqual(browser.problems, []);
});
