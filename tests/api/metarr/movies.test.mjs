// Movies: sections 2 to 4 and 6.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {lay, nfo, uniqueMp4} from '../support/media.mjs';
import {table} from '../support/tables.mjs';
import {metarrServer} from './library.mjs';

const extra = Array.from({length: 24}, (_, i) => ({
  title: `Movie ${String(i).padStart(2, '0')}`, year: i % 4 === 3 ? undefined : 1990 + i % 5, genre: [['Drama', 'War'], ['Comedy']][i % 2],
  runtime: 80 + i, tmdbid: 5000 + i,
}));
const {server, api, add, scan} = await metarrServer({lay: s => {
  for (const {year, ...m} of extra) {
    lay(join(s.library, 'Features', m.title, `${m.title}.mp4`), uniqueMp4('tiny.mp4', m.title));
    lay(join(s.library, 'Features', m.title, 'movie.nfo'), nfo('movie', year ? {...m, year} : m));
  }
}});
const film = await add('Films', 'Features', 'movie');
await scan(film.id);
const total = 4 + extra.length;
const list = query => api.get('/api/v1/movies', query);
const titles = async query => (await list({limit: 1000, ...query})).data.map(m => m.title);
const byTitle = async title => (await list({'filter[title]': title})).data[0];

test('a list is an array in the envelope, with meta and links', async () => {
  const reply = await list({limit: 10, page: 2});
  assert.equal(reply.success, true);
  assert.equal(reply.data.length, 10);
  const {timestamp, ...meta} = reply.meta;
  assert.deepEqual(meta, {page: 2, limit: 10, total, pages: 3, has_next: true, has_prev: true});
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(reply.links, {first: '/api/v1/movies?page=1&limit=10', prev: '/api/v1/movies?page=1&limit=10',
    next: '/api/v1/movies?page=3&limit=10', last: '/api/v1/movies?page=3&limit=10'});
  const end = await list({limit: 10, page: 3, sort: 'year'});
  assert.equal(end.links.next, null);
  assert.match(end.links.prev, /^\/api\/v1\/movies\?page=2&limit=10&sort=year$/);
  const past = await list({page: 99});
  assert.deepEqual([past.data, past.meta.has_next, past.meta.total], [[], false, total]);
  const none = await list({'filter[title]': 'no such'});
  assert.deepEqual([none.meta.total, none.meta.pages, none.links.prev, none.links.next], [0, 0, null, null]);
});

test('following next visits every movie once', async () => {
  const seen = [];
  for (let path = '/api/v1/movies?limit=5&sort=year&order=desc'; path;) {
    const reply = await api.get(path);
    seen.push(...reply.data.map(m => m.id));
    path = reply.links.next;
  }
  assert.equal(seen.length, total);
  assert.equal(new Set(seen).size, total);
});

test('under the prefix the links carry it', async () => {
  const reply = await api.at('/metarr').get('/api/v1/movies', {limit: 5});
  const next = await api.get(reply.links.next.startsWith('/metarr') ? reply.links.next : `/metarr${reply.links.next}`);
  assert.equal(next.data.length, 5);
});

const count = async query => (await list(query)).meta.total;
table('filters', [
  ['eq', {'filter[year][eq]': 1991}, m => m.year === 1991],
  ['bare means eq', {'filter[year]': 1991}, m => m.year === 1991],
  ['ne matches null', {'filter[year][ne]': 1991}, m => m.year !== 1991],
  ['gt', {'filter[runtime][gt]': 95}, m => m.runtime > 95],
  ['gte', {'filter[runtime][gte]': 95}, m => m.runtime >= 95],
  ['lt', {'filter[runtime][lt]': 82}, m => m.runtime !== null && m.runtime < 82],
  ['lte', {'filter[runtime][lte]': 82}, m => m.runtime !== null && m.runtime <= 82],
  ['in', {'filter[year][in]': '1990,1991'}, m => [1990, 1991].includes(m.year)],
  ['nin', {'filter[title][nin]': 'Movie 01,Movie 02'}, m => !['Movie 01', 'Movie 02'].includes(m.title)],
  ['like, any case', {'filter[title][like]': 'MOVIE 1'}, m => /movie 1/i.test(m.title)],
  ['like with %', {'filter[title][like]': 'm%9'}, m => /m.*9/i.test(m.title)],
  ['null', {'filter[year][null]': 'true'}, m => m.year === null],
  ['not null', {'filter[year][null]': 'false'}, m => m.year !== null],
  ['list member', {'filter[genres][eq]': 'War'}, m => m.genres.includes('War')],
  ['list in', {'filter[genres][in]': 'War,Romance'}, m => m.genres.some(g => ['War', 'Romance'].includes(g))],
  ['bool', {'filter[monitored]': 'true'}, m => m.monitored],
  ['two at once', {'filter[year][gte]': 1992, 'filter[genres]': 'Comedy'}, m => m.year >= 1992 && m.genres.includes('Comedy')],
  ['library_id', {library_id: film.id}, () => true],
  ['another library', {library_id: 999}, () => false],
  ['status alias', {status: 'unidentified'}, m => m.identification_status === 'unidentified'],
  ['date prefix', {'filter[created_at][gte]': '2020'}, () => true],
  ['id', {'filter[tmdb_id]': 550}, m => m.tmdb_id === 550],
  ['quotes are text', {'filter[title]': "x' OR '1'='1"}, () => false],
], async (name, query, fits) => {
  const all = (await list({limit: 1000})).data;
  const wanted = all.filter(fits).map(m => m.title).sort();
  assert.deepEqual((await titles(query)).sort(), wanted);
  assert.equal(await count(query), wanted.length);
});

table('bad list values are 422 and name the field', [
  [{'filter[nonsense][eq]': 1}, 'nonsense'], [{'filter[year][near]': 1}, 'year'], [{'filter[year][eq]': 'x'}, 'year'],
  [{'filter[year][in]': '1990,x'}, 'year'], [{'filter[monitored]': 'perhaps'}, 'monitored'], [{sort: 'nonsense'}, 'sort'],
  [{sort: 'title', order: 'up'}, 'order'], [{fields: 'id,nonsense'}, 'fields'], [{include: 'nonsense'}, 'include'], [{page: 0}, 'page'],
  [{page: 'x'}, 'page'], [{limit: 0}, 'limit'], [{limit: -5}, 'limit'], [{'filter[genres][gt]': 'a'}, 'genres'],
], async (query, field) => {
  const reply = await api.get('/api/v1/movies', query, 422);
  assert.equal(reply.error.code, 'VALIDATION_FAILED');
  assert.ok(JSON.stringify(reply.error.details).includes(field), JSON.stringify(reply.error));
});

test('a limit above 1000 is clamped', async () => assert.equal((await list({limit: 5000})).meta.limit, 1000));

table('sorting: nulls last in both directions, ties by id', [
  [{sort: 'year'}, (a, b) => a.year - b.year || a.id - b.id],
  [{sort: '-year'}, (a, b) => b.year - a.year || a.id - b.id],
  [{sort: 'year', order: 'desc'}, (a, b) => b.year - a.year || a.id - b.id],
  [{sort: 'year,title', order: 'desc,asc'}, (a, b) => b.year - a.year || (a.title.toLowerCase() < b.title.toLowerCase() ? -1 : 1)],
  [{sort: 'id', order: 'desc'}, (a, b) => b.id - a.id],
], async (query, compare) => {
  const {data} = await list({limit: 1000, ...query});
  const nulls = query.sort.includes('year') ? data.filter(m => m.year === null) : [];
  const rest = data.filter(m => !nulls.includes(m));
  assert.deepEqual(data.map(m => m.id), [...rest.sort(compare), ...nulls].map(m => m.id));
});

test('fields: exactly these, in this order', async () => {
  const {data} = await list({fields: 'year,id,title', limit: 3});
  for (const m of data) assert.deepEqual(Object.keys(m), ['year', 'id', 'title']);
});

test('include: relations only when named', async () => {
  const [plain] = (await list({'filter[title]': 'Fight Club'})).data;
  for (const key of ['cast', 'crew', 'streams', 'assets']) assert.equal(key in plain, false, key);
  const [rich] = (await list({'filter[title]': 'Fight Club', include: 'cast,streams'})).data;
  assert.equal(rich.cast.length, 2);
  assert.equal(rich.streams.video.length, 1);
  const {data: one} = await api.get(`/api/v1/movies/${plain.id}`, {include: 'crew'});
  assert.ok(one.crew.some(c => c.job === 'Director'));
  assert.equal('cast' in one, false);
  const {data: full} = await api.get(`/api/v1/movies/${plain.id}`);
  for (const key of ['cast', 'crew', 'genres', 'streams', 'assets', 'collection', 'external_ids', 'provider_urls', 'library']) assert.ok(key in full, key);
});

table('movies that are not there', [
  ['/api/v1/movies/999999', 404, 'MOVIE_NOT_FOUND'], ['/api/v1/movies/x', 400, 'INVALID_FORMAT'], ['/api/v1/movies/0', 400, 'INVALID_FORMAT'],
  ['/api/v1/movies/-1', 400, 'INVALID_FORMAT'], ['/api/v1/movies/1.5', 400, 'INVALID_FORMAT'],
], async (path, status, code) => {
  const reply = await api.get(path, undefined, status);
  assert.equal(reply.error.code, code);
  if (code === 'MOVIE_NOT_FOUND') assert.deepEqual([reply.error.message, reply.error.details], ['Movie with ID 999999 not found', {id: 999999}]);
});

test('PUT changes what is given and locks what really changed', async () => {
  const {id} = await byTitle('Movie 05');
  const {data} = await api.put(`/api/v1/movies/${id}`, {plot: 'A plot', tagline: '', genres: [' War ', 'war', '', 'Noir'], user_rating: 7.5, id: 1, nonsense: 2});
  assert.deepEqual([data.plot, data.tagline, data.genres, data.user_rating, data.rating, data.id], ['A plot', null, ['War', 'Noir'], 7.5, 7.5, id]);
  assert.deepEqual([data.plot_locked, data.genres_locked, data.title_locked, data.tagline_locked], [true, true, false, false]);
  const same = (await api.put(`/api/v1/movies/${id}`, {title: 'Movie 05'})).data;
  assert.equal(same.title_locked, false);
  const own = (await api.put(`/api/v1/movies/${id}`, {title: 'Movie 05b', title_locked: false})).data;
  assert.deepEqual([own.title, own.title_locked], ['Movie 05b', false]);
  await api.put(`/api/v1/movies/${id}`, {title: 'Movie 05', title_locked: false, plot_locked: false});
  assert.equal((await api.get(`/api/v1/movies/${id}`)).data.plot_locked, false);
});

table('PUT bodies that may not be', [
  [{title: ''}, 422], [{title: 'x'.repeat(501)}, 422], [{title: null}, 422], [{year: 1869}, 422], [{year: '1999x'}, 422], [{runtime: 5001}, 422],
  [{user_rating: 10.1}, 422], [{release_date: '2020-02-30'}, 422], [{imdb_id: 'nm123'}, 422], [{tmdb_id: 0}, 422], [{monitored: 'yes'}, 422],
  [{genres: 'Drama'}, 422], [{genres: [1]}, 422], [{identification_status: 'nonsense'}, 422], [{plot: 'x'.repeat(20001)}, 422],
  [{}, 400], [{nonsense: 1}, 400], [{id: 5, created_at: 'x'}, 400],
], async (body, status) => {
  const movie = await byTitle('Movie 06');
  const reply = await api.put(`/api/v1/movies/${movie.id}`, {...body, ...status === 422 ? {outline: 'must not stay'} : {}}, status);
  assert.equal(reply.error.code, status === 400 ? 'MISSING_REQUIRED' : 'VALIDATION_FAILED');
  assert.equal((await byTitle('Movie 06')).outline, null);
});

test('PUT of a body that is no JSON object', async () => {
  const {id} = await byTitle('Movie 06');
  for (const body of ['[]', '"x"', '{', '']) {
    const reply = await api.expect(400, 'PUT', `/api/v1/movies/${id}`, {body, headers: {'content-type': 'application/json'}});
    assert.ok(['INVALID_FORMAT', 'MISSING_REQUIRED'].includes(reply.json.error.code));
  }
  await api.put('/api/v1/movies/999999', {title: 'x'}, 404);
});

test('PATCH is accepted for PUT', async () => {
  const {id} = await byTitle('Movie 07');
  assert.equal((await api.patch(`/api/v1/movies/${id}`, {year: 2007})).data.year, 2007);
});

test('a provider id makes a movie identified', async () => {
  const dune = await byTitle('Dune Part Two');
  assert.equal((await api.put(`/api/v1/movies/${dune.id}`, {tmdb_id: 693134})).data.identification_status, 'identified');
});

test('bulk changes what is there and names what is not', async () => {
  const ids = [(await byTitle('Movie 08')).id, (await byTitle('Movie 09')).id];
  const reply = await api.patch('/api/v1/movies/bulk', {ids: [...ids, 999999], updates: {monitored: false, studios: ['A24']}});
  assert.deepEqual(reply.data, {updated: 2, ids, not_found: [999999]});
  const movie = await byTitle('Movie 09');
  assert.deepEqual([movie.monitored, movie.studios, movie.studios_locked], [false, ['A24'], true]);
});

table('bulk bodies', [
  [{}, 400], [{ids: [], updates: {year: 2000}}, 400], [{ids: [1]}, 400], [{ids: [1], updates: {}}, 400], [{ids: ['x'], updates: {year: 2000}}, 422],
  [{ids: Array.from({length: 1001}, (_, i) => i + 1), updates: {year: 2000}}, 422], [{ids: [1], updates: {year: 1}}, 422],
  [{ids: [999999], updates: {year: 2000}}, 404],
], async (body, status) => api.patch('/api/v1/movies/bulk', body, status));

test('bulk: one bad field changes no movie', async () => {
  const {id} = await byTitle('Movie 10');
  await api.patch('/api/v1/movies/bulk', {ids: [id], updates: {plot: 'half', year: 1}}, 422);
  assert.equal((await byTitle('Movie 10')).plot, null);
});

test('DELETE hides a movie everywhere; a second one is 404', async () => {
  const {id} = await byTitle('Movie 11');
  const reply = await api.del(`/api/v1/movies/${id}`, 200);
  assert.deepEqual([reply.success, 'data' in reply], [true, false]);
  for (const method of ['GET', 'DELETE']) await api.expect(404, method, `/api/v1/movies/${id}`);
  await api.put(`/api/v1/movies/${id}`, {year: 2000}, 404);
  assert.equal(await count({'filter[title]': 'Movie 11'}), 0);
  await scan(film.id); // the file is still there: the grace period is not a new import
  assert.ok(await count({'filter[title]': 'Movie 11'}) <= 1);
});

test('bulk DELETE reads its body', async () => {
  const ids = [(await byTitle('Movie 12')).id, (await byTitle('Movie 13')).id];
  const reply = await api.del('/api/v1/movies/bulk', 200, {json: {ids: [...ids, 999999]}});
  assert.deepEqual(reply.data, {deleted: 2, ids, not_found: [999999]});
  await api.del('/api/v1/movies/bulk', 400, {json: {ids: []}});
  await api.del('/api/v1/movies/bulk', 404, {json: {ids}});
});

test('every reply carries the rate limit, counting down', async () => {
  const first = await api.expect(200, 'GET', '/api/v1/movies', {query: {limit: 1}});
  const second = await api.expect(200, 'GET', '/api/v1/movies', {query: {limit: 1}});
  assert.equal(first.headers['x-ratelimit-limit'], '1000');
  assert.equal(Number(first.headers['x-ratelimit-remaining']) - Number(second.headers['x-ratelimit-remaining']), 1);
  assert.ok(Math.abs(Number(first.headers['x-ratelimit-reset']) - Date.now() / 1000) <= 61);
});

test('lists are not to be cached', async () => {
  const reply = await api.expect(200, 'GET', '/api/v1/movies');
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.match(reply.headers['content-type'], /^application\/json; ?charset=utf-8$/i);
});
