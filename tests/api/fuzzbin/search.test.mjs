// /search: sections 2.7 and 10.
import assert from 'node:assert/strict';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;

const library = [
  {title: 'Smells Like Teen Spirit', artist: 'Nirvana', album: 'Nevermind', year: 1991, genre: 'Rock', director: 'Samuel Bayer', studio: 'DGC', tags: ['live', 'Großstadt']},
  {title: 'Teen Age Riot', artist: 'Sonic Youth', album: 'Daydream Nation', year: 1988, genre: 'Rock'},
  {title: 'Army of Me', artist: 'Björk', album: 'Post', year: 1995, genre: 'Pop', director: 'Michel Gondry', tags: ['live']},
  {title: 'Nothing', artist: "n'x", year: null},
  {title: '夜に駆ける', artist: 'YOASOBI', year: 2019, genre: 'Pop'},
];
for (const {tags, ...fields} of library) {
  const {id} = await admin.post('/videos', fields, 201);
  if (tags) await admin.post(`/tags/videos/${id}/set`, {tags});
  if (fields.artist) {
    const artist = await admin.post('/artists', {name: fields.artist}, 201);
    await admin.post(`/artists/${artist.id}/videos/${id}`, undefined, 204);
  }
}
const deleted = await admin.post('/videos', {title: 'Deleted Teen', genre: 'Polka'}, 201);
await admin.del(`/videos/${deleted.id}`);

const find = async q => (await admin.get('/search', {q, page_size: 100})).items.map(v => v.title).sort();
const [smells, riot, army, nothing, yoru] = library.map(v => v.title);

table('expressions find what they say', [
  ['nirvana', [smells]], ['NIRVANA', [smells]], ['nirvana teen', [smells]], ['teen', [smells, riot]],
  ['"teen spirit"', [smells]], ['"spirit teen"', []], ['nirvana OR bjork', [army, smells]], ['björk', [army]], ['BJÖRK', [army]],
  ['nirvana AND teen', [smells]], ['teen NOT nirvana', [riot]], ['nirv*', [smells]], ['artist:nirvana', [smells]],
  ['title:nirvana', []], ['gondry', [army]], ['dgc', [smells]], ['nevermind', [smells]], ['live', [army, smells]],
  ['rock', [smells, riot]], ['(teen OR army) NOT sonic', [army, smells]], ['nosuchword', []],
  ['  teen   spirit  ', [smells]], ['deleted', []],
], async (q, wanted) => assert.deepEqual(await find(q), [...wanted].sort()));

table('no expression is an error', [
  'AND', 'OR', 'NOT', '"x', '"', '(', ')', '()', '*', 'teen -x', "n'x", 'a & b', '^', ':', 'title:', '{title', 'NEAR(', 'NEAR(a',
  '-', '+', '~', '\\', '%', '_', ';--', "' OR 1=1 --", 'a AND', 'OR b', 'NOT', 'NOT NOT', '""', '***', 'a*b', '\ud83c\udfb5', '👩‍👩‍👧‍👦',
  'a'.repeat(5000), '('.repeat(2000), 'a OR '.repeat(500), '"' .repeat(501), 'ﬁ', '\u202e', 'id:1', 'rowid:1', '$1', '?', '|', '&', '!', 'a|b', 'a&!b', "''", ':*', 'x:*',
].map(q => [q]), async q => {
  const reply = await admin.expect(200, 'GET', '/search', {query: {q}});
  assert.ok(Array.isArray(reply.json.items));
  await admin.expect(200, 'GET', '/videos', {query: {search: q}});
});

test('a word that does not parse is taken literally', async () => {
  assert.deepEqual(await find("n'x"), [nothing]);
  assert.ok((await find('teen -')).includes(smells));
});

test('an empty query is 422', async () => {
  for (const query of [{}, {q: ''}]) {
    const reply = await admin.get('/search', query, 422);
    assert.deepEqual(reply.errors[0].loc, ['query', 'q']);
  }
});

test('results follow edits at once', async () => {
  const {id} = await admin.post('/videos', {title: 'Quicksilver'}, 201);
  assert.deepEqual(await find('quicksilver'), ['Quicksilver']);
  await admin.patch(`/videos/${id}`, {title: 'Mercury'});
  assert.deepEqual(await find('quicksilver'), []);
  assert.deepEqual(await find('mercury'), ['Mercury']);
  await admin.post(`/tags/videos/${id}/set`, {tags: ['heavymetal']});
  assert.deepEqual(await find('heavymetal'), ['Mercury']);
  await admin.del(`/videos/${id}/permanent`);
  assert.deepEqual(await find('mercury'), []);
});

test('results are paged', async () => {
  const one = await admin.get('/search', {q: 'teen', page_size: 1});
  const two = await admin.get('/search', {q: 'teen', page_size: 1, page: 2});
  assert.deepEqual([one.total, one.total_pages, two.items.length], [2, 2, 1]);
  assert.notEqual(one.items[0].id, two.items[0].id);
  await admin.get('/search', {q: 'teen', page_size: 101}, 422);
});

test('a search among videos keeps the asked order', async () => {
  const {items} = await admin.get('/videos', {search: 'teen', sort_by: 'title', sort_order: 'desc'});
  assert.deepEqual(items.map(v => v.title), [riot, smells]);
});

test('suggestions are distinct, short, and of the living', async () => {
  const teen = await admin.get('/search/suggestions', {q: 'te'});
  assert.deepEqual(Object.keys(teen), ['titles', 'artists', 'albums']);
  assert.deepEqual([...teen.titles].sort(), [smells, riot].sort());
  assert.deepEqual((await admin.get('/search/suggestions', {q: 'NIR'})).artists, ['Nirvana']);
  assert.deepEqual((await admin.get('/search/suggestions', {q: 'nevermi'})).albums, ['Nevermind']);
  assert.ok((await admin.get('/search/suggestions', {q: 'te', limit: 1})).titles.length <= 1);
  for (const query of [{q: 'a'}, {}, {q: 'ab', limit: 0}, {q: 'ab', limit: 51}]) await admin.get('/search/suggestions', query, 422);
  assert.deepEqual((await admin.get('/search/suggestions', {q: '%%'})).titles, []);
});

test('facets count the living, "none" first', async () => {
  const facets = await admin.get('/search/facets');
  assert.equal(facets.total_videos, library.length);
  assert.deepEqual(facets.genres, [{value: '__none__', count: 1}, {value: 'Pop', count: 2}, {value: 'Rock', count: 2}]);
  assert.deepEqual(facets.years, [{value: '__none__', count: 1}, ...['2019', '1995', '1991', '1988'].map(value => ({value, count: 1}))]);
  assert.deepEqual(facets.directors, [{value: '__none__', count: 3}, {value: 'Michel Gondry', count: 1}, {value: 'Samuel Bayer', count: 1}]);
  assert.deepEqual(facets.tags, [{value: '__none__', count: 3}, {value: 'live', count: 2}, {value: 'Großstadt', count: 1}]);
  const all = await admin.get('/search/facets', {include_deleted: true});
  assert.ok(all.genres.some(g => g.value === 'Polka'));
  assert.equal(all.total_videos, library.length);
});

test('facets follow edits', async () => {
  const {id} = await admin.post('/videos', {title: 'Fresh', genre: 'Zydeco'}, 201);
  assert.ok((await admin.get('/search/facets')).genres.some(g => g.value === 'Zydeco'));
  await admin.del(`/videos/${id}`);
  assert.ok(!(await admin.get('/search/facets')).genres.some(g => g.value === 'Zydeco'));
});

test('every facet value filters back to its count', async () => {
  const facets = await admin.get('/search/facets');
  for (const [list, parameter] of [['genres', 'genre'], ['tags', 'tag_name'], ['directors', 'director'], ['years', 'year']]) {
    for (const {value, count} of facets[list]) {
      const wanted = parameter === 'year' && value === '__none__' ? '-1' : value;
      assert.equal((await admin.get('/videos', {[parameter]: wanted})).total, count, `${parameter}=${wanted}`);
    }
  }
});

test('saved searches keep the query as given', async () => {
  const query = {search: 'teen', genre: ['Rock', '__none__'], nested: {a: [1, null, {b: 'ü'}]}};
  const reply = await admin.send('POST', '/search/saved', {json: {name: 'Mine', query}});
  if (reply.status === 501) return; // not built yet, and says so
  assert.equal(reply.status, 201);
  assert.deepEqual(reply.json.query, query);
  assert.deepEqual((await admin.get(`/search/saved/${reply.json.id}`)).query, query);
  assert.equal((await admin.get('/search/saved')).total, 1);
  await admin.post('/search/saved', {name: 'Mine'}, 422);
  await admin.del(`/search/saved/${reply.json.id}`);
  await admin.get(`/search/saved/${reply.json.id}`, undefined, 404);
});

test('CJK titles are found by their text', async () => {
  assert.deepEqual(await find(yoru), [yoru]);
});

test('what is pasted with tabs and line breaks is searched for', async () => {
  for (const path of ['/search', '/videos']) {
    const reply = await admin.get(path, {[path === '/search' ? 'q' : 'search']: '\tnothing\r\nlike\nthis '});
    assert.equal(reply.total, 0);
  }
});
