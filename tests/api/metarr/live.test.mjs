// Socket.IO with the real client, and its wire: section 15.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {join} from 'node:path';
import test from 'node:test';
import {io} from 'socket.io-client';
import WebSocket from 'ws';
import {request, sleep} from '../harness.mjs';
import {layMany} from '../support/media.mjs';
import {metarrServer, waitJob} from './library.mjs';

const {server, api, add, scan} = await metarrServer({lay: s => layMany(join(s.library, 'Many'), 250, {withNfo: false})});
const film = await add('Films', 'Features', 'movie');
const many = await add('Many', 'Many', 'movie');

function connect({token = server.token, transports = ['websocket'], ...more} = {}) {
  const socket = io(server.url, {transports, auth: {token}, forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 300, ...more});
  socket.heard = [];
  socket.onAny((name, payload) => socket.heard.push({name, payload}));
  return socket;
}
async function connected(options) {
  const socket = connect(options);
  const hello = new Promise(resolve => socket.once('connected', resolve));
  await Promise.race([once(socket, 'connect'), once(socket, 'connect_error').then(([e]) => { throw e; })]);
  socket.hello = await hello;
  return socket;
}
async function until(fits, ms = 15_000, what = 'event') {
  for (let waited = 0; waited < ms; waited += 20) {
    const found = fits();
    if (found) return found;
    await sleep(20);
  }
  assert.fail(`no ${what} in ${ms} ms`);
}
const startScan = async id => (await api.post(`/api/v1/libraries/${id}/scan`, {deep: true})).data.job_id;

for (const transports of [['websocket'], ['polling', 'websocket'], ['polling']]) {
  test(`connects by ${transports.join(' then ')}, says hello, hears a job`, async () => {
    const socket = await connected({transports});
    assert.equal(socket.hello.id, socket.id);
    const ack = await socket.timeout(5000).emitWithAck('jobs:subscribe', {types: ['scan']});
    assert.equal(ack.ok, true);
    const id = await startScan(film.id);
    const done = await until(() => socket.heard.find(h => h.name === 'job:complete' && h.payload.job_id === id), 60_000, 'job:complete');
    assert.equal(done.payload.type, 'library-scan');
    const progress = socket.heard.filter(h => h.name === 'job:progress' && h.payload.job_id === id).map(h => h.payload);
    assert.ok(progress.length >= 2);
    assert.equal(progress[0].progress, 0);
    assert.equal(progress.at(-1).progress, 100);
    for (const p of progress) assert.deepEqual(Object.keys(p).sort(), ['job_id', 'message', 'progress', 'status', 'type']);
    socket.disconnect();
    await server.idle();
  });
}

test('a bad token is a connect_error, not a connection', async () => {
  for (const token of ['garbage', '', null, 5, {}]) {
    const socket = connect({token, reconnection: false});
    const [error] = await once(socket, 'connect_error');
    assert.equal(error.message, 'unauthorized');
    assert.equal(error.data?.code, 'UNAUTHORIZED');
    socket.disconnect();
  }
});

test('an API key is a token, too', async () => {
  const made = await api.post('/auth/api-keys', {name: 'socket'}, 201);
  (await connected({token: made.key ?? made.secret ?? made.api_key})).disconnect();
});

test('another namespace is invalid', async () => {
  const socket = io(`${server.url}/adm`, {transports: ['websocket'], auth: {token: server.token}, forceNew: true, reconnection: false});
  const [error] = await once(socket, 'connect_error');
  assert.equal(error.message, 'Invalid namespace');
  socket.disconnect();
});

test('without a subscription no job is heard, but every change of a movie is', async () => {
  const socket = await connected();
  await scan(film.id);
  const [movie] = (await api.get('/api/v1/movies', {limit: 1})).data;
  await api.put(`/api/v1/movies/${movie.id}`, {tagline: `changed ${Date.now()}`});
  const {payload} = await until(() => socket.heard.find(h => h.name === 'entity:updated' && h.payload.id === movie.id && h.payload.changes.includes('tagline')));
  assert.equal(payload.type, 'movie');
  assert.ok(payload.changes.includes('tagline_locked'));
  assert.deepEqual(socket.heard.filter(h => h.name.startsWith('job:')), []);
  socket.disconnect();
});

test('a subscription is a predicate; unsubscribing ends it; nonsense is refused in the ack', async () => {
  const socket = await connected();
  socket.emit('jobs:subscribe', {types: ['enrich', 'publish'], entity_id: film.id});
  socket.emit('jobs:subscribe', {types: 'scan', entity_id: many.id, entity_type: 'library'});
  const first = await startScan(film.id);
  await waitJob(server, first);
  const second = await startScan(many.id);
  await until(() => socket.heard.find(h => h.name === 'job:complete' && h.payload.job_id === second), 60_000);
  assert.deepEqual(socket.heard.filter(h => h.payload?.job_id === first), []);
  const bad = await socket.timeout(5000).emitWithAck('jobs:subscribe', {types: 5});
  assert.equal(bad.ok, false);
  assert.ok(bad.error);
  await socket.timeout(5000).emitWithAck('jobs:unsubscribe', null);
  const from = socket.heard.length;
  await waitJob(server, await startScan(film.id));
  await sleep(300);
  assert.deepEqual(socket.heard.slice(from).filter(h => h.name.startsWith('job:')), []);
  socket.disconnect();
});

test('a cancelled job is told as failed with "cancelled"', async () => {
  const socket = await connected();
  await socket.timeout(5000).emitWithAck('jobs:subscribe', {});
  const id = await startScan(many.id);
  await api.send('DELETE', `/api/v1/jobs/${id}`);
  const {data} = await api.get(`/api/v1/jobs/${id}`);
  if (data.status === 'completed') return socket.disconnect();
  const {payload} = await until(() => socket.heard.find(h => h.name === 'job:failed' && h.payload.job_id === id));
  assert.equal(payload.error, 'cancelled');
  assert.ok('attempts' in payload && 'max_attempts' in payload);
  socket.disconnect();
});

test('after a restart the client reconnects by itself and hears again', async () => {
  const socket = await connected();
  await server.stop();
  await server.restart();
  await until(() => socket.connected, 20_000, 'reconnection');
  await socket.timeout(5000).emitWithAck('jobs:subscribe', {});
  const {data} = await server.admin.post(`/api/v1/libraries/${film.id}/scan`, {deep: true});
  await until(() => socket.heard.find(h => h.name === 'job:complete' && h.payload.job_id === data.job_id), 60_000);
  socket.disconnect();
});

// --- the wire -----------------------------------------------------------------------------------------

const wire = () => {
  const ws = new WebSocket(server.ws('/socket.io/?EIO=4&transport=websocket'));
  ws.lines = [];
  ws.on('message', data => ws.lines.push(String(data)));
  ws.gone = once(ws, 'close');
  return ws;
};

test('the open packet has the documented numbers', async () => {
  const ws = wire();
  await until(() => ws.lines[0]);
  assert.equal(ws.lines[0][0], '0');
  const open = JSON.parse(ws.lines[0].slice(1));
  assert.deepEqual([open.upgrades, open.pingInterval, open.pingTimeout, open.maxPayload], [[], 25000, 20000, 1000000]);
  assert.ok(open.sid.length >= 20);
  ws.send(`40${JSON.stringify({token: server.token})}`);
  await until(() => ws.lines.length >= 3);
  const sid = JSON.parse(ws.lines[1].slice(2)).sid;
  assert.notEqual(sid, open.sid);
  assert.equal(ws.lines[2], `42["connected",{"id":"${sid}"}]`);
  ws.send('420["jobs:subscribe",{"types":["scan"]}]');
  await until(() => ws.lines.some(l => l === '430[{"ok":true}]'));
  ws.terminate();
});

test('packets that are none close that socket and nothing else', async () => {
  for (const packet of ['', 'x', '9', '42["jobs:subscribe"', '45["x"]', '4', '40{', '42[]', '42[5]', '4299999999999999999999["x"]', '2'.repeat(10_000), '\u0000']) {
    const ws = wire();
    await until(() => ws.lines[0]);
    ws.send(`40${JSON.stringify({token: server.token})}`);
    await until(() => ws.lines.length >= 2);
    ws.send(packet);
    await sleep(30);
    ws.terminate();
  }
  (await connected()).disconnect();
});

test('events before the connect packet do nothing', async () => {
  const ws = wire();
  await until(() => ws.lines[0]);
  ws.send('42["jobs:subscribe",{}]');
  await sleep(200);
  assert.ok(!ws.lines.some(l => l.startsWith('42')));
  ws.terminate();
});

test('polling errors have their codes', async () => {
  const get = async query => {
    const reply = await request(server.url, 'GET', `/socket.io/?${query}`);
    return [reply.status, reply.json?.code];
  };
  assert.deepEqual(await get('EIO=4&transport=nonsense'), [400, 0]);
  assert.deepEqual(await get('EIO=4&transport=polling&sid=nonsense'), [400, 1]);
  assert.deepEqual(await get('EIO=3&transport=polling'), [400, 5]);
  const post = await request(server.url, 'POST', '/socket.io/?EIO=4&transport=polling', {body: '40'});
  assert.deepEqual([post.status, post.json?.code], [400, 2]);
});
