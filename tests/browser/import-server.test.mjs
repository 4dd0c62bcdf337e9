// The import hub and what a video's page asks of the services, against the real server with the fakes of
// tests/fake. What the server cannot do yet is left out by itself.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture, unlessStandIn } from "./browser.mjs";

const skip = unlessStandIn("needs the server and the fakes");
const patienceMs = 60_000;
let browser;
let page;

before(async () => {
  if (skip) return;
  browser = await Browser.open();
  page = await browser.at("/app/import");
});
after(() => browser?.close());

const go = (path) => page.goto(`${browser.url}/app${path}`);
const found = (query) => browser.call("GET", `/videos?${new URLSearchParams(query)}`);
const done = () => page.getByText("Done.", { exact: true }).waitFor({ timeout: patienceMs });

test("a video is searched, looked at, imported and watched to its place", { skip }, async (context) => {
  const missing = await browser.unfinished("POST", "/add/search", { artist: "x", track_title: "y" });
  if (missing) return context.skip(missing);
  await go("/import/search");
  await page.getByLabel("Artist").fill("Robin Thicke");
  await page.getByLabel("Title").fill("Blurred Lines");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: /^IMVDb/ }).getByRole("button").first().click();
  await page.getByRole("heading", { name: /What will be stored/ }).waitFor();
  assert.deepEqual([await page.locator('input[name="director"]').inputValue(), await page.locator('input[name="featured"]').inputValue()], ["Diane Martel", "T.I., Pharrell Williams"]);
  await page.getByText("Title of zwT6DZCQi9k").waitFor();
  await picture(page, "server-import-details");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await done();
  await picture(page, "server-import-done");
  await page.getByRole("link", { name: "Open the video" }).click();
  await page.getByRole("heading", { level: 1, name: "Blurred Lines" }).waitFor();
  const [video] = (await found({ title: "Blurred Lines" })).items;
  assert.equal(video.youtube_id, "zwT6DZCQi9k");
});

test("a playlist is shown, looked up and imported", { skip }, async (context) => {
  const missing = await browser.unfinished("POST", "/add/preview-batch", { mode: "spotify", spotify_playlist_id: "mix" });
  if (missing) return context.skip(missing);
  await go("/import/playlist");
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/unheardof");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText(/not found/i).waitFor();
  await page.getByLabel("Link of the playlist").fill("https://open.spotify.com/playlist/mix?si=1");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Mix „Tape“ 夜" }).waitFor();
  await page.getByRole("button", { name: "Look up the chosen" }).click();
  await page.getByRole("list", { name: "Songs" }).getByText(/Nevermind/).first().waitFor();
  await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached", timeout: patienceMs });
  await picture(page, "server-import-playlist");
  const downloads = page.getByRole("checkbox", { name: /^Download .* clips? at once/ });
  if (await downloads.count()) await downloads.uncheck();
  await page.getByRole("button", { name: /^Import \d+ videos?$/ }).click();
  await done();
  assert.ok((await found({ artist: "Nirvana" })).total > 0);
});

test("an artist's videos are shown, those that are here marked, the others imported", { skip }, async (context) => {
  const missing = await browser.unfinished("POST", "/add/search/artist", { artist_name: "Björk" });
  if (missing) return context.skip(missing);
  await go("/import/artist?q=Bj%C3%B6rk");
  await page.getByRole("list", { name: "Artists" }).getByRole("button").first().click();
  await page.getByText(/\d+ new, \d+ known/).waitFor();
  await picture(page, "server-import-artist");
  const button = page.getByRole("button", { name: /^Import \d+ videos?$/ });
  if (await button.isEnabled()) {
    await button.click();
    await done();
  }
  assert.ok((await found({ artist: "Björk" })).total > 0);
});

test("each service of the settings is really asked", { skip }, async (context) => {
  const missing = await browser.unfinished("POST", "/app/api/providers/nothing/test", {});
  if (missing) return context.skip(missing);
  await go("/settings");
  for (const name of ["IMVDb", "Discogs", "Spotify", "MusicBrainz", "YouTube (yt-dlp)"]) await page.getByRole("button", { name: `Test ${name}` }).click();
  await page.locator("#services p[role=status]").nth(4).waitFor({ timeout: patienceMs });
  assert.deepEqual(await page.locator("#services p[role=status].text-danger").allTextContents(), []);
  await picture(page, "server-services");
});

test("a video's page asks MusicBrainz and IMVDb", { skip }, async (context) => {
  const missing = (await browser.unfinished("POST", "/videos/999999999/enrich/musicbrainz", {})) || (await browser.unfinished("POST", "/videos/backfill-imvdb-urls?video_id=999999999"));
  if (missing) return context.skip(missing);
  const { id } = await browser.call("POST", "/videos", { title: "Smells Like Teen Spirit", artist: "Nirvana" });
  await go(`/videos/${id}`);
  const choose = async (name) => {
    await page.getByRole("button", { name: "More to do with this video" }).click();
    await page.getByRole("button", { name, exact: true }).click();
  };
  await choose("Look up at MusicBrainz");
  await page.getByRole("dialog").getByText("Nevermind").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await page.getByText("Taken over").waitFor();
  const video = await browser.call("GET", `/videos/${id}`);
  assert.deepEqual([video.album, video.year], ["Nevermind", 1991]);
  const other = await browser.call("POST", "/videos", { title: "Rollacoasta", artist: "Robin Thicke", imvdb_video_id: "968122970313" });
  await go(`/videos/${other.id}`);
  await choose("Fetch the address at IMVDb");
  await page.getByText("Address fetched").waitFor();
  assert.match((await browser.call("GET", `/videos/${other.id}`)).imvdb_url, /imvdb\.com/);
});

test("a video without a file is downloaded, put in its place and can be played", { skip }, async () => {
  const { id } = await browser.call("POST", "/videos", { title: "Fetched", artist: "From afar", youtube_id: "fetchedfrom" });
  await go(`/videos/${id}`);
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor({ timeout: patienceMs });
  for (let tries = 0; tries < 100 && (await browser.call("GET", `/videos/${id}`)).status !== "organized"; tries += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await browser.call("GET", `/videos/${id}`)).status, "organized");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("video")?.currentTime > 0.2);
  assert.deepEqual(browser.problems, []);
});
