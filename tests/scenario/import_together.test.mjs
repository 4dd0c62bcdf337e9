// Several imports of the same songs at once, by the workers of one process and (PostgreSQL) of two: every song is
// in the library once, with its links, whoever was first.
import assert from 'node:assert/strict';
import test, {after} from 'node:test';
import {imvdbEnv, startImvdb, video} from '../fake/imvdb.mjs';
import {spotifyEnv, startSpotify, track} from '../fake/spotify.mjs';
import {Server, startServer, usesPostgres} from '../api/harness.mjs';

const [spotify, imvdb] = await Promise.all([startSpotify(), startImvdb()]);
after(() => Promise.all([spotify.stop(), imvdb.stop()]));
const songs = Array.from({length: 60}, (_, i) => i);
const shuffled = () => songs.toSorted(() => Math.random() - 0.5);
for (let list = 0; list < 6; list++) {
  spotify.state.playlists[`list${list}`] = {name: `List ${list}`, description: '',
    tracks: shuffled().map(i => track(`t${i}`, [`Band ${i % 5}`, 'Guest'], `Song number ${i}${list % 2 ? ' (Remastered)' : ''}`, {date: '1999'}))};
}
imvdb.state.videos.push(...songs.map(i => video(5_000_000 + i, 'Viewer', `Clip ${i}`, {youtube: [`clip${String(i).padStart(7, '0')}`]})));

const env = {...spotifyEnv(spotify), ...imvdbEnv(imvdb)};
const first = await startServer({env});
const servers = [first];
if (usesPostgres) {
  const second = new Server({env});
  second.database.drop();
  second.database = {url: first.database.url, drop() {}};
  second.data = first.data;
  second.library = first.library;
  after(() => second.remove());
  await second.start();
  await second.ready();
  servers.push(second);
}
const at = i => servers[i % servers.length].admin;
const all = async filter => {
  const {items, total} = await first.admin.get('/videos', {...filter, page_size: 100});
  assert.equal(items.length, total);
  return items;
};

test('six playlists with the same songs make each song once', {timeout: 120_000}, async () => {
  const jobs = await Promise.all(songs.slice(0, 6).map(i => at(i).post('/add/spotify', {playlist_id: `list${i}`}, 202)));
  const results = await Promise.all(jobs.map(async ({job_id: id}) => (await first.waitJob(id)).result));
  assert.deepEqual(results.map(r => [r.imported + r.skipped, r.failed]), results.map(() => [60, 0]), JSON.stringify(results.map(r => r.failed_tracks)));
  assert.equal(results.reduce((sum, r) => sum + r.imported, 0), 60);
  const videos = await all({artist: 'Band'});
  assert.equal(new Set(videos.map(v => v.title.replace(' (Remastered)', ''))).size, 60);
  assert.ok(videos.every(v => v.artists.length === 2 && v.tags[0]?.name === '90s'));
});

test('the same finds from everywhere make each video once', {timeout: 120_000}, async () => {
  const ids = [...songs, ...shuffled(), ...shuffled()];
  const jobs = await Promise.all(ids.map((song, i) => at(i).post('/add/import',
    {source: 'imvdb', id: String(5_000_000 + song), auto_download: false, metadata: {title: `Clip ${song}`, artist: 'Viewer', youtube_id: `clip${String(song).padStart(7, '0')}`}}, 202)));
  const results = await Promise.all(jobs.map(async ({job_id: id}) => (await first.waitJob(id)).result));
  assert.equal(results.filter(r => r.created).length, 60);
  assert.equal(results.filter(r => r.skipped).length, 120);
  assert.equal((await all({artist: 'Viewer'})).length, 60);
});
