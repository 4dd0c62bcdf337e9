// What every part needs: processes that end with us, temporary folders that go with us, medians, the table.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

export const here = join(dirname(fileURLToPath(import.meta.url)), '..');
export const root = join(here, '..');
export const build = resolve(root, process.env.BUILD ?? 'build');
export const seconds = Number(process.env.BENCH_SECONDS ?? 3);
export const repeats = 3;
export const sleep = ms => new Promise(done => setTimeout(done, ms));
export const now = () => performance.now() / 1000;

// --- what is cleaned up -----------------------------------------------------------------------------------

const children = new Set();
const folders = new Set();

export function temporary() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'medley-bench-')));
  folders.add(folder);
  return folder;
}

export function start(program, args, options = {}) {
  const child = spawn(program, args, {stdio: ['ignore', 'ignore', 'inherit'], ...options});
  child.ended = once(child, 'exit');
  children.add(child);
  child.ended.then(() => children.delete(child), () => children.delete(child));
  return child;
}

export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 8000);
  await child.ended;
  clearTimeout(late);
}

// Ends and removes everything of a part.
export async function finish() {
  await Promise.all([...children].map(stop));
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
  folders.clear();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => finish().finally(() => process.exit(130)));
}
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, {recursive: true, force: true});
});

export function run(program, args, options = {}) {
  const done = spawnSync(program, args, {encoding: 'utf8', maxBuffer: 1 << 28, ...options});
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${program} ${args[0] ?? ''}: ${done.stderr || done.signal || done.status}`);
  return done.stdout;
}

export function runAsync(program, args, options = {}) {
  return new Promise((done, fail) => {
    const child = start(program, args, {stdio: ['ignore', 'pipe', 'inherit'], ...options});
    let out = '';
    child.stdout.setEncoding('utf8').on('data', text => { out += text; });
    child.on('error', fail);
    child.on('close', code => code === 0 ? done(out) : fail(new Error(`${program} ended with ${code}`)));
  });
}

export async function freePort() {
  const socket = net.createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const {port} = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

// --- numbers ----------------------------------------------------------------------------------------------

export const percentile = (list, part) => {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
};
export const median = list => percentile(list, 0.5);

// Seconds of CPU that a process and its children (not theirs) have used so far.
export function cpuSeconds(pid) {
  const ticks = id => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  let sum = ticks(pid);
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim();
    for (const child of list ? list.split(' ') : []) sum += ticks(child);
  }
  return sum / 100;
}

// Measures `ours` and `beside` in turn, `repeats` times. Both answer {value, ...numbers}; the ratio is the
// median of the pairs' ratios, everything else the median of its kind.
export async function sideBySide(ours, beside) {
  const pairs = [];
  for (let i = 0; i < repeats; i++) {
    const pair = {};
    for (const [key, measure] of i % 2 ? [['beside', beside], ['ours', ours]] : [['ours', ours], ['beside', beside]])
      pair[key] = await measure();
    pairs.push(pair);
  }
  const middle = key => Object.fromEntries(Object.keys(pairs[0][key])
    .map(name => [name, median(pairs.map(pair => pair[key][name]))]));
  return {ours: middle('ours'), beside: middle('beside'),
    ratio: median(pairs.map(pair => pair.ours.value / pair.beside.value))};
}

// --- the table --------------------------------------------------------------------------------------------

const digits = value => value >= 100 ? 0 : value >= 10 ? 1 : 2;
export const number = (value, unit = '') =>
  `${value.toLocaleString('en-US', {maximumFractionDigits: digits(value)})}${unit}`;
export const percent = ratio => `${(ratio * 100).toFixed(0)} %`;

const heads = ['what', 'ours', 'beside', 'ratio', 'p99', 'p99 beside', 'aim'];

export class Table {
  rows = [];

  // {what, ours, beside, ratio, p99, besideP99, aim}: texts; what is missing stays empty.
  add(row) {
    const cells = [row.what, row.ours, row.beside, row.ratio, row.p99, row.besideP99, row.aim]
      .map(cell => cell ?? '');
    this.rows.push(cells);
    console.error(`   ${cells.filter(Boolean).join('   ')}`);
  }

  failed(name, error) {
    this.add({what: name, ours: 'not measured', aim: String(error.message).split('\n')[0].slice(0, 80)});
    console.error(error.stack);
  }

  print() {
    const all = [heads, ...this.rows];
    const widths = heads.map((_, i) => Math.max(...all.map(cells => cells[i].length)));
    const line = cells => cells.map((cell, i) => i === 0 || i === 6 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join('  ').trimEnd();
    console.log(line(heads));
    console.log(widths.map(width => '-'.repeat(width)).join('  '));
    for (const cells of this.rows) console.log(line(cells));
  }
}
