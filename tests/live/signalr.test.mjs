import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { event, eventually, missing, start } from './server.mjs';

const RS = '\x1e';
let server;
before(async () => { if (!missing) server = await start(300); });
after(async () => { if (server) assert.equal(await server.stop(), 0); });

function build(token = 'good', options = {}, query = '') {
  return new HubConnectionBuilder()
    .withUrl(`${server.url}/hub/test${query}`, { accessTokenFactory: () => token, ...options })
    .withAutomaticReconnect([0, 50, 100, 200])
    .configureLogging(LogLevel.None)
    .build();
}

function once(connection, name) {
  return new Promise((resolve) => connection.on(name, (...args) => resolve(args)));
}

test('negotiate, handshake, snapshot on connect', { skip: missing }, async () => {
  const c = build('good', {}, '?type=CopyTask');
  const welcome = once(c, 'welcome');
  await c.start();
  assert.deepEqual(await welcome, ['CopyTask']);
  assert.ok(c.connectionId);
  await c.stop();
  await eventually(async () => (await server.counts()).hub === 0, 'the connection is gone');
});

test('calls are answered with results or errors', { skip: missing }, async () => {
  const c = build();
  await c.start();
  for (const value of [1, 'text', 'ünï \u{1F600} "quoted"', null, { a: [1, 2, { b: null }] }, []]) {
    assert.deepEqual(await c.invoke('Echo', value), value);
  }
  await assert.rejects(c.invoke('Nope'), /Unknown hub method 'Nope'/);
  await assert.rejects(new Promise((resolve, reject) => c.stream('Numbers').subscribe({ complete: resolve, error: reject })),
    /Unknown hub method/);
  assert.equal(await c.invoke('Echo', 'still alive'), 'still alive');
  await c.stop();
});

test('broadcasts reach everyone in order', { skip: missing }, async () => {
  const all = [build(), build(), build()];
  const seen = all.map((c) => {
    const list = [];
    c.on('Message', (value) => list.push(value.n));
    return list;
  });
  await Promise.all(all.map((c) => c.start()));
  for (let n = 0; n < 50; n++) await all[n % 3].send('Broadcast', { n });
  // Three senders may overtake each other, so only one client's own order is fixed.
  await eventually(() => seen.every((list) => list.length === 50), 'fifty messages each');
  for (const list of seen) {
    for (let sender = 0; sender < 3; sender++) {
      const own = list.filter((n) => n % 3 === sender);
      assert.deepEqual(own, [...own].sort((a, b) => a - b));
    }
  }
  await Promise.all(all.map((c) => c.stop()));
});

test('a bad token is refused', { skip: missing }, async () => {
  await assert.rejects(build('bad').start(), /401|Unauthorized/);
});

test('websockets without negotiation work', { skip: missing }, async () => {
  const c = build('good', { skipNegotiation: true, transport: HttpTransportType.WebSockets });
  await c.start();
  assert.equal(await c.invoke('Echo', 5), 5);
  await c.stop();
});

test('a lost connection comes back under a new id', { skip: missing }, async () => {
  const c = build();
  await c.start();
  const before = c.connectionId;
  const back = new Promise((resolve) => c.onreconnected(resolve));
  await c.send('Drop');
  const id = await back;
  assert.notEqual(id, before);
  assert.equal(await c.invoke('Echo', 'again'), 'again');
  await c.stop();
});

test('an error close ends it for good', { skip: missing }, async () => {
  const c = build();
  await c.start();
  const closed = new Promise((resolve) => c.onclose(resolve));
  await c.send('Kick');
  assert.match(String(await closed), /kicked/);
});

test('a stopping server lets clients reconnect', { skip: missing }, async () => {
  const other = await start();
  const c = new HubConnectionBuilder()
    .withUrl(`${other.url}/hub/test`, { accessTokenFactory: () => 'good' })
    .withAutomaticReconnect([10000]).configureLogging(LogLevel.None).build();
  await c.start();
  const reconnecting = new Promise((resolve) => c.onreconnecting(resolve));
  assert.equal(await other.stop(), 0);
  await reconnecting;
  await c.stop();
});

test('pings keep a silent client', { skip: missing }, async () => {
  const c = build();
  c.serverTimeoutInMilliseconds = 2500;
  await c.start();
  let lost = false;
  c.onreconnecting(() => { lost = true; });
  await new Promise((r) => setTimeout(r, 4000));
  assert.equal(lost, false);
  await c.stop();
});

// --- below the library: what it never sends ---

async function raw(query = '?access_token=good') {
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}/hub/test${query}`);
  await event(ws, 'open');
  ws.next = async () => (await event(ws, 'message'))[0].toString();
  return ws;
}

test('tokens are single use and unknown ones 404', { skip: missing }, async () => {
  const reply = await fetch(`${server.url}/hub/test/negotiate?negotiateVersion=1&access_token=good`, { method: 'POST' });
  const body = await reply.json();
  assert.equal(reply.status, 200);
  assert.equal(body.negotiateVersion, 1);
  assert.notEqual(body.connectionId, body.connectionToken);
  const ws = await raw(`?access_token=good&id=${body.connectionToken}`);
  for (const [id, status] of [[body.connectionToken, 409], ['nonsense', 404], [body.connectionId, 404]]) {
    const second = new WebSocket(`${server.url.replace('http', 'ws')}/hub/test?access_token=good&id=${id}`);
    const [error] = await event(second, 'error');
    assert.match(error.message, new RegExp(String(status)));
  }
  ws.close();
  const old = await (await fetch(`${server.url}/hub/test/negotiate?access_token=good`, { method: 'POST' })).json();
  assert.equal(old.connectionToken, undefined);
  (await raw(`?access_token=good&id=${old.connectionId}`)).close();
});

test('wrong handshakes are told why', { skip: missing }, async () => {
  for (const text of ['{"protocol":"messagepack","version":1}', '{"protocol":"json","version":2}', '[]', 'x', '{}']) {
    const ws = await raw();
    const closed = event(ws, 'close');
    ws.send(text + RS);
    const answer = await ws.next();
    assert.ok(answer.endsWith(RS));
    assert.ok(JSON.parse(answer.slice(0, -1)).error);
    await closed;
  }
});

test('records may share frames and be split', { skip: missing }, async () => {
  const ws = await raw();
  const seen = [];
  ws.on('message', (data) => seen.push(...data.toString().split(RS).filter(Boolean)));
  ws.send(`{"protocol":"json","version":1}${RS}{"type":6}${RS}{"type":1,"invocationId":"7","target":"Ec`);
  ws.send(`ho","arguments":[42]}${RS}`);
  await eventually(() => seen.length >= 3, 'three answers');
  assert.equal(seen[0], '{}');
  assert.deepEqual(JSON.parse(seen[1]).target, 'Welcome');
  assert.deepEqual(JSON.parse(seen[2]), { type: 3, invocationId: '7', result: 42 });
  ws.close();
});

test('broken and oversized messages end the connection', { skip: missing }, async () => {
  for (const text of ['nonsense' + RS, '[1]' + RS, '{"type":"1"}' + RS, '{"type":1}' + RS, '{"type":1,"type":6}' + RS,
    'x'.repeat(40000)]) {
    const ws = await raw();
    ws.send(`{"protocol":"json","version":1}${RS}`);
    await ws.next();
    const closed = event(ws, 'close');
    const messages = [];
    ws.on('message', (data) => messages.push(data.toString()));
    ws.send(text);
    await closed;
    assert.match(messages.join(''), /"type":7,"error"/);
  }
});
