// yt-dlp: sections 2.17, 3.2 (downloads) and 14.1; with a stand-in for what only YouTube could answer, and
// with the real program fetching from a server of ours.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import {join} from 'node:path';
import test, {after} from 'node:test';
import {layYtdlp} from '../../fake/ytdlp.mjs';
import {sleep, startServer} from '../harness.mjs';
import {media, uniqueMp4} from '../support/media.mjs';
import {Socket} from '../support/sockets.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const program = layYtdlp(server.home, media('clip.mp4'));
await admin.patch('/config', {updates: {'ytdlp.ytdlp_path': program}});
const downloads = join(server.data, 'tmp', 'downloads');
const left = dir => existsSync(dir) ? readdirSync(dir, {recursive: true}).filter(name => statSync(join(dir, name)).isFile()) : [];
const video = async (youtube_id, fields = {}) => admin.post('/videos', {title: `Song ${youtube_id}`, artist: 'Band', youtube_id, ...fields}, 201);
const running = pattern => {
  try {
    return Number(execFileSync('pgrep', ['-fc', pattern], {encoding: 'utf8'}));
  } catch {
    return 0;
  }
};

// --- questions

test('a search gives what can be read of the answer', async () => {
  const reply = await admin.get('/ytdlp/search', {artist: 'Queen', track_title: "--exec 'rm -rf' Ünïcode", max_results: 3});
  assert.equal(reply.query, "Queen --exec 'rm -rf' Ünïcode");
  assert.equal(reply.total, 3);
  assert.deepEqual(Object.keys(reply.results[0]).sort(),
    ['channel', 'channel_follower_count', 'duration', 'id', 'title', 'url', 'view_count']);
  assert.equal(reply.results[0].url, 'https://www.youtube.com/watch?v=find0');
  assert.equal(reply.results[0].duration, 215);
});

table('what cannot be searched', [
  ['no artist', {track_title: 'x'}, ['artist']], ['both empty', {artist: '', track_title: ''}, ['artist', 'track_title']],
  ['too many', {artist: 'a', track_title: 'b', max_results: 51}, ['max_results']],
  ['too long', {artist: 'a'.repeat(201), track_title: 'b', max_results: 'x'}, ['artist', 'max_results']],
], async (name, query, fields) => {
  const reply = await admin.get('/ytdlp/search', query, 422);
  assert.deepEqual(reply.errors.map(e => e.loc[1]), fields);
});

test('a video is described by its id and by its address', async () => {
  const byId = await admin.get('/ytdlp/info/dQw4w9WgXcQ');
  assert.equal(byId.video.title, 'Title of dQw4w9WgXcQ');
  const byAddress = await admin.get(`/ytdlp/info/${encodeURIComponent('https://www.youtube.com/watch?v=abc')}`);
  assert.equal(byAddress.video.id, 'abc');
});

test('an id that looks like an option is an id', async () => {
  assert.equal((await admin.get('/ytdlp/info/--version')).video.id, '--version');
});

test('what is gone or private is 404, other failures are 500 with the reason', async () => {
  for (const id of ['gone1', 'private1']) assert.match((await admin.get(`/ytdlp/info/${id}`, {}, 404)).detail, /unavailable|Private video/);
  assert.match((await admin.get('/ytdlp/info/broken1', {}, 500)).detail, /status 1.*503/);
});

test('addresses of this machine and its network are refused', async () => {
  for (const url of [server.url, 'http://127.1/x', 'http://[::1]/', 'file:///etc/passwd', 'http://169.254.169.254/latest']) {
    const reply = await admin.send('GET', `/ytdlp/info/${encodeURIComponent(url)}`);
    if (url.startsWith('file')) assert.equal(reply.status, 200, 'no address of the web: an id');
    else assert.equal(reply.status, 400, url);
  }
});

test('a missing program says which one and which setting', async () => {
  await admin.patch('/config', {updates: {'ytdlp.ytdlp_path': '/nonexistent/yt-dlp'}});
  const reply = await admin.get('/ytdlp/info/abc', {}, 500);
  await admin.patch('/config', {updates: {'ytdlp.ytdlp_path': program}});
  assert.match(reply.detail, /binary not found: \/nonexistent\/yt-dlp.*ytdlp\.ytdlp_path/);
});

// --- downloads to a path

const submit = (url, output_path, rest = {}) => admin.post('/ytdlp/download', {url, output_path, ...rest}, 202);

test('a download arrives whole at its path, relative or absolute, with folders made', async () => {
  const job = await submit('https://youtu.be/watch?v=good1', 'new/folder/a song.mp4');
  assert.equal(job.type, 'download_youtube');
  assert.equal(job.metadata.output_path, join(server.library, 'new/folder/a song.mp4'));
  const done = await server.waitJob(job.id);
  assert.deepEqual([done.processed_items, done.total_items], [100, 100]);
  assert.equal(done.result.file_size, statSync(media('clip.mp4')).size);
  assert.deepEqual(readFileSync(done.result.file_path), readFileSync(media('clip.mp4')));
  const absolute = await submit('https://youtu.be/watch?v=good2', join(server.library, '100% real.mp4'));
  await server.waitJob(absolute.id);
  assert.ok(existsSync(join(server.library, '100% real.mp4')));
  assert.deepEqual(left(downloads), []);
});

test('nothing is written over', async () => {
  writeFileSync(join(server.library, 'mine.mp4'), 'precious');
  const job = await submit('https://youtu.be/watch?v=good3', 'mine.mp4');
  await server.waitJob(job.id, {wanted: 'failed'});
  assert.equal(readFileSync(join(server.library, 'mine.mp4'), 'utf8'), 'precious');
  assert.deepEqual(left(downloads), []);
});

table('paths outside the library', [
  ['absolute', '/etc/evil.mp4'], ['dots', '../evil.mp4'], ['dots inside', 'a/../../evil.mp4'], ['the folder itself', '.'],
], async (name, path) => {
  const reply = await admin.post('/ytdlp/download', {url: 'https://youtu.be/x', output_path: path}, 400);
  assert.match(reply.detail, /library directory/);
});

test('a link out of the library is not followed', async () => {
  symlinkSync(server.outside, join(server.library, 'way-out'));
  const job = await submit('https://youtu.be/watch?v=good4', 'way-out/evil.mp4');
  await server.waitJob(job.id, {wanted: 'failed'});
  assert.deepEqual(readdirSync(server.outside), []);
});

test('a failed download says why and leaves nothing', async () => {
  const job = await server.waitJob((await submit('https://youtu.be/watch?v=broken2', 'broken.mp4')).id, {wanted: 'failed'});
  assert.match(job.error, /403/);
  const empty = await server.waitJob((await submit('https://youtu.be/watch?v=empty1', 'empty.mp4')).id, {wanted: 'failed'});
  assert.match(empty.error, /left no file/);
  assert.deepEqual(left(downloads), []);
  assert.ok(!existsSync(join(server.library, 'broken.mp4')));
});

test('cancel ends the program and all it started within two seconds', async () => {
  const before = running('^sleep 60$');
  const job = await submit('https://youtu.be/watch?v=slow1', 'slow.mp4');
  for (let i = 0; i < 200 && running('^sleep 60$') === before; i++) await sleep(50);
  assert.equal(running('^sleep 60$'), before + 1);
  const cancelled = Date.now();
  await admin.del(`/ytdlp/download/${job.id}`, 204);
  assert.equal((await admin.get(`/jobs/${job.id}`)).status, 'cancelled');
  while (running('^sleep 60$') > before && Date.now() - cancelled < 10_000) await sleep(20);
  const took = Date.now() - cancelled;
  assert.ok(took < 4000, `gone after ${took} ms`); // 2 s, and what this machine's load adds
  for (let i = 0; i < 100 && left(downloads).length; i++) await sleep(20);
  assert.deepEqual(left(downloads), []);
  assert.equal((await admin.get(`/jobs/${job.id}`)).status, 'cancelled');
});

test('only a download under way can be cancelled here', async () => {
  await admin.del('/ytdlp/download/nonsense', 404);
  const scan = await admin.post('/jobs', {type: 'library_scan', metadata: {directory: server.library}}, 202);
  assert.match((await admin.del(`/ytdlp/download/${scan.id}`, 400)).detail, /not a YouTube download job/);
  const done = await server.waitJob((await submit('https://youtu.be/watch?v=good5', 'done.mp4')).id);
  await admin.del(`/ytdlp/download/${done.id}`, 400);
});

// --- known videos

test('asked twice, a video is downloaded once', async () => {
  const {id} = await video('slow2');
  const [one, two] = await Promise.all([1, 2].map(() => admin.post(`/videos/${id}/download`, undefined, 202)));
  assert.equal(one.id, two.id);
  await admin.del(`/jobs/${one.id}`, 204);
});

test('a cancelled download leaves the video as it was', async () => {
  const {id} = await video('slow3', {status: 'archived'});
  const before = (await admin.get(`/videos/${id}`)).status;
  const job = await admin.post(`/videos/${id}/download`, undefined, 202);
  for (let i = 0; i < 200 && (await admin.get(`/videos/${id}`)).status !== 'downloading'; i++) await sleep(25);
  await admin.del(`/jobs/${job.id}`, 204);
  assert.equal((await admin.get(`/videos/${id}`)).status, before);
  for (let i = 0; i < 200 && left(downloads).length; i++) await sleep(20);
  assert.deepEqual(left(downloads), []);
  assert.equal((await admin.get(`/videos/${id}`)).status, before);
});

test('a failed download leaves the video failed with the reason', async () => {
  const {id} = await video('broken3');
  const job = await server.waitJob((await admin.post(`/videos/${id}/download`, undefined, 202)).id, {wanted: 'failed'});
  const {status, last_download_error: why, download_attempts: attempts} = await admin.get(`/videos/${id}`);
  assert.deepEqual([status, attempts], ['failed', 1]);
  assert.match(why, /403/);
  assert.match(job.error, /403/);
});

test('a download that is no video fails after it was read, and is taken away', async () => {
  writeFileSync(join(server.outside, 'page.html'), '<html>not a video</html>');
  const {id} = await video('chain2');
  mkdirSync(join(downloads, 'by-hand'), {recursive: true});
  writeFileSync(join(downloads, 'by-hand', 'x.mp4'), '<html>not a video</html>');
  await admin.patch(`/videos/${id}/status`, {status: 'downloaded'});
  const job = await admin.post('/jobs', {type: 'video_post_process', metadata: {video_id: id, temp_path: join(downloads, 'by-hand', 'x.mp4')}}, 202);
  await server.waitJob(job.id, {wanted: 'failed'});
  assert.equal((await admin.get(`/videos/${id}`)).status, 'failed');
  assert.ok(!existsSync(join(downloads, 'by-hand')));
});

test('many videos are queued in one call, the others named with a reason', async () => {
  const [a, b] = [await video('slow4'), await video('slow5')];
  const bare = await admin.post('/videos', {title: 'No source'}, 201);
  const reply = await admin.post('/videos/bulk/download', [a.id, bare.id, 999999, b.id], 202);
  assert.deepEqual([reply.submitted, reply.skipped, reply.job_ids.length], [2, 2, 2]);
  assert.deepEqual(reply.details.skipped_videos,
    [{video_id: bare.id, reason: 'No YouTube ID'}, {video_id: 999999, reason: 'Not found'}]);
  for (const id of reply.job_ids) await admin.del(`/jobs/${id}`, 204);
  assert.deepEqual(await admin.post('/videos/bulk/download', [], 202), {submitted: 0, skipped: 0, job_ids: [], details: null});
  const bad = await admin.post('/videos/bulk/download', [1, 'x', null], 422);
  assert.deepEqual(bad.errors.map(e => e.loc), [['body', 1], ['body', 2]]);
  await admin.post('/videos/bulk/download', {video_ids: [1]}, 422);
});

test('progress with speed and remaining time comes over the socket', async () => {
  const {id} = await video('slow6');
  const socket = await Socket.open(server.ws('/ws/events'));
  socket.send({type: 'auth', token: server.token});
  socket.send({type: 'subscribe_jobs'});
  await socket.next('subscribe_jobs_success');
  const job = await admin.post(`/videos/${id}/download`, undefined, 202);
  const seen = await socket.next(e => e.event_type === 'job_progress' && e.payload.job_id === job.id && e.payload.download_speed);
  assert.equal(seen.payload.download_speed, 2);
  assert.equal(seen.payload.eta_seconds, 60);
  assert.match(seen.payload.current_step, /^Downloading: \d+\.\d% at 2\.0 MB\/s \(ETA: 60s\)$/);
  assert.equal(seen.payload.total_items, 100);
  socket.close();
  await admin.del(`/jobs/${job.id}`, 204);
});

// --- the real program

test('the real yt-dlp fetches from a server of ours, and a kill in the middle only delays it', async t => {
  try {
    execFileSync('yt-dlp', ['--version'], {stdio: 'ignore'});
  } catch {
    return t.skip('yt-dlp is not installed');
  }
  const clip = uniqueMp4('clip.mp4', 'from a server');
  const bytes = Buffer.concat([clip, Buffer.alloc(2 << 20)]);
  let slow = true;
  const site = http.createServer(async (req, res) => {
    const from = Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
    res.writeHead(from ? 206 : 200, {'content-type': 'video/mp4', 'accept-ranges': 'bytes',
      'content-length': bytes.length - from, ...from ? {'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`} : {}});
    if (req.method === 'HEAD') return res.end();
    for (let at = from; at < bytes.length && !res.destroyed; at += 65536) {
      res.write(bytes.subarray(at, Math.min(at + 65536, bytes.length)));
      if (slow) await sleep(100);
    }
    res.end();
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  after(() => site.close());
  const url = `http://127.0.0.1:${site.address().port}/clip.mp4`;

  const real = await startServer({env: {MEDLEY_YTDLP_ALLOW_PRIVATE: 'true'}});
  const job = await real.admin.post('/ytdlp/download', {url, output_path: 'real.mp4', format_spec: 'best'}, 202);
  for (let i = 0; i < 400 && (await real.admin.get(`/jobs/${job.id}`)).processed_items < 5; i++) await sleep(50);
  assert.ok((await real.admin.get(`/jobs/${job.id}`)).processed_items >= 5, 'no progress seen');
  assert.ok(!existsSync(join(real.library, 'real.mp4')), 'the library holds no part of a file');
  await real.kill9();
  assert.equal(running(url), 0, 'the program went with the server');
  slow = false;
  await real.restart();
  const done = await real.waitJob(job.id);
  assert.equal(done.result.file_size, bytes.length);
  assert.deepEqual(readFileSync(join(real.library, 'real.mp4')), bytes);
  assert.deepEqual(readdirSync(join(real.data, 'tmp', 'downloads')), []);
});
