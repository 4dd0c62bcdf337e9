// Words in the reader's language. English comes with the page, others are fetched when chosen.
// `{name}` is replaced by a parameter; a count picks `key.one` or `key.other` by the language's rules.

import { useSyncExternalStore } from "react";
import { en } from "./en";

export type Catalogue = Record<keyof typeof en, string>;
export type Word = keyof typeof en;
type CountedStem<K> = K extends `${infer Stem}.other` ? Stem : never;
export type CountedWord = CountedStem<Word>;
export type Parameters = Record<string, string | number>;
export type Language = "en" | "de";

export const languages: Record<Language, string> = { en: "English", de: "Deutsch" };
const storageKey = "medley.language";

let catalogue: Catalogue = en;
let language: Language = "en";
const listeners = new Set<() => void>();

function fill(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

/** A word that the catalogue lacks is shown by its name: a test looks for such. */
export function t(word: Word, parameters: Parameters = {}): string {
  return fill(catalogue[word] ?? word, parameters);
}

export function tCount(stem: CountedWord, count: number, parameters: Parameters = {}): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  const word = `${stem}.${form}` as Word;
  return fill(catalogue[word] ?? word, { count: new Intl.NumberFormat(language).format(count), ...parameters });
}

/** For words that come from data (a status, a job type): the catalogue's word, else the data made readable. */
export function tData(prefix: string, value: string): string {
  return (catalogue as Record<string, string>)[`${prefix}.${value}`] ?? readable(value);
}

export function readable(value: string): string {
  const words = value.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const currentLanguage = (): Language => language;

export async function setLanguage(next: Language): Promise<void> {
  catalogue = next === "de" ? (await import("./de")).de : en;
  language = next;
  document.documentElement.lang = next;
  localStorage.setItem(storageKey, next);
  for (const listener of listeners) listener();
}

/** The remembered language, else the browser's, else English. */
export async function startLanguage(): Promise<void> {
  const remembered = localStorage.getItem(storageKey);
  const wanted = remembered ?? navigator.language.slice(0, 2);
  if (wanted !== "en" && wanted in languages) await setLanguage(wanted as Language);
}

/** Makes a component follow language changes. */
export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentLanguage);
}
