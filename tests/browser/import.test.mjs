// The import hub: one video by search, a playlist, the videos of an artist, and services without a key.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture, unlessReal } from "./browser.mjs";

const skip = unlessReal("needs outside services that answer");
let browser;
let page;

before(async () => {
  browser = await Browser.open({ videos: 60 });
  page = await browser.at("/app/import");
  await page.getByRole("heading", { level: 1, name: "Import" }).waitFor();
});
after(() => browser.close());

const go = (path) => page.goto(`${browser.url}/app/import${path}`);
const newest = async () => (await browser.call("GET", "/videos?sort_by=created_at&sort_order=desc&page_size=1")).items[0];

test("the hub leads to every way in, the folder too", async () => {
  for (const [name, path] of [["Search for a music video", "/import/search"], ["Videos of an artist", "/import/artist"], ["Spotify playlist", "/import/playlist"], ["Scan a folder", "/scan"]]) {
    await go("");
    await page.getByRole("main").getByRole("link", { name: new RegExp(`^${name}`) }).click();
    await page.waitForURL((url) => url.pathname === `/app${path}`);
    await page.getByRole("heading", { level: 1, name }).waitFor();
    assert.equal(await page.getByRole("navigation", { name: "All areas" }).getByRole("link", { name: "Import" }).first().getAttribute("aria-current"), "page");
  }
});

test("a video is searched everywhere, put right, given its clip, imported and watched", { skip }, async () => {
  await go("/search");
  await page.getByLabel("Artist").fill("Amber Harbour");
  await page.getByLabel("Title").fill("Glass Parade");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Discogs" }).waitFor();
  await picture(page, "import-results");
  await page.getByRole("button", { name: /^Glass Parade Amber Harbour/ }).click();
  await page.getByRole("heading", { name: /What will be stored/ }).waitFor();
  assert.equal(await page.locator('input[name="director"]').inputValue(), "Mara Lindqvist");
  assert.equal(await page.locator('input[name="featured"]').inputValue(), "Jade Choir");
  await page.locator('input[name="year"]').fill("11");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("A year from 1900 to 2100.").waitFor();
  await page.locator('input[name="year"]').fill("2011");
  await page.getByText("4,200,000 views").first().waitFor();
  await page.getByRole("button", { name: "Search YouTube" }).click();
  await page.getByText("Fan Uploads").first().waitFor();
  await picture(page, "import-details");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Adding a video" }).waitFor();
  await page.getByRole("heading", { name: "Download" }).waitFor();
  await page.getByText("Done.", { exact: true }).waitFor();
  await picture(page, "import-done");
  const video = await newest();
  assert.deepEqual([video.title, video.director, video.youtube_id, video.imvdb_video_id], ["Glass Parade", "Mara Lindqvist", "yt0abcdefgh", "121779"]);
  await page.getByRole("link", { name: "Open the video" }).click();
  await page.getByRole("heading", { level: 1, name: "Glass Parade" }).waitFor();
});

test("Back goes from the details to the results, and what is known already is said", { skip }, async () => {
  await go("/search?artist=Amber Harbour&title=Glass Parade");
  await page.getByRole("button", { name: /^Glass Parade Amber Harbour/ }).click();
  await page.getByText("This is in your library already:").waitFor();
  await page.getByLabel("Replace what the library knows of it").check();
  await page.getByRole("button", { name: "Update the video" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Discogs" }).waitFor();
});

test("an own address is taken, a wrong one is not", { skip }, async () => {
  await go("/search?artist=Amber Harbour&title=Glass Parade&source=discogs_master&id=83211");
  const own = page.getByRole("textbox", { name: "Another address or id" });
  await own.fill("https://example.org/watch");
  await page.locator('input[aria-invalid="true"]').waitFor();
  await own.fill("https://youtu.be/zzzzzzzzzzz?t=3");
  assert.equal(await page.getByRole("radio", { name: "Another address or id" }).isChecked(), true);
});

test("a service without a key names the setting and leads to it", { skip }, async () => {
  browser.mock.imports.missing = new Set(["imvdb", "spotify"]);
  const row = browser.mock.settings.rows.find((one) => one.key === "apis.imvdb.auth.app_key");
  const key = row.value;
  row.value = null;
  await go("/search?artist=Amber Harbour&title=Slow Static");
  await page.getByText("IMVDb is not set up.").waitFor();
  await picture(page, "import-unset");
  await page.getByRole("link", { name: "apis.imvdb.auth.app_key" }).click();
  await page.waitForURL(/\/app\/settings\?q=apis\.imvdb/);
  await page.getByRole("textbox", { name: "Imvdb auth app key" }).or(page.locator('input[type="password"]')).first().waitFor();
  await go("/playlist");
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/37i9dQZF1DX");
  await page.keyboard.press("Enter");
  await page.getByText("Spotify is not set up.").waitFor();
  browser.mock.imports.missing = new Set();
  row.value = key;
});

test("an unknown playlist is refused beside the field", { skip }, async () => {
  await go("/playlist");
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/unknown");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Spotify playlist not found: unknown").waitFor();
});

test("a playlist is shown with what is known, looked up song by song, put right and imported", { skip }, async () => {
  await go("/playlist");
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/37i9dQZF1DX?si=1");
  await page.getByRole("button", { name: "Show what is in it" }).click();
  await page.getByRole("heading", { name: "Rainy Sunday" }).waitFor();
  await page.getByText("12 new, 2 known").waitFor();
  const songs = page.getByRole("list", { name: "Songs" });
  assert.equal(await songs.getByRole("checkbox", { checked: true }).count(), 12);
  await page.getByRole("checkbox", { name: "All new ones" }).uncheck();
  for (const title of ["Glass Parade", "Winter Choir"]) await songs.getByRole("checkbox", { name: `Select ${title}` }).check();
  await page.getByRole("button", { name: "Look up the chosen" }).click();
  await songs.getByText("Mara Lindqvist, Kei Tanaka · Rock").waitFor();
  await songs.getByText("Nobody knows more about it").waitFor();
  await picture(page, "import-playlist");
  await page.getByRole("button", { name: "Edit Winter Choir" }).click();
  await page.getByRole("dialog").locator('input[name="director"]').fill("By Hand");
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: "Import 2 videos" }).click();
  await page.getByText("Done.", { exact: true }).waitFor();
  const job = (await browser.call("GET", "/jobs")).jobs.find((one) => one.type === "import_spotify_batch");
  assert.deepEqual(job.metadata.tracks.map((track) => [track.spotify_track_id, track.metadata.title, track.metadata.directors, track.youtube_id, track.imvdb_id]),
    [["track0", "Glass Parade", "Mara Lindqvist, Kei Tanaka", "yt0abcdefgh", 121779], ["track7", "Winter Choir", "By Hand", null, 121779]]);
});

test("an artist is found, what is here is marked, the chosen are imported", { skip }, async () => {
  await go("/artist");
  await page.getByLabel("Artist").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "IMVDb knows nobody of this name" }).waitFor();
  await page.getByLabel("Artist").fill("amber harbour");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Amber Harbour 14 music videos/ }).click();
  await page.getByText("10 new, 4 known").waitFor();
  const list = page.getByRole("list", { name: "Music videos" });
  await page.getByRole("checkbox", { name: "All new ones" }).uncheck();
  await list.getByRole("checkbox").first().check();
  await page.getByRole("button", { name: "Look up the chosen" }).click();
  await page.getByText("Download 1 clip at once").waitFor();
  await picture(page, "import-artist");
  await page.getByRole("button", { name: "Import 1 video" }).click();
  await page.getByRole("heading", { name: "Import of an artist" }).waitFor();
  const job = (await browser.call("GET", "/jobs")).jobs.find((one) => one.type === "import_imvdb_artist");
  assert.equal(job.metadata.videos[0].imvdb_id, 7000);
  assert.deepEqual(browser.problems, []);
});
