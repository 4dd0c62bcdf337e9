// Starts the real server for a test file: a random loopback port, temporary data and library folders, and
// (MEDLEY_TEST_DATABASE=postgres) a fresh database. Everything is gone when the tests of the file are over.
//
//     const server = await startServer({lay: dirs => layMusic(dirs.library)});
//     const api = server.admin;                       // a Client with admin's token
//     const {id} = await api.post('/videos', {title: 'x'}, 201);
//     await server.waitJob((await api.post('/scan', {directory: server.library}, 202)).job_id);
//
// MEDLEY_BINARY names the program (else build-asan/medley, build/medley). MEDLEY_TEST_VERBOSE=1 shows its log.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Client, request} from './support/client.mjs';
import {createDatabase, usesPostgres} from './support/postgres.mjs';
import {Contracts, systems} from './support/schemas.mjs';

export {usesPostgres, systems};
export const password = 'correct horse battery';
export const terminal = ['completed', 'failed', 'cancelled', 'timeout'];
export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

const fileLimit_s = Number(process.env.MEDLEY_TEST_FILE_LIMIT_S) || 600;
// A file that hangs is a failure, not a wait.
setTimeout(() => {
  console.error(`${process.argv[1]}: still running after ${fileLimit_s} s`);
  process.exit(1);
}, fileLimit_s * 1000).unref();

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.MEDLEY_BINARY ??
  ['build-asan', 'build'].map(dir => join(root, dir, 'medley')).find(existsSync);
if (!binary) throw new Error('no medley binary: build it, or name it in MEDLEY_BINARY');

export async function freePort() {
  const socket = net.createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const {port} = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

// Nothing of the caller's environment reaches the server but what it needs to run.
const environment = extra => ({
  PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC',
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99:detect_stack_use_after_return=0',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  ...extra,
});

// Runs a command of the program (dump routes, user add ...) to its end.
export function medley(args, {env = {}, input} = {}) {
  const run = spawnSync(binary, args, {encoding: 'utf8', env: environment({HOME: '/nonexistent', ...env}),
    input, timeout: 15_000});
  return {code: run.status, out: run.stdout, err: run.stderr};
}

export class Server {
  constructor(options) {
    process.once('exit', () => this.child && this.child.exitCode === null && this.child.kill('SIGKILL'));
    this.options = options;
    this.home = realpathSync(mkdtempSync(join(tmpdir(), 'medley-test-')));
    this.data = join(this.home, 'data');
    this.library = join(this.home, 'library');
    this.outside = join(this.home, 'outside');
    for (const dir of [this.data, this.library, this.outside]) mkdirSync(dir);
    this.database = usesPostgres ? createDatabase() : null;
    this.contracts = null;
    this.log = '';
  }

  // Starts (or starts again on the same folders) and waits for the line that says so.
  async start() {
    this.port ??= await freePort();
    const args = ['serve', '--data-dir', this.data, '--library-dir', this.library,
      '--listen', `127.0.0.1:${this.port}`,
      ...this.database ? ['--database', this.database.url] : [], ...this.options.args ?? []];
    const admin = this.options.adminPassword === undefined ? password : this.options.adminPassword;
    const env = environment({HOME: this.home, ...admin ? {MEDLEY_ADMIN_PASSWORD: admin} : {},
      ...this.options.env});
    this.from = this.log.length;
    this.child = spawn(binary, args, {env, stdio: ['ignore', 'pipe', 'pipe']});
    this.ended = once(this.child, 'exit').then(([code, signal]) => ({code, signal}));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        this.log += text;
        if (process.env.MEDLEY_TEST_VERBOSE) process.stderr.write(text);
      });
    }
    this.url = await this.listening();
    return this;
  }

  async listening() {
    let ended = null;
    this.ended.then(end => { ended = end; });
    for (let waited = 0; waited < 30_000; waited += 20) {
      const line = /listening on (http:\/\/[^\s"]+)/.exec(this.log.slice(this.from));
      if (line) return line[1].replace(/\/$/, '');
      if (ended) throw new Error(`server ended (${ended.code ?? ended.signal}) at start:\n${this.tail()}`);
      await sleep(20);
    }
    throw new Error(`server did not say "listening on" in 30 s:\n${this.tail()}`);
  }

  tail() {
    return this.log.slice(-4000);
  }

  // Login, and the schemas for the reply check.
  async ready() {
    await this.signIn();
    if (!this.contracts) {
      const contracts = new Contracts();
      for (const prefix of ['', ...systems]) {
        const reply = await this.admin.send('GET', `${prefix && `/${prefix}`}/openapi.json`);
        if (reply.status === 200) contracts.add(prefix, reply.json); // http.test.mjs insists on each
      }
      this.contracts = contracts;
    }
    return this;
  }

  async signIn() {
    this.anonymous = new Client(this);
    const {access_token: token} = await this.anonymous.post('/fuzzbin/auth/login',
      {username: 'admin', password: this.options.adminPassword ?? password});
    this.token = token;
    this.admin = this.as(token);
  }

  as(token) {
    return new Client(this, {headers: {authorization: `Bearer ${token}`}});
  }

  ws(path) {
    return this.url.replace('http:', 'ws:') + path;
  }

  // The finished job, asked for through Fuzzbin's door (a UUID).
  async waitJob(id, {ms = 90_000, wanted = 'completed'} = {}) {
    const until = Date.now() + ms;
    for (;;) {
      const job = await this.admin.get(`/fuzzbin/jobs/${id}`);
      if (terminal.includes(job.status)) {
        if (wanted) assert.equal(job.status, wanted, `job ${job.type}: ${job.error} ${JSON.stringify(job.result)}`);
        return job;
      }
      if (Date.now() > until) assert.fail(`job ${job.type} still ${job.status} at ${job.current_step}`);
      await sleep(25);
    }
  }

  // Scans a folder as music videos and gives the finished job.
  async scan(directory, options = {}) {
    const {job_id: id} = await this.admin.post('/fuzzbin/scan', {directory, ...options}, 202);
    return this.waitJob(id);
  }

  // No unfinished job is left.
  async idle(ms = 90_000) {
    const until = Date.now() + ms;
    for (;;) {
      const metrics = await this.admin.get('/fuzzbin/jobs/metrics');
      if (metrics.pending_jobs + metrics.running_jobs === 0) return metrics;
      if (Date.now() > until) assert.fail(`jobs still active: ${JSON.stringify(metrics)}`);
      await sleep(25);
    }
  }

  // SIGTERM: gone within 5 s, cleanly.
  async stop() {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode) return;
    const started = Date.now();
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    const end = await this.ended;
    clearTimeout(late);
    const took = Date.now() - started;
    assert.ok(took < 5000, `SIGTERM took ${took} ms:\n${this.tail()}`);
    assert.deepEqual(end, {code: 0, signal: null}, `ended badly:\n${this.tail()}`);
  }

  async kill9() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  // Another `serve` on the same folders and database, after stop() or kill9().
  async restart() {
    await this.start();
    await this.signIn();
    return this;
  }

  checkLog() {
    const bad = /(ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer|assertion failed)/.exec(this.log);
    if (bad) assert.fail(`the server's log shows ${bad[1]}:\n${this.log.slice(bad.index, bad.index + 6000)}`);
  }

  async remove() {
    try {
      await this.stop();
      this.checkLog();
    } finally {
      if (this.child?.exitCode === null && !this.child.signalCode) this.child.kill('SIGKILL');
      this.database?.drop();
      if (!process.env.MEDLEY_TEST_KEEP) rmSync(this.home, {recursive: true, force: true});
    }
  }
}

// The server of a test file; it is taken down after the file's last test.
export async function startServer(options = {}) {
  const server = new Server(options);
  after(() => server.remove());
  options.lay?.(server);
  await server.start();
  if (options.signIn !== false) await server.ready();
  return server;
}

export {request, Client};
