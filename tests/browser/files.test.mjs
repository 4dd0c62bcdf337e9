// Files: trash, duplicates, the check of the library, exports, backups. What the server cannot do yet is
// left out by itself and taken in when it can.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture, unlessReal } from "./browser.mjs";

let browser;
let page;

before(async () => {
  browser = await Browser.open({ videos: 120 });
  page = await browser.at("/app/files");
});
after(() => browser.close());

const go = async (path) => {
  await page.goto(`${browser.url}/app/files${path}`);
  await page.locator("main h1").waitFor();
};
const video = (id) => browser.call("GET", `/videos/${id}?include_deleted=true`);
async function until(question) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await question()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("it never became so");
}

test("the overview leads to every page", async () => {
  for (const name of ["Trash", "Duplicates", "Check and repair", "Exports", "Backups"]) {
    await go("");
    await page.getByRole("navigation", { name: "Pages about files" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }
});

test("a deleted video waits in the trash and comes back with its file", async (context) => {
  const missing = (await browser.unfinished("GET", "/files/trash")) || (await browser.unfinished("POST", "/files/videos/999999999/restore", {}));
  if (missing) return context.skip(missing);
  const one = await browser.playable();
  await browser.call("DELETE", `/files/videos/${one.id}`);
  await go("/trash");
  const row = page.getByRole("listitem").filter({ hasText: one.title }).first();
  await row.waitFor();
  await picture(page, "trash");
  await row.getByRole("button", { name: `Restore ${one.title}` }).click();
  await page.getByText(`“${one.title}” is back`).waitFor();
  await until(async () => (await video(one.id)).is_deleted === false);
  assert.equal((await video(one.id)).video_file_path, one.video_file_path);
});

test("a video whose file never moved comes back, too", async (context) => {
  const missing = await browser.unfinished("GET", "/files/trash");
  if (missing) return context.skip(missing);
  const one = await browser.playable();
  await browser.call("DELETE", `/videos/${one.id}`);
  await go("/trash");
  await page.getByRole("button", { name: `Restore ${one.title}` }).first().click();
  await page.getByText(`“${one.title}” is back`).waitFor();
  await until(async () => (await video(one.id)).is_deleted === false);
});

test("one is deleted for good after a question, then all", async (context) => {
  const missing = await browser.unfinished("GET", "/files/trash/stats");
  if (missing) return context.skip(missing);
  for (const title of ["Not to be kept", "Nor this one"]) {
    const { id } = await browser.call("POST", "/videos", { title, artist: "Nobody" });
    await browser.call("DELETE", `/videos/${id}`);
  }
  await go("/trash");
  await page.getByRole("button", { name: "Delete Not to be kept for good" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("“Not to be kept” is gone for good").waitFor();
  await page.getByRole("button", { name: "Delete Nor this one for good" }).waitFor();
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await picture(page, "trash-empty");
  await page.getByRole("dialog").getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
  assert.equal((await browser.call("GET", "/files/trash/stats")).total_count, 0);
});

test("duplicates are found, compared and settled, and Undo brings back", async (context) => {
  const missing = await browser.unfinished("POST", "/files/duplicates/resolve", { keep_video_id: 999_999_999, remove_video_ids: [] });
  if (missing) return context.skip(missing);
  const twins = [];
  for (const album of ["First pressing", "Second pressing"]) twins.push((await browser.call("POST", "/videos", { title: "One of two", artist: "The Twins", album })).id);
  await go("/duplicates");
  await page.getByRole("button", { name: "Look for duplicates" }).click();
  const group = page.getByRole("group").filter({ hasText: "One of two" });
  await group.getByText("Same title and artist").waitFor({ timeout: 30_000 });
  await picture(page, "duplicates");
  // What was here first is proposed where nothing else speaks for one.
  assert.equal(await group.getByRole("radio").first().isChecked(), true);
  await group.getByRole("radio").nth(1).check();
  const kept = twins.find((id, index) => index === 1);
  await group.getByRole("button", { name: "Keep this, move the other to the trash" }).click();
  await page.getByText("1 video moved to the trash").waitFor();
  await group.waitFor({ state: "detached" });
  assert.deepEqual([(await video(twins[0])).is_deleted, (await video(kept)).is_deleted], [true, false]);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await until(async () => !(await video(twins[0])).is_deleted);
  for (const id of twins) await browser.call("DELETE", `/videos/${id}/permanent`);
});

test("the search for duplicates runs on any library", async (context) => {
  const missing = await browser.unfinished("GET", "/files/videos/999999999/duplicates");
  if (missing) return context.skip(missing);
  await go("/duplicates");
  await page.getByRole("button", { name: "Look for duplicates" }).click();
  await page.getByText(/Checked/).waitFor({ timeout: 30_000 });
  const one = await browser.playable();
  await go(`/duplicates?video=${one.id}`);
  await page.getByRole("link", { name: "Back to the video" }).waitFor();
});

test("the library is checked, and repaired with one button", async (context) => {
  const missing = await browser.unfinished("GET", "/files/library/verify?scan_orphans=false");
  if (missing) return context.skip(missing);
  await go("/check");
  await page.getByRole("button", { name: "Check the library" }).click();
  await page.getByText("Videos checked").waitFor();
  await picture(page, "check");
  if (!browser.mock) return;
  await page.getByRole("heading", { name: /Missing files/ }).waitFor();
  await page.getByRole("button", { name: "Mark as missing" }).click();
  await page.getByText("4 repaired").waitFor();
  await page.getByRole("heading", { name: /Missing files/ }).waitFor({ state: "detached" });
  browser.mock.files.offline = "/mnt/nas/videos";
  await page.getByRole("button", { name: "Check again" }).click();
  await page.getByRole("alert").getByText("/mnt/nas/videos").waitFor();
  // The report is still there after a look elsewhere.
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("link", { name: "Check and repair" }).first().click();
  await page.getByText("/mnt/nas/videos").waitFor();
});

test("a playlist is written, and a place outside the library refused beside the field", async (context) => {
  const missing = await browser.unfinished("POST", "/exports/playlist", { name: "x", output_path: "/nowhere/at/all.m3u", video_ids: [] });
  if (missing) return context.skip(missing);
  await go("/exports");
  await page.getByLabel("Name").fill("Browser: evening");
  await page.getByLabel("File", { exact: true }).fill("/etc/evening.m3u8");
  await page.getByRole("button", { name: "Write the playlist" }).click();
  await page.locator('[aria-invalid="true"][name="output_path"]').waitFor();
  await page.getByRole("radio", { name: "csv" }).check({ force: true });
  assert.equal(await page.getByLabel("File", { exact: true }).inputValue(), "playlists/Browser evening.csv");
  await page.getByRole("button", { name: "Write the playlist" }).click();
  await page.getByText(/videos? written/).waitFor();
  await picture(page, "exports");
});

test("NFO files are written by a job that is watched", async (context) => {
  const missing = await browser.unfinished("POST", "/exports/nfo", { video_ids: [999_999_999] });
  if (missing) return context.skip(missing);
  await go("/exports");
  await page.getByRole("button", { name: "Write NFO files" }).click();
  await page.getByText("Done", { exact: true }).waitFor({ timeout: 30_000 });
});

test("a backup is made, checked and can be taken away", async (context) => {
  const missing = await browser.unfinished("GET", "/backup");
  if (missing) return context.skip(missing);
  await go("/backups");
  await page.getByText("Every day at 02:00 UTC").waitFor();
  await page.getByRole("button", { name: "New backup" }).first().click();
  await page.getByRole("dialog").getByRole("textbox").fill("before the test");
  await page.getByRole("button", { name: "Back up now" }).click();
  await page.getByText("Done", { exact: true }).waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: /^Check the backup/ }).first().click();
  await page.getByText("Complete and readable.").waitFor();
  await picture(page, "backups");
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Download the backup/ }).first().click();
  assert.match((await file).suggestedFilename(), /^fuzzbin_backup_.*\.zip$/);
});

test("a damaged backup is told from a good one", { skip: unlessReal("needs a damaged backup") }, async () => {
  await go("/backups");
  await page.getByRole("button", { name: /^Check the backup/ }).last().click();
  await page.getByText("This backup is damaged.").waitFor();
});

test("a backup is put back only after the word was typed; then the server is there again", async (context) => {
  const missing = await browser.unfinished("POST", "/app/api/backups/nothing.zip/restore", {});
  if (missing) return context.skip(missing);
  const { total } = await browser.call("GET", "/videos?page_size=1");
  await go("/backups");
  const { id } = await browser.call("POST", "/videos", { title: "After the backup", artist: "Too late" });
  await page.getByRole("button", { name: /^Restore the backup/ }).first().click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Restore", exact: true });
  assert.equal(await confirm.isDisabled(), true);
  await dialog.getByRole("textbox").fill("restore");
  await picture(page, "backup-restore");
  await confirm.click();
  await page.getByText("The server starts again with this backup").or(page.locator("#username")).waitFor();
  if (browser.mock) return assert.deepEqual(browser.problems, []);
  browser.token = undefined;
  await until(async () => (await fetch(`${browser.url}/videos/${id}`).catch(() => null))?.status === 401);
  await until(async () => (await browser.call("GET", "/videos?page_size=1").catch(() => null))?.total === total);
  await page.goto(`${browser.url}/app`);
  await page.locator("#username").or(page.locator("#main")).first().waitFor();
  return assert.deepEqual(browser.problems, []);
});
