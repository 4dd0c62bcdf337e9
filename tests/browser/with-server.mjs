// Runs the browser tests against the real server: one with the demo library, and a second one, just born,
// for the first sign-in. Outside services are the fakes of tests/fake. Arguments go to the test runner (default: every test file).
//
//     npm run test:server -- settings.test.mjs
//
// MEDLEY_BINARY names the program (else build/medley, build-asan/medley).

import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { discogsEnv, startDiscogs } from "../fake/discogs.mjs";
import { imvdbEnv, startImvdb } from "../fake/imvdb.mjs";
import { musicbrainzEnv, startMusicbrainz } from "../fake/musicbrainz.mjs";
import { spotifyEnv, startSpotify } from "../fake/spotify.mjs";
import { layYtdlp } from "../fake/ytdlp.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.MEDLEY_BINARY ?? ["build", "build-asan"].map((folder) => join(here, "../..", folder, "medley")).find(existsSync);
const webFolder = join(here, "../../web/dist");
const home = mkdtempSync(join(tmpdir(), "medley-browser-"));
const media = join(home, "media");
const videos = join(media, "Music videos");
const adminPassword = "browser-tests-password";
const running = [];
const services = [];

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
  await call("POST", "/scan", { directory: videos });
  for (const [type, folder] of [["movie", "Movies"], ["tv", "TV"]]) {
    // The first start has made them from the folders' names.
    const { data } = await call("GET", "/api/v1/libraries");
    const library = data.find((one) => one.path === join(media, folder) && one.type === type);
    if (!library) throw new Error(`the first start made no library of ${folder}`);
    await call("POST", `/api/v1/libraries/${library.id}/scan`, {});
  }
  for (let tries = 0; tries < 300; tries += 1) {
    const { jobs } = await call("GET", "/jobs");
    if (!jobs.some((job) => job.status === "running" || job.status === "pending")) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the first scan did not end");
}

async function startServices() {
  const [imvdb, discogs, spotify, musicbrainz] = await Promise.all([startImvdb(), startDiscogs(), startSpotify(), startMusicbrainz({ strict: false })]);
  services.push(imvdb, discogs, spotify, musicbrainz);
  const ytdlp = layYtdlp(home, join(videos, "Testina", "Counting Frames.mp4"));
  return { ...imvdbEnv(imvdb), ...discogsEnv(discogs), ...spotifyEnv(spotify), ...musicbrainzEnv(musicbrainz), MEDLEY_TOOLS_YTDLP: ytdlp };
}

async function stop() {
  for (const child of running) child.kill("SIGTERM");
  await Promise.all(services.map((service) => service.stop()));
}

let code = 1;
try {
  execFileSync(join(here, "../../tools/demo-library"), [media], { stdio: "inherit" });
  const main = await start("main", { MEDLEY_ADMIN_PASSWORD: adminPassword, ...(await startServices()) });
  const fresh = await start("fresh", {});
  await fill(main.url);
  const environment = {
    ...process.env, MEDLEY_URL: main.url, MEDLEY_PASSWORD: adminPassword, MEDLEY_SCAN_DIR: videos,
    MEDLEY_FIRST_URL: fresh.url, MEDLEY_FIRST_PASSWORD: readFileSync(join(fresh.data, "initial-password"), "utf8").trim(),
  };
  const tests = spawn(process.execPath, ["--test", "--test-reporter=spec", "--test-concurrency=1", ...process.argv.slice(2)], { cwd: here, stdio: "inherit", env: environment });
  code = await new Promise((resolve) => tests.once("exit", resolve));
} finally {
  await stop();
  if (code === 0) rmSync(home, { recursive: true, force: true });
  else console.error(`logs are in ${home}`);
}
process.exitCode = code ?? 1;
