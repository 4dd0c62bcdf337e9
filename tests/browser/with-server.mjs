// Runs the browser tests against the real server: one with a small library of real clips, and a second one,
// just born, for the first sign-in. Arguments go to the test runner (default: every test file).
//
//     npm run test:server -- settings.test.mjs
//
// MEDLEY_BINARY names the program (else build/medley, build-asan/medley).

import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.MEDLEY_BINARY ?? ["build", "build-asan"].map((folder) => join(here, "../..", folder, "medley")).find(existsSync);
const webFolder = join(here, "../../web/dist");
const home = mkdtempSync(join(tmpdir(), "medley-browser-"));
const media = join(home, "media");
const adminPassword = "browser-tests-password";
const running = [];

const artists = ["Amber Harbour", "Blue Lanterns", "Äther Engine", "Quiet Signal"];
const titles = ["Chasing Glass", "Neon Sea", "Paper Moon"];

function makeClip(path, tone) {
  const input = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=16", "-f", "lavfi", "-i", `sine=frequency=${tone}:duration=16`];
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", ...input, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac", "-movflags", "+faststart", path]);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function makeLibrary() {
  const genres = ["Rock", "Pop", "Electronic"];
  artists.forEach((artist, row) => titles.forEach((title, column) => {
    const base = join(media, "videos", artist, title);
    const facts = `<title>${title}</title><artist>${artist}</artist><album>Album ${column + 1}</album><year>${1990 + row * 4 + column}</year><genre>${genres[column]}</genre><director>Ada Okafor</director><tag>demo</tag>`;
    write(`${base}.nfo`, `<?xml version="1.0" encoding="UTF-8"?>\n<musicvideo>${facts}</musicvideo>\n`);
    makeClip(`${base}.mp4`, 220 + row * 60 + column * 20);
  }));
  const movie = join(media, "movies", "Night Ferry (2014)", "Night Ferry (2014)");
  write(`${movie}.nfo`, "<movie><title>Night Ferry</title><year>2014</year><plot>A last crossing.</plot><genre>Drama</genre></movie>\n");
  makeClip(`${movie}.mp4`, 330);
  const show = join(media, "tv", "Harbour Lights");
  write(join(show, "tvshow.nfo"), "<tvshow><title>Harbour Lights</title><year>2018</year><genre>Drama</genre></tvshow>\n");
  mkdirSync(join(show, "Season 01"), { recursive: true });
  makeClip(join(show, "Season 01", "Harbour Lights S01E01.mp4"), 440);
}

async function freePort() {
  const socket = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => socket.once("listening", resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

async function start(name, environment) {
  const url = `http://127.0.0.1:${await freePort()}`;
  const data = join(home, name);
  const child = spawn(binary, ["serve", "--data-dir", data, "--library-dir", media, "--listen", url.slice(7), "--web-dir", webFolder], { env: { PATH: process.env.PATH, LANG: "C.UTF-8", ...environment } });
  running.push(child);
  child.stderr.pipe(createWriteStream(join(home, `${name}.log`)));
  child.stdout.resume();
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${url}/ping`).then((reply) => reply.ok, () => false)) return { url, data };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server did not start: ${readFileSync(join(home, `${name}.log`), "utf8")}`);
}

async function fill(url) {
  let token = null;
  const call = async (method, path, body) => {
    const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    const reply = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  token = (await call("POST", "/auth/login", { username: "admin", password: adminPassword })).access_token;
  await call("POST", "/scan", { directory: join(media, "videos") });
  for (const [type, folder] of [["movie", "movies"], ["tv", "tv"]]) {
    const { data } = await call("POST", "/api/v1/libraries", { name: folder, path: join(media, folder), type });
    await call("POST", `/api/v1/libraries/${data.id}/scan`, {});
  }
  for (let tries = 0; tries < 300; tries += 1) {
    const { jobs } = await call("GET", "/jobs");
    if (!jobs.some((job) => job.status === "running" || job.status === "pending")) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the first scan did not end");
}

function stop() {
  for (const child of running) child.kill("SIGTERM");
}

let code = 1;
try {
  makeLibrary();
  const main = await start("main", { MEDLEY_ADMIN_PASSWORD: adminPassword });
  const fresh = await start("fresh", {});
  await fill(main.url);
  const environment = {
    ...process.env, MEDLEY_URL: main.url, MEDLEY_PASSWORD: adminPassword, MEDLEY_SCAN_DIR: join(media, "videos"),
    MEDLEY_FIRST_URL: fresh.url, MEDLEY_FIRST_PASSWORD: readFileSync(join(fresh.data, "initial-password"), "utf8").trim(),
  };
  const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", ...process.argv.slice(2)], { cwd: here, stdio: "inherit", env: environment });
  code = await new Promise((resolve) => tests.once("exit", resolve));
} finally {
  stop();
  if (code === 0) rmSync(home, { recursive: true, force: true });
  else console.error(`logs are in ${home}`);
}
process.exitCode = code ?? 1;
