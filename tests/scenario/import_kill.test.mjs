// kill -9 while a playlist and a choice are imported: every song is there once, every download is queued once,
// and the figures of the job add up as if nothing had happened.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test, {after} from 'node:test';
import {spotifyEnv, startSpotify, track} from '../fake/spotify.mjs';
import {layYtdlp} from '../fake/ytdlp.mjs';
import {sleep, startServer, usesPostgres} from '../api/harness.mjs';
import {media} from '../api/support/media.mjs';

// A job that kills its worker again and again is given up; on PostgreSQL a lease must run out each time.
const kills = usesPostgres ? 1 : 3;
const count = 200;
const spotify = await startSpotify();
after(() => spotify.stop());
spotify.state.playlists.long = {name: 'Long', description: '', tracks: Array.from({length: count}, (_, i) =>
  track(`n${i}`, `Band ${i % 7}`, `Song number ${i}`, {isrc: `AAAAA${String(i).padStart(7, '0')}`, date: `${1950 + i % 70}`}))};
const server = await startServer({env: spotifyEnv(spotify), lay: s => layYtdlp(s.home, media('clip.mp4'))});
await server.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': join(server.home, 'yt-dlp')}});

async function killedOften(id) {
  for (let kill = 0; kill < kills; kill++) {
    await sleep(40 + Math.random() * (usesPostgres ? 800 : 300));
    await server.kill9();
    await server.restart();
    const {status} = await server.admin.get(`/fuzzbin/jobs/${id}`);
    if (status === 'completed') return kill + 1;
  }
  return kills;
}

async function everySong(filter) {
  const titles = [];
  for (let page = 1; ; page++) {
    const {items, total_pages: pages} = await server.admin.get('/videos', {...filter, page, page_size: 100, sort_by: 'title'});
    titles.push(...items.map(v => v.title));
    if (page >= pages) return titles;
  }
}

test('a playlist is imported once, however often the server dies', {timeout: 240_000}, async t => {
  const {job_id: id} = await server.admin.post('/add/spotify', {playlist_id: 'long'}, 202);
  t.diagnostic(`${await killedOften(id)} kills`);
  const {result} = await server.waitJob(id, {ms: 150_000});
  const {duration_seconds: _, ...figures} = result;
  assert.deepEqual(figures, {imported: count, skipped: 0, failed: 0, total_tracks: count, playlist_name: 'Long', failed_tracks: []});
  const titles = await everySong({artist: 'Band'});
  assert.equal(titles.length, count);
  assert.equal(new Set(titles).size, count);
});

test('a choice is imported once, and each download is queued once', {timeout: 240_000}, async t => {
  const tracks = Array.from({length: 60}, (_, i) => ({spotify_track_id: `c${i}`, youtube_id: `chosen${String(i).padStart(5, '0')}`,
    metadata: {title: `Choice ${i}`, artist: 'Chooser', year: 2000 + i % 20}}));
  const {job_id: id} = await server.admin.post('/add/spotify/import-selected', {playlist_id: 'long', tracks, auto_download: true}, 202);
  t.diagnostic(`${await killedOften(id)} kills`);
  const {result} = await server.waitJob(id, {ms: 150_000});
  assert.deepEqual([result.imported, result.download_jobs, result.failed], [60, 60, 0]);
  assert.equal((await everySong({artist: 'Chooser'})).length, 60);
  const {jobs} = await server.admin.get('/jobs', {type: 'download_youtube', limit: 1000});
  assert.equal(new Set(jobs.map(j => j.metadata.video_ids[0])).size, 60);
  assert.equal(jobs.length, 60);
  for (const {id: download} of jobs) await server.admin.send('DELETE', `/jobs/${download}`);
});

test('stopped while it waits for the service, it goes on at the next start', async () => {
  spotify.state.playlists.slow = {name: 'Slow', description: '', tracks: [track('s1', 'Slow', 'Slow Song')]};
  spotify.trouble({delay_ms: 20_000}, {path: '/playlists/slow'});
  const {job_id: id} = await server.admin.post('/add/spotify', {playlist_id: 'slow'}, 202);
  while (!spotify.requests.some(r => r.path === '/playlists/slow')) await sleep(20);
  await server.stop(); // asserts that it takes less than 5 s
  await server.restart();
  assert.equal((await server.waitJob(id)).result.imported, 1);
});

test('cancelled in the middle: what is done stays, the rest is not begun', async () => {
  spotify.state.playlists.more = {name: 'More', description: '', tracks: Array.from({length: count}, (_, i) => track(`m${i}`, 'Other', `More ${i}`))};
  const {job_id: id} = await server.admin.post('/add/spotify', {playlist_id: 'more'}, 202);
  let done = 0;
  while (done < 5) done = (await server.admin.get(`/jobs/${id}`)).processed_items;
  await server.admin.del(`/jobs/${id}`);
  await server.waitJob(id, {wanted: 'cancelled'});
  await sleep(300);
  const there = (await everySong({artist: 'Other'})).length;
  assert.ok(there >= done && there < count, `${there} of ${count}, ${done} when it was cancelled`);
  await sleep(500);
  assert.equal((await everySong({artist: 'Other'})).length, there);
});
