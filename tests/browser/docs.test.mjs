// The API documentation is a page of its own, served by the server from its own rows.

import { after, before, test } from "node:test";
import { Browser, picture } from "./browser.mjs";

const needed = process.env.MEDLEY_URL ? false : "needs the server's own description";
let browser;

before(async () => {
  if (!needed) browser = await Browser.open();
});
after(() => browser?.close());

test("the documentation lists the server's calls", { skip: needed }, async () => {
  const page = await browser.page();
  await page.goto(`${browser.url}/docs`);
  await page.getByRole("heading", { name: /Authentication/ }).first().waitFor();
  await picture(page, "docs");
});
