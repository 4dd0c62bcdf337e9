// What can be done with one video: collections, MusicBrainz, IMVDb, download, organise, NFO.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture, unlessReal } from "./browser.mjs";

const skip = unlessReal("needs outside services that answer");
let browser;
let page;
let video;

before(async () => {
  browser = await Browser.open({ videos: 120 });
  video = await browser.playable();
  page = await browser.at(`/app/videos/${video.id}`);
  await page.getByRole("heading", { level: 1, name: video.title }).waitFor();
});
after(() => browser.close());

const now = (id = video.id) => browser.call("GET", `/videos/${id}`);
const choose = async (name) => {
  await page.getByRole("button", { name: "More to do with this video" }).click();
  await page.getByRole("button", { name, exact: true }).click();
};

test("it joins a new collection and leaves it again", async () => {
  await page.getByRole("button", { name: "Add to a collection" }).click();
  await page.getByRole("combobox", { name: "Add to a collection" }).fill("From the video page");
  await page.getByRole("option", { name: /Make/ }).click();
  await page.getByText("Added to “From the video page”").waitFor();
  await page.getByRole("link", { name: "From the video page" }).waitFor();
  const { id } = (await now()).collections.find((one) => one.name === "From the video page");
  await page.getByRole("button", { name: "Leave the collection From the video page" }).click();
  await page.getByRole("link", { name: "From the video page" }).waitFor({ state: "detached" });
  await browser.call("DELETE", `/collections/${id}`);
});

test("where the file would go is shown before it moves", async (context) => {
  const missing = await browser.unfinished("POST", "/files/videos/999999999/organize", {});
  if (missing) return context.skip(missing);
  await choose("Put the file in its place");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The place follows from the pattern in the settings.").waitFor();
  await dialog.locator("dl, p.flex, [role=alert]").first().waitFor();
  await picture(page, "organize");
  const move = dialog.getByRole("button", { name: "Move it" });
  if (await move.isEnabled()) {
    await move.click();
    await dialog.waitFor({ state: "detached" });
    assert.equal((await now()).status, "organized");
  } else await page.keyboard.press("Escape");
});

test("it goes to the trash with its file, and Undo brings both back", async (context) => {
  const missing = await browser.unfinished("GET", "/files/trash");
  if (missing) return context.skip(missing);
  const { video_file_path: path } = await now();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Also move the files to the trash").check();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 video deleted").waitFor();
  const trashed = await browser.call("GET", `/videos/${video.id}?include_deleted=true`);
  assert.deepEqual([trashed.is_deleted, trashed.video_file_path === path], [true, false]);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  for (let tries = 0; tries < 50 && (await now().catch(() => null))?.video_file_path !== path; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await now()).video_file_path, path);
  await page.goto(`${browser.url}/app/videos/${video.id}`);
});

test("its NFO file is written", async (context) => {
  const missing = await browser.unfinished("POST", "/exports/nfo", { video_ids: [999_999_999] });
  if (missing) return context.skip(missing);
  await choose("Write the NFO file");
  await page.getByText("NFO file written").waitFor();
});

test("the file is read again and a thumbnail made", async () => {
  await choose("Read file again, new thumbnail");
  await page.getByText("File read again").waitFor();
});

test("what MusicBrainz knows is shown beside what is here; only what is ticked is taken over", { skip }, async () => {
  const before = await now();
  await choose("Look up at MusicBrainz");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Sure match").waitFor();
  const boxes = dialog.getByRole("checkbox");
  const year = dialog.getByRole("listitem").filter({ hasText: "2011" }).getByRole("checkbox");
  assert.equal(await year.isChecked(), before.year === null);
  for (let index = 0; index < (await boxes.count()); index += 1) await boxes.nth(index).setChecked(false);
  await year.check();
  await picture(page, "enrich");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Taken over").waitFor();
  const after = await now();
  assert.deepEqual([after.year, after.album, after.genre], [2011, before.album, before.genre]);
});

test("the address at IMVDb is fetched; without a key the setting is named", { skip }, async () => {
  const one = browser.mock.library.videos.find((known) => known.imvdb_video_id && !known.is_deleted && known.video_file_path);
  await page.goto(`${browser.url}/app/videos/${one.id}`);
  browser.mock.imports.missing.add("imvdb");
  await choose("Fetch the address at IMVDb");
  await page.getByRole("dialog").getByText("IMVDb is not set up.").waitFor();
  await page.keyboard.press("Escape");
  browser.mock.imports.missing.clear();
  await choose("Fetch the address at IMVDb");
  await page.getByText("Address fetched").waitFor();
  await page.getByRole("link", { name: "IMVDb" }).waitFor();
});

test("a video without a file is downloaded and then played", { skip }, async () => {
  const one = browser.mock.library.videos.find((known) => known.youtube_id && !known.is_deleted);
  Object.assign(one, { video_file_path: null, status: "discovered" });
  await page.goto(`${browser.url}/app/videos/${one.id}`);
  await page.getByText("It can be downloaded from YouTube.").waitFor();
  await picture(page, "video-without-file");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await page.getByText("Download queued").waitFor();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  assert.deepEqual(browser.problems, []);
});
