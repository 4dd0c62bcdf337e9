// /collections and the bulk operations: sections 1.4, 1.12, 2.5 and 2.10.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const video = async (title, more = {}) => (await admin.post('/videos', {title, ...more}, 201)).id;
const collection = (name, more = {}) => admin.post('/collections', {name, ...more}, 201);
const get = id => admin.get(`/videos/${id}`);
const gone = 999999;

test('a collection is made, read, changed, deleted, and revived by its name', async () => {
  const made = await collection('Best of 1991', {description: 'Loud'});
  assert.deepEqual(Object.keys(made).sort(), ['created_at', 'deleted_at', 'description', 'id', 'is_deleted', 'name', 'updated_at', 'video_count']);
  assert.deepEqual([made.description, made.video_count, made.is_deleted], ['Loud', 0, false]);
  const again = await collection('BEST OF 1991');
  assert.deepEqual([again.id, again.description], [made.id, null]); // reused; the description is overwritten
  assert.equal((await admin.patch(`/collections/${made.id}`, {description: 'Quiet'})).description, 'Quiet');
  await collection('Taken');
  await admin.patch(`/collections/${made.id}`, {name: 'Taken'}, 409);
  await admin.patch(`/collections/${made.id}`, {name: ''}, 422);
  await admin.del(`/collections/${made.id}`);
  const missing = await admin.get(`/collections/${made.id}`, undefined, 404);
  assert.deepEqual(missing, {detail: `Collection ${made.id} not found`, error_type: 'collection_not_found', collection_id: made.id});
  assert.equal((await admin.get(`/collections/${made.id}`, {include_deleted: true})).is_deleted, true);
  const back = await collection('Best of 1991');
  assert.equal(back.is_deleted, false);
});

test('videos of a collection are in order of position, then title', async () => {
  const {id} = await collection('Ordered');
  const [a, b, c] = [await video('Aaa'), await video('Bbb'), await video('Ccc')];
  const put = (v, position) => admin.expect(204, 'POST', `/collections/${id}/videos/${v}`, {query: position === undefined ? {} : {position}});
  await put(c, 1);
  await put(b, 5);
  await put(a, 1);
  const titles = async () => (await admin.get(`/collections/${id}/videos`)).items.map(v => v.title);
  assert.deepEqual(await titles(), ['Aaa', 'Ccc', 'Bbb']);
  await put(a, 9);
  assert.deepEqual(await titles(), ['Ccc', 'Bbb', 'Aaa']);
  const d = await video('Ddd');
  await put(d); // appended
  assert.deepEqual(await titles(), ['Ccc', 'Bbb', 'Aaa', 'Ddd']);
  assert.equal((await admin.get(`/collections/${id}`)).video_count, 4);
  assert.deepEqual((await get(c)).collections, [{id, name: 'Ordered', position: 1}]);
  assert.equal((await admin.get('/videos', {collection_id: id})).total, 4);
  assert.equal((await admin.get('/videos', {collection_name: 'ORDER'})).total, 4);
  await admin.del(`/collections/${id}/videos/${d}`);
  await admin.del(`/collections/${id}/videos/${d}`);
  await admin.del(`/videos/${c}`);
  assert.deepEqual(await titles(), ['Bbb', 'Aaa']);
  assert.equal((await admin.get(`/collections/${id}`)).video_count, 2);
  await admin.expect(404, 'POST', `/collections/${id}/videos/${gone}`);
  await admin.expect(404, 'POST', `/collections/${gone}/videos/${a}`);
  await admin.expect(422, 'POST', `/collections/${id}/videos/${a}`, {query: {position: -1}});
  await admin.del(`/collections/${id}`);
  assert.deepEqual((await get(a)).collections, []);
});

test('collections are listed by name', async () => {
  const {items} = await admin.get('/collections', {page_size: 100});
  assert.deepEqual(items.map(c => c.name), items.map(c => c.name).sort());
  assert.equal((await admin.get('/collections', {name: 'TAKE'})).total, 1);
});

// --- bulk ---------------------------------------------------------------------------------------------

const bulk = (what, body, status = 200) => admin.post(`/videos/bulk/${what}`, body, status);

test('bulk update changes what it can and says why not for the rest', async () => {
  const ids = [await video('Bulk 1'), await video('Bulk 2')];
  const reply = await bulk('update', {video_ids: [...ids, gone], updates: {genre: 'Rock', year: 1999}});
  assert.deepEqual([reply.success_ids, reply.failed_ids, reply.total, reply.success_count, reply.failed_count], [ids, [gone], 3, 2, 1]);
  assert.ok(reply.errors[gone]);
  assert.deepEqual([(await get(ids[1])).genre, (await get(ids[1])).year], ['Rock', 1999]);
  const unknown = await bulk('update', {video_ids: ids, updates: {nonsense: 1}});
  assert.deepEqual([unknown.success_count, unknown.failed_count], [0, 2]);
  await bulk('update', {video_ids: ids, updates: {year: 1}}, 422);
  assert.equal((await get(ids[0])).year, 1999);
});

test('bulk status writes history; an unknown status fails every item', async () => {
  const ids = [await video('Status 1'), await video('Status 2')];
  assert.equal((await bulk('status', {video_ids: ids, status: 'archived', reason: 'Spring'})).success_count, 2);
  const [last] = await admin.get(`/videos/${ids[0]}/status-history`);
  assert.deepEqual([last.new_status, last.reason], ['archived', 'Spring']);
  const bad = await bulk('status', {video_ids: ids, status: 'nonsense'});
  assert.deepEqual([bad.failed_count, (await get(ids[0])).status], [2, 'archived']);
});

test('bulk tags add or replace', async () => {
  const ids = [await video('Tags 1'), await video('Tags 2')];
  await bulk('tags', {video_ids: ids, tag_names: ['one', 'two']});
  await bulk('tags', {video_ids: [ids[0]], tag_names: ['three'], replace: true});
  assert.deepEqual((await get(ids[0])).tags.map(t => t.name), ['three']);
  assert.deepEqual((await get(ids[1])).tags.map(t => t.name), ['one', 'two']);
  await bulk('tags', {video_ids: ids, tag_names: []}, 422);
});

test('bulk collections link; an unknown collection fails every item', async () => {
  const ids = [await video('Group 1'), await video('Group 2')];
  const {id} = await collection('Bulk collection');
  assert.equal((await bulk('collections', {video_ids: [...ids, gone], collection_id: id})).success_count, 2);
  assert.equal((await admin.get(`/collections/${id}`)).video_count, 2);
  assert.equal((await bulk('collections', {video_ids: ids, collection_id: gone})).failed_count, 2);
});

test('bulk delete: soft, then permanent', async () => {
  const ids = [await video('Delete 1'), await video('Delete 2')];
  assert.equal((await bulk('delete', {video_ids: ids})).success_count, 2);
  await admin.get(`/videos/${ids[0]}`, undefined, 404);
  assert.equal((await bulk('delete', {video_ids: ids})).failed_count, 2);
  assert.equal((await bulk('delete', {video_ids: ids, permanent: true})).success_count, 2);
  await admin.get(`/videos/${ids[0]}`, {include_deleted: true}, 404);
});

test('bulk organize records paths', async () => {
  const id = await video('Organized', {nfo_file_path: 'a.nfo'});
  const path = join(server.library, 'there/x.mp4');
  assert.equal((await bulk('organize', {items: [{video_id: id, video_file_path: path}, {video_id: gone, video_file_path: path}]})).success_count, 1);
  const {video_file_path: now, nfo_file_path: nfo} = await get(id);
  assert.deepEqual([now, nfo], [path, null]);
});

table('bulk bodies', [
  ['update', {video_ids: [], updates: {}}, 422], ['update', {updates: {}}, 422], ['status', {video_ids: [1]}, 422], ['delete', {video_ids: ['x']}, 422],
  ['organize', {items: []}, 422], ['update', {video_ids: Array.from({length: 501}, (_, i) => i + 1), updates: {}}, 400],
], async (what, body, status) => {
  const reply = await bulk(what, body, status);
  if (status === 400) assert.match(reply.detail, /exceeds limit/);
});

test('decade tags are set and taken by a job', async () => {
  const id = await video('Dated', {year: 1984});
  const tags = async () => (await get(id)).tags.map(t => [t.name, t.source]);
  const run = async () => server.waitJob((await admin.post('/videos/sync-decade-tags', undefined, 202)).job_id);
  await run();
  assert.deepEqual(await tags(), [['80s', 'auto']]);
  await admin.patch('/config', {updates: {'tags.auto_decade.enabled': false}});
  await server.idle();
  await run();
  assert.deepEqual(await tags(), []);
});
