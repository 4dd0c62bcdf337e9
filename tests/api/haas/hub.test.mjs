// SignalR with the real client, and its wire: section 10.
import assert from 'node:assert/strict';
import {closeSync, ftruncateSync, openSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import * as signalR from '@microsoft/signalr';
import WebSocket from 'ws';
import {request, sleep, startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  writeFileSync(join(s.library, 'small.bin'), Buffer.alloc(20 << 20, 1));
  const sparse = openSync(join(s.library, 'huge.bin'), 'w');
  ftruncateSync(sparse, 3 * 2 ** 30);
  closeSync(sparse);
}});
const {admin} = server;
const hub = `${server.url}/hub/background-tasks`;
const copy = async to => (await admin.post('/api/files/copy', {sourcePath: 'small.bin', destinationPath: to})).operationId;
let serial = 0;

function build(query = '', {token = server.token, transport, retry} = {}) {
  const builder = new signalR.HubConnectionBuilder()
    .withUrl(hub + query, {accessTokenFactory: () => token, ...transport ? {transport} : {}})
    .configureLogging(signalR.LogLevel.None);
  if (retry) builder.withAutomaticReconnect(retry);
  const connection = builder.build();
  connection.heard = [];
  connection.on('TaskUpdated', task => connection.heard.push(task));
  return connection;
}
async function until(fits, ms = 20_000, what = 'update') {
  for (let waited = 0; waited < ms; waited += 20) {
    const found = fits();
    if (found) return found;
    await sleep(20);
  }
  assert.fail(`no ${what} in ${ms} ms`);
}
const ended = (connection, id) => connection.heard.find(t => t.id === id && t.status >= 2);

for (const [name, transport] of [['WebSockets', signalR.HttpTransportType.WebSockets], ['the default transport', undefined]]) {
  test(`a task is followed to its end by ${name}`, async () => {
    const connection = build('?type=CopyOperationTask', {transport});
    await connection.start();
    const id = await copy(`copy-${serial++}.bin`);
    const last = await until(() => ended(connection, id));
    assert.deepEqual([last.status, last.progress, last.type], [2, 100, 'CopyOperationTask']);
    assert.equal(last.payload.copiedBytes, 20 << 20);
    const mine = connection.heard.filter(t => t.id === id);
    const progress = mine.map(t => t.progress);
    assert.deepEqual(progress, [...progress].sort((a, b) => a - b));
    assert.equal(mine.filter(t => t.status >= 2).length, 1);
    assert.equal(mine.at(-1).status, 2);
    await connection.stop();
  });
}

test('type filters; without it everything is heard; an unknown type is silence', async () => {
  const [all, copies, none] = [build(), build('?type=CopyOperationTask'), build('?type=Nonsense')];
  await Promise.all([all, copies, none].map(c => c.start()));
  const id = await copy(`copy-${serial++}.bin`);
  await until(() => ended(all, id) && ended(copies, id));
  await admin.post('/api/metadata/scan/start');
  await until(() => all.heard.some(t => t.type === 'MetadataScanTask' && t.status >= 2));
  assert.ok(copies.heard.every(t => t.type === 'CopyOperationTask'));
  assert.deepEqual(none.heard, []);
  await Promise.all([all, copies, none].map(c => c.stop()));
});

test('who connects late is told what runs', async () => {
  const {operationId: id} = await admin.post('/api/files/copy', {sourcePath: 'huge.bin', destinationPath: `huge-${serial++}.bin`});
  const connection = build('?type=CopyOperationTask');
  await connection.start();
  const task = await until(() => connection.heard.find(t => t.id === id));
  assert.ok(task.status <= 2);
  await admin.send('DELETE', `/api/background-tasks/${id}`);
  await until(() => ended(connection, id));
  await connection.stop();
});

test('a bad token cannot connect', async () => {
  for (const token of ['garbage', '']) {
    await assert.rejects(build('', {token}).start(), /401|Unauthorized/);
    await assert.rejects(build('', {token, transport: signalR.HttpTransportType.WebSockets}).start());
  }
});

test('an unknown method is an error of that call, the connection stays', async () => {
  const connection = build();
  await connection.start();
  await assert.rejects(connection.invoke('Nonsense', 1), /Nonsense/);
  assert.equal(connection.state, signalR.HubConnectionState.Connected);
  await connection.stop();
});

test('after a restart the client reconnects by itself', async () => {
  const connection = build('', {retry: [0, 200, 500, 1000, 2000, 2000, 2000]});
  await connection.start();
  const first = connection.connectionId;
  const again = new Promise(resolve => connection.onreconnected(resolve));
  await server.stop();
  await server.restart();
  assert.notEqual(await again, first);
  const {operationId: id} = await server.admin.post('/api/files/copy', {sourcePath: 'small.bin', destinationPath: `copy-${serial++}.bin`});
  await until(() => ended(connection, id));
  await connection.stop();
});

// --- the wire -------------------------------------------------------------------------------------------

const path = '/hub/background-tasks';
const bearer = () => ({authorization: `Bearer ${server.token}`});
const negotiate = async (query = '?negotiateVersion=1') =>
  (await request(server.url, 'POST', `${path}/negotiate${query}`, {headers: bearer(), body: ''}));
const RS = '\x1e';

function wire(query, headers = {}) {
  const ws = new WebSocket(server.ws(path) + query, {headers});
  ws.messages = [];
  ws.on('message', data => ws.messages.push(...String(data).split(RS).slice(0, -1).map(m => JSON.parse(m))));
  ws.opened = new Promise(resolve => {
    ws.on('open', () => resolve(101));
    ws.on('unexpected-response', (req, res) => { req.destroy(); resolve(res.statusCode); });
    ws.on('error', () => {});
  });
  ws.gone = new Promise(resolve => ws.on('close', code => resolve(code)));
  return ws;
}

test('negotiate answers as the client needs it', async () => {
  const reply = await negotiate();
  assert.equal(reply.status, 200);
  const {negotiateVersion, connectionId, connectionToken, availableTransports} = reply.json;
  assert.equal(negotiateVersion, 1);
  assert.notEqual(connectionId, connectionToken);
  assert.match(connectionToken, /^[\w-]{22,}$/);
  assert.equal(availableTransports[0].transport, 'WebSockets');
  assert.equal('url' in reply.json || 'useStatefulReconnect' in reply.json, false);
  const old = (await negotiate('')).json;
  assert.ok(old.connectionId);
  assert.equal((await request(server.url, 'POST', `${path}/negotiate`, {body: ''})).status, 401);
  assert.equal((await request(server.url, 'POST', `${path}/negotiate?access_token=${server.token}`, {body: ''})).status, 200);
});

test('access_token in the query opens hubs', async () => {
  const {connectionToken} = (await negotiate()).json;
  const ws = wire(`?id=${connectionToken}&access_token=${server.token}`);
  assert.equal(await ws.opened, 101);
  ws.send(`{"protocol":"json","version":1}${RS}{"type":6}${RS}`);
  await until(() => ws.messages.length);
  assert.deepEqual(ws.messages[0], {});
  const second = wire(`?id=${connectionToken}`, bearer());
  assert.ok([404, 409].includes(await second.opened));
  ws.close();
});

test('without negotiation a connection is made on the fly; unknown ids are 404; no token 401', async () => {
  const direct = wire('', bearer());
  assert.equal(await direct.opened, 101);
  direct.send(`{"protocol":"json","version":1}${RS}`);
  await until(() => direct.messages.length);
  direct.close();
  assert.equal(await wire('?id=nonsense', bearer()).opened, 404);
  assert.equal(await wire('').opened, 401);
});

table('handshakes that are none are answered with an error and a close', [
  ['another protocol', `{"protocol":"messagepack","version":1}${RS}`], ['a later version', `{"protocol":"json","version":9}${RS}`],
  ['no JSON', `hello${RS}`], ['no object', `[]${RS}`], ['an invocation first', `{"type":1,"target":"x","arguments":[]}${RS}`],
], async (name, frame) => {
  const ws = wire('', bearer());
  await ws.opened;
  ws.send(frame);
  await Promise.race([ws.gone, sleep(5000).then(() => assert.fail('stays open'))]);
  if (ws.messages.length) assert.ok(ws.messages[0].error);
});

test('messages that are none close that connection only', async () => {
  for (const frame of ['{', `{"type":"x"}${RS}`, `{"type":99}${RS}`, `{"type":1}${RS}`, `null${RS}`, RS, `${'['.repeat(5000)}${RS}`, 'x'.repeat(40_000)]) {
    const ws = wire('', bearer());
    await ws.opened;
    ws.send(`{"protocol":"json","version":1}${RS}`);
    await until(() => ws.messages.length);
    ws.send(frame);
    await sleep(30);
    ws.terminate();
  }
  const connection = build('', {token: server.token});
  await connection.start();
  await connection.stop();
});
