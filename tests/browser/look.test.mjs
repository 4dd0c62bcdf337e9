// Every page, dark and light, wide and narrow, in both languages: nothing scrolls sideways, axe finds
// nothing serious, and a picture of each is kept to be looked at.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Browser, desktop, phone, picture } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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
    activity: "/app/activity?tab=finished", schedules: "/app/activity?tab=schedules", settings: "/app/settings", people: "/app/people", music: "/app/music", scenes: "/app/scenes", files: "/app/files", trash: "/app/files/trash", duplicates: "/app/files/duplicates", check: "/app/files/check",
    exports: "/app/files/exports", backups: "/app/files/backups",
    ...(movies.data[0] ? { movie: `/app/movies/${movies.data[0].id}` } : {}), ...(shows.data[0] ? { series: `/app/tv/${shows.data[0].id}` } : {}),
  };
});
after(() => browser.close());

async function seriousFindings(page) {
  await page.evaluate(axe).catch(async () => page.addScriptTag({ content: axe }));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`);
}

async function sideways(page) {
  return page.evaluate(() => {
    const view = document.getElementById("main") ?? document.documentElement;
    return { document: document.documentElement.scrollWidth - document.documentElement.clientWidth, main: view.scrollWidth - view.clientWidth };
  });
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
        const text = await page.locator("body").innerText();
        // A setting's own key looks like a word that the catalogue lacks, so that page is left out.
        if (name !== "settings") assert.doesNotMatch(text, /\b(nav|field|action|jobs|settings|scan)\.[a-zA-Z]+\b/, "a word is missing");
      });
    }
    await page.context().close();
  });
}

test("the page keeps to its Content-Security-Policy and throws nothing", () => assert.deepEqual(browser.problems, []));
