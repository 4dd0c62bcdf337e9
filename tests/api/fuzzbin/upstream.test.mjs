// IMVDb, Discogs and Spotify as they are shown (contract 1.17 to 1.19, 2.11 to 2.13, section 12), and what
// happens when they are slow, broken, or say no.
import assert from 'node:assert/strict';
import test, {after} from 'node:test';
import {discogsEnv, startDiscogs} from '../../fake/discogs.mjs';
import {imvdbEnv, startImvdb} from '../../fake/imvdb.mjs';
import {spotifyEnv, startSpotify, track} from '../../fake/spotify.mjs';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const [imvdb, discogs, spotify] = await Promise.all([startImvdb(), startDiscogs(), startSpotify()]);
after(() => Promise.all([imvdb.stop(), discogs.stop(), spotify.stop()]));
const server = await startServer({env: {...imvdbEnv(imvdb), ...discogsEnv(discogs), ...spotifyEnv(spotify), MEDLEY_HTTP_TIMEOUT: '2',
  MEDLEY_HTTP_CONTACT: 'https://example.test/me'}});
const {admin} = server;
const stats = name => admin.get(`/config/clients/${name}/stats`);

// --- IMVDb

test('IMVDb: videos are found, irregular ones made regular', async () => {
  const found = await admin.get('/imvdb/search/videos', {artist: 'Robin', track: 'Thicke'});
  assert.deepEqual([found.total_results, found.current_page, found.per_page, found.total_pages], [3, 1, 25, 1]);
  const [lines, coaster, number] = found.results;
  assert.equal(lines.id, 121779770452);
  assert.match(lines.image.l, /_lv\.jpg/);
  assert.equal(coaster.year, 2009);
  assert.deepEqual([number.song_title, number.year, number.image], ['1984', null, null]);
  assert.deepEqual(Object.keys(lines), ['id', 'production_status', 'song_title', 'song_slug', 'url', 'multiple_versions', 'version_name',
    'version_number', 'is_imvdb_pick', 'aspect_ratio', 'year', 'verified_credits', 'artists', 'image']);
  const asked = imvdb.asked('GET', '/search/videos').at(-1);
  assert.equal(asked.query.get('q'), 'Robin Thicke');
  assert.match(asked.headers['user-agent'], /^Medley\/\S+ \(\+https:\/\/example\.test\/me\)$/);
});

test('IMVDb: a video with all its credits', async () => {
  const video = await admin.get('/imvdb/videos/121779770452');
  assert.deepEqual(video.featured_artists.map(a => a.name), ['T.I.', 'Pharrell Williams']);
  assert.deepEqual(video.sources.map(s => s.source_data), ['zwT6DZCQi9k', 'yyDUC1LUXSU', 'zwT6DZCQi9k', 64611906]);
  assert.equal(video.directors[0].entity_name, 'Diane Martel');
  assert.deepEqual([video.credits.total_credits, video.credits.crew.length, video.credits.cast[0].entity_name], [2, 2, 'Robin Thicke']);
});

test('IMVDb: entities, by search, by id, and their videos by page', async () => {
  const found = await admin.get('/imvdb/search/entities', {q: 'robin'});
  assert.deepEqual([found.total_results, found.results[0].name, found.results[0].discogs_id], [2, null, 292681]);
  const entity = await admin.get('/imvdb/entities/2001');
  assert.deepEqual([entity.discogs_id, entity.artist_videos.total_videos, entity.featured_videos.total_videos], [1, 2, 0]);
  const page = await admin.get('/imvdb/entities/838673/videos', {per_page: 2});
  assert.deepEqual([page.entity_name, page.total_videos, page.total_pages, page.has_more, page.videos.length], ['Robin Thicke', 3, 2, true, 2]);
  assert.equal((await admin.get('/imvdb/entities/838673/videos', {per_page: 2, page: 2})).has_more, false);
});

test('IMVDb: unicode goes there and back', async () => {
  const found = await admin.get('/imvdb/search/videos', {artist: 'Björk', track: '夜'});
  assert.deepEqual(found.results.map(v => v.song_title), ['Humúríus „Nótt“ 夜']);
});

test('IMVDb: a page that the service would refuse is asked for as it allows', async () => {
  await admin.get('/imvdb/search/videos', {artist: 'a', track: 'b', per_page: 100});
  assert.equal(imvdb.asked('GET', '/search/videos').at(-1).query.get('per_page'), '50');
});

test('an answer is kept: asked twice, it is fetched once', async () => {
  const before = imvdb.requests.length;
  const hits = (await stats('imvdb')).cache_hits;
  const first = await admin.get('/imvdb/videos/310000000001');
  assert.deepEqual(await admin.get('/imvdb/videos/310000000001'), first);
  assert.equal(imvdb.requests.length, before + 1);
  assert.equal((await stats('imvdb')).cache_hits, hits + 1);
});

// --- Discogs

test('Discogs: a song is looked for among albums, then anywhere', async () => {
  const found = await admin.get('/discogs/search', {artist: 'Nirvana', track: 'Smells Like Teen Spirit'});
  assert.deepEqual(found.results.map(r => r.title), ['Nirvana - Nevermind', 'Nirvana - Nobody Has It']);
  assert.deepEqual([found.results[0].year, found.results[0].community.want, found.pagination.items], ['1991', 10, 2]);
  assert.equal(discogs.requests.at(-1).query.get('format'), 'album');
  assert.equal((await admin.get('/discogs/search', {artist: 'Nirvana', track: 'Nothing'})).results.length, 0);
  assert.deepEqual(discogs.requests.slice(-2).map(r => r.query.get('format')), ['album', null]);
});

test('Discogs: free text and type are passed on', async () => {
  await admin.get('/discogs/search', {q: 'nevermind', type: 'release', per_page: 7, page: 2});
  const {query} = discogs.requests.at(-1);
  assert.deepEqual(['q', 'type', 'per_page', 'page', 'artist'].map(name => query.get(name)), ['nevermind', 'release', '7', '2', null]);
});

test('Discogs: master, release and an artist\'s releases', async () => {
  const master = await admin.get('/discogs/masters/13814');
  assert.deepEqual([master.title, master.year, master.tracklist[0].title, master.tracklist[0].extraartists], ['Nevermind', 1991, 'Smells Like Teen Spirit', []]);
  const release = await admin.get('/discogs/releases/1');
  assert.deepEqual([release.title, release.labels[0].name, release.formats[0].descriptions, release.format_quantity, release.num_for_sale],
    ['Stockholm', 'Svek', ['12"'], 1, 0]);
  const {releases, pagination} = await admin.get('/discogs/artists/125246/releases', {sort_order: 'asc'});
  assert.deepEqual([pagination.items, releases.at(-1).title, releases[0].role], [3, 'From The Muddy Banks Of The Wishkah', 'Main']);
});

test('Discogs: what it says of its limits is followed', async () => {
  discogs.state.limit = 30;
  discogs.state.used = 0;
  await admin.get('/discogs/masters/42473');
  discogs.state.limit = 6000;
  await admin.get('/discogs/masters/50000');
  assert.equal(discogs.requests.at(-1).headers.authorization, 'Discogs key=discogs-key, secret=discogs-secret');
});

// --- Spotify

test('Spotify: a playlist without what is no track', async () => {
  const list = await admin.get('/spotify/playlists/mix');
  assert.deepEqual([list.name, list.public, list.owner.id, list.tracks.total], ['Mix „Tape“ 夜', null, 'somebody', 6]);
  assert.deepEqual(list.tracks.items.map(i => i.track.id), ['t1', 't2', 't3']);
  assert.deepEqual(Object.keys(list.tracks.items[0].track),
    ['id', 'name', 'uri', 'artists', 'album', 'duration_ms', 'popularity', 'explicit']);
});

test('Spotify: links and URIs are ids', async () => {
  for (const id of ['spotify:playlist:mix', 'https://open.spotify.com/playlist/mix?si=abc', ' mix ', 'mix#x']) {
    assert.equal((await admin.get(`/fuzzbin/spotify/playlists/${encodeURIComponent(id)}`)).id, 'mix');
  }
});

test('Spotify: pages, and all tracks over pages', async () => {
  const page = await admin.get('/fuzzbin/spotify/playlists/mix/tracks', {limit: 2, offset: 1});
  assert.deepEqual([page.items.map(i => i.track.id), page.limit, page.offset, page.total], [['t2'], 2, 1, 6]);
  assert.match(page.next, /offset=3/);
  spotify.state.playlists.long = {name: 'Long', description: '', tracks: Array.from({length: 120}, (_, i) => track(`n${i}`, 'Band', `Song ${i}`))};
  const all = await admin.get('/fuzzbin/spotify/playlists/long/tracks/all');
  assert.deepEqual([all.playlist_id, all.total, all.tracks.length, all.tracks[119].name], ['long', 120, 120, 'Song 119']);
  assert.equal((await admin.get('/fuzzbin/spotify/playlists/empty/tracks/all')).total, 0);
});

test('Spotify: a track', async () => {
  const one = await admin.get('/spotify/tracks/t2');
  assert.deepEqual([one.name, one.artists[0].name, one.album.release_date], ['Jóga', 'Björk', '1997']);
});

test('Spotify: one token does for all, and a new one is fetched when it has expired', async () => {
  const before = spotify.asked('POST', '/api/token').length;
  assert.equal(before, 1);
  spotify.forget();
  await admin.get('/spotify/tracks/t1');
  assert.equal(spotify.asked('POST', '/api/token').length, 2);
});

test('Spotify: development mode is lived with', async () => {
  spotify.state.development = true;
  const all = await admin.get('/fuzzbin/spotify/playlists/long/tracks/all');
  assert.equal(all.tracks.length, 120);
  const page = await admin.get('/fuzzbin/spotify/playlists/mix/tracks', {limit: 50});
  assert.deepEqual(page.items.map(i => i.track.id), ['t1', 't2', 't3']);
  assert.equal((await admin.get('/spotify/playlists/mix')).tracks.items.length, 3);
  spotify.state.development = false;
  assert.equal((await admin.get('/fuzzbin/spotify/playlists/mix/tracks')).items.length, 3);
});

// --- what goes wrong

table('unknown there is unknown here', [
  ['IMVDb video', '/imvdb/videos/1'], ['IMVDb entity', '/imvdb/entities/1'], ['its videos', '/imvdb/entities/1/videos'],
  ['Discogs master', '/discogs/masters/1'], ['Discogs release', '/discogs/releases/2'], ['Discogs artist', '/discogs/artists/99/releases'],
  ['Spotify playlist', '/spotify/playlists/nothing'], ['its tracks', '/fuzzbin/spotify/playlists/nothing/tracks'],
  ['all of them', '/fuzzbin/spotify/playlists/nothing/tracks/all'], ['Spotify track', '/spotify/tracks/nothing'],
], async (name, path) => {
  const {detail} = await admin.get(path, undefined, 404);
  assert.match(detail, /not found/i);
});

table('every bad value is named at once', [
  ['nothing', '/imvdb/search/videos', {}, ['artist', 'track']],
  ['pages', '/imvdb/search/videos', {artist: 'a', track: 'b', page: 0, per_page: 101}, ['page', 'per_page']],
  ['entities', '/imvdb/search/entities', {page: 'x'}, ['q', 'page']],
  ['Discogs', '/discogs/search', {page: 0, per_page: 0}, ['page', 'per_page']],
  ['no number', '/discogs/masters/abc', {}, ['master_id']],
  ['Spotify', '/fuzzbin/spotify/playlists/mix/tracks', {limit: 101, offset: -1}, ['limit', 'offset']],
], async (name, path, query, fields) => {
  const reply = await admin.get(path, query, 422);
  assert.deepEqual(reply.errors.map(e => e.loc[1]), fields);
});

const services = [['IMVDb', imvdb, id => `/imvdb/videos/${id}`, 502], ['Discogs', discogs, id => `/discogs/masters/${id}`, 502],
  ['Spotify', spotify, id => `/spotify/tracks/t${id}`, 503]];
for (const [name, fake, path, status] of services) {
  test(`${name}: no JSON, too much, a refusal: ${status} with the reason`, async () => {
    fake.trouble({reply: {text: '<html>oops</html>'}});
    assert.match((await admin.get(path(7001), undefined, status)).detail, /no JSON/);
    fake.trouble({reply: {headers: {'content-type': 'application/json'}, bytes: Buffer.alloc(10 << 20, 0x20)}});
    assert.match((await admin.get(path(7002), undefined, status)).detail, /too large/);
    fake.trouble({reply: {status: 403, json: {message: 'Go away', error: {message: 'Go away'}}}});
    assert.match((await admin.get(path(7003), undefined, status)).detail, /refused.*Go away/);
    fake.trouble({reply: {json: []}});
    assert.ok([404, status].includes((await admin.send('GET', path(7005))).status) || name === 'Discogs');
  });
  test(`${name}: trouble that passes is not seen`, async () => {
    const [good] = {IMVDb: [968122970313], Discogs: [90001], Spotify: [3]}[name];
    fake.trouble({reply: {status: 503, text: 'later'}});
    fake.trouble({reply: {status: 429, headers: {'retry-after': '1'}, text: 'Too many requests'}});
    await admin.get(path(good));
  });
  test(`${name}: trouble that stays is told`, async () => {
    const before = await stats(name.toLowerCase());
    fake.trouble({reply: {status: 500, text: 'broken'}}, {times: 3});
    assert.match((await admin.get(path(7006), undefined, status)).detail, /500/);
    fake.trouble({drop: true}, {times: 6}); // a kept connection that is closed is worth a second look to libcurl
    await admin.get(path(7007), undefined, status);
    fake.troubles.length = 0;
    const now = await stats(name.toLowerCase());
    assert.ok(now.errors > before.errors && now.retries > before.retries && now.last_error);
  });
}

test('a slow service is waited for as long as http.timeout says', async () => {
  imvdb.trouble({delay_ms: 60_000}, {times: 3});
  const started = Date.now();
  const {detail} = await admin.get('/imvdb/videos/7100', undefined, 502);
  assert.match(detail, /IMVDb.*(tim|long)/i);
  assert.ok(Date.now() - started < 15_000);
});

test('a service that wants to be left alone for long is left alone', async () => {
  discogs.trouble({reply: {status: 429, headers: {'retry-after': '900'}, json: {message: 'You are making requests too quickly.'}}});
  const before = discogs.requests.length;
  assert.match((await admin.get('/discogs/masters/7200', undefined, 502)).detail, /Discogs.*900 s/);
  assert.match((await admin.get('/discogs/masters/7201', undefined, 502)).detail, /no more requests/);
  assert.equal(discogs.requests.length, before + 1);
  assert.ok(Date.parse((await stats('discogs')).parked_until) > Date.now() + 800_000);
  await admin.get('/discogs/masters/13814'); // what is kept can still be had
});

test('without credentials a service is not asked, and the missing setting is named', async () => {
  const bare = await startServer({env: {MEDLEY_PROVIDERS_IMVDB_BASE_URL: imvdb.url, MEDLEY_PROVIDERS_DISCOGS_BASE_URL: discogs.url,
    DISCOGS_API_KEY: 'YOUR_KEY', DISCOGS_API_SECRET: 'x', SPOTIFY_CLIENT_ID: 'only-the-id'}});
  const before = imvdb.requests.length + discogs.requests.length;
  for (const [path, setting] of [['/imvdb/videos/1', 'apis.imvdb.auth.app_key'], ['/imvdb/search/entities?q=x', 'apis.imvdb.auth.app_key'],
    ['/discogs/masters/1', 'apis.discogs.auth.api_key'], ['/spotify/tracks/t1', 'apis.spotify.auth.client_secret']]) {
    const {detail} = await bare.admin.get(path, undefined, 503);
    assert.match(detail, /not configured/);
    assert.ok(detail.includes(setting), detail);
  }
  assert.equal(imvdb.requests.length + discogs.requests.length, before);
});

test('a bad key is an upstream failure; a corrected one works at once', async () => {
  const other = await startServer({env: {MEDLEY_PROVIDERS_IMVDB_BASE_URL: imvdb.url}});
  await other.admin.patch('/config', {updates: {'apis.imvdb.auth.app_key': 'wrong'}});
  assert.match((await other.admin.get('/imvdb/videos/310000000001', undefined, 502)).detail, /refused/);
  await other.admin.patch('/config', {updates: {'apis.imvdb.auth.app_key': 'imvdb-key'}});
  assert.equal((await other.admin.get('/imvdb/videos/310000000001')).song_title, 'Jóga');
});

test('stopping does not wait for a slow service', async () => {
  const other = await startServer({env: imvdbEnv(imvdb)});
  imvdb.trouble({delay_ms: 20_000}, {path: '/video/7300'});
  const asking = other.admin.send('GET', '/imvdb/videos/7300').catch(error => error);
  await new Promise(resolve => setTimeout(resolve, 300));
  await other.stop(); // asserts that it took less than 5 s
  await asking;
});

test('what was asked of each service is counted for /metrics', async () => {
  const {text} = await admin.send('GET', '/metrics');
  const {requests} = await stats('imvdb');
  assert.ok(text.includes(`medley_service_requests_total{service="imvdb"} ${requests}\n`), text);
  assert.match(text, /^medley_service_cache_hits_total\{service="discogs"\} \d+$/m);
});

test('genres have buckets', async () => {
  assert.deepEqual((await admin.get('/genres/categories')).categories, ['Metal', 'Hip Hop/R&B', 'Country', 'Pop', 'Electronic', 'Rock']);
  assert.deepEqual(await admin.get('/genres/normalize', {genre: 'grunge'}), {original: 'grunge', normalized: 'Rock', is_mapped: true});
  assert.deepEqual(await admin.get('/genres/normalize', {genre: 'jazz'}), {original: 'jazz', normalized: 'jazz', is_mapped: false});
  assert.deepEqual((await admin.post('/genres/normalize/batch?genres=Hip%20Hop&genres=death%20metal&genres=jazz')).map(g => g.normalized),
    ['Hip Hop/R&B', 'Metal', 'jazz']);
  await admin.get('/genres/normalize', {}, 422);
});
