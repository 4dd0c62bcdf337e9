// One video: opened, played, sought in, edited, tagged.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture } from "./browser.mjs";

let browser;
let page;
let video;

before(async () => {
  browser = await Browser.open({ videos: 200 });
  video = await browser.playable();
  page = await browser.at(`/app/videos/${video.id}`);
  await page.getByRole("heading", { level: 1, name: video.title }).waitFor();
});
after(() => browser.close());

const clip = () => page.locator("video");
const time = () => clip().evaluate((element) => element.currentTime);

test("it plays, and time moves on", async () => {
  await picture(page, "video");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0.5);
  await picture(page, "video-playing");
});

test("seeking asks for a range and lands there", async () => {
  const duration = await clip().evaluate((element) => element.duration);
  const wanted = Math.max(1, duration - 4);
  await clip().evaluate((element, at) => { element.currentTime = at; }, wanted);
  await page.waitForFunction((at) => { const element = document.querySelector("video"); return !element.seeking && element.currentTime >= at - 0.5 && element.readyState >= 2; }, wanted);
});

test("keys pause, step and mute; the speed is chosen and kept", async () => {
  await clip().evaluate((element) => { element.currentTime = 1; });
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector("video").paused);
  const before = await time();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((at) => document.querySelector("video").currentTime > at, before);
  await page.keyboard.press("m");
  assert.equal(await clip().evaluate((element) => element.muted), true);
  await page.getByLabel("Speed").selectOption("1.5");
  assert.equal(await clip().evaluate((element) => element.playbackRate), 1.5);
  await page.getByLabel("Speed").selectOption("1");
});

test("leaving remembers the place, and home offers to go on", async () => {
  await clip().evaluate(async (element) => {
    element.currentTime = Math.min(8, element.duration * 0.6);
    await new Promise((resolve) => element.addEventListener("seeked", resolve, { once: true }));
  });
  const long = await clip().evaluate((element) => element.duration > 10);
  await page.getByRole("button", { name: "Close player" }).click();
  if (!long) return;
  await page.getByRole("button", { name: /^Resume at 0:0[78]/ }).waitFor();
  await page.goto(`${browser.url}/app`);
  await page.getByRole("heading", { name: "Continue watching" }).waitFor();
  await picture(page, "home");
  await page.goto(`${browser.url}/app/videos/${video.id}`);
});

test("a title is edited where it stands; a wrong year keeps the text and says why", async () => {
  await page.getByRole("button", { name: /^Edit Title/ }).click();
  await page.locator('input[name="title"]').fill("A new name");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "A new name" }).waitFor();
  assert.equal((await browser.call("GET", `/videos/${video.id}`)).title, "A new name");

  await page.getByRole("button", { name: /^Edit Year/ }).click();
  await page.locator('input[name="year"]').fill("1492");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator('input[name="year"]').inputValue(), "1492");
  await picture(page, "video-edit-refused");
  await page.locator('input[name="year"]').press("Escape");
  await browser.call("PATCH", `/videos/${video.id}`, { title: video.title });
  await page.getByRole("heading", { level: 1, name: video.title }).waitFor();
});

test("tags are added by typing and removed with the cross", async () => {
  await page.getByRole("combobox", { name: "Add a tag" }).fill("browser-test");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove tag browser-test" }).waitFor();
  assert.ok((await browser.call("GET", `/videos/${video.id}`)).tags.some((tag) => tag.name === "browser-test"));
  await page.getByRole("button", { name: "Remove tag browser-test" }).click();
  await page.getByRole("button", { name: "Remove tag browser-test" }).waitFor({ state: "detached" });
});

test("files, history, jobs and the raw record have their tabs", async () => {
  await page.getByRole("tab", { name: "Files" }).click();
  await page.getByText(video.video_file_path).first().waitFor();
  await picture(page, "video-files");
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("tabpanel").getByRole("listitem").first().waitFor();
  await page.getByRole("tab", { name: "Jobs" }).click();
  await page.getByRole("tabpanel").locator("h2, h3").first().waitFor();
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.getByRole("tabpanel").getByText('"id"').waitFor();
});

test("next and previous follow the list it was opened from", async () => {
  await page.goto(`${browser.url}/app/videos?sort=title`);
  const links = page.locator("a[data-index]");
  await links.nth(2).waitFor();
  const [first, second] = [await links.nth(0).getAttribute("href"), await links.nth(1).getAttribute("href")];
  await links.nth(0).click();
  await page.getByRole("button", { name: "Next" }).click();
  await page.waitForURL((url) => url.pathname === second);
  await page.getByRole("button", { name: "Previous" }).click();
  await page.waitForURL((url) => url.pathname === first);
});

test("a video that is gone says so", async () => {
  await page.goto(`${browser.url}/app/videos/99999999`);
  await page.getByRole("heading", { name: "This is not here any more" }).waitFor();
  assert.deepEqual(browser.problems, []);
});
