// What opens on a page: dialogs, bars, wizards in the middle of their way. axe finds nothing serious in them,
// nothing scrolls sideways, and a picture of each is kept; dark and wide, light and narrow.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, desktop, picture, unlessReal } from "./browser.mjs";
import { seriousFindings, sideways } from "./looking.mjs";

const skip = unlessReal("needs the stand-in's library");
const looks = [
  { name: "dark", viewport: desktop, theme: "dark", locale: "en-GB" },
  { name: "phone-light", viewport: { width: 360, height: 740 }, theme: "light", locale: "en-GB", touch: true },
];
const button = (page, name) => page.getByRole("button", { name }).first();
async function select(page) {
  await page.locator("main a[data-index]").first().waitFor();
  await page.locator('main a[data-index="0"]').focus();
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("2 selected").first().waitFor();
}
async function more(page, name) {
  await button(page, "More to do with this video").click();
  await button(page, name).click();
  await page.getByRole("dialog").waitFor();
}
async function playlist(page) {
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/37i9dQZF1DX");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Songs" }).waitFor();
  await button(page, "Look up the chosen").click();
  await page.getByText("Mara Lindqvist, Kei Tanaka · Rock").nth(3).waitFor();
}

const states = [
  ["selection", "/app/videos", select],
  ["selection-tags", "/app/videos", async (page) => { await select(page); await button(page, "Tags: add or replace").click(); }],
  ["selection-collection", "/app/videos", async (page) => { await select(page); await button(page, "Add to a collection").click(); }],
  ["selection-change", "/app/videos", async (page) => { await select(page); await button(page, "More").click(); await button(page, "Change fields").click(); }],
  ["selection-delete", "/app/videos", async (page) => { await select(page); await button(page, "Delete").click(); }],
  ["collection", "/app/videos/collections/1", async (page) => { await page.getByRole("button", { name: /^Move .*place 2 of/ }).focus(); await page.keyboard.press(" "); }],
  ["collection-edit", "/app/videos/collections/1", (page) => button(page, "Edit collection").click()],
  ["video-more", "/app/videos/1", (page) => button(page, "More to do with this video").click()],
  ["video-enrich", "/app/videos/1", async (page) => { await more(page, "Look up at MusicBrainz"); await page.getByText("Sure match").waitFor(); }],
  ["video-organize", "/app/videos/1", async (page) => { await more(page, "Put the file in its place"); await page.getByRole("dialog").locator("dl, p.flex").first().waitFor(); }],
  ["import-results", "/app/import/search?artist=Amber Harbour&title=Glass Parade", (page) => page.getByRole("heading", { name: /^Discogs/ }).waitFor()],
  ["import-details", "/app/import/search?artist=Amber Harbour&title=Glass Parade&source=imvdb&id=121779", (page) => page.getByText("views").first().waitFor()],
  ["import-playlist", "/app/import/playlist", playlist],
  ["import-edit", "/app/import/playlist", async (page) => { await playlist(page); await button(page, "Edit Glass Parade").click(); }],
  ["import-artists", "/app/import/artist?q=amber harbour", (page) => page.getByRole("list", { name: "Artists" }).waitFor()],
  ["import-videos", "/app/import/artist?q=amber harbour&artist=501", (page) => page.getByRole("list", { name: "Music videos" }).waitFor()],
  ["trash-empty", "/app/files/trash", (page) => button(page, "Empty the trash").click()],
  ["duplicates", "/app/files/duplicates", async (page) => { await button(page, "Look for duplicates").click(); await page.getByRole("radio").first().waitFor(); }],
  ["check", "/app/files/check", async (page, browser) => { browser.mock.files.offline = "/mnt/nas/videos"; await button(page, "Check the library").click(); await page.getByText("Videos checked").waitFor(); }],
  ["backup-restore", "/app/files/backups", (page) => page.getByRole("button", { name: /^Restore the backup/ }).first().click()],
  ["backup-checked", "/app/files/backups", async (page) => { await page.getByRole("button", { name: /^Check the backup/ }).last().click(); await page.getByText("This backup is damaged.").waitFor(); }],
  ["schedule", "/app/activity?tab=schedules", (page) => button(page, "Add a schedule").click()],
  ["services", "/app/settings", async (page) => { await button(page, "Test Discogs").click(); await page.getByText("401: Invalid").waitFor(); }],
];

let browser;
before(async () => {
  if (!skip) browser = await Browser.open({ videos: 200 });
});
after(() => browser?.close());

for (const look of looks) {
  test(`what opens, in ${look.name}`, { skip }, async (context) => {
    const page = await browser.page(look);
    await browser.signIn(page);
    for (const [name, path, open] of states) {
      await context.test(name, async () => {
        await page.goto(browser.url + path);
        await page.locator("main h1, main h2").first().waitFor();
        await open(page, browser);
        await page.waitForTimeout(250);
        await picture(page, `state-${look.name}-${name}`);
        assert.deepEqual(await sideways(page), { document: 0, main: 0 }, "scrolls sideways");
        assert.deepEqual(await seriousFindings(page), []);
      });
    }
    await page.context().close();
    assert.deepEqual(browser.problems, []);
  });
}
