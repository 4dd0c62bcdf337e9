// The import hub: searching, previews, imports of one, of a playlist, of an artist (contract 2.19, 3.2, sections
// 11 to 13), against stand-ins for the services.
import assert from 'node:assert/strict';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {after} from 'node:test';
import {discogsEnv, startDiscogs} from '../../fake/discogs.mjs';
import {imvdbEnv, startImvdb, video as clip} from '../../fake/imvdb.mjs';
import {musicbrainzEnv, startMusicbrainz} from '../../fake/musicbrainz.mjs';
import {spotifyEnv, startSpotify, track} from '../../fake/spotify.mjs';
import {startFake} from '../../fake/fake.mjs';
import {layYtdlp} from '../../fake/ytdlp.mjs';
import {startServer} from '../harness.mjs';
import {media} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const [imvdb, discogs, spotify, musicbrainz] = await Promise.all([startImvdb(), startDiscogs({limit: 100000}), startSpotify(), startMusicbrainz({strict: false})]);
after(() => Promise.all([imvdb.stop(), discogs.stop(), spotify.stop(), musicbrainz.stop()]));
const server = await startServer({
  lay: s => layYtdlp(s.home, media('clip.mp4')),
  env: {...imvdbEnv(imvdb), ...discogsEnv(discogs), ...spotifyEnv(spotify), ...musicbrainzEnv(musicbrainz), MEDLEY_HTTP_TIMEOUT: '3'},
});
const {admin} = server;
await admin.patch('/config', {updates: {'ytdlp.ytdlp_path': join(server.home, 'yt-dlp')}});
const jpeg = readFileSync(media('poster.jpg'));
const job = async (path, body, wanted = 'completed') => server.waitJob((await admin.post(path, body, 202)).job_id, {wanted});
const submit = async (type, metadata, wanted = 'completed') => server.waitJob((await admin.post('/jobs', {type, metadata}, 202)).id, {wanted});
const byTitle = async title => (await admin.get('/videos', {title, sort_by: 'created_at', sort_order: 'asc'})).items;
const names = video => video.artists.map(a => `${a.name}/${a.role}/${a.position}`);

// --- searching

test('one search asks every source, and says what each found', async () => {
  const reply = await admin.post('/add/search', {artist: 'Nirvana', track_title: 'Smells Like Teen Spirit', youtube_max_results: 2});
  assert.deepEqual(reply.counts, {imvdb: 1, discogs_master: 1, discogs_release: 4, youtube: 2});
  assert.deepEqual(reply.skipped, []);
  const [video, master] = reply.results;
  assert.deepEqual([video.source, video.id, video.title, video.artist, video.year], ['imvdb', '410000000001', 'Smells Like Teen Spirit', 'Nirvana', 1991]);
  assert.match(video.thumbnail, /_ov\.jpg/);
  assert.deepEqual([master.source, master.id, master.title, master.artist, master.year], ['discogs_master', '13814', 'Nirvana - Nevermind', 'Nirvana', 1991]);
  assert.deepEqual(master.extra, {format: ['CD', 'Album'], label: ['DGC', 'Geffen Records, Inc.'], genre: ['Rock'], style: ['Grunge'], country: 'US'});
  const last = reply.results.at(-1);
  assert.deepEqual([last.source, last.artist, last.extra.channel], ['youtube', null, 'A Channel']);
  assert.deepEqual([...new Set(reply.results.map(r => r.source))], ['imvdb', 'discogs_master', 'discogs_release', 'youtube']);
});

test('only what is asked for is asked', async () => {
  const before = discogs.requests.length;
  const reply = await admin.post('/add/search', {artist: 'Björk', track_title: 'Jóga', include_sources: ['imvdb']});
  assert.deepEqual([reply.counts, reply.results.map(r => r.title)], [{imvdb: 1}, ['Jóga']]);
  assert.equal(discogs.requests.length, before);
  const masters = await admin.post('/add/search', {artist: 'Björk', track_title: 'Hunter', include_sources: ['discogs_master']});
  assert.deepEqual(masters.counts, {discogs_master: 1, discogs_release: 0});
});

test('a source that fails is skipped with the reason', async () => {
  imvdb.trouble({reply: {status: 500, text: 'broken'}}, {times: 3});
  const reply = await admin.post('/add/search', {artist: 'Nobody', track_title: 'Nothing', include_sources: ['imvdb', 'youtube']});
  assert.deepEqual(reply.skipped.map(s => s.source), ['imvdb']);
  assert.match(reply.skipped[0].reason, /500/);
  assert.equal(reply.counts.imvdb, 0);
  assert.ok(reply.counts.youtube > 0);
});

test('YouTube alone, and what it knows of one', async () => {
  const reply = await admin.post('/add/youtube/search', {artist: 'A', track_title: 'B', max_results: 3});
  assert.deepEqual(reply.counts, {youtube: 3});
  assert.deepEqual(await admin.post('/add/youtube/metadata', {youtube_id: 'abc'}),
    {youtube_id: 'abc', available: true, view_count: 34567, duration: 215, channel: 'A Channel', title: 'Title of abc', error: null});
  const gone = await admin.post('/add/youtube/metadata', {youtube_id: 'gone1'});
  assert.deepEqual([gone.available, gone.title], [false, null]);
  assert.match(gone.error, /unavailable/i);
});

test('a find in full', async () => {
  const one = await admin.get('/add/preview/imvdb/121779770452');
  assert.deepEqual(one.extra.youtube_ids, ['zwT6DZCQi9k', 'yyDUC1LUXSU']);
  assert.equal(one.extra.thumbnail, 'https://i.ytimg.com/vi/zwT6DZCQi9k/hq.jpg');
  assert.equal(one.data.directors[0].entity_name, 'Diane Martel');
  const raw = await admin.get('/add/preview/discogs_master/13814');
  assert.deepEqual([raw.data.title, raw.data.main_release, raw.extra], ['Nevermind', 1013814, {}]);
  assert.equal((await admin.get('/add/preview/discogs_release/1')).data.series.length, 0);
  assert.equal((await admin.get('/add/preview/youtube/abc')).data.video.title, 'Title of abc');
});

table('what cannot be previewed', [
  ['a bad source', '/add/preview/tape/1', 422], ['no number', '/add/preview/imvdb/abc', 400], ['no number', '/add/preview/discogs_master/1x', 400],
  ['unknown', '/add/preview/imvdb/1', 404], ['unknown', '/add/preview/discogs_release/99', 404], ['gone', '/add/preview/youtube/gone', 404],
], async (name, path, status) => { await admin.get(path, undefined, status); });

// --- one import

test('an IMVDb video is imported with all that is known of it', async () => {
  const accepted = await admin.post('/add/import', {source: 'imvdb', id: '410000000001', auto_download: false}, 202);
  assert.deepEqual([accepted.source, accepted.id, accepted.status], ['imvdb', '410000000001', 'pending']);
  const {result} = await server.waitJob(accepted.job_id);
  assert.deepEqual([result.created, result.skipped, result.imvdb_video_id, result.youtube_id, result.initial_status, result.download_job_id],
    [true, false, '410000000001', 'hTWKbfoikeg', 'discovered', null]);
  const video = await admin.get(`/videos/${result.video_id}`);
  assert.deepEqual([video.title, video.artist, video.year, video.director, video.genre, video.album, video.status],
    ['Smells Like Teen Spirit', 'Nirvana', 1991, 'Samuel Bayer', 'Rock', 'Nevermind', 'discovered']);
  assert.deepEqual(names(video), ['Nirvana/primary/0']);
  assert.deepEqual(video.tags.map(t => `${t.name}/${t.source}`), ['90s/auto']);
  assert.deepEqual(await admin.get('/add/check-exists', {imvdb_id: '410000000001'}),
    {exists: true, video_id: video.id, title: 'Smells Like Teen Spirit', artist: 'Nirvana'});
  assert.equal((await admin.get('/add/check-exists', {youtube_id: 'hTWKbfoikeg'})).video_id, video.id);
  assert.deepEqual(await admin.get('/add/check-exists', {youtube_id: 'nothing'}), {exists: false, video_id: null, title: null, artist: null});
});

test('what is there is skipped, or updated when that is asked for', async () => {
  const again = await job('/add/import', {source: 'imvdb', id: '410000000001', auto_download: false});
  assert.deepEqual([again.result.created, again.result.skipped], [false, true]);
  await admin.patch(`/videos/${again.result.video_id}`, {genre: 'Grunge', album: 'Mine'});
  const update = await job('/add/import', {source: 'imvdb', id: '410000000001', skip_existing: false, auto_download: false,
    metadata: {title: 'Smells Like', artist: 'Nirvana', year: 2003, featured_artists: ['Tori Amos'], unknown: 1, album: null}});
  assert.deepEqual([update.result.created, update.result.skipped], [false, false]);
  const video = await admin.get(`/videos/${update.result.video_id}`);
  assert.deepEqual([video.title, video.year, video.genre, video.album], ['Smells Like', 2003, 'Grunge', 'Mine']);
  assert.deepEqual(names(video), ['Nirvana/primary/0', 'Tori Amos/featured/0']);
  assert.deepEqual(video.tags.map(t => t.name), ['00s']);
});

test('what the page knows already is not asked for again', async () => {
  const before = imvdb.requests.length + discogs.requests.length;
  const {result} = await job('/add/import', {source: 'imvdb', id: '999', auto_download: false,
    metadata: {title: 'Ünï', artist: 'Sigur Rós', year: 1999, director: 'A, B', genre: 'Rock', label: 'Krúnk', youtube_id: 'yt-uni-1', featured_artists: 'X, Y'}});
  assert.equal(imvdb.requests.length + discogs.requests.length, before);
  const video = await admin.get(`/videos/${result.video_id}`);
  assert.deepEqual([video.title, video.director, video.studio, video.label, video.youtube_id, video.imvdb_video_id, video.download_source],
    ['Ünï', 'A, B', 'Krúnk', 'Krúnk', 'yt-uni-1', '999', 'imvdb']);
  assert.deepEqual(names(video), ['Sigur Rós/primary/0', 'X/featured/0', 'Y/featured/1']);
});

test('a Discogs master and a YouTube video', async () => {
  const {result: one} = await job('/add/import', {source: 'discogs_master', id: '90001', auto_download: false});
  const album = await admin.get(`/videos/${one.video_id}`);
  assert.deepEqual([album.title, album.album, album.artist, album.year, album.genre], ['Homogenic', 'Homogenic', 'Björk', 1997, 'Electronic']);
  assert.equal((await job('/add/import', {source: 'discogs_master', id: '90001'})).result.skipped, true);
  const {result: two} = await job('/add/import', {source: 'youtube', id: 'abcdefghijk', auto_download: false});
  const clip = await admin.get(`/videos/${two.video_id}`);
  assert.deepEqual([clip.title, clip.artist, clip.youtube_id, clip.status], ['Title of abcdefghijk', 'A Channel', 'abcdefghijk', 'discovered']);
});

test('an import goes on to the download', async () => {
  const {result} = await job('/add/import', {source: 'youtube', id: 'download001'});
  assert.ok(result.download_job_id);
  const download = await server.waitJob(result.download_job_id, {wanted: null});
  assert.deepEqual([download.type, download.metadata], ['import_download', {video_id: result.video_id, youtube_id: 'download001'}]);
});

test('a failing service fails the job with its reason; an unknown find too', async () => {
  assert.match((await job('/add/import', {source: 'imvdb', id: '5'}, 'failed')).error, /Not found at IMVDb/);
  assert.match((await job('/add/import', {source: 'discogs_master', id: 'abc'}, 'failed')).error, /number/);
  assert.match((await submit('import_add_single', {source: 'imvdb'}, 'failed')).error, /Missing required parameter: id/);
});

table('what cannot be imported: all of it is named', [
  ['nothing', {}, ['source', 'id']], ['bad words', {source: 'tape', id: 'x', initial_status: 'lost'}, ['source', 'initial_status']],
  ['no object', {source: 'imvdb', id: '1', metadata: []}, ['metadata']],
], async (name, body, fields) => {
  assert.deepEqual((await admin.post('/add/import', body, 422)).errors.map(e => e.loc[1]), fields);
});

test('two imports at once both succeed, and make one video', async () => {
  imvdb.state.videos.push(clip(777, 'Twin', 'Double', {youtube: ['twin0000001']}));
  const jobs = await Promise.all([1, 2, 3, 4].map(() => admin.post('/add/import', {source: 'imvdb', id: '777', auto_download: false}, 202)));
  const results = await Promise.all(jobs.map(async ({job_id}) => (await server.waitJob(job_id)).result));
  assert.equal(results.filter(r => r.created).length, 1);
  assert.equal((await byTitle('Double')).length, 1);
});

// --- a playlist

test('a playlist is shown before it is imported', async () => {
  const preview = await admin.post('/add/preview-batch', {mode: 'spotify', spotify_playlist_id: 'https://open.spotify.com/playlist/mix?si=1'});
  assert.deepEqual([preview.total_count, preview.existing_count, preview.new_count, preview.playlist_name, preview.extra],
    [3, 0, 3, 'Mix „Tape“ 夜', {playlist_uri: 'spotify:playlist:mix'}]);
  const [one, two, three] = preview.items;
  assert.deepEqual([one.kind, one.title, one.artist, one.album, one.year, one.label, one.isrc, one.artist_genres],
    ['spotify_track', 'Smells Like Teen Spirit - 2015 Remaster', 'Nirvana', 'Nevermind', 1991, 'DGC', 'USGF19942501', ['grunge', 'rock']]);
  assert.deepEqual([two.artist, two.year, two.spotify_playlist_id, two.spotify_artist_id], ['Björk', 1997, 'mix', 'ar-Björk']);
  assert.equal(three.artist, 'Robin Thicke');
});

test('a playlist is imported: names, genres, labels, guests', async () => {
  const accepted = await admin.post('/add/spotify', {playlist_id: ' spotify:playlist:mix ', initial_status: 'archived'}, 202);
  assert.equal(accepted.playlist_id, 'mix');
  const {result} = await server.waitJob(accepted.job_id);
  assert.deepEqual([result.imported, result.skipped, result.failed, result.total_tracks, result.playlist_name], [3, 0, 0, 3, 'Mix „Tape“ 夜']);
  const [spirit] = await byTitle('2015 Remaster');
  assert.deepEqual([spirit.artist, spirit.isrc, spirit.genre, spirit.studio, spirit.album, spirit.status, spirit.download_source],
    ['Nirvana', 'USGF19942501', 'Rock', 'DGC', 'Nevermind', 'archived', 'spotify']);
  const [lines] = await byTitle('Blurred');
  assert.deepEqual(names(lines), ['Robin Thicke/primary/0', 'T.I./featured/0']);
});

test('imported again, everything is skipped; what is there is found under other names', async () => {
  spotify.state.playlists.other = {name: 'Other', description: '', tracks: [
    track('o1', 'nirvana', 'Smells Like Teen Spirit (Remastered)'), // without its ISRC
    track('o2', 'BJÖRK', 'Jóga - Live'),
    track('o3', 'Björk', 'Jóga Fire'),
  ]};
  const preview = await admin.post('/add/preview-batch', {mode: 'spotify', spotify_playlist_id: 'other'});
  assert.deepEqual(preview.items.map(i => i.already_exists), [true, true, false]);
  assert.deepEqual([preview.existing_count, preview.new_count], [2, 1]);
  const {result} = await job('/add/spotify', {playlist_id: 'other'});
  assert.deepEqual([result.imported, result.skipped], [1, 2]);
  const {result: again} = await job('/add/spotify', {playlist_id: 'other', skip_existing: false});
  assert.deepEqual([again.imported, again.skipped], [3, 0]);
  assert.equal((await byTitle('Fire')).length, 1);
});

table('playlists that cannot be had', [
  ['unknown', {mode: 'spotify', spotify_playlist_id: 'nothing'}, 404], ['blank', {mode: 'spotify', spotify_playlist_id: ' '}, 400],
  ['no folder', {mode: 'nfo', nfo_directory: '/nowhere/at/all'}, 400], ['no mode', {}, 422],
  ['its field is missing', {mode: 'spotify'}, 422], ['its field is missing', {mode: 'nfo', spotify_playlist_id: 'mix'}, 422],
], async (name, body, status) => {
  const reply = await admin.post('/add/preview-batch', body, status);
  if (name.startsWith('its')) assert.deepEqual([reply.errors[0].loc, reply.errors[0].type], [['body'], 'value_error']);
});

test('a playlist that is not there fails the job', async () => {
  await admin.post('/add/spotify', {playlist_id: ' '}, 400);
  assert.match((await job('/add/spotify', {playlist_id: 'nothing'}, 'failed')).error, /Not found at Spotify/);
  assert.match((await submit('import_spotify', {}, 'failed')).error, /Missing required parameter: playlist_id/);
});

test('a folder is shown before it is scanned', async () => {
  writeFileSync(join(server.library, 'one.nfo'), '<musicvideo><title>Nfo Song</title><artist>Nfo Band</artist><year>1985</year></musicvideo>');
  const preview = await admin.post('/add/preview-batch', {mode: 'nfo', nfo_directory: server.library});
  const item = preview.items.find(i => i.title === 'Nfo Song');
  assert.deepEqual([item.kind, item.artist, item.year, item.already_exists, item.nfo_path], ['nfo', 'Nfo Band', 1985, false, join(server.library, 'one.nfo')]);
  assert.equal(preview.directory, server.library);
});

test('chosen tracks are imported with what the page has gathered', async t => {
  const pictures = await startFake('pictures', {'GET /a.jpg': () => ({headers: {'content-type': 'image/jpeg'}, bytes: jpeg}),
    'GET /page': () => ({text: 'no picture'})});
  t.after(() => pictures.stop());
  const tracks = [
    {spotify_track_id: 's1', metadata: {title: 'Chosen', artist: 'One', year: 2011, directors: 'D1, D2', featured_artists: 'F1, F2', genre: 'Pop', label: 'L', isrc: 'AAAAA0000001'},
      imvdb_id: 900001, imvdb_url: 'https://imvdb.com/x', youtube_id: 'chosen00001', thumbnail_url: `${spotify.url}/a.jpg`},
    {spotify_track_id: 's2', metadata: {title: 'Chosen Two', artist: 'One', year: null}, youtube_url: 'https://youtu.be/chosen00002', thumbnail_url: `${pictures.url}/a.jpg`},
    {spotify_track_id: 's3', metadata: {}},
  ];
  spotify.trouble({reply: {headers: {'content-type': 'image/jpeg'}, bytes: jpeg}}, {path: '/a.jpg'});
  const accepted = await admin.post('/add/spotify/import-selected', {playlist_id: 'mix', tracks}, 202);
  assert.deepEqual([accepted.playlist_id, accepted.track_count, accepted.auto_download, accepted.status], ['mix', 3, false, 'pending']);
  const {result} = await server.waitJob(accepted.job_id);
  assert.deepEqual([result.imported, result.download_jobs, result.total_tracks, result.failed], [2, 0, 3, 1]);
  const [one, two] = await byTitle('Chosen');
  assert.deepEqual([one.director, one.studio, one.isrc, one.imvdb_video_id, one.youtube_id], ['D1, D2', 'L', 'AAAAA0000001', '900001', 'chosen00001']);
  assert.deepEqual(names(one), ['One/primary/0', 'F1/featured/0', 'F2/featured/1']);
  assert.equal(two.youtube_id, 'chosen00002');
  const picture = await admin.send('GET', `/videos/${one.id}/thumbnail`);
  assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/jpeg']);
  assert.equal(pictures.requests.length, 0, 'an address of our own network was fetched');
  await admin.send('GET', `/videos/${two.id}/thumbnail`).then(r => assert.equal(r.status, 404));
});

test('chosen tracks again are updated, and downloaded when that is asked for', async () => {
  const {result} = await job('/add/spotify/import-selected', {playlist_id: 'mix', auto_download: true, tracks: [
    {spotify_track_id: 's1', metadata: {title: 'Chosen', artist: 'One', album: 'New'}, imvdb_id: 900001, youtube_id: 'chosen00001'}]});
  assert.deepEqual([result.imported, result.download_jobs], [1, 1]);
  const [one] = await byTitle('Chosen');
  assert.deepEqual([one.album, one.year], ['New', 2011]);
  const {jobs} = await admin.get('/jobs', {type: 'download_youtube'});
  assert.deepEqual(jobs[0].metadata.video_ids, [one.id]);
  await server.idle();
});

table('chosen tracks that are refused, all mistakes at once', [
  ['nothing', {}, [['playlist_id'], ['tracks']]],
  ['tracks', {playlist_id: 'x', tracks: [{}, {spotify_track_id: 1, metadata: {}}]}, [['tracks', 0, 'spotify_track_id'], ['tracks', 0, 'metadata'], ['tracks', 1, 'spotify_track_id']]],
  ['metadata', {playlist_id: 'x', tracks: [{spotify_track_id: 'a', metadata: 'x'}, {spotify_track_id: 'b', metadata: []}]}, [['tracks', 0, 'metadata'], ['tracks', 1, 'metadata']]],
], async (name, body, wanted) => {
  const {errors} = await admin.post('/add/spotify/import-selected', body, 422);
  assert.deepEqual(errors.map(e => e.loc.slice(1)), wanted);
});

test('an empty choice is taken and fails as a job; of an artist it is refused', async () => {
  assert.equal((await job('/add/spotify/import-selected', {playlist_id: 'mix', tracks: []}, 'failed')).type, 'import_spotify_batch');
  await admin.post('/add/spotify/import-selected', {playlist_id: ' ', tracks: []}, 400);
  assert.match((await admin.post('/add/artist/import', {entity_id: 1, videos: []}, 400)).detail, /At least one video/);
});

// --- an artist

test('artists with videos are found, with samples', async () => {
  const found = await admin.post('/add/search/artist', {artist_name: 'robin'});
  assert.deepEqual([found.artist_name, found.total_results, found.results.length], ['robin', 2, 1]);
  const [robin] = found.results;
  assert.deepEqual([robin.id, robin.name, robin.artist_video_count, robin.sample_tracks], [838673, 'Robin Thicke', 3, ['Blurred Lines', 'Rollacoasta', '1984']]);
});

test('videos of an artist are shown, known ones marked; chosen ones are imported', async () => {
  const preview = await admin.get('/add/artist/preview/838673', {per_page: 2});
  assert.deepEqual([preview.entity_name, preview.total_videos, preview.total_pages, preview.has_more, preview.existing_count, preview.new_count],
    ['Robin Thicke', 3, 2, true, 1, 1]); // by name: the track of the playlist
  const accepted = await admin.post('/add/artist/import', {entity_id: 838673, entity_name: 'Robin Thicke', videos: [
    {imvdb_id: 968122970313, metadata: {title: 'Rollacoasta', artist: 'Robin Thicke', year: 2009, directors: 'Hype Williams'}},
    {imvdb_id: 121779770452, metadata: {title: 'Blurred Lines', artist: 'Robin Thicke', featured_artists: null}, youtube_id: 'zwT6DZCQi9k'},
    {imvdb_id: 121779770453, metadata: {title: 'Blurred Lines (Unrated Version)', artist: 'Robin Thicke'}}]}, 202);
  assert.deepEqual([accepted.entity_id, accepted.video_count], [838673, 3]);
  const {result} = await server.waitJob(accepted.job_id);
  assert.deepEqual([result.imported, result.total_videos], [3, 3]);
  const lines = await byTitle('Blurred');
  assert.deepEqual(lines.map(v => v.imvdb_video_id), ['121779770452', '121779770453']); // the first one was completed
  assert.deepEqual(names(lines[0]), ['Robin Thicke/primary/0', 'T.I./featured/0']);
  const after = await admin.get('/add/artist/preview/838673');
  assert.deepEqual(after.videos.map(v => v.already_exists), [true, true, false]);
  assert.equal(after.videos[0].existing_video_id, lines[0].id);
});

// --- enrichment

test('a track is completed by MusicBrainz and IMVDb', async () => {
  const one = await admin.post('/add/spotify/enrich-track', {spotify_track_id: 't1', artist: 'Nirvana', track_title: 'Smells Like Teen Spirit - 2015 Remaster',
    isrc: 'USGF19942501', artist_genres: ['metal']});
  assert.deepEqual([one.musicbrainz.recording_mbid, one.musicbrainz.release_mbid, one.musicbrainz.match_score, one.musicbrainz.match_method, one.musicbrainz.confident_match],
    ['rec-teen', 'rel-never', 100, 'isrc_search', true]);
  assert.deepEqual([one.title, one.artist, one.album, one.year, one.label, one.genre], ['Smells Like Teen Spirit', 'Nirvana', 'Nevermind', 1991, 'DGC', 'Rock']);
  assert.deepEqual(one.musicbrainz.all_genres, ['grunge', 'rock']);
  assert.deepEqual([one.imvdb.match_found, one.imvdb.imvdb_id, one.directors, one.youtube_ids], [true, 410000000001, 'Samuel Bayer', ['hTWKbfoikeg']]);
  assert.equal(one.already_exists, true);
});

test('by text: the studio recording, scored; genres of the artist when there are no others', async () => {
  const one = await admin.post('/add/spotify/enrich-track', {spotify_track_id: 'x', artist: 'Björk', track_title: 'Jóga (Remastered)'});
  assert.deepEqual([one.musicbrainz.recording_mbid, one.musicbrainz.match_method, one.genre, one.directors], ['rec-joga', 'search', 'Electronic', 'Michel Gondry']);
  assert.ok(one.musicbrainz.match_score > 99);
  const other = await admin.post('/add/spotify/enrich-track', {spotify_track_id: 'y', artist: 'Nobody', track_title: 'Unheard (of)', album: 'Given', artist_genres: ['death metal', 'jazz']});
  assert.deepEqual([other.title, other.artist, other.album, other.genre, other.year, other.musicbrainz.match_method, other.imvdb.match_found, other.already_exists],
    ['Unheard (of)', 'Nobody', 'Given', 'Metal', null, 'none', false, false]);
});

test('enrichment never fails for a service', async () => {
  musicbrainz.trouble({reply: {status: 500, text: 'x'}}, {times: 3});
  imvdb.trouble({reply: {text: 'garbage'}}, {times: 1});
  const one = await admin.post('/add/spotify/enrich-track', {spotify_track_id: 'z', artist: 'Some', track_title: 'Thing'});
  assert.deepEqual([one.title, one.musicbrainz.match_score, one.imvdb.imvdb_id, one.imvdb.youtube_ids], ['Thing', 0, null, []]);
});

test('an IMVDb video is completed', async () => {
  const one = await admin.post('/add/enrich/imvdb-video', {imvdb_id: 410000000001, artist: 'Nirvana', track_title: 'Smells Like Teen Spirit', year: 1990});
  assert.deepEqual([one.enrichment_status, one.year, one.directors, one.imvdb_url, one.genre], ['success', 1991, 'Samuel Bayer', 'https://imvdb.com/video/nirvana/smells-like-teen-spirit', 'Rock']);
  const none = await admin.post('/add/enrich/imvdb-video', {imvdb_id: 1, artist: 'No', track_title: 'One', year: 1990, thumbnail_url: 'http://x/y'});
  assert.deepEqual([none.enrichment_status, none.title, none.year, none.thumbnail_url, none.youtube_ids], ['not_found', 'One', 1990, 'http://x/y', []]);
});

test('what MusicBrainz knows of a stored video', async () => {
  const {id} = await admin.post('/videos', {title: 'Jóga', artist: 'Björk'}, 201);
  const match = await admin.post(`/videos/${id}/enrich/musicbrainz`);
  assert.deepEqual([match.recording_mbid, match.release_type, match.label, match.year, match.match_method], ['rec-joga', 'Album', 'One Little Indian', 1997, 'search']);
  const other = await admin.post(`/videos/${id}/enrich/musicbrainz`, {isrc: 'usgf19942501', title: null});
  assert.deepEqual([other.recording_mbid, other.match_method], ['rec-teen', 'isrc_search']);
  assert.equal((await admin.get(`/videos/${id}`)).mb_recording_id, null);
  const {id: bare} = await admin.post('/videos', {title: 'Only a title'}, 201);
  await admin.post(`/videos/${bare}/enrich/musicbrainz`, {}, 400);
  await admin.post('/videos/999999/enrich/musicbrainz', {}, 404);
});

test('addresses at IMVDb are completed', async () => {
  const {id} = await admin.post('/videos', {title: 'Lacks', imvdb_video_id: '968122970313000'}, 201);
  await admin.post('/videos', {title: 'Lacks Too', imvdb_video_id: '310000000002'}, 201);
  assert.deepEqual(await admin.post(`/videos/backfill-imvdb-urls?video_id=${id}`), {total_found: 1, updated: 0, failed: 1});
  const {updated, failed} = await admin.post('/videos/backfill-imvdb-urls');
  assert.ok(updated >= 1 && failed >= 1);
  const [video] = await byTitle('Lacks Too');
  assert.match(video.imvdb_url, /^https:\/\/imvdb\.com\/video\/bjork\//);
  assert.equal((await admin.post('/videos/backfill-imvdb-urls?limit=1')).total_found, 1);
});

test('metadata_enrich fills what is empty, and overwrites only when asked', async () => {
  const {id} = await admin.post('/videos', {title: 'Blurred Lines', artist: 'Robin Thicke', director: 'Mine'}, 201);
  const {id: none} = await admin.post('/videos', {title: 'Unheard', artist: 'Of'}, 201);
  const {result} = await submit('metadata_enrich', {video_ids: [id, none, 999999]});
  assert.deepEqual([result.enriched, result.skipped, result.failed, result.total_videos, result.sources], [1, 1, 1, 3, ['imvdb']]);
  const video = await admin.get(`/videos/${id}`);
  assert.deepEqual([video.year, video.director], [2013, 'Mine']);
  await submit('metadata_enrich', {video_ids: [id], overwrite: true, fields: ['director']});
  assert.equal((await admin.get(`/videos/${id}`)).director, 'Diane Martel');
  const {id: spirit} = await admin.post('/videos', {title: 'Come As You Are', artist: 'Nirvana'}, 201);
  await submit('metadata_enrich', {video_ids: [spirit], sources: ['discogs']});
  const enriched = await admin.get(`/videos/${spirit}`);
  assert.deepEqual([enriched.genre, enriched.year, enriched.album], ['Rock', 1991, 'Nevermind']);
});

test('metadata_refresh looks at old entries only', async () => {
  const {result: fresh} = await submit('metadata_refresh', {});
  assert.deepEqual([fresh.total_checked, fresh.videos_needing_refresh], [0, 0]);
  const {result} = await submit('metadata_refresh', {max_age_days: 0, limit: 3});
  assert.deepEqual([result.total_checked, result.videos_needing_refresh], [3, 3]);
});

test('import takes addresses and finds', async () => {
  const {result} = await submit('import', {source: 'youtube', urls: ['https://www.youtube.com/watch?v=linked00001', 'gone-away']});
  assert.deepEqual([result.imported, result.failed, result.total, result.source], [1, 1, 2, 'youtube']);
  const found = await submit('import', {source: 'imvdb', video_ids: [310000000001], search_queries: ['Robin Thicke Rollacoasta', 'Nothing At All']});
  assert.deepEqual([found.result.imported, found.result.failed], [2, 1]);
  assert.match((await submit('import', {source: 'youtube'}, 'failed')).error, /urls/);
});

test('a video in the trash that holds the id comes back', async () => {
  const [video] = await byTitle('Double');
  await admin.del(`/videos/${video.id}`);
  const {result} = await job('/add/import', {source: 'imvdb', id: '777', auto_download: false});
  assert.equal(result.video_id, video.id);
  assert.equal((await admin.get(`/videos/${video.id}`)).is_deleted, false);
});

test('a job that waits for a service is cancelled within a second', async () => {
  imvdb.trouble({delay_ms: 30_000}, {times: 3, path: '/video/8800'});
  const {job_id: id} = await admin.post('/add/import', {source: 'imvdb', id: '8800'}, 202);
  while ((await admin.get(`/jobs/${id}`)).status !== 'running') await new Promise(resolve => setTimeout(resolve, 20));
  await admin.del(`/jobs/${id}`, 204);
  await server.waitJob(id, {wanted: 'cancelled', ms: 2000});
  const started = Date.now();
  while ((await admin.get('/config/clients/imvdb/stats')).active_requests > 0) await new Promise(resolve => setTimeout(resolve, 20));
  assert.ok(Date.now() - started < 1500);
});

test('without credentials the hub still answers, and says what is missing', async () => {
  const bare = await startServer({env: {MEDLEY_PROVIDERS_IMVDB_BASE_URL: imvdb.url}});
  await bare.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': '/nowhere/yt-dlp'}});
  const reply = await bare.admin.post('/add/search', {artist: 'a', track_title: 'b'});
  assert.deepEqual(reply.skipped.map(s => s.source), ['imvdb', 'discogs_master', 'discogs_release', 'youtube']);
  assert.match(reply.skipped[0].reason, /not configured.*apis\.imvdb\.auth\.app_key/);
  for (const [path, body] of [['/add/search/artist', {artist_name: 'x'}], ['/add/enrich/imvdb-video', {imvdb_id: 1, artist: 'a', track_title: 'b'}],
    ['/add/preview-batch', {mode: 'spotify', spotify_playlist_id: 'x'}], ['/videos/backfill-imvdb-urls']]) {
    assert.match((await bare.admin.post(path, body, 503)).detail, /not configured/);
  }
  assert.match((await bare.admin.get('/add/artist/preview/1', undefined, 503)).detail, /not configured/);
  const {job_id: id} = await bare.admin.post('/add/spotify', {playlist_id: 'mix'}, 202);
  assert.match((await bare.waitJob(id, {wanted: 'failed'})).error, /SPOTIFY_CLIENT_ID/);
});
