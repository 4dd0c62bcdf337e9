// Times of schedules, as the server reads them: five fields, in UTC, day and weekday must both fit.
// Told in words, and as the moments that come next.

import { currentLanguage, t } from "../i18n";

type Field = { values: Set<number>; all: boolean; every: number | null };
type Cron = { minute: Field; hour: Field; day: Field; month: Field; weekday: Field };

const limits = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]] as const;
const minuteMs = 60_000;
const horizonDays = 366;
const listedTimes = 6;

function parseField(text: string, [low, high]: readonly [number, number]): Field | null {
  const values = new Set<number>();
  const step = /^\*\/(\d+)$/.exec(text);
  if (text === "*" || step) {
    const every = step ? Number(step[1]) : 1;
    if (every < 1) return null;
    for (let value = low; value <= high; value += every) values.add(value);
    return { values, all: every === 1, every: step ? every : null };
  }
  for (const part of text.split(",")) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!range) return null;
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (from < low || to > high || from > to) return null;
    for (let value = from; value <= to; value += 1) values.add(value);
  }
  return { values, all: false, every: null };
}

export function parseCron(text: string): Cron | null {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) return null;
  const fields = parts.map((part, index) => parseField(part, limits[index]!));
  if (fields.some((field) => field === null)) return null;
  const [minute, hour, day, month, weekday] = fields as [Field, Field, Field, Field, Field];
  // Sunday is 0 and 7.
  if (weekday.values.delete(7)) weekday.values.add(0);
  return { minute, hour, day, month, weekday };
}

/** The next moments, earliest first; fewer than asked for when the year has no more. */
export function nextRuns(text: string, count: number, after = Date.now()): Date[] {
  const cron = parseCron(text);
  if (!cron) return [];
  const runs: Date[] = [];
  const day = new Date(after);
  day.setUTCHours(0, 0, 0, 0);
  for (let tries = 0; tries <= horizonDays && runs.length < count; tries += 1, day.setUTCDate(day.getUTCDate() + 1)) {
    if (!cron.day.values.has(day.getUTCDate()) || !cron.month.values.has(day.getUTCMonth() + 1) || !cron.weekday.values.has(day.getUTCDay())) continue;
    for (const hour of [...cron.hour.values].sort((a, b) => a - b)) {
      for (const minute of [...cron.minute.values].sort((a, b) => a - b)) {
        const at = day.getTime() + (hour * 60 + minute) * minuteMs;
        if (at > after && runs.length < count) runs.push(new Date(at));
      }
    }
  }
  return runs;
}

const list = (values: string[]) => new Intl.ListFormat(currentLanguage(), { type: "conjunction" }).format(values);
const two = (value: number) => String(value).padStart(2, "0");
const sorted = (field: Field) => [...field.values].sort((a, b) => a - b);

function names(values: number[], options: Intl.DateTimeFormatOptions, dateOf: (value: number) => Date): string {
  const format = new Intl.DateTimeFormat(currentLanguage(), { ...options, timeZone: "UTC" });
  return list(values.map((value) => format.format(dateOf(value))));
}

function timeWords({ minute, hour }: Cron): string {
  const minutes = sorted(minute);
  if (hour.all && minute.all) return t("cron.everyMinute");
  if (hour.all && minute.every) return t("cron.everyMinutes", { count: minute.every });
  if (hour.all) return t("cron.everyHour", { minutes: list(minutes.map(String)) });
  if (hour.every && minutes.length === 1) return t("cron.everyHours", { count: hour.every, minutes: two(minutes[0]!) });
  const times = sorted(hour).flatMap((one) => minutes.map((part) => `${two(one)}:${two(part)}`));
  if (times.length <= listedTimes) return t("cron.at", { times: list(times) });
  return t("cron.minutesOfHours", { minutes: list(minutes.map(String)), hours: list(sorted(hour).map(String)) });
}

function dayWords({ day, weekday, hour }: Cron): string {
  const weekdays = () => names(sorted(weekday), { weekday: "long" }, (value) => new Date(Date.UTC(2023, 0, 1 + value)));
  const days = () => list(sorted(day).map(String));
  if (!weekday.all && !day.all) return t("cron.weekdaysAndDays", { weekdays: weekdays(), days: days() });
  if (!weekday.all) return t("cron.weekdays", { weekdays: weekdays() });
  if (day.every) return t("cron.everyDays", { count: day.every });
  if (!day.all) return t("cron.days", { days: days() });
  return hour.all ? "" : t("cron.everyDay");
}

/** "Every day at 03:00 UTC"; null when the server would refuse it. */
export function cronWords(text: string): string | null {
  const cron = parseCron(text);
  if (!cron || nextRuns(text, 1).length === 0) return null;
  const months = cron.month.all ? "" : t("cron.months", { months: names(sorted(cron.month), { month: "long" }, (value) => new Date(Date.UTC(2023, value - 1, 1))) });
  const sentence = [dayWords(cron), timeWords(cron), months].filter(Boolean).join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
