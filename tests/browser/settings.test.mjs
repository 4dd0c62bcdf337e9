// Settings: found, changed, refused, taken back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture, unlessReal } from "./browser.mjs";

let browser;
let page;

before(async () => {
  browser = await Browser.open({ videos: 10 });
  page = await browser.at("/app/settings");
  await page.getByRole("searchbox").waitFor();
});
after(() => browser.close());

const setting = async (key) => (await browser.call("GET", "/api/settings/registry")).settings.find((one) => one.key === key)?.value;
const find = (text) => page.getByRole("searchbox").fill(text);

test("a number is found, checked, changed and undone", async () => {
  const before = await setting("trash.retention_days");
  await find("retention days");
  const field = page.getByLabel("Retention days").first();
  await page.locator("code", { hasText: "trash.retention_days" }).waitFor();
  const row = page.locator("div.grid", { has: page.locator("code", { hasText: /^trash\.retention_days$/ }) }).last();
  const input = row.getByRole("textbox");
  await field.waitFor();
  await input.fill("ten");
  await input.press("Enter");
  await row.getByText("Enter a whole number.").waitFor();
  await input.fill("9999");
  await input.press("Enter");
  await row.getByRole("alert").waitFor();
  await input.fill("14");
  await picture(page, "settings-edit");
  await input.press("Enter");
  await page.getByText(/saved$/).waitFor();
  assert.equal(await setting("trash.retention_days"), 14);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await page.getByText("Change undone").waitFor();
  assert.equal(await setting("trash.retention_days"), before);
});

test("the history redoes and undoes", async () => {
  await page.getByRole("button", { name: "History" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Redo" }).click();
  await page.getByText("Change redone").waitFor();
  assert.equal(await setting("trash.retention_days"), 14);
  await picture(page, "settings-history");
  await dialog.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Change undone").last().waitFor();
  await page.keyboard.press("Escape");
});

test("a change that needs a restart asks first", { skip: unlessReal("would change where things are kept") }, async () => {
  await find("cache_dir");
  const input = page.getByRole("textbox").last();
  await input.fill("thumbs");
  await input.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Change this setting?").waitFor();
  await picture(page, "settings-conflict");
  await dialog.getByRole("button", { name: "Change it" }).click();
  await page.getByText(/saved$/).waitFor();
  assert.equal(await setting("thumbnail.cache_dir"), "thumbs");
});

test("secrets are masked until asked for", { skip: unlessReal("depends on the settings") }, async () => {
  await find("tmdb api_key");
  const input = page.locator('input[type="password"]');
  await input.waitFor();
  await page.getByRole("button", { name: /^Show / }).click();
  await page.locator('input[value="3f9a-not-a-real-key"][type="text"]').waitFor();
});

test("each outside service tells what it lacks and is really asked", { skip: unlessReal("goes out to the services") }, async () => {
  await find("");
  browser.mock.settings.rows.find((one) => one.key === "apis.spotify.auth.client_id").value = null;
  await page.reload();
  await page.getByRole("button", { name: "Test IMVDb" }).click();
  await page.getByText("IMVDb answered · 182 ms").waitFor();
  await page.getByRole("button", { name: "Test Discogs" }).click();
  await page.getByText("401: Invalid consumer key").waitFor();
  await picture(page, "services");
  assert.equal(await page.getByRole("button", { name: "Test Spotify" }).isDisabled(), true);
  await page.getByRole("button", { name: "apis.spotify.auth.client_id" }).click();
  await page.waitForURL(/q=apis\.spotify\.auth\.client_id/);
});

test("a service is tested through the server", async (context) => {
  const missing = await browser.unfinished("POST", "/app/api/providers/nothing/test", {});
  if (missing) return context.skip(missing);
  await find("");
  await page.getByRole("button", { name: /^Test YouTube/ }).click();
  await page.locator("#services p[role=status]").waitFor({ timeout: 60_000 });
});

test("keys for other programs are made, shown once and deleted", async () => {
  await find("");
  await page.getByLabel("What it is for").fill("a television");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByText("It is shown only now").waitFor();
  await page.getByRole("button", { name: "Delete key a television" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete key a television" }).waitFor({ state: "detached" });
  assert.deepEqual(browser.problems, []);
});
