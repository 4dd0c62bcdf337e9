// The original project's client, screen by screen (contract 23): its calls in its order, from its own origin,
// with its cookies, preflights and socket frames. Outside services are the fakes.
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {after} from 'node:test';
import {discogsEnv, startDiscogs} from '../../fake/discogs.mjs';
import {imvdbEnv, startImvdb} from '../../fake/imvdb.mjs';
import {musicbrainzEnv, startMusicbrainz} from '../../fake/musicbrainz.mjs';
import {spotifyEnv, startSpotify} from '../../fake/spotify.mjs';
import {layYtdlp} from '../../fake/ytdlp.mjs';
import {password, sleep, startServer, terminal} from '../harness.mjs';
import {layMany, media} from '../support/media.mjs';
import {Page} from '../support/page.mjs';
import {table} from '../support/tables.mjs';

const count = 45;
const fakes = await Promise.all([startImvdb(), startDiscogs(), startSpotify(), startMusicbrainz({strict: false})]);
after(() => Promise.all(fakes.map(fake => fake.stop())));
const [imvdb, discogs, spotify, musicbrainz] = fakes;
const server = await startServer({
  env: {...imvdbEnv(imvdb), ...discogsEnv(discogs), ...spotifyEnv(spotify), ...musicbrainzEnv(musicbrainz)},
  lay: s => layMany(join(s.library, 'Many'), count),
});
await server.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': layYtdlp(server.home, media('clip.mp4'))}});
await server.scan(server.library);
await server.idle();
const flagged = await startServer({adminPassword: null, signIn: false});

const page = new Page(server);
await signIn(page, password);

async function signIn(on, secret) {
  const reply = await on.fetch('POST', '/auth/login', {json: {username: 'admin', password: secret}, auth: false});
  assert.equal(reply.status, 200, reply.text);
  on.token = reply.json.access_token;
}
const list = (values = {}) => page.api('GET', '/videos', undefined, {query: new URLSearchParams({page: 1, page_size: 20, sort_by: 'artist', sort_order: 'asc', include_deleted: false, ...values}).toString()});
const first = async () => (await list()).items[0];

// The client asks each second until its socket is there; the outcome is the same.
async function watch(id) {
  for (let tries = 0; tries < 600; tries++) {
    const job = await page.api('GET', `/jobs/${id}`);
    if (terminal.includes(job.status)) {
      assert.equal(job.status, 'completed', `${job.type}: ${job.error}`);
      return job;
    }
    await sleep(100);
  }
  assert.fail(`job ${id} does not end`);
}

// --- sign-in

test('sign-in: the start password must be replaced before anything else', async () => {
  const fresh = new Page(flagged);
  const start = readFileSync(join(flagged.data, 'initial-password'), 'utf8').trim();
  const refused = await fresh.fetch('POST', '/auth/login', {json: {username: 'admin', password: start}, auth: false});
  assert.equal(refused.status, 403);
  assert.equal(fresh.readable(refused, 'x-password-change-required'), 'true');
  assert.match(refused.json.detail, /Password change required/);
  assert.match(refused.json.detail, /\/auth\/set-initial-password/);
  assert.equal(fresh.cookies.size, 0);
  const same = await fresh.fetch('POST', '/auth/set-initial-password', {json: {username: 'admin', current_password: start, new_password: start}, auth: false});
  assert.equal(same.status, 400);
  assert.equal(typeof same.json.detail, 'string');
  const set = await fresh.fetch('POST', '/auth/set-initial-password', {json: {username: 'admin', current_password: start, new_password: 'chosen by myself'}, auth: false});
  assert.equal(set.status, 200, set.text);
  fresh.token = set.json.access_token;
  assert.ok(fresh.cookies.get('refresh_token'));
  await fresh.api('GET', '/videos');
});

test('boot: an ended token is renewed with the cookie, and the request is sent once more', async () => {
  const boot = new Page(server);
  await signIn(boot, password);
  const before = boot.cookies.get('refresh_token').value;
  boot.token = 'ended.ended.ended';
  await boot.api('GET', '/videos', undefined, {query: 'page_size=1'});
  assert.ok(boot.expiry() > Date.now() / 1000 + 60, 'the client renews a minute ahead');
  assert.notEqual(boot.cookies.get('refresh_token').value, before);
});

test('signing out takes token and cookie; the next start asks to sign in', async () => {
  const leaving = new Page(server);
  await signIn(leaving, password);
  const token = leaving.token;
  await leaving.api('POST', '/auth/logout', undefined, {status: 204});
  assert.equal(leaving.cookies.size, 0);
  assert.equal((await leaving.fetch('POST', '/auth/refresh', {auth: false})).status, 401);
  leaving.token = token;
  assert.equal((await leaving.fetch('GET', '/videos')).status, 401);
});

test('too many wrong passwords: the page can read how long to wait', async () => {
  const guess = new Page(flagged);
  let last;
  for (let tries = 0; tries < 6; tries++) last = await guess.fetch('POST', '/auth/login', {json: {username: 'admin', password: 'wrong wrong'}, auth: false});
  assert.equal(last.status, 429);
  assert.ok(Number(guess.readable(last, 'retry-after')) > 0);
  assert.match(last.json.detail, /Too many failed login attempts/);
});

test('a page of another origin is not let in to read', async () => {
  const stranger = new Page(server, {origin: 'http://evil.example'});
  stranger.token = page.token;
  await assert.rejects(stranger.fetch('GET', '/videos'));
});

// --- library

test('library: scrolled page by page to its end, nothing twice, nothing left out', async () => {
  const seen = [];
  for (let number = 1; ; number++) {
    const reply = await list({page: number});
    seen.push(...reply.items.map(video => video.id));
    if (number >= reply.total_pages) {
      assert.equal(reply.total, seen.length);
      break;
    }
  }
  assert.equal(new Set(seen).size, count);
});

test('library: facets are counted and narrow the list, several values at a time', async () => {
  const facets = await page.api('GET', '/search/facets', undefined, {query: 'include_deleted=false'});
  assert.equal(facets.total_videos, count);
  const [rock, pop] = ['Rock', 'Pop'].map(value => facets.genres.find(one => one.value === value).count);
  const both = await page.api('GET', '/videos', undefined, {query: 'page=1&page_size=20&genre=Rock&genre=Pop&include_deleted=false'});
  assert.equal(both.total, rock + pop);
  const {value, count: ofYear} = facets.years[0];
  assert.equal((await list({year: value})).total, ofYear);
  const [tag] = facets.tags.filter(one => one.value !== '__none__');
  assert.equal((await list({tag_name: tag.value})).total, tag.count);
  assert.equal((await list({search: 'Song 00007'})).total, 1);
});

test('library: a thumbnail is fetched as a blob with the token', async () => {
  const {id} = await first();
  const reply = await page.fetch('GET', `/videos/${id}/thumbnail`, {query: `t=${Date.now()}`});
  assert.equal(reply.status, 200, reply.text.slice(0, 200));
  assert.equal(reply.headers['content-type'], 'image/jpeg');
  assert.equal(Number(page.readable(reply, 'content-length')), reply.bytes.length);
  assert.match(reply.headers['cache-control'], /private/);
});

test('library: the card that forgets its token is told so; with it the download starts', async () => {
  const {id} = await server.admin.post('/videos', {title: 'From a card', artist: 'Cards', youtube_id: 'cardcardcar'}, 201);
  const body = {type: 'import_download', metadata: {video_id: id, youtube_id: 'cardcardcar'}};
  assert.equal((await page.fetch('POST', '/jobs', {json: body, auth: false})).status, 401);
  const job = await page.api('POST', '/jobs', body);
  await watch(job.id);
  await server.idle();
  assert.equal((await page.api('GET', `/videos/${id}`)).status, 'organized');
});

test('library: many are downloaded and deleted at once', async () => {
  const made = [];
  for (const youtube_id of ['bulkbulkbu1', null]) made.push((await server.admin.post('/videos', {title: `Bulk ${youtube_id}`, artist: 'Bulk', youtube_id}, 201)).id);
  const queued = await page.api('POST', '/videos/bulk/download', made);
  assert.deepEqual([queued.submitted, queued.skipped, queued.details.skipped_videos], [1, 1, [{video_id: made[1], reason: 'No YouTube ID'}]]);
  await watch(queued.job_ids[0]);
  await server.idle();
  const gone = await page.api('POST', '/videos/bulk/delete', {video_ids: made, permanent: false, delete_files: false});
  assert.deepEqual([gone.success_count, gone.failed_count], [2, 0]);
  assert.equal((await list({artist: 'Bulk'})).total, 0);
});

// --- details

test('details: an edit is saved, its NFO written after it, facets asked again', async () => {
  const video = await first();
  const edited = await page.api('PATCH', `/videos/${video.id}`, {title: video.title, artist: video.artist, album: 'Edited „here“', year: 1999, director: 'Somebody', genre: video.genre, studio: 'A Label', isrc: null});
  assert.deepEqual([edited.album, edited.year, edited.studio], ['Edited „here“', 1999, 'A Label']);
  const written = await page.api('POST', '/exports/nfo', {video_ids: [video.id], overwrite_existing: true});
  assert.deepEqual([written.total, written.failed_count], [1, 0]);
  assert.match(readFileSync(edited.nfo_file_path, 'utf8'), /<album>Edited „here“<\/album>/);
  const facets = await page.api('GET', '/search/facets', undefined, {query: 'include_deleted=false'});
  assert.ok(facets.directors.some(one => one.value === 'Somebody'));
});

test('details: a wrong value comes back with its field', async () => {
  const {id} = await first();
  const reply = await page.fetch('PATCH', `/videos/${id}`, {json: {year: 1492, isrc: 'much too long an isrc'}});
  assert.equal(reply.status, 422);
  assert.deepEqual(reply.json.errors.map(error => error.loc), [['body', 'year'], ['body', 'isrc']]);
});

test('details: the file is read again and every socket hears of the thumbnail', async () => {
  const {id} = await first();
  const socket = await page.socket();
  const reply = await page.api('POST', `/videos/${id}/refresh`, undefined, {query: 'regenerate_thumbnail=true'});
  assert.equal(reply.video_id, id);
  const event = await socket.next(frame => frame.event_type === 'video_updated' && frame.payload.video_id === id && frame.payload.fields_changed.includes('thumbnail'));
  assert.equal(typeof event.payload.thumbnail_timestamp, 'number');
  socket.close();
});

test('details: MusicBrainz proposes, nothing is stored by it', async () => {
  const {id} = await server.admin.post('/videos', {title: 'Smells Like Teen Spirit', artist: 'Nirvana'}, 201);
  const found = await page.api('POST', `/videos/${id}/enrich/musicbrainz`, {isrc: null, title: 'Smells Like Teen Spirit', artist: 'Nirvana'});
  assert.deepEqual([found.recording_mbid, found.match_method, found.year], ['rec-teen', 'search', 1991]);
  assert.equal((await page.api('GET', `/videos/${id}`)).album, null);
});

test('details: the address at IMVDb is filled in when the video is opened', async () => {
  const {id} = await server.admin.post('/videos', {title: 'Jóga', artist: 'Björk', imvdb_video_id: '310000000001'}, 201);
  const reply = await page.api('POST', '/videos/backfill-imvdb-urls', undefined, {query: `video_id=${id}`});
  assert.deepEqual(reply, {total_found: 1, updated: 1, failed: 0});
  assert.match((await page.api('GET', `/videos/${id}`)).imvdb_url, /imvdb\.com/);
});

// A media element sends no headers of its own and asks for ranges.
table('playback: what a video element asks for', [
  ['the start', 'bytes=0-', 206], ['the middle', 'bytes=100-199', 206], ['the end', 'bytes=-100', 206], ['beyond the end', 'bytes=999999999-', 416],
], async (name, range, status) => {
  const {id} = await first();
  const {request} = await import('../support/client.mjs');
  const reply = await request(server.url, 'GET', `/videos/${id}/stream?token=${page.token}`, {headers: {range, referer: `${page.origin}/`, 'sec-fetch-dest': 'video'}});
  assert.equal(reply.status, status);
  if (status === 206) assert.match(reply.headers['content-range'], /^bytes \d+-\d+\/\d+$/);
  if (name === 'the middle') assert.equal(reply.bytes.length, 100);
});

// --- import

test('import wizard: search, preview, clip, known or not, import, watched to its place', async () => {
  const found = await page.api('POST', '/add/search', {artist: 'Robin Thicke', track_title: 'Blurred Lines'});
  assert.deepEqual([found.artist, found.track_title], ['Robin Thicke', 'Blurred Lines']);
  const [hit] = found.results;
  assert.equal(hit.source, 'imvdb');
  const preview = await page.api('GET', `/add/preview/${hit.source}/${hit.id}`);
  assert.equal(preview.data.song_title, 'Blurred Lines');
  assert.deepEqual(preview.extra.youtube_ids, ['zwT6DZCQi9k', 'yyDUC1LUXSU']);
  const [youtube_id] = preview.extra.youtube_ids;
  const facts = await page.api('POST', '/add/youtube/metadata', {youtube_id});
  assert.deepEqual([facts.available, facts.channel], [true, 'A Channel']);
  const clips = await page.api('POST', '/add/youtube/search', {artist: 'Robin Thicke', track_title: 'Blurred Lines', max_results: 10});
  assert.equal(clips.counts.youtube, clips.results.length);
  assert.equal((await page.api('GET', '/add/check-exists', undefined, {query: `imvdb_id=${hit.id}&youtube_id=${youtube_id}`})).exists, false);
  const started = await page.api('POST', '/add/import', {source: hit.source, id: hit.id, youtube_id, youtube_url: `https://www.youtube.com/watch?v=${youtube_id}`,
    metadata: {title: 'Blurred Lines', artist: 'Robin Thicke', year: 2013, album: null, director: 'Diane Martel', label: 'Star Trak', genre: 'R&B', youtube_id, featured_artists: ['T.I.', 'Pharrell Williams'], imvdb_url: preview.data.url, styles: null, duration: 215},
    initial_status: 'discovered', skip_existing: true, auto_download: true});
  assert.deepEqual([started.source, started.id, started.status], ['imvdb', hit.id, 'pending']);
  const job = await watch(started.job_id);
  assert.equal(job.result.created, true);
  await watch(job.result.download_job_id);
  await server.idle();
  const video = await page.api('GET', `/videos/${job.result.video_id}`);
  assert.deepEqual([video.status, video.director, video.studio, video.youtube_id], ['organized', 'Diane Martel', 'Star Trak', youtube_id]);
  assert.deepEqual(video.artists.map(one => [one.name, one.role]), [['Robin Thicke', 'primary'], ['T.I.', 'featured'], ['Pharrell Williams', 'featured']]);
  assert.ok(existsSync(video.video_file_path));
  assert.deepEqual(await page.api('GET', '/add/check-exists', undefined, {query: `imvdb_id=${hit.id}`}), {exists: true, video_id: video.id, title: video.title, artist: video.artist});
});

test('spotify: the playlist, each song looked up, the chosen imported', async () => {
  // The flows above have brought some of these songs in already.
  const known = (await Promise.all(['Nirvana', 'Björk', 'Robin Thicke'].map(artist => list({artist})))).flatMap(reply => reply.items.map(video => video.id));
  await page.api('POST', '/videos/bulk/delete', {video_ids: known, permanent: true, delete_files: false});
  const preview = await page.api('POST', '/add/preview-batch', {mode: 'spotify', spotify_playlist_id: 'https://open.spotify.com/playlist/mix?si=abc'});
  assert.equal(preview.playlist_name, 'Mix „Tape“ 夜');
  assert.equal(preview.items.length, preview.total_count);
  const tracks = [];
  for (const item of preview.items.filter(one => !one.already_exists)) {
    const found = await page.api('POST', '/add/spotify/enrich-track', {spotify_track_id: item.spotify_track_id, artist: item.artist, track_title: item.title, isrc: item.isrc, album: item.album, artist_genres: item.artist_genres});
    assert.equal(found.spotify_track_id, item.spotify_track_id);
    tracks.push({spotify_track_id: item.spotify_track_id, imvdb_id: found.imvdb.imvdb_id, imvdb_url: found.imvdb.imvdb_url, youtube_id: null, youtube_url: null, thumbnail_url: null,
      metadata: {title: found.title, artist: found.artist, album: found.album, year: found.year, label: found.label, directors: found.directors, featured_artists: found.featured_artists, genre: found.genre, isrc: item.isrc}});
  }
  assert.ok(tracks.length > 0);
  const started = await page.api('POST', '/add/spotify/import-selected', {playlist_id: 'mix', tracks, initial_status: 'discovered', auto_download: false});
  assert.deepEqual([started.track_count, started.status], [tracks.length, 'pending']);
  assert.equal((await watch(started.job_id)).result.imported, tracks.length);
  for (const {metadata} of tracks) assert.ok((await list({title: metadata.title, artist: metadata.artist})).total > 0, metadata.title);
});

test('artist: found by name, known ones marked, the chosen imported', async () => {
  const {results: [artist]} = await page.api('POST', '/add/search/artist', {artist_name: 'Björk', per_page: 25});
  const preview = await page.api('GET', `/add/artist/preview/${artist.id}`, undefined, {query: 'page=1&per_page=50'});
  assert.equal(preview.total_videos, 2);
  assert.equal(preview.existing_count + preview.new_count, preview.videos.length);
  const videos = [];
  for (const video of preview.videos.filter(one => !one.already_exists)) {
    const found = await page.api('POST', '/add/enrich/imvdb-video', {imvdb_id: video.id, artist: 'Björk', track_title: video.song_title, year: video.year, thumbnail_url: video.thumbnail_url});
    assert.equal(found.imvdb_id, video.id);
    videos.push({imvdb_id: video.id, imvdb_url: found.imvdb_url, youtube_id: null, youtube_url: null, thumbnail_url: null,
      metadata: {title: found.title, artist: found.artist, year: found.year, album: found.album, label: found.label, directors: found.directors, featured_artists: found.featured_artists, genre: found.genre, isrc: null}});
  }
  const started = await page.api('POST', '/add/artist/import', {entity_id: artist.id, entity_name: 'Björk', videos, initial_status: 'discovered', auto_download: false});
  assert.equal(started.video_count, videos.length);
  await watch(started.job_id);
  const again = await page.api('GET', `/add/artist/preview/${artist.id}`, undefined, {query: 'page=1&per_page=50'});
  assert.equal(again.existing_count, again.videos.length);
});

test('nfo: what is in a folder, then its import', async () => {
  layMany(join(server.library, 'Later'), 4, {band: 'Late'});
  const directory = join(server.library, 'Later');
  const preview = await page.api('POST', '/add/preview-batch', {mode: 'nfo', nfo_directory: directory, recursive: true, skip_existing: true});
  assert.deepEqual([preview.mode, preview.total_count, preview.new_count], ['nfo', 4, 4]);
  const started = await page.api('POST', '/add/nfo-scan', {directory, mode: 'full', recursive: true, skip_existing: true, update_file_paths: true});
  assert.equal((await watch(started.job_id)).result.imported, 4);
});

// --- activity

test('activity: a job is seen from its start to its end without asking', async () => {
  const socket = await page.socket();
  assert.ok(Array.isArray(socket.state.jobs));
  const {job_id: id} = await page.api('POST', '/scan', {directory: server.library});
  const mine = name => socket.next(frame => frame.event_type === name && frame.payload.job_id === id, 60_000, name);
  assert.equal((await mine('job_started')).payload.job_type, 'import_nfo');
  await mine('job_completed');
  socket.send({type: 'ping'});
  await socket.next('pong');
  socket.close();
});

test('activity: a job is cancelled, and retried as a new one', async () => {
  const socket = await page.socket();
  const {id} = await server.admin.post('/videos', {title: 'Slow one', artist: 'Slow', youtube_id: 'slowslowslo'}, 201);
  const job = await page.api('POST', `/videos/${id}/download`);
  await socket.next(frame => frame.event_type === 'job_started' && frame.payload.job_id === job.id, 30_000);
  const late = await page.socket();
  const known = late.state.jobs.find(one => one.job_id === job.id);
  assert.deepEqual([known.status, known.metadata.video_id], ['running', id]);
  await page.api('DELETE', `/jobs/${job.id}`, undefined, {status: 204});
  await socket.next(frame => frame.event_type === 'job_cancelled' && frame.payload.job_id === job.id);
  assert.equal((await page.fetch('DELETE', `/jobs/${job.id}`)).status, 400);
  const again = await page.api('POST', '/jobs', {type: job.type, metadata: {...job.metadata, video_id: id}});
  assert.notEqual(again.id, job.id);
  await page.api('DELETE', `/jobs/${again.id}`, undefined, {status: 204});
  for (const one of [socket, late]) one.close();
});

test('activity: a socket that was lost signs in again and finds what is at work', async () => {
  const lost = await page.socket();
  lost.close();
  const found = await page.socket();
  assert.equal(found.state.type, 'job_state');
  found.close();
});

// --- settings

test('settings: read, changed one at a time, undone and redone; other pages hear of it', async () => {
  const {config} = await page.api('GET', '/config');
  const before = config.trash.retention_days;
  const socket = await page.socket();
  const changed = await page.api('PATCH', '/config', {updates: {'trash.retention_days': before + 1}, force: false});
  assert.deepEqual([changed.updated_fields, changed.safety_level], [['trash.retention_days'], 'safe']);
  const event = await socket.next('config_changed');
  assert.deepEqual([event.payload.path, event.payload.new_value], ['trash.retention_days', before + 1]);
  const history = await page.api('GET', '/config/history');
  assert.equal(history.can_undo, true);
  assert.equal(history.entries[0].is_current, true);
  const undone = await page.api('POST', '/config/undo');
  assert.equal(undone.success, true);
  assert.equal((await page.api('GET', '/config')).config.trash.retention_days, before);
  assert.equal((await page.api('POST', '/config/redo')).success, true);
  assert.equal((await page.api('GET', '/config')).config.trash.retention_days, before + 1);
  await page.api('POST', '/config/undo');
  socket.close();
});

test('settings: what touches stored things is a conflict that the dialog can show', async () => {
  const {config} = await page.api('GET', '/config');
  const reply = await page.fetch('PATCH', '/config', {json: {updates: {'thumbnail.cache_dir': '.thumbs'}, force: false}});
  assert.equal(reply.status, 409);
  const conflict = reply.json.detail;
  assert.deepEqual([conflict.error_type, conflict.affected_fields[0].path, conflict.affected_fields[0].safety_level], ['config_conflict', 'thumbnail.cache_dir', 'affects_state']);
  assert.deepEqual([conflict.affected_fields[0].current_value, conflict.affected_fields[0].requested_value], [config.thumbnail.cache_dir, '.thumbs']);
  assert.ok(conflict.required_actions.length > 0 && typeof conflict.message === 'string');
  assert.equal((await page.api('GET', '/config')).config.thumbnail.cache_dir, config.thumbnail.cache_dir);
});

test('settings: a wrong value is refused in words, nothing changes', async () => {
  const reply = await page.fetch('PATCH', '/config', {json: {updates: {'trash.retention_days': 0}, force: false}});
  assert.equal(reply.status, 400);
  assert.match(reply.json.detail, /Invalid value for trash\.retention_days/);
});

test('settings: the health line at the foot', async () => {
  const reply = await page.fetch('GET', '/health', {auth: false});
  assert.deepEqual([reply.status, reply.json.status], [200, 'ok']);
});

// --- the same under the prefix

test('under /fuzzbin: sign-in, renewal, list and socket, the cookie moved along', async () => {
  const moved = new Page(server, {prefix: '/fuzzbin'});
  await signIn(moved, password);
  assert.equal(moved.cookies.get('refresh_token').path, '/fuzzbin/auth');
  moved.token = 'ended.ended.ended';
  assert.ok((await moved.api('GET', '/videos', undefined, {query: 'page=1&page_size=20'})).total >= count);
  (await moved.socket()).close();
});
