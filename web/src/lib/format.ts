// Numbers, sizes, dates and durations as the reader's language writes them.

import { currentLanguage, t } from "../i18n";

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: digits }).format(value);

export function bytes(value: number | null): string {
  if (value === null) return "–";
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const style = { style: "unit", unit: units[step]!, unitDisplay: "short", maximumFractionDigits: step > 1 && value < 100 ? 1 : 0 } as const;
  return new Intl.NumberFormat(currentLanguage(), style).format(value);
}

/** 3:07, 1:02:09 */
export function clock(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** About how long, for people: "12 s", "4 min", "2 h 5 min". */
export function span(seconds: number): string {
  const unit = (value: number, name: "second" | "minute" | "hour" | "day") =>
    new Intl.NumberFormat(currentLanguage(), { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 0 }).format(value);
  if (seconds < 1) return unit(1, "second");
  if (seconds < 60) return unit(seconds, "second");
  if (seconds < 3600) return unit(seconds / 60, "minute");
  if (seconds < 86_400) return `${unit(Math.floor(seconds / 3600), "hour")} ${unit((seconds % 3600) / 60, "minute")}`;
  return unit(seconds / 86_400, "day");
}

export function minutes(value: number | null): string {
  return value === null ? "–" : span(value * 60);
}

export function dateTime(text: string | null): string {
  if (!text) return t("time.never");
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(text));
}

export function date(text: string | null): string {
  if (!text) return "–";
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium" }).format(new Date(text));
}

/** "3 minutes ago", "in 2 hours" */
export function ago(text: string | null): string {
  if (!text) return t("time.never");
  const seconds = (new Date(text).getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(Math.round(seconds), "second");
  if (size < 3600) return format.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return format.format(Math.round(seconds / 3600), "hour");
  return format.format(Math.round(seconds / 86_400), "day");
}

export function bitRate(bitsPerSecond: number | null): string {
  if (bitsPerSecond === null) return "–";
  return bitsPerSecond >= 1_000_000 ? `${number(bitsPerSecond / 1_000_000, 1)} Mbit/s` : `${number(bitsPerSecond / 1000)} kbit/s`;
}

export function resolution(width: number | null, height: number | null): string {
  return width && height ? `${width} × ${height}` : "–";
}

/** Upper case without marks, so that Ärzte stands under A. */
export function initial(text: string | null | undefined): string {
  const letter = (text ?? "").trim().normalize("NFD").replace(/\p{M}/gu, "").charAt(0).toUpperCase();
  return /[A-Z]/.test(letter) ? letter : letter > "Z" ? "Z" : "#";
}
