// Movies and TV, read through the second door.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, picture } from "./browser.mjs";

let browser;
let page;

before(async () => {
  browser = await Browser.open({ videos: 30 });
  page = await browser.at("/app/movies");
});
after(() => browser.close());

test("movies are listed, filtered and opened", async (context) => {
  const { data } = await browser.call("GET", "/api/v1/movies?limit=5");
  if (data.length === 0) return context.skip("no movies in this library");
  const [movie] = data;
  await page.locator('a[href^="/app/movies/"]').first().waitFor();
  await picture(page, "movies");
  await page.getByRole("combobox", { name: "Filter movies" }).fill(movie.title);
  await page.waitForURL((url) => url.searchParams.get("q") === movie.title);
  await page.getByRole("listitem").filter({ hasText: movie.title }).getByRole("link").first().click();
  await page.getByRole("heading", { level: 1, name: movie.title }).waitFor();
  await picture(page, "movie");
  await page.getByRole("tab", { name: "Files" }).click();
  await page.getByText("Path").waitFor();
});

test("an edit locks the field, and the lock can be taken off", async (context) => {
  const { data } = await browser.call("GET", "/api/v1/movies?limit=1");
  if (data.length === 0) return context.skip("no movies in this library");
  const [movie] = data;
  await page.goto(`${browser.url}/app/movies/${movie.id}`);
  await page.getByRole("button", { name: /^Edit Plot/ }).click();
  await page.locator('textarea[name="plot"]').fill("Something else happens.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Unlock Plot" }).waitFor();
  await page.getByRole("button", { name: "Unlock Plot" }).click();
  await page.getByRole("button", { name: /^Lock Plot/ }).waitFor();
  await browser.call("PUT", `/api/v1/movies/${movie.id}`, { plot: movie.plot, plot_locked: false });
});

test("a show tells its seasons and episodes", async (context) => {
  const { data } = await browser.call("GET", "/api/v1/series?limit=1");
  if (data.length === 0) return context.skip("no shows in this library");
  await page.goto(`${browser.url}/app/tv`);
  await page.locator('a[href^="/app/tv/"]').first().click();
  await page.getByText(/Season 1|Specials/).first().waitFor();
  await picture(page, "series");
  assert.deepEqual(browser.problems, []);
});
