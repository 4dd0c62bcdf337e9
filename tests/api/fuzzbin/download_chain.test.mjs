// From a download into its place: the chain of jobs of section 3.2, with a stand-in for yt-dlp.
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {after} from 'node:test';
import {imvdbEnv, startImvdb, video as atImvdb} from '../../fake/imvdb.mjs';
import {layYtdlp} from '../../fake/ytdlp.mjs';
import {startServer} from '../harness.mjs';
import {media} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const imvdb = await startImvdb();
after(() => imvdb.stop());
const server = await startServer({env: imvdbEnv(imvdb)});
const {admin} = server;
await admin.patch('/config', {updates: {'ytdlp.ytdlp_path': layYtdlp(server.home, media('clip.mp4'))}});
const downloads = join(server.data, 'tmp', 'downloads');
const left = dir => existsSync(dir) ? readdirSync(dir, {recursive: true}).filter(name => statSync(join(dir, name)).isFile()) : [];
const video = async (youtube_id, fields = {}) => admin.post('/videos', {title: `Song ${youtube_id}`, artist: 'Band', youtube_id, ...fields}, 201);

test('a video goes from queued through its chain of jobs', async () => {
  const {id} = await video('chain1');
  const job = await admin.post(`/videos/${id}/download`, undefined, 202);
  assert.equal(job.type, 'import_download');
  assert.deepEqual(job.metadata, {video_id: id, youtube_id: 'chain1'});
  const done = await server.waitJob(job.id);
  assert.equal(done.result.youtube_id, 'chain1');
  const processed = await server.waitJob(done.result.post_process_job_id);
  assert.deepEqual([processed.result.media_info.width, processed.result.media_info.height], [160, 90]);
  const placed = await server.waitJob(processed.result.organize_job_id);
  const after = await admin.get(`/videos/${id}`);
  assert.equal(after.status, 'organized');
  assert.equal(after.video_file_path, join(server.library, 'Band', 'Song chain1.mp4'));
  assert.deepEqual(readFileSync(after.video_file_path), readFileSync(media('clip.mp4')));
  await server.waitJob(placed.result.nfo_job_id);
  assert.match(readFileSync(join(server.library, 'Band', 'Song chain1.nfo'), 'utf8'), /<title>Song chain1<\/title>/);
  assert.match(readFileSync(join(server.library, 'Band', 'artist.nfo'), 'utf8'), /<name>Band<\/name>/);
  assert.deepEqual(left(downloads), []);
  const states = (await admin.get(`/videos/${id}/status-history`)).map(h => h.new_status).reverse();
  assert.deepEqual(states, ['discovered', 'queued', 'downloading', 'downloaded', 'organized']);
});

table('files that no chain may touch', [
  ['of the system', () => '/etc/passwd'], ['of the data folder', () => join(server.data, 'config.yaml')],
  ['by dots', () => join(downloads, '../../config.yaml')], ['elsewhere', () => join(server.outside, 'page.html')],
], async (name, path) => {
  const {id} = await video(`touch-${name.replaceAll(' ', '-')}`);
  writeFileSync(join(server.outside, 'page.html'), 'still here');
  for (const type of ['video_post_process', 'import_organize']) {
    const job = await admin.post('/jobs', {type, metadata: {video_id: id, temp_path: path()}}, 202);
    assert.match((await server.waitJob(job.id, {wanted: 'failed'})).error, /library|downloads|No such|not found/i);
  }
  assert.equal(readFileSync(join(server.outside, 'page.html'), 'utf8'), 'still here');
});

test('a list of videos is downloaded one after the other, each with its outcome', async () => {
  const [good, broken] = [await video('chain3'), await video('broken4')];
  const bare = await admin.post('/videos', {title: 'No source either'}, 201);
  const job = await admin.post('/jobs', {type: 'download_youtube', metadata: {video_ids: [good.id, broken.id, bare.id, 999999]}}, 202);
  const {result} = await server.waitJob(job.id);
  assert.deepEqual([result.downloaded, result.skipped, result.failed, result.total_videos], [1, 1, 2, 4]);
  assert.deepEqual(result.failed_videos.map(f => f.video_id), [broken.id, 999999]);
  await server.idle();
  assert.equal((await admin.get(`/videos/${good.id}`)).status, 'organized');
});

test("IMVDb's picture comes before one of the video, until another is asked for", async () => {
  const jpeg = readFileSync(media('poster.jpg'));
  imvdb.state.videos.push(atImvdb(777, 'Band', 'Song chain4', {image: {o: `${imvdb.url}/777.jpg`}}));
  imvdb.trouble({reply: {headers: {'content-type': 'image/jpeg'}, bytes: jpeg}}, {path: '/777.jpg'});
  const {id} = await video('chain4', {imvdb_video_id: '777'});
  const job = await server.waitJob((await admin.post(`/videos/${id}/download`, undefined, 202)).id);
  const processed = await server.waitJob(job.result.post_process_job_id);
  assert.match(processed.result.thumbnail_path, /-remote\.jpg$/);
  await server.idle();
  const size = async path => {
    const reply = await admin.send('GET', path);
    assert.deepEqual([reply.status, reply.headers['content-type']], [200, 'image/jpeg']);
    return Number(reply.headers['content-length']);
  };
  const people = await size(`/videos/${id}/thumbnail`);
  const frame = await size(`/videos/${id}/thumbnail?timestamp=0.5`);
  assert.notEqual(people, frame);
  assert.equal(await size(`/videos/${id}/thumbnail`), people);
  await size(`/videos/${id}/thumbnail?regenerate=true`);
  assert.notEqual(await size(`/videos/${id}/thumbnail`), people);
});

test('a picture that cannot be had is no reason to fail', async () => {
  imvdb.state.videos.push(atImvdb(778, 'Band', 'Song chain5', {image: {o: `${imvdb.url}/none.jpg`}}));
  const {id} = await video('chain5', {imvdb_video_id: '778'});
  await server.waitJob((await admin.post(`/videos/${id}/download`, undefined, 202)).id);
  await server.idle();
  assert.equal((await admin.get(`/videos/${id}`)).status, 'organized');
  assert.equal((await admin.send('GET', `/videos/${id}/thumbnail`)).status, 200);
});
