// kill -9 again and again while files are organized, trashed, restored and exported: every video's file is
// where its row says, with its own bytes, and nothing half-done is left. MEDLEY_TEST_KILLS says how often (10).
import assert from 'node:assert/strict';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer, usesPostgres} from '../api/harness.mjs';
import {lay} from '../api/support/media.mjs';

// A killed process's leases run out before its work is taken over: on PostgreSQL each kill costs half a minute.
const kills = Math.ceil(Number(process.env.MEDLEY_TEST_KILLS ?? 10) / (usesPostgres ? 4 : 1));
const count = 24;
const server = await startServer();
const lost = error => ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code) || /socket hang up|ECONN/.test(error.message);
const pick = list => list[Math.floor(Math.random() * list.length)];
const bytes = i => `video ${i} `.repeat(5000 + i);

const videos = [];
for (let i = 0; i < count; i++) {
  lay(join(server.library, `in/${i}.mp4`), bytes(i));
  const {id} = await server.admin.post('/videos', {title: `Title ${i}`, artist: `Artist ${i % 4}`, year: 1990 + i, video_file_path: `in/${i}.mp4`}, 201);
  videos.push(id);
}
await server.admin.post('/exports/nfo', {});

const patterns = ['{artist}/{title}', '{title}', 'a/{artist}/b/{year} {title}', '{year}/{artist} - {title}'];
const works = [
  () => server.admin.send('POST', `/files/videos/${pick(videos)}/organize`),
  () => server.admin.send('DELETE', `/files/videos/${pick(videos)}`),
  () => server.admin.send('POST', `/files/videos/${pick(videos)}/restore`),
  () => server.admin.send('POST', `/files/videos/${pick(videos)}/restore`),
  () => server.admin.send('PATCH', '/config', {json: {updates: {'organizer.path_pattern': pick(patterns)}}}),
  () => server.admin.send('POST', '/jobs', {json: {type: 'file_organize', metadata: {video_ids: videos}}}),
  () => server.admin.send('PATCH', `/videos/${pick(videos)}`, {json: {year: 1980 + Math.floor(Math.random() * 40)}}),
  () => server.admin.send('POST', '/exports/nfo', {json: {video_ids: [pick(videos)], overwrite_existing: true}}),
];
const scheduled = (await server.admin.get('/jobs/metrics')).waiting_jobs;
let running = true;
async function worker() {
  while (running) {
    try {
      const reply = await pick(works)();
      assert.ok(reply.status < 500, `${reply.status} ${reply.text}`);
    } catch (error) {
      if (!lost(error)) throw error;
      return;
    }
  }
}

function* files(dir) {
  for (const entry of readdirSync(dir, {withFileTypes: true})) {
    if (entry.isDirectory()) yield* files(join(dir, entry.name));
    else yield join(dir, entry.name);
  }
}

test(`${kills} kills: no file is lost, doubled or misplaced`, async () => {
  for (let kill = 0; kill < kills; kill++) {
    running = true;
    const workers = [...Array(6)].map(worker);
    await sleep(100 + Math.random() * 500);
    await server.kill9();
    running = false;
    await Promise.all(workers);
    await server.restart();
    await server.idle();
  }
  // With PostgreSQL another process might have been alive: what it left is settled when its lease has run out.
  for (let i = 0; i < 300 && (await server.admin.get('/jobs/metrics')).waiting_jobs > scheduled; i++) await sleep(200);
  const named = new Set();
  for (const [i, id] of videos.entries()) {
    const video = await server.admin.get(`/videos/${id}`, {include_deleted: true});
    assert.ok(existsSync(video.video_file_path), `video ${id}: ${video.video_file_path} is not there`);
    assert.equal(readFileSync(video.video_file_path, 'utf8'), bytes(i));
    assert.equal(video.video_file_path.includes('/.trash/'), video.is_deleted);
    named.add(video.video_file_path);
    if (!video.nfo_file_path) continue;
    assert.ok(existsSync(video.nfo_file_path), `video ${id}: ${video.nfo_file_path} is not there`);
    assert.match(readFileSync(video.nfo_file_path, 'utf8'), new RegExp(`<title>Title ${i}</title>`));
  }
  assert.equal(named.size, count);
  const left = [...files(server.library)];
  assert.deepEqual(left.filter(path => path.endsWith('.mp4')).sort(), [...named].sort());
  // An NFO that was being written leaves its temporary file, which trash_cleanup removes when it is a day old.
  assert.deepEqual(left.filter(path => /medley-tmp-(?![0-9a-f]{16}$)/.test(path)), []);
  const report = await server.admin.get('/files/library/verify');
  assert.deepEqual([report.missing_files, report.broken_nfos, report.orphaned_files], [0, 0, 0]);
});
