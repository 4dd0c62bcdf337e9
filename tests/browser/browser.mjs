// Opens the page in Debian's Chromium for a test: against the stand-in, or against a running server
// when MEDLEY_URL (and MEDLEY_PASSWORD) are set.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Mock } from "./mock/server.mjs";

export const real = process.env.MEDLEY_URL ?? null;
/** Why a test needs the stand-in; false when it may run. */
export const unlessReal = (reason) => (real ? reason : false);
/** Why a test needs the real server; false when it may run. */
export const unlessStandIn = (reason) => (real ? false : reason);
export const password = real ? (process.env.MEDLEY_PASSWORD ?? "") : "start-password";
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--autoplay-policy=no-user-gesture-required"];
const pictures = fileURLToPath(new URL("./screenshots/", import.meta.url));
const patienceMs = 10_000;

export class Browser {
  /** `options` are the stand-in's; a real server is used as it is. */
  static async open(options = {}) {
    const self = new Browser();
    self.mock = real ? null : await new Mock(options).listen();
    self.url = real ?? self.mock.url;
    self.chromium = await chromium.launch({ executablePath, args });
    self.problems = [];
    return self;
  }

  async page({ viewport = desktop, locale = "en-GB", theme = "dark", touch = false } = {}) {
    const context = await this.chromium.newContext({ viewport, locale, hasTouch: touch, reducedMotion: "reduce" });
    await context.addInitScript((value) => localStorage.getItem("medley.theme") ?? localStorage.setItem("medley.theme", value), theme);
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.on("pageerror", (error) => this.problems.push(`script error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy|Warning:/.test(message.text())) this.problems.push(message.text());
    });
    return page;
  }

  async signIn(page, path = "/app") {
    await page.goto(this.url + path);
    await page.getByLabel("User name").or(page.getByLabel("Benutzername")).fill("admin");
    await page.locator('input[name="password"]').fill(password);
    await page.locator('button[type="submit"]').click();
    await page.locator("#main").waitFor();
  }

  /** A new page that is signed in. */
  async at(path, options = {}) {
    const page = await this.page(options);
    await this.signIn(page, path);
    return page;
  }

  /** Asks the server directly, as a program would. */
  async call(method, path, body) {
    this.token ??= (await this.send("POST", "/auth/login", { username: "admin", password: this.mock?.password ?? password })).access_token;
    return this.send(method, path, body);
  }

  async send(method, path, body) {
    const headers = { "Content-Type": "application/json", ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
    const reply = await fetch(this.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.status === 204 ? null : reply.json();
  }

  /** Whether the server answers that it cannot do this yet. */
  async unfinished(method, path, body) {
    if (!real) return false;
    await this.call("GET", "/videos?page_size=1");
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` };
    const reply = await fetch(this.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    await reply.arrayBuffer();
    return reply.status === 501 ? `${method} ${path} is not on this server yet` : false;
  }

  /** A video that has a file, to open and play. */
  async playable() {
    const { items } = await this.call("GET", "/videos?page_size=100&sort_by=title&sort_order=asc");
    return items.find((video) => video.video_file_path && video.title && video.artist);
  }

  async close() {
    await this.chromium?.close();
    await this.mock?.close();
  }
}

export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png` });
}
