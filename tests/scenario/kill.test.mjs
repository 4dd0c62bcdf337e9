// kill -9 again and again under scans, jobs and writes: what was acknowledged is all there, the database is
// sound, no job is lost or doubled. MEDLEY_TEST_KILLS says how often (10; the full run takes 50).
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer, terminal, usesPostgres} from '../api/harness.mjs';
import {layMany} from '../api/support/media.mjs';
import {psql} from '../api/support/postgres.mjs';

const kills = Number(process.env.MEDLEY_TEST_KILLS ?? 10);
const files = 40 * kills;

const server = await startServer({lay: s => layMany(join(s.library, 'Many'), files)});
const acknowledged = {albums: new Map(), jobs: new Map(), created: new Set(), settings: 0};
const pick = list => list[Math.floor(Math.random() * list.length)];
const lost = error => ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code) || /socket hang up|ECONN/.test(error.message);

const videos = [];
for (let i = 0; i < 20; i++) videos.push((await server.admin.post('/videos', {title: `Edited ${i}`}, 201)).id);

// Each writer remembers what it was told is done, and goes on until the server is gone.
let running = true;
let turn = 0;
async function writer(work) {
  while (running) {
    try {
      await work();
    } catch (error) {
      if (!lost(error)) throw error;
      return;
    }
  }
}
const edits = share => writer(async () => {
  const id = pick(videos.filter((_, i) => i % 3 === share)); // one writer per video: its order is known
  const album = `Album ${turn++}`;
  acknowledged.albums.set(id, {...acknowledged.albums.get(id), tried: album});
  await server.admin.patch(`/videos/${id}`, {album});
  acknowledged.albums.set(id, {done: album, tried: album});
});
const creates = () => writer(async () => {
  const title = `Created ${turn++}`;
  await server.admin.post('/videos', {title, youtube_id: `yt${turn}`}, 201);
  acknowledged.created.add(title);
});
const submits = () => writer(async () => {
  const mark = `mark ${turn++}`;
  const {id} = await server.admin.post('/jobs', {type: 'library_scan', metadata: {directory: join(server.library, 'Many', `Band ${turn % 50}`), mark}}, 202);
  acknowledged.jobs.set(id, mark);
  await sleep(20 + Math.random() * 60);
});
const settings = () => writer(async () => {
  const value = 1 + turn++ % 365;
  await server.admin.patch('/config', {updates: {'trash.retention_days': value}});
  acknowledged.settings = value;
});

function soundDatabase() {
  if (usesPostgres) return;
  const path = join(server.data, 'medley.db');
  assert.equal(execFileSync('sqlite3', [path, 'PRAGMA integrity_check; PRAGMA foreign_key_check;'], {encoding: 'utf8'}).trim(), 'ok');
}
const rows = sql => usesPostgres ? psql(server.database.url, sql)
  : execFileSync('sqlite3', ['-readonly', join(server.data, 'medley.db'), sql], {encoding: 'utf8'}).trim();

async function checkWrites() {
  for (const [id, {done, tried}] of acknowledged.albums) {
    const {album} = await server.admin.get(`/videos/${id}`);
    assert.ok(album === (done ?? null) || album === tried, `video ${id} says ${album}; ${done} was acknowledged, ${tried} tried`);
    acknowledged.albums.set(id, {done: album, tried: album});
  }
  for (const title of acknowledged.created) {
    assert.equal((await server.admin.get('/videos', {title, sort_by: 'id'})).items.filter(v => v.title === title).length, 1, title);
  }
  for (const id of acknowledged.jobs.keys()) await server.admin.get(`/jobs/${id}`);
}

test(`${kills} kills under load lose and double nothing`, {timeout: 60_000 + kills * 20_000}, async t => {
  await server.admin.post('/scan', {directory: join(server.library, 'Many')}, 202);
  for (let kill = 1; kill <= kills; kill++) {
    running = true;
    const writers = [edits(0), edits(1), edits(2), creates(), submits(), settings()];
    await sleep(30 + Math.random() * 700);
    await server.kill9();
    running = false;
    await Promise.all(writers);
    soundDatabase();
    await server.restart();
    await checkWrites();
    acknowledged.created.clear();
  }
  t.diagnostic(`${acknowledged.jobs.size} jobs, ${turn} writes`);
});

test('afterwards every job ended, once, and every file is there, once', {timeout: 300_000}, async () => {
  for (const id of acknowledged.jobs.keys()) await server.waitJob(id, {ms: 240_000});
  await server.idle(240_000);
  const {jobs} = await server.admin.get('/jobs', {limit: 1000, type: 'library_scan'});
  const marks = jobs.map(j => j.metadata.mark).filter(Boolean);
  assert.equal(new Set(marks).size, marks.length, 'a job was doubled');
  for (const mark of acknowledged.jobs.values()) assert.ok(marks.includes(mark) || jobs.length >= 1000, `job ${mark} was lost`);
  await server.scan(join(server.library, 'Many'));
  const {total} = await server.admin.get('/videos', {artist: 'Band', page_size: 1});
  assert.equal(total, files);
  assert.equal(Number(rows('SELECT count(*) FROM media_file WHERE kind = \'video\'')), files);
  assert.equal(rows('SELECT path FROM media_file GROUP BY library_id, path HAVING count(*) > 1'), '');
  assert.ok(jobs.every(j => terminal.includes(j.status)));
});
