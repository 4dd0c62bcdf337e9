// Replies that the server remembers (api/common/remember.h): nobody reads what was true before a change.
import assert from 'node:assert/strict';
import test from 'node:test';
import {gunzipSync} from 'node:zlib';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';
import {request} from '../support/client.mjs';
import {Socket} from '../support/sockets.mjs';

const server = await startServer();
const {admin} = server;
const create = fields => admin.post('/videos', fields, 201);

// Asked twice, the second time from memory.
async function twice(path, query) {
  await admin.get(path, query);
  return admin.get(path, query);
}
const one = await create({title: 'Kept in mind', artist: 'Somebody', genre: 'Rock', year: 1990});
const tag = await admin.post('/tags', {name: 'first tag'}, 201);
const artist = await admin.post('/artists', {name: 'Guest'}, 201);
const collection = await admin.post('/collections', {name: 'Box'}, 201);
const path = `/videos/${one.id}`;

const shown = {
  video: () => twice(path, {include_deleted: true}),
  list: async () => (await twice('/videos', {include_deleted: true})).items.find(v => v.id === one.id),
  search: async () => (await twice('/search', {q: 'mind'})).items.find(v => v.id === one.id),
  tagged: async () => (await twice(`/tags/${tag.id}/videos`)).items.find(v => v.id === one.id),
};
const changes = [
  ['a patch', () => admin.patch(path, {album: 'Changed'}), 'video list search', v => v.album === 'Changed'],
  ['a status', () => admin.patch(`${path}/status`, {status: 'archived'}), 'video list search', v => v.status === 'archived'],
  ['a tag', () => admin.post(`${path}/tags/${tag.id}`, undefined, 204), 'video list search tagged', v => v.tags.some(t => t.id === tag.id)],
  ['tags set at once', () => admin.post(`/tags/videos/${one.id}/set`, {tags: ['other']}), 'video list search', v => v.tags.length === 1 && v.tags[0].name === 'other'],
  ['an artist', () => admin.post(`/artists/${artist.id}/videos/${one.id}`, undefined, 204), 'video list', v => v.artists.some(a => a.id === artist.id)],
  ['an artist\'s new name', () => admin.patch(`/artists/${artist.id}`, {name: 'Renamed'}), 'video list', v => v.artists.some(a => a.name === 'Renamed')],
  ['a hidden artist', () => admin.del(`/artists/${artist.id}`), 'video list', v => !v.artists.some(a => a.id === artist.id)],
  ['a collection', () => admin.post(`/collections/${collection.id}/videos/${one.id}`, undefined, 204), 'video list', v => v.collections.some(c => c.id === collection.id)],
  ['a collection\'s new name', () => admin.patch(`/collections/${collection.id}`, {name: 'Crate'}), 'video list', v => v.collections.some(c => c.name === 'Crate')],
  ['a bulk change', () => admin.post('/videos/bulk/update', {video_ids: [one.id], updates: {genre: 'Jazz'}}), 'video list search', v => v.genre === 'Jazz'],
  ['the trash', () => admin.del(path), 'video list', v => v.is_deleted === true],
  ['a return from the trash', () => admin.post(`${path}/restore`), 'video list search', v => v.is_deleted === false],
];
table('the next reply shows', changes, async (_, change, where, fits) => {
  for (const place of where.split(' ')) await shown[place]();
  await change();
  for (const place of where.split(' ')) {
    const video = await shown[place]();
    assert.ok(video && fits(video), `${place}: ${JSON.stringify(video)}`);
  }
});

test('totals, facets and suggestions follow at once', async () => {
  const before = [(await twice('/videos')).total, (await twice('/search/facets')).total_videos];
  await twice('/search/suggestions', {q: 'brand'});
  const added = await create({title: 'Brand New', genre: 'Polka'});
  assert.deepEqual([(await twice('/videos')).total, (await twice('/search/facets')).total_videos], before.map(n => n + 1));
  assert.ok((await twice('/search/facets')).genres.some(g => g.value === 'Polka'));
  assert.deepEqual((await twice('/search/suggestions', {q: 'brand'})).titles, ['Brand New']);
  await admin.del(`/videos/${added.id}/permanent`);
  assert.deepEqual([(await twice('/videos')).total, (await twice('/search/facets')).total_videos], before);
  await admin.get(`/videos/${added.id}`, {}, 404);
});

test('who may not ask gets nothing from memory', async () => {
  await twice(path);
  const none = await server.anonymous.send('GET', path);
  assert.equal(none.status, 401);
  const wrong = await server.as('nonsense').send('GET', path);
  assert.equal(wrong.status, 401);
  assert.ok(!wrong.text.includes('Kept in mind'));
});

test('credentials in the query find the same reply, and are no other query', async () => {
  const key = await admin.send('GET', path);
  const named = await server.anonymous.send('GET', `${path}?access_token=${server.token}`);
  assert.equal(named.status, 200);
  assert.equal(named.text, key.text);
  await admin.del(path);
  assert.equal((await admin.send('GET', path)).status, 404);
  assert.equal((await admin.send('GET', `${path}?include_deleted=true`)).status, 200);
  assert.equal((await admin.send('GET', `${path}?include_deleted=true&access_token=x`)).status, 200);
  assert.equal((await admin.send('GET', `${path}?include_deleted=false`)).status, 404);
  await admin.post(`${path}/restore`);
});

test('HEAD, gzip and origins come out as if made anew', async () => {
  const plain = await admin.send('GET', '/videos?page_size=50');
  const head = await admin.send('HEAD', '/videos?page_size=50');
  assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', plain.headers['content-length']]);
  assert.equal(head.headers['content-type'], plain.headers['content-type']);
  for (let i = 0; i < 15; i++) await create({title: `Filler ${i}`, studio: 'A long name to be pressed together'});
  for (let i = 0; i < 2; i++) {
    const zipped = await request(server.url, 'GET', '/videos?page_size=50',
      {headers: {...admin.headers, 'accept-encoding': 'gzip'}});
    const bare = await admin.send('GET', '/videos?page_size=50');
    assert.equal(bare.headers['content-encoding'], undefined);
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(zipped.bytes).toString(), bare.text);
    const origin = await admin.send('GET', '/videos?page_size=50', {headers: {origin: 'http://elsewhere.test'}});
    assert.equal(origin.headers.vary?.includes('Origin'), true);
    assert.equal(bare.headers.vary?.includes('Origin') ?? false, false);
  }
});

test('two pages, two sorts and two doors are told apart', async () => {
  const seen = new Set();
  for (let round = 0; round < 2; round++) {
    for (const p of ['/videos?page_size=5', '/videos?page_size=5&page=2', '/videos?page_size=5&sort_by=title', '/fuzzbin/videos?page_size=5']) {
      seen.add((await admin.send('GET', p)).text);
    }
  }
  assert.equal(seen.size, 3); // the prefix shows the same as the root
});

test('a mistake is not remembered', async () => {
  await create({title: 'Later there', isrc: 'LATER'});
  for (let i = 0; i < 2; i++) assert.equal((await admin.send('GET', '/videos?page=0')).status, 422);
  const id = (await create({title: 'Next'})).id + 1;
  assert.equal((await admin.send('GET', `/videos/${id}`)).status, 404);
  await create({title: 'There now'});
  assert.equal((await admin.send('GET', `/videos/${id}`)).status, 200);
});

test('whoever hears of a change reads it', async () => {
  const socket = await Socket.open(server.ws('/ws/events'));
  socket.send({type: 'auth', token: server.token});
  await socket.next('auth_success');
  for (let i = 0; i < 40; i++) {
    await twice(path);
    const heard = socket.next(f => f.event_type === 'video_updated' && f.payload.video_id === one.id);
    const written = admin.patch(path, {director: `Round ${i}`});
    await heard;
    assert.equal((await admin.get(path)).director, `Round ${i}`);
    await written;
  }
  socket.close();
});
