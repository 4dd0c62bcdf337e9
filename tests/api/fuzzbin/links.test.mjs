// /artists and /tags: sections 1.3, 1.5, 2.4 and 2.6.
import assert from 'node:assert/strict';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const artist = (name, more = {}) => admin.post('/artists', {name, ...more}, 201);
const tag = name => admin.post('/tags', {name}, 201);
const video = (title, more = {}) => admin.post('/videos', {title, ...more}, 201);

test('POST /artists creates, then updates what is not null', async () => {
  const first = await artist('Nirvana', {biography: 'Seattle', imvdb_entity_id: '1', discogs_artist_id: 125246});
  assert.deepEqual([first.name, first.biography, first.is_deleted], ['Nirvana', 'Seattle', false]);
  const again = await artist('Nirvana', {image_url: 'https://example.org/x.jpg', biography: null});
  assert.deepEqual([again.id, again.biography, again.image_url], [first.id, 'Seattle', 'https://example.org/x.jpg']);
  const other = await artist('NIRVANA');
  assert.notEqual(other.id, first.id); // exact name
});

test('an artist can be read, changed, deleted and revived by name', async () => {
  const {id} = await artist('Phoenix');
  assert.equal((await admin.patch(`/artists/${id}`, {biography: 'Versailles'})).biography, 'Versailles');
  await admin.patch(`/artists/${id}`, {name: null}, 422);
  await artist('Taken');
  await admin.patch(`/artists/${id}`, {name: 'Taken'}, 409);
  await admin.del(`/artists/${id}`);
  const gone = await admin.get(`/artists/${id}`, undefined, 404);
  assert.deepEqual(gone, {detail: `Artist not found: ${id}`, error_type: 'artist_not_found', artist_id: id});
  assert.equal((await admin.get(`/artists/${id}`, {include_deleted: true})).is_deleted, true);
  const back = await artist('Phoenix');
  assert.deepEqual([back.id, back.is_deleted], [id, false]);
});

test('artists are listed by name, filtered by substring in any case', async () => {
  await artist('Abba');
  await artist('ABC');
  const page = await admin.get('/artists', {name: 'ab', page_size: 100});
  assert.deepEqual(page.items.map(a => a.name), [...page.items.map(a => a.name)].sort());
  assert.equal(page.total, 2);
  assert.deepEqual((await admin.get('/artists', {name: '%'})).items, []);
  assert.equal((await admin.get('/artists', {page: 99})).items.length, 0);
});

test('links: role and position, twice is once, unlink removes all roles', async () => {
  const a = await artist('Linked');
  const b = await artist('Guest');
  const v = await video('Song', {year: 2001});
  const w = await video('Older', {year: 1990});
  await admin.post(`/artists/${a.id}/videos/${v.id}`, undefined, 204);
  await admin.post(`/artists/${a.id}/videos/${v.id}`, undefined, 204);
  await admin.post(`/artists/${a.id}/videos/${w.id}`, undefined, 204);
  await admin.expect(204, 'POST', `/artists/${b.id}/videos/${v.id}`, {query: {role: 'featured', position: 1}});
  assert.deepEqual((await admin.get(`/videos/${v.id}`)).artists, [
    {id: a.id, name: 'Linked', role: 'primary', position: 0}, {id: b.id, name: 'Guest', role: 'featured', position: 1}]);
  const page = await admin.get(`/artists/${a.id}/videos`);
  assert.deepEqual(page.items.map(x => x.title), ['Song', 'Older']); // year desc
  assert.equal((await admin.get(`/artists/${a.id}/videos`, {role: 'featured'})).total, 0);
  await admin.expect(422, 'POST', `/artists/${a.id}/videos/${v.id}`, {query: {role: 'nonsense'}});
  await admin.expect(422, 'POST', `/artists/${a.id}/videos/${v.id}`, {query: {position: -1}});
  await admin.expect(404, 'POST', `/artists/999999/videos/${v.id}`);
  await admin.expect(404, 'POST', `/artists/${a.id}/videos/999999`);
  await admin.del(`/artists/${b.id}/videos/${v.id}`);
  await admin.del(`/artists/${b.id}/videos/${v.id}`);
  assert.equal((await admin.get(`/videos/${v.id}`)).artists.length, 1);
  await admin.del(`/artists/${a.id}`);
  assert.deepEqual((await admin.get(`/videos/${v.id}`)).artists, []); // hidden with its artist
});

table('artist bodies', [
  [{}, 'name', 'missing'], [{name: ''}, 'name', 'string_too_short'], [{name: 'x'.repeat(256)}, 'name', 'string_too_long'],
  [{name: 'a', discogs_artist_id: 'x'}, 'discogs_artist_id', 'int_parsing'], [{name: 'a', image_url: 'x'.repeat(501)}, 'image_url', 'string_too_long'],
], async (body, field, type) => {
  const reply = await admin.post('/artists', body, 422);
  assert.deepEqual([reply.errors[0].loc, reply.errors[0].type], [['body', field], type]);
});

test('a tag keeps its first spelling and is one tag in any case', async () => {
  const first = await tag('Live Show');
  assert.deepEqual([first.name, first.normalized_name, first.usage_count], ['Live Show', 'live show', 0]);
  assert.deepEqual(await tag('LIVE SHOW'), first);
  assert.deepEqual(await admin.get(`/tags/${first.id}`), first);
  const missing = await admin.get('/tags/999999', undefined, 404);
  assert.deepEqual(missing, {detail: 'Tag 999999 not found', error_type: 'tag_not_found', tag_id: 999999});
  await admin.post('/tags', {name: ''}, 422);
  await admin.post('/tags', {name: 'x'.repeat(101)}, 422);
});

test('set replaces, add keeps, duplicates collapse, replies are by name', async () => {
  const v = await video('Tagged');
  const set = await admin.post(`/tags/videos/${v.id}/set`, {tags: ['zeta', 'Alpha', 'ALPHA']});
  assert.deepEqual(set.map(t => [t.name, t.usage_count]), [['Alpha', 1], ['zeta', 1]]);
  const added = await admin.post(`/tags/videos/${v.id}/add`, {tags: ['mid', 'alpha'], source: 'auto'});
  assert.deepEqual(added.map(t => t.name), ['Alpha', 'mid', 'zeta']);
  assert.deepEqual((await admin.get(`/videos/${v.id}`)).tags.map(t => [t.name, t.source]),
    [['Alpha', 'manual'], ['mid', 'auto'], ['zeta', 'manual']]);
  assert.deepEqual(await admin.post(`/tags/videos/${v.id}/set`, {tags: []}), []);
  assert.equal((await admin.get('/tags', {name: 'zeta'})).total, 0); // the last link took it along
  await admin.post(`/tags/videos/${v.id}/set`, {}, 422);
  await admin.post(`/tags/videos/${v.id}/set`, {tags: ['x'], source: 'nonsense'}, 422);
  const wrong = await admin.post(`/tags/videos/${v.id}/set`, {tags: ['ok', 5]}, 422);
  assert.deepEqual(wrong.errors[0].loc, ['body', 'tags', 1]);
  await admin.post('/tags/videos/999999/set', {tags: []}, 404);
});

test('single links by id, from both sides', async () => {
  const v = await video('Single');
  const t = await tag('single link');
  const u = await tag('never used');
  await admin.post(`/videos/${v.id}/tags/${t.id}`, undefined, 204);
  await admin.post(`/videos/${v.id}/tags/${t.id}`, undefined, 204);
  assert.equal((await admin.get(`/tags/${t.id}`)).usage_count, 1);
  assert.deepEqual((await admin.get(`/tags/${t.id}/videos`)).items.map(x => x.title), ['Single']);
  const refused = await admin.del(`/tags/${t.id}`, 400);
  assert.match(refused.detail, /1.*force=true/);
  await admin.del(`/videos/${v.id}/tags/${u.id}`); // missing link is fine
  await admin.del(`/videos/${v.id}/tags/999999`, 404);
  await admin.del(`/tags/videos/${v.id}/${t.id}`);
  await admin.get(`/tags/${t.id}`, undefined, 404);
  await admin.del(`/tags/${u.id}`);
  const again = await tag('single link');
  await admin.post(`/videos/${v.id}/tags/${again.id}`, undefined, 204);
  await admin.expect(204, 'DELETE', `/tags/${again.id}`, {query: {force: true}});
  assert.deepEqual((await admin.get(`/videos/${v.id}`)).tags, []);
});

test('tags are listed by name or by use', async () => {
  const [a, b] = [await video('Uses 1'), await video('Uses 2')];
  await admin.post(`/tags/videos/${a.id}/set`, {tags: ['often', 'seldom']});
  await admin.post(`/tags/videos/${b.id}/set`, {tags: ['often']});
  await tag('idle');
  const names = async query => (await admin.get('/tags', {page_size: 100, ...query})).items.map(t => t.name);
  const byName = await names({});
  assert.deepEqual(byName, [...byName].sort((x, y) => x.toLowerCase() < y.toLowerCase() ? -1 : 1));
  assert.equal((await names({order_by: 'usage_count'}))[0], 'often');
  assert.deepEqual(await names({min_usage_count: 2}), ['often']);
  assert.deepEqual(await names({name: 'SELD'}), ['seldom']);
  await admin.get('/tags', {min_usage_count: -1}, 422);
});

test('videos are filtered by tag', async () => {
  const v = await video('Filterable');
  const [t] = await admin.post(`/tags/videos/${v.id}/set`, {tags: ['unusual word']});
  const total = async query => (await admin.get('/videos', query)).total;
  assert.equal(await total({tag_name: 'UNUSUAL'}), 1);
  assert.equal(await total({tag_id: t.id}), 1);
  assert.equal(await total({tag_name: ['unusual', 'no such tag']}), 1);
  assert.ok(await total({tag_id: 0}) > 1);
});
