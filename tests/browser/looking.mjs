// What can be told of a page without a person's eyes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core calls serious or critical, with the places. */
export async function seriousFindings(page) {
  await page.evaluate(axe).catch(async () => page.addScriptTag({ content: axe }));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary?.split("\n")[1] ?? ""}`).join(" | ")}`);
}

/** How far the page and its main part scroll sideways. */
export async function sideways(page) {
  return page.evaluate(() => {
    const view = document.getElementById("main") ?? document.documentElement;
    return { document: document.documentElement.scrollWidth - document.documentElement.clientWidth, main: view.scrollWidth - view.clientWidth };
  });
}
