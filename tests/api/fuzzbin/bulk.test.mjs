// Many videos at once, and decade tags: sections 2.10 and 17.
import assert from 'node:assert/strict';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const make = async (count, more = {}) => {
  const ids = [];
  for (let i = 0; i < count; i++) ids.push((await admin.post('/videos', {title: `Bulk ${i}`, ...more}, 201)).id);
  return ids;
};
const bulk = (verb, body, status = 200) => admin.post(`/videos/bulk/${verb}`, body, status);

test('update: known ids change, unknown ones are named', async () => {
  const ids = await make(3);
  const reply = await bulk('update', {video_ids: [...ids, 999999], updates: {genre: 'Pop', year: 1991, status: 'imported'}});
  assert.deepEqual([reply.success_ids, reply.failed_ids, reply.total, reply.success_count, reply.failed_count],
    [ids, [999999], 4, 3, 1]);
  assert.deepEqual(reply.errors, {999999: 'Video not found: 999999'});
  assert.deepEqual(reply.file_errors, []);
  const video = await admin.get(`/videos/${ids[0]}`);
  assert.deepEqual([video.genre, video.year, video.status], ['Pop', 1991, 'imported']);
  assert.deepEqual(video.tags.map(t => [t.name, t.source]), [['90s', 'auto']]);
  assert.equal((await admin.get(`/videos/${ids[0]}/status-history`)).length, 2);
});

test('update: an item that fails takes nobody along', async () => {
  const [a, b] = await make(2);
  const reply = await bulk('update', {video_ids: [a, b], updates: {youtube_id: 'only-one'}});
  assert.deepEqual([reply.success_ids, reply.failed_ids], [[a], [b]]);
  assert.equal((await admin.get(`/videos/${a}`)).youtube_id, 'only-one');
});

test('update: an unknown field fails every item, a bad value is 422', async () => {
  const ids = await make(2);
  assert.deepEqual((await bulk('update', {video_ids: ids, updates: {nope: 1}})).failed_ids, ids);
  const reply = await bulk('update', {video_ids: ids, updates: {year: 1}}, 422);
  assert.deepEqual(reply.errors[0].loc, ['body', 'updates', 'year']);
});

test('delete, softly and for good', async () => {
  const [a, b, c] = await make(3);
  await admin.del(`/videos/${b}`);
  const soft = await bulk('delete', {video_ids: [a, b]});
  assert.deepEqual([soft.success_ids, soft.failed_ids], [[a], [b]]);
  const hard = await bulk('delete', {video_ids: [a, b, c], permanent: true});
  assert.deepEqual(hard.success_ids, [a, b, c]);
  await admin.get(`/videos/${a}`, {include_deleted: true}, 404);
});

test('status: who did it is kept; an unknown word fails all', async () => {
  const ids = await make(2);
  assert.equal((await bulk('status', {video_ids: ids, status: 'archived', reason: 'why'})).success_count, 2);
  assert.equal((await admin.get(`/videos/${ids[1]}`)).status, 'archived');
  assert.equal((await admin.get(`/videos/${ids[1]}/status-history`))[0].reason, 'why');
  assert.deepEqual((await bulk('status', {video_ids: ids, status: 'nonsense'})).failed_ids, ids);
});

test('tags are added or replaced', async () => {
  const ids = await make(2);
  await bulk('tags', {video_ids: ids, tag_names: ['One', 'Two']});
  await bulk('tags', {video_ids: [ids[0]], tag_names: ['Three'], replace: true});
  assert.deepEqual((await admin.get(`/videos/${ids[0]}`)).tags.map(t => t.name), ['Three']);
  assert.deepEqual((await admin.get(`/videos/${ids[1]}`)).tags.map(t => t.name), ['One', 'Two']);
});

test('collections keep the order of the request', async () => {
  const ids = (await make(3)).reverse();
  const {id} = await admin.post('/collections', {name: 'Bulk'}, 201);
  const reply = await bulk('collections', {video_ids: [...ids, 999999], collection_id: id});
  assert.deepEqual([reply.success_ids, reply.failed_ids], [ids, [999999]]);
  assert.deepEqual((await admin.get(`/collections/${id}/videos`)).items.map(v => v.id), ids);
  assert.deepEqual((await bulk('collections', {video_ids: ids, collection_id: 999999})).failed_ids, ids);
});

test('organize records paths, wherever they lie; a missing NFO clears it', async () => {
  const [id] = await make(1, {nfo_file_path: 'old.nfo'});
  const reply = await bulk('organize', {items: [{video_id: id, video_file_path: '/somewhere/else.mp4'}, {video_id: 999999, video_file_path: '/x'}]});
  assert.deepEqual([reply.success_ids, reply.failed_ids], [[id], [999999]]);
  const video = await admin.get(`/videos/${id}`);
  assert.deepEqual([video.video_file_path, video.video_file_path_relative, video.nfo_file_path], ['/somewhere/else.mp4', null, null]);
  await admin.get(`/videos/${id}/stream`, undefined, 403);
});

table('limits', [
  ['update', {video_ids: [], updates: {}}, 422], ['delete', {video_ids: []}, 422], ['tags', {video_ids: [1], tag_names: []}, 422],
  ['status', {video_ids: [1]}, 422], ['organize', {items: []}, 422], ['delete', {video_ids: ['x']}, 422],
], async (verb, body, status) => bulk(verb, body, status));

test('more than 500 ids are too many', async () => {
  const reply = await bulk('delete', {video_ids: Array.from({length: 501}, (_, i) => i + 1)}, 400);
  assert.match(reply.detail, /exceeds limit/);
});

test('500 at once', async () => {
  const ids = await make(60, {genre: 'Many'});
  const many = Array.from({length: 500}, (_, i) => ids[i % ids.length]);
  assert.equal((await bulk('tags', {video_ids: many, tag_names: ['crowd']})).success_count, 500);
  assert.equal((await admin.get('/tags', {name: 'crowd'})).items[0].usage_count, 60);
});

test('decade tags are applied by a job; manual ones stay', async () => {
  const {id} = await admin.post('/videos', {title: 'Dated', year: 1984}, 201);
  await admin.post(`/tags/videos/${id}/set`, {tags: ['70s']});
  const {job_id, message} = await admin.post('/videos/sync-decade-tags', undefined, 202);
  assert.ok(message);
  const job = await server.waitJob(job_id);
  assert.equal(job.status, 'completed');
  assert.ok(job.result.tags_added >= 1 && job.result.videos_processed >= 1);
  const video = await admin.get(`/videos/${id}`);
  assert.deepEqual(video.tags.map(t => [t.name, t.source]), [['70s', 'manual'], ['80s', 'auto']]);
  const changed = await admin.patch(`/videos/${id}`, {year: null});
  assert.deepEqual(changed.tags.map(t => t.name), ['70s']);
});
