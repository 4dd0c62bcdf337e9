// /collections: sections 1.4 and 2.5.
import assert from 'node:assert/strict';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const collection = (name, more = {}) => admin.post('/collections', {name, ...more}, 201);
const video = title => admin.post('/videos', {title}, 201);
const titles = async (id, query) => (await admin.get(`/collections/${id}/videos`, query)).items.map(v => v.title);

test('a name in any case is one collection; its description is replaced', async () => {
  const first = await collection('Best Of', {description: 'first'});
  assert.deepEqual([first.name, first.description, first.video_count, first.is_deleted], ['Best Of', 'first', 0, false]);
  const again = await collection('BEST OF');
  assert.deepEqual([again.id, again.name, again.description], [first.id, 'Best Of', null]);
  assert.deepEqual(await admin.get(`/collections/${first.id}`), again);
});

test('changed, deleted, revived', async () => {
  const {id} = await collection('Phoenix');
  await collection('Taken');
  assert.equal((await admin.patch(`/collections/${id}`, {description: 'x'})).description, 'x');
  await admin.patch(`/collections/${id}`, {name: 'taken'}, 409);
  await admin.patch(`/collections/${id}`, {name: null}, 422);
  await admin.del(`/collections/${id}`);
  await admin.del(`/collections/${id}`, 404);
  const gone = await admin.get(`/collections/${id}`, undefined, 404);
  assert.deepEqual(gone, {detail: `Collection ${id} not found`, error_type: 'collection_not_found', collection_id: id});
  assert.equal((await admin.get(`/collections/${id}`, {include_deleted: true})).is_deleted, true);
  assert.equal((await collection('phoenix')).id, id);
});

test('videos stand in the order of their positions', async () => {
  const {id} = await collection('Ordered');
  const [a, b, c] = [await video('A'), await video('B'), await video('C')];
  await admin.post(`/collections/${id}/videos/${a.id}`, undefined, 204);
  await admin.post(`/collections/${id}/videos/${b.id}`, undefined, 204);
  await admin.expect(204, 'POST', `/collections/${id}/videos/${c.id}`, {query: {position: 0}});
  assert.deepEqual(await titles(id), ['A', 'C', 'B']);
  await admin.expect(204, 'POST', `/collections/${id}/videos/${a.id}`, {query: {position: 7}});
  await admin.post(`/collections/${id}/videos/${c.id}`, undefined, 204); // stays
  assert.deepEqual(await titles(id), ['C', 'B', 'A']);
  assert.deepEqual((await admin.get(`/videos/${a.id}`)).collections, [{id, name: 'Ordered', position: 7}]);
  assert.equal((await admin.get(`/collections/${id}`)).video_count, 3);
  assert.equal((await admin.get('/videos', {collection_id: id})).total, 3);
  assert.equal((await admin.get('/videos', {collection_name: 'rdere'})).total, 3);
  await admin.del(`/videos/${b.id}`);
  assert.deepEqual(await titles(id), ['C', 'A']);
  assert.deepEqual(await titles(id, {include_deleted: true}), ['C', 'B', 'A']);
  assert.equal((await admin.get(`/collections/${id}`)).video_count, 2);
  await admin.del(`/collections/${id}/videos/${a.id}`);
  await admin.del(`/collections/${id}/videos/${a.id}`);
  assert.deepEqual(await titles(id), ['C']);
  await admin.del(`/collections/${id}`);
  assert.deepEqual((await admin.get(`/videos/${c.id}`)).collections, []);
  assert.equal((await admin.get('/videos', {collection_name: 'rdere'})).total, 0);
});

table('bad requests', [
  ['POST', '/collections', {json: {}}, 422], ['POST', '/collections', {json: {name: ''}}, 422],
  ['POST', '/collections', {json: {name: 'x'.repeat(256)}}, 422], ['GET', '/collections/x', {}, 422],
  ['GET', '/collections/999999', {}, 404], ['GET', '/collections/999999/videos', {}, 404],
  ['POST', '/collections/999999/videos/1', {}, 404], ['POST', '/collections/1/videos/999999', {}, 404],
  ['POST', '/collections/1/videos/1', {query: {position: -1}}, 422], ['DELETE', '/collections/999999/videos/1', {}, 404],
], async (method, path, options, status) => admin.expect(status, method, path, options));

test('listed by name, by page', async () => {
  const page = await admin.get('/collections', {page_size: 2});
  assert.deepEqual([page.items.length, page.page_size], [2, 2]);
  assert.deepEqual((await admin.get('/collections', {name: 'EST O'})).items.map(c => c.name), ['Best Of']);
});
