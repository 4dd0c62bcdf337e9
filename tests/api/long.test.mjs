// Texts far longer than an index takes: a btree row of PostgreSQL ends at 2,700 bytes.
import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import test from 'node:test';
import {startServer} from './harness.mjs';
import {waitJob} from './metarr/library.mjs';
import {lay, uniqueMp4} from './support/media.mjs';

// Words that do not compress, with letters of one to three bytes.
const long = start => `${start} ${randomBytes(5000).toString('hex').replace(/[08]/g, c => c === '0' ? 'ж' : '語')}`.slice(0, 10_000);
const words = {title: long('Endless'), artist: long('Artist'), album: long('Album'), director: long('Director'),
  genre: long('Genre'), studio: long('Studio'), tag: long('Tag'), other: long('Tag')};
const film = {title: long('Endless'), original: long('Original'), sort: long('Sort'), set: long('Set'), genre: long('Genre'),
  director: long('Director'), actor: long('Actor'), role: long('Role'), country: long('Country'), studio: long('Studio'),
  tag: long('Tag'), plot: long('Plot')};

const server = await startServer({lay: s => {
  lay(join(s.library, 'Music', 'a.mp4'), uniqueMp4());
  lay(join(s.library, 'Music', 'a.nfo'), `<musicvideo><title>${words.title}</title><artist>${words.artist}</artist><album>${words.album}</album><director>${words.director}</director><genre>${words.genre}</genre>
    <studio>${words.studio}</studio><tag>${words.tag}</tag><tag>${words.other}</tag><year>1999</year></musicvideo>`);
  lay(join(s.library, 'Features', 'One (2001)', 'One (2001).mp4'), uniqueMp4());
  lay(join(s.library, 'Features', 'One (2001)', 'One (2001).nfo'), `<movie><title>${film.title}</title><originaltitle>${film.original}</originaltitle>
    <sorttitle>${film.sort}</sorttitle><set><name>${film.set}</name></set><genre>${film.genre}</genre><director>${film.director}</director>
    <country>${film.country}</country><studio>${film.studio}</studio><tag>${film.tag}</tag><plot>${film.plot}</plot><year>2001</year>
    <actor><name>${film.actor}</name><role>${film.role}</role></actor></movie>`);
  lay(join(s.library, 'Telly', 'Long', 'tvshow.nfo'), `<tvshow><title>${film.title}</title><genre>${film.genre}</genre></tvshow>`);
  lay(join(s.library, 'Telly', 'Long', 'Season 1', 'S01E01.mp4'), uniqueMp4());
  lay(join(s.library, 'Telly', 'Long', 'Season 1', 'S01E01.nfo'), `<episodedetails><title>${film.title}</title><season>1</season><episode>1</episode></episodedetails>`);
}});
const {admin} = server;

test('a music video with endless texts is scanned, twice', async () => {
  for (let i = 0; i < 2; i++) {
    const job = await server.scan(join(server.library, 'Music'), {skip_existing: i === 0});
    assert.deepEqual([job.result.failed_count ?? job.result.failed ?? 0, job.status], [0, 'completed']);
  }
  const {items: [video], total} = await admin.get('/videos');
  assert.equal(total, 1);
  assert.equal(video.title, words.title.slice(0, 500));
  assert.equal(video.artists[0].name, words.artist.slice(0, 255));
  for (const sort of ['title', 'artist', 'album', 'director', 'genre'])
    assert.equal((await admin.get('/videos', {sort_by: sort})).items.length, 1, sort);
  assert.equal(video.tags.length, 3); // and the decade
  assert.equal((await admin.get('/search', {q: words.title.slice(8, 30)})).total, 1);
  assert.equal((await admin.get('/videos', {title: 'endless'})).total, 1);
  assert.equal((await admin.get('/videos', {tag_name: words.tag.slice(0, 200)})).total, 1);
  assert.equal((await admin.get('/search/facets')).directors.length, 1);
});

test('a movie with endless texts is scanned, twice', async () => {
  const {data: {id}} = await admin.post('/metarr/api/v1/libraries', {name: 'Features', path: join(server.library, 'Features'), type: 'movie'}, 201);
  for (let i = 0; i < 2; i++) {
    const {data} = await admin.post(`/metarr/api/v1/libraries/${id}/scan`, {});
    await waitJob(server, data.job_id);
  }
  const {data: movies} = await admin.get('/metarr/api/v1/movies');
  assert.equal(movies.length, 1);
  assert.equal(movies[0].title, film.title);
  const people = await admin.get('/haas/api/metadata/people');
  assert.ok(JSON.stringify(people).includes(film.actor.slice(0, 50)));
});

test('a show with endless texts is scanned', async () => {
  const {data: {id}} = await admin.post('/metarr/api/v1/libraries', {name: 'Telly', path: join(server.library, 'Telly'), type: 'tv'}, 201);
  const {data} = await admin.post(`/metarr/api/v1/libraries/${id}/scan`, {});
  await waitJob(server, data.job_id);
  const {data: series} = await admin.get('/metarr/api/v1/series');
  assert.equal(series.length, 1);
});

test('a video with the longest names the door takes is kept', async () => {
  const name = c => c.repeat(255);
  const video = await admin.post('/videos', {title: '語'.repeat(500), artist: name('語'), album: name('ж'), director: name('語'),
    genre: '語'.repeat(100), studio: name('語')}, 201);
  assert.equal((await admin.get(`/videos/${video.id}`)).director, name('語'));
  const artist = await admin.post('/artists', {name: name('語')}, 201);
  assert.equal(artist.name, name('語'));
});
