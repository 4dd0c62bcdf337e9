// Every page, dark and light, wide and narrow, in both languages: nothing scrolls sideways, axe finds
// nothing serious, and a picture of each is kept to be looked at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Browser, desktop, phone, picture } from "./browser.mjs";
import { seriousFindings, sideways } from "./looking.mjs";

const narrow = { width: 360, height: 740 };
const looks = [
  { name: "dark", viewport: desktop, theme: "dark", locale: "en-GB" },
  { name: "light", viewport: desktop, theme: "light", locale: "en-GB" },
  { name: "phone", viewport: phone, theme: "dark", locale: "en-GB", touch: true },
  { name: "phone-light-german", viewport: narrow, theme: "light", locale: "de-DE", touch: true },
];
let browser;
let paths;

before(async () => {
  browser = await Browser.open({ videos: 400 });
  const video = await browser.playable();
  const [movies, shows] = [await browser.call("GET", "/api/v1/movies?limit=1"), await browser.call("GET", "/api/v1/series?limit=1")];
  paths = {
    home: "/app", videos: "/app/videos", collections: "/app/videos/collections", video: `/app/videos/${video.id}`, "video-files": `/app/videos/${video.id}?tab=files`, movies: "/app/movies", tv: "/app/tv", import: "/app/import", "import-search": "/app/import/search", "import-playlist": "/app/import/playlist", "import-artist": "/app/import/artist", scan: "/app/scan", "scan-movies": "/app/scan?kind=movie",
    activity: "/app/activity?tab=finished", schedules: "/app/activity?tab=schedules", settings: "/app/settings", people: "/app/people", music: "/app/music", scenes: "/app/scenes", files: "/app/files", downloads: "/app/downloads", trash: "/app/files/trash", duplicates: "/app/files/duplicates", check: "/app/files/check",
    exports: "/app/files/exports", backups: "/app/files/backups",
    ...(movies.data[0] ? { movie: `/app/movies/${movies.data[0].id}` } : {}), ...(shows.data[0] ? { series: `/app/tv/${shows.data[0].id}` } : {}),
  };
});
after(() => browser.close());

/** Every first part of a word's name in the catalogue: "nav" of "nav.home". */
const stems = new Set([...readFileSync(new URL("../../web/src/i18n/en.ts", import.meta.url), "utf8").matchAll(/^ {2}"([a-zA-Z]+)\./gm)].map((match) => match[1]));

/**
 * A word that the catalogue lacks is shown by its name. Texts that come from data stand in code, are a path
 * or belong to the setting whose key the server has: those are no words.
 */
async function missingWords(page) {
  const keys = new Set((await browser.call("GET", "/api/settings/registry")).settings.map((one) => one.key));
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const place = node.parentElement;
      if (!place.closest("code, pre, script, style")) found.push(node.textContent);
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      found.push(...["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name) ?? ""));
    }
    return found;
  });
  const names = texts.flatMap((text) => [...text.matchAll(/(?<![\w./-])[a-zA-Z]+(?:\.[a-zA-Z_]+)+(?![\w/-])/g)].map((match) => match[0]));
  return names.filter((name) => stems.has(name.split(".")[0]) && !keys.has(name) && ![...keys].some((key) => key.startsWith(`${name}.`)));
}

for (const look of looks) {
  test(`every page in ${look.name}`, async (context) => {
    const page = await browser.page(look);
    await page.goto(`${browser.url}/app`);
    await page.locator("#username").waitFor();
    assert.deepEqual(await seriousFindings(page), [], "login");
    await picture(page, `${look.name}-login`);
    await browser.signIn(page);
    for (const [name, path] of Object.entries(paths)) {
      await context.test(name, async () => {
        await page.goto(browser.url + path);
        await page.locator("main h1, main h2").first().waitFor();
        await page.waitForLoadState("networkidle").catch(() => {});
        await page.waitForTimeout(250);
        await picture(page, `${look.name}-${name}`);
        assert.deepEqual(await sideways(page), { document: 0, main: 0 }, "scrolls sideways");
        assert.deepEqual(await seriousFindings(page), []);
        assert.deepEqual(await missingWords(page), [], "a word is missing");
      });
    }
    await page.context().close();
  });
}

test("the page keeps to its Content-Security-Policy and throws nothing", () => assert.deepEqual(browser.problems, []));
