// The catalogues: every language has every word, with the same parameters, and none is left in English.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../web/src/i18n/", import.meta.url));
const source = fileURLToPath(new URL("../../web/src/", import.meta.url));
const entry = /^ {2}(?:"([^"]+)"|(\w+)): "((?:[^"\\]|\\.)*)",$/gm;
const catalogue = (language) => new Map([...readFileSync(`${folder}${language}.ts`, "utf8").matchAll(entry)].map((match) => [match[1] ?? match[2], match[3]]));
const parameters = (text) => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();

const english = catalogue("en");
const german = catalogue("de");

test("both catalogues have the same words", () => {
  assert.ok(english.size > 300);
  assert.deepEqual([...german.keys()].sort(), [...english.keys()].sort());
});

test("each word has the same parameters in both languages", () => {
  for (const [key, text] of english) {
    assert.deepEqual(parameters(german.get(key)), parameters(text), key);
  }
});

test("longer sentences are translated", () => {
  for (const [key, text] of english) {
    if (text.split(" ").length > 3) assert.notEqual(german.get(key), text, key);
  }
});

test("every word is used", () => {
  const files = readdirSync(source, { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !name.startsWith("i18n"));
  const text = files.map((name) => readFileSync(source + name, "utf8")).join("\n");
  // Words that are put together from data: tData("status", ...) and t(`status.${...}`).
  const families = new Set([...text.matchAll(/tData\("(\w+)"|`(\w+)\.\$\{/g)].map((match) => match[1] ?? match[2]));
  const unused = [...english.keys()].filter((key) => !families.has(key.split(".")[0]) && !text.includes(`"${key}"`) && !text.includes(`"${key.replace(/\.(one|other)$/, "")}"`));
  assert.deepEqual(unused, []);
});

test("no text for people stands in the components", () => {
  const files = readdirSync(source, { recursive: true }).filter((name) => name.endsWith(".tsx"));
  for (const name of files) {
    const text = readFileSync(source + name, "utf8");
    const bare = [...text.matchAll(/(?:aria-label|placeholder|title)="([^"]*[a-z]{3} [^"]*)"/g)].map((match) => match[1]);
    assert.deepEqual(bare, [], name);
  }
});
