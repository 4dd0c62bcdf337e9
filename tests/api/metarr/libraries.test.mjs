// Libraries and their scan: sections 12, 16.2 to 16.4, 7.
import assert from 'node:assert/strict';
import {mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {episodes, lay, movies, nfo, show, uniqueMp4} from '../support/media.mjs';
import {table} from '../support/tables.mjs';
import {metarrServer, waitJob} from './library.mjs';

const {server, api, add, scan} = await metarrServer({lay: s => {
  writeFileSync(join(s.library, 'file.txt'), '');
  mkdirSync(join(s.library, 'Empty'));
}});
const film = await add('Films', 'Features', 'movie');
const tv = await add('Series', 'Telly', 'tv');
const at = path => join(server.library, path);
const movie = async title => (await api.get('/api/v1/movies', {'filter[title][eq]': title})).data[0];

test('a library has the documented shape', async () => {
  assert.deepEqual(Object.keys(film).sort(), ['auto_enrich', 'auto_publish', 'created_at', 'description', 'enabled', 'id', 'name', 'path',
    'stats', 'type', 'updated_at']);
  assert.deepEqual([film.name, film.path, film.type, film.enabled, film.auto_enrich, film.auto_publish, film.description],
    ['Films', at('Features'), 'movie', true, true, false, null]);
  assert.deepEqual([film.stats.total, film.stats.unidentified, film.stats.lastScan], [0, 0, null]);
  const list = await api.get('/api/v1/libraries');
  assert.deepEqual(list.data.map(l => l.name).filter(n => ['Films', 'Series'].includes(n)), ['Films', 'Series']);
});

table('libraries that cannot be', [
  ['no name', {path: 'Empty', type: 'movie'}, 400, 'MISSING_REQUIRED'], ['no path', {name: 'x', type: 'movie'}, 400, 'MISSING_REQUIRED'],
  ['no type', {name: 'x', path: 'Empty'}, 400, 'MISSING_REQUIRED'], ['another type', {name: 'x', path: 'Empty', type: 'radio'}, 422, 'VALIDATION_FAILED'],
  ['a missing folder', {name: 'x', path: 'nowhere', type: 'movie'}, 422, 'VALIDATION_FAILED'],
  ['a file', {name: 'x', path: 'file.txt', type: 'movie'}, 422, 'VALIDATION_FAILED'],
  ['the same path', {name: 'x', path: 'Features', type: 'movie'}, 409, 'ALREADY_EXISTS'],
  ['the same path with a slash', {name: 'x', path: 'Features/', type: 'movie'}, 409, 'ALREADY_EXISTS'],
  ['inside another', {name: 'x', path: 'Features/Fight Club (1999)', type: 'movie'}, 409, 'ALREADY_EXISTS'],
  ['a long name', {name: 'x'.repeat(256), path: 'Empty', type: 'movie'}, 422, 'VALIDATION_FAILED'],
], async (name, body, status, code) => {
  const reply = await api.post('/api/v1/libraries', {...body, ...body.path ? {path: join(server.library, body.path)} : {}}, status);
  assert.equal(reply.error.code, code);
});

test('a relative path and one outside every root are refused', async () => {
  for (const path of ['Features', '/etc', `${server.library}/../outside`]) {
    const reply = await api.send('POST', '/api/v1/libraries', {json: {name: 'x', path, type: 'movie'}});
    assert.ok([403, 409, 422].includes(reply.status), `${path}: ${reply.status}`);
  }
});

test('a movie scan reads NFO, names, streams and artwork', async () => {
  const job = await scan(film.id);
  assert.equal(job.type, 'library-scan');
  assert.equal(job.progress, 100);
  const list = await api.get('/api/v1/movies');
  assert.deepEqual(list.data.map(m => m.title).sort(), ['Amélie', 'Dune Part Two', 'Fight Club', 'Seven']);

  const fight = (await api.get(`/api/v1/movies/${(await movie('Fight Club')).id}`)).data;
  const wanted = movies[0].nfo;
  assert.deepEqual([fight.year, fight.plot, fight.tagline, fight.runtime, fight.content_rating, fight.tmdb_id, fight.imdb_id],
    [1999, wanted.plot, wanted.tagline, 139, 'R', 550, 'tt0137523']);
  assert.deepEqual([...fight.genres].sort(), ['Drama', 'Thriller']);
  assert.deepEqual([fight.directors, fight.writers, fight.studios, fight.countries], [['David Fincher'], ['Jim Uhls'], ['Fox'], ['United States']]);
  assert.deepEqual(fight.cast.map(c => [c.name, c.role, c.order]), [['Brad Pitt', 'Tyler Durden', 0], ['Edward Norton', 'Narrator', 1]]);
  assert.equal(fight.identification_status, 'identified');
  assert.equal(fight.library.id, film.id);
  const {video, audio, subtitles} = fight.streams;
  assert.deepEqual([video[0].codec, video[0].width, video[0].height], ['h264', 320, 180]);
  assert.deepEqual([audio[0].codec, audio[0].channels, audio[0].language], ['aac', 1, 'eng']);
  assert.deepEqual([subtitles.length, subtitles[0].language, subtitles[0].is_external], [1, 'ger', false]);
  assert.ok(fight.assets.poster?.length === 1 && fight.assets.fanart?.length === 1, JSON.stringify(fight.assets));
  assert.equal(fight.assets.poster[0].width, 200);
  assert.equal(fight.provider_urls.tmdb_url, 'https://www.themoviedb.org/movie/550');

  const dune = await movie('Dune Part Two'); // by name alone
  assert.deepEqual([dune.year, dune.identification_status, dune.tmdb_id], [2024, 'unidentified', null]);
});

test('library statistics follow', async () => {
  const {stats} = (await api.get('/api/v1/libraries')).data.find(l => l.id === film.id);
  assert.deepEqual([stats.total, stats.unidentified, stats.identified], [4, 1, 3]);
  assert.ok(stats.lastScan);
});

test('a second scan changes nothing; a deep one neither', async () => {
  const before = (await api.get('/api/v1/movies', {sort: 'id'})).data.map(({last_scanned, updated_at, ...rest}) => rest);
  await scan(film.id);
  const {data} = await api.post(`/api/v1/libraries/${film.id}/scan`, {deep: true});
  await waitJob(server, data.job_id);
  assert.deepEqual((await api.get('/api/v1/movies', {sort: 'id'})).data.map(({last_scanned, updated_at, ...rest}) => rest), before);
});

test('locked and edited fields survive a changed NFO', async () => {
  const seven = await movie('Seven');
  await api.put(`/api/v1/movies/${seven.id}`, {plot: 'Mine'});
  lay(join(server.library, 'Features/Seven (1995)/movie.nfo'), nfo('movie', {title: 'Seven', year: 1995, plot: 'Theirs', tagline: 'New', tmdbid: 807}));
  await scan(film.id);
  const now = (await api.get(`/api/v1/movies/${seven.id}`)).data;
  assert.deepEqual([now.plot, now.tagline, now.plot_locked], ['Mine', 'New', true]);
});

test('two scans of one library at once: the second is 409 LOCKED', async () => {
  const first = await api.send('POST', `/api/v1/libraries/${film.id}/scan`, {json: {deep: true}});
  const second = await api.send('POST', `/api/v1/libraries/${film.id}/scan`);
  if (second.status === 409) assert.equal(second.json.error.code, 'LOCKED');
  else assert.equal((await api.get(`/api/v1/jobs/${first.json.data.job_id}`)).data.status, 'completed');
  await waitJob(server, first.json.data.job_id);
  await api.post('/api/v1/libraries/999999/scan', undefined, 404);
  await api.post('/api/v1/libraries/x/scan', undefined, 400);
});

test('a TV scan finds show, seasons and episodes', async () => {
  await scan(tv.id);
  const list = await api.get('/api/v1/series');
  assert.deepEqual(list.data.map(s => s.title).sort(), ['Breaking Bad', 'Dark']);
  const row = list.data.find(s => s.title === 'Breaking Bad');
  assert.deepEqual([row.year, row.plot, row.tmdb_id, row.tvdb_id, row.season_count, row.episode_count], [2008, show.plot, 1396, 81189, 2, 3]);
  const {data: details} = await api.get(`/api/v1/series/${row.id}`);
  assert.deepEqual(details.seasons.map(s => [s.season_number, s.episodes.length]), [[1, 2], [2, 1]]);
  assert.deepEqual(details.episodes.map(e => e.title), episodes.map(e => e.title));
  assert.deepEqual(details.cast.map(c => c.name), ['Bryan Cranston']);
  const {data: season} = await api.get(`/api/v1/series/${row.id}/seasons/1`);
  assert.deepEqual([season.series, season.episodes.map(e => e.episode_number)], [{id: row.id, title: 'Breaking Bad'}, [1, 2]]);
  const {data: pilot} = await api.get(`/api/v1/episodes/${season.episodes[0].id}`);
  assert.deepEqual([pilot.title, pilot.air_date, pilot.plot, pilot.season_number, pilot.series.title], ['Pilot', '2008-01-20', 'It starts.', 1, 'Breaking Bad']);
  assert.equal(pilot.streams.video[0].width, 160);
  assert.match(pilot.file_path, /S01E01\.mp4$/);
  const dark = (await api.get(`/api/v1/series/${list.data.find(s => s.title === 'Dark').id}`)).data;
  assert.deepEqual(dark.episodes.map(e => [e.season_number, e.episode_number]), [[1, 3]]);
});

table('TV that is not there', [
  ['/api/v1/series/999999', 404], ['/api/v1/series/x', 400], ['/api/v1/series/999999/seasons/1', 404], ['/api/v1/episodes/999999', 404],
  ['/api/v1/episodes/0', 400],
], async (path, status) => assert.equal((await api.get(path, undefined, status)).error.code, status === 404 ? 'NOT_FOUND' : 'INVALID_FORMAT'));

test('a season that is not there; series lists take the grammar', async () => {
  const [row] = (await api.get('/api/v1/series', {'filter[title][like]': 'breaking', sort: 'year', order: 'desc', limit: 1})).data;
  await api.get(`/api/v1/series/${row.id}/seasons/7`, undefined, 404);
  await api.get(`/api/v1/series/${row.id}/seasons/0`, undefined, 404);
  await api.get('/api/v1/series', {'filter[nonsense][eq]': 1}, 422);
});

test('a vanished file keeps its movie; a missing root fails the job and touches nothing', async () => {
  const total = async () => (await api.get('/api/v1/movies')).meta.total;
  const before = await total();
  renameSync(at('Features/Seven (1995)'), join(server.outside, 'Seven'));
  await scan(film.id);
  assert.equal(await total(), before);
  renameSync(join(server.outside, 'Seven'), at('Features/Seven (1995)'));
  renameSync(at('Features'), join(server.outside, 'Features'));
  const reply = await api.send('POST', `/api/v1/libraries/${film.id}/scan`);
  if (reply.status === 200) await waitJob(server, reply.json.data.job_id, null);
  assert.equal(await total(), before);
  renameSync(join(server.outside, 'Features'), at('Features'));
  await scan(film.id);
  assert.equal(await total(), before);
});

test('broken NFO, traps and odd names do not end a scan', async () => {
  lay(at('Features/Broken (2000)/Broken (2000).mp4'), uniqueMp4());
  lay(at('Features/Broken (2000)/movie.nfo'), '<movie><title>Broken');
  lay(at('Features/Bomb (2001)/Bomb (2001).mp4'), uniqueMp4());
  lay(at('Features/Bomb (2001)/movie.nfo'), '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><movie><title>&a;</title></movie>');
  lay(at('Features/Zero (2002)/Zero (2002).mkv'), '');
  lay(at('Features/sample/x-sample.mkv'), uniqueMp4());
  await scan(film.id);
  const titles = (await api.get('/api/v1/movies')).data.map(m => m.title);
  assert.ok(titles.includes('Broken') && titles.includes('Bomb'), titles.join());
  assert.ok(!titles.some(t => t.includes('root:')));
});
