// The newcomer: first sign-in with its own password, an empty house, the first folder, the first list.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, password, picture, real } from "./browser.mjs";

const scanFolder = process.env.MEDLEY_SCAN_DIR ?? "/media/music-videos";
// A real server that nobody has signed in to yet, with the password it printed.
const fresh = { url: process.env.MEDLEY_FIRST_URL, password: process.env.MEDLEY_FIRST_PASSWORD };
const first = real ? fresh : { password };
let browser;

before(async () => {
  browser = await Browser.open({ videos: 0, mustChange: true });
});
after(() => browser.close());

test("the first sign-in asks for an own password, then opens the page", { skip: real && !fresh.url ? "needs a new server" : false }, async () => {
  const page = await browser.page();
  await page.goto(first.url ?? browser.url);
  assert.match(page.url(), /\/$|\/app$/);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Invalid username or password").waitFor();
  await picture(page, "login-failed");

  await page.getByLabel("Password", { exact: true }).fill(first.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Choose your own password" }).waitFor();
  await page.getByLabel("New password", { exact: true }).fill("a-better-password");
  await page.getByLabel("New password again").fill("another");
  await page.getByRole("button", { name: "Save and continue" }).click();
  await page.getByText("The two passwords differ.").waitFor();
  await page.getByLabel("New password again").fill("a-better-password");
  await picture(page, "first-password");
  await page.getByRole("button", { name: "Save and continue" }).click();
  await page.getByRole("heading", { name: "Bring in your first folder" }).waitFor();
  await picture(page, "home-empty");

  await page.reload();
  await page.getByRole("heading", { name: "Bring in your first folder" }).waitFor();
  await page.context().close();
});

test("a folder is previewed, imported while one watches, and then shown", async () => {
  const page = await browser.page();
  if (browser.mock) Object.assign(browser.mock, { mustChange: false, password });
  await browser.signIn(page, "/app/scan");
  await page.getByLabel("Folder", { exact: true }).fill("/no/such/folder");
  await page.getByRole("button", { name: "Show what will happen" }).click();
  await page.locator('#folder[aria-invalid="true"]').waitFor();
  await page.getByLabel("Folder", { exact: true }).fill(scanFolder);
  await page.getByRole("button", { name: "Show what will happen" }).click();
  await page.getByText("NFO files seen").waitFor();
  await picture(page, "scan-preview");

  await page.getByRole("button", { name: /^Import \d+ videos?$|Scan all the same/ }).click();
  await page.getByRole("progressbar").or(page.getByText("Done.", { exact: true })).first().waitFor();
  await picture(page, "scan-running");
  await page.getByText("Done.", { exact: true }).waitFor({ timeout: 60_000 });
  await picture(page, "scan-done");
  await page.getByRole("link", { name: "Show Music videos" }).click();
  await page.locator('a[href^="/app/videos/"]').first().waitFor();
  assert.deepEqual(browser.problems, []);
});
