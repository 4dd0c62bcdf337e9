// Answers as the services really gave them (recorded samples beside the repository, where there are any), through
// the endpoints that show them: nothing is lost, every reply keeps its documented shape.
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import test, {after} from 'node:test';
import {fileURLToPath} from 'node:url';
import {startFake} from '../../fake/fake.mjs';
import {startServer} from '../harness.mjs';

const samples = join(dirname(fileURLToPath(import.meta.url)), '../../../../shared/providers');
const skip = !existsSync(join(samples, 'imvdb/samples/video.json')) && 'no recorded samples here';
const sample = name => JSON.parse(readFileSync(join(samples, name.replace('/', '/samples/'))));
let fake, admin;

if (!skip) {
  const give = name => () => ({status: 200, json: sample(name)});
  fake = await startFake('recorded', {
    'GET /imvdb/search/videos': give('imvdb/search-videos.json'),
    'GET /imvdb/search/entities': give('imvdb/search-entities-small.json'),
    'GET /imvdb/video/{id}': give('imvdb/video.json'),
    'GET /imvdb/entity/{id}': give('imvdb/entity-artist-videos.json'),
    'GET /discogs/database/search': ({query}) => give(query.get('q') ? 'discogs/search-free-text.json' : 'discogs/search-masters.json')(),
    'GET /discogs/masters/{id}': give('discogs/master.json'),
    'GET /discogs/releases/{id}': give('discogs/release-1.json'),
    'GET /discogs/artists/{id}/releases': give('discogs/artist-releases.json'),
    'POST /spotify/api/token': give('spotify/token-client-credentials.json'),
    'GET /spotify/playlists/{id}': give('spotify/playlist.json'),
    'GET /spotify/playlists/{id}/tracks': give('spotify/playlist-items.json'),
    'GET /spotify/tracks/{id}': give('spotify/track.json'),
    'GET /musicbrainz/recording': give('musicbrainz/recording-search.json'),
    'GET /musicbrainz/release/{id}': give('musicbrainz/release-lookup-labels.json'),
  });
  after(() => fake.stop());
  const server = await startServer({env: {
    MEDLEY_PROVIDERS_IMVDB_BASE_URL: `${fake.url}/imvdb/`, IMVDB_APP_KEY: 'k', // a slash more is none too many
    MEDLEY_PROVIDERS_DISCOGS_BASE_URL: `${fake.url}/discogs`, DISCOGS_API_KEY: 'k', DISCOGS_API_SECRET: 's',
    MEDLEY_PROVIDERS_SPOTIFY_BASE_URL: `${fake.url}/spotify`, MEDLEY_PROVIDERS_SPOTIFY_ACCOUNTS_BASE_URL: `${fake.url}/spotify`,
    SPOTIFY_CLIENT_ID: 'i', SPOTIFY_CLIENT_SECRET: 's', MEDLEY_PROVIDERS_MUSICBRAINZ_BASE_URL: `${fake.url}/musicbrainz`}});
  admin = server.admin;
}

test('IMVDb as recorded', {skip}, async () => {
  const search = await admin.get('/imvdb/search/videos', {artist: 'Robin Thicke', track: 'Blurred Lines'});
  assert.deepEqual([search.total_results, search.results.length, search.results[0].id], [196, sample('imvdb/search-videos.json').results.length, 121779770452]);
  const video = await admin.get('/imvdb/videos/121779770452');
  assert.deepEqual(video.sources.map(s => s.source_data), ['zwT6DZCQi9k', 64611906, 'yyDUC1LUXSU']);
  assert.deepEqual([video.credits.crew.length, video.credits.cast.length, video.featured_artists.length], [10, 6, 2]);
  assert.equal((await admin.get('/imvdb/search/entities', {q: 'x'})).total_results, 1);
  const page = await admin.get('/imvdb/entities/838673/videos', {per_page: 25});
  assert.deepEqual([page.entity_name, page.total_videos, page.videos.length], ['Robin Thicke', 19, sample('imvdb/entity-artist-videos.json').artist_videos.videos.length]);
});

test('Discogs as recorded', {skip}, async () => {
  const masters = await admin.get('/discogs/search', {artist: 'Nirvana', track: 'x'});
  assert.deepEqual([masters.results.length, masters.results[1].title, masters.results[1].community.want], [sample('discogs/search-masters.json').results.length, 'Nirvana - Nevermind', 519634]);
  const free = await admin.get('/discogs/search', {q: 'trash80'});
  assert.equal(free.results.length, sample('discogs/search-free-text.json').results.length);
  const master = await admin.get('/discogs/masters/13814');
  const there = sample('discogs/master.json');
  assert.deepEqual([master.title, master.year, master.tracklist.length, master.images.length, master.videos.length],
    [there.title, there.year, there.tracklist.length, there.images.length, (there.videos ?? []).length]);
  const release = await admin.get('/discogs/releases/1');
  assert.deepEqual([release.title, release.tracklist[0].title, release.tracklist[0].type_, release.released], ['Stockholm', 'Östermalm', 'track', '1999-03-00']);
  const list = await admin.get('/discogs/artists/1/releases');
  assert.equal(list.releases.length, sample('discogs/artist-releases.json').releases.length);
});

test('Spotify as recorded', {skip}, async () => {
  const playlist = await admin.get('/spotify/playlists/59ZbFPES4DQwEjBpWHzrtC');
  assert.deepEqual([playlist.name, playlist.tracks.total, playlist.tracks.items[0].track.name], ['Dinner with Friends', 105, "I'm Not The Only One - Radio Edit"]);
  const page = await admin.get('/fuzzbin/spotify/playlists/x/tracks');
  assert.equal(page.items.length, sample('spotify/playlist-items.json').items.filter(i => i.track?.id).length);
  const track = await admin.get('/spotify/tracks/3n3Ppam7vgaVa1iaRUc9Lp');
  assert.deepEqual([track.name, track.artists[0].name, track.album.images.length, track.popularity], ['Mr. Brightside', 'The Killers', 3, 73]);
});

test('MusicBrainz as recorded: neither the video nor the concert', {skip}, async () => {
  const {id} = await admin.post('/videos', {title: 'Smells Like Teen Spirit', artist: 'Nirvana'}, 201);
  const match = await admin.post(`/videos/${id}/enrich/musicbrainz`);
  const {recordings} = sample('musicbrainz/recording-search.json');
  const chosen = recordings.find(r => r.id === match.recording_mbid);
  if (match.match_method === 'none') return assert.ok(recordings.every(r => r.video || /live/.test(r.disambiguation ?? '') || r.title !== 'Smells Like Teen Spirit'));
  assert.ok(!chosen.video && !/live/.test(chosen.disambiguation ?? ''));
  assert.equal(match.label, 'Warner Bros. Records');
});

test('IMVDb and Discogs together: the hub shows what was recorded', {skip}, async () => {
  const reply = await admin.post('/add/search', {artist: 'Robin Thicke', track_title: 'Blurred Lines', include_sources: ['imvdb', 'discogs_master']});
  assert.equal(reply.counts.imvdb, sample('imvdb/search-videos.json').results.length);
  const kept = sample('discogs/search-masters.json').results.filter(r => r.community.want && r.community.have);
  assert.equal(reply.counts.discogs_master, kept.length);
  assert.equal((await admin.get('/add/preview/discogs_master/13814')).data.num_for_sale, 3592);
});
