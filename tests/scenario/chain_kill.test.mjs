// kill -9 again and again while videos are downloaded and put into their places: each ends in its place once,
// with its NFO, and nothing is left over.
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {basename, join} from 'node:path';
import test from 'node:test';
import {layYtdlp} from '../fake/ytdlp.mjs';
import {sleep, startServer, terminal} from '../api/harness.mjs';
import {media} from '../api/support/media.mjs';

const videos = 12;
const kills = Math.max(4, Math.floor(Number(process.env.MEDLEY_TEST_KILLS ?? 10) / 2));
const server = await startServer();
await server.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': layYtdlp(server.home, media('clip.mp4'))}});

const files = dir => existsSync(dir)
  ? readdirSync(dir, {recursive: true}).map(String).filter(name => statSync(join(dir, name)).isFile()).sort() : [];

test(`${kills} kills while ${videos} downloads go to their places`, {timeout: 240_000}, async () => {
  const ids = [];
  for (let i = 0; i < videos; i++) {
    ids.push((await server.admin.post('/videos', {title: `Song ${String(i).padStart(2, '0')}`, artist: `Band ${i % 3}`, youtube_id: `id${i}`}, 201)).id);
  }
  assert.equal((await server.admin.post('/videos/bulk/download', ids, 202)).submitted, videos);
  for (let i = 0; i < kills; i++) {
    await sleep(150 + Math.random() * 900);
    await server.kill9();
    await server.restart();
  }
  await server.idle(180_000);

  for (const [i, id] of ids.entries()) {
    const video = await server.admin.get(`/videos/${id}`);
    const failed = (await server.admin.get(`/videos/${id}/jobs`, {include_completed: true})).filter(j => j.status === 'failed');
    assert.equal(video.status, 'organized', `video ${id}: ${video.last_download_error} ${JSON.stringify(failed.map(j => [j.type, j.error]))}`);
    assert.equal(video.video_file_path, join(server.library, `Band ${i % 3}`, `Song ${String(i).padStart(2, '0')}.mp4`));
    assert.deepEqual(readFileSync(video.video_file_path), readFileSync(media('clip.mp4')));
    assert.equal(video.width, 160);
    const jobs = await server.admin.get(`/videos/${id}/jobs`, {include_completed: true});
    assert.deepEqual(jobs.map(j => j.type).sort(), ['import_download', 'import_nfo_generate', 'import_organize', 'video_post_process']);
    assert.ok(jobs.every(j => terminal.includes(j.status) && j.result));
  }
  const wanted = [...ids.keys()].flatMap(i => {
    const base = `Band ${i % 3}/Song ${String(i).padStart(2, '0')}`;
    return [`${base}.mp4`, `${base}.nfo`];
  }).concat([0, 1, 2].map(i => `Band ${i}/artist.nfo`)).sort();
  // A kill in the middle of writing leaves a temporary name; scans skip it, the job `trash_cleanup` removes it.
  assert.deepEqual(files(server.library).filter(name => !basename(name).startsWith('.medley-')), wanted);
  assert.deepEqual(files(join(server.data, 'tmp', 'downloads')), []);
});
