import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { event, eventually, missing, start } from './server.mjs';

let server;
before(async () => { if (!missing) server = await start(); });
after(async () => { if (server) assert.equal(await server.stop(), 0); });

const transports = { websocket: ['websocket'], polling: ['polling'], upgrade: ['polling', 'websocket'] };

function connect(options = {}, url = server.url) {
  return io(url, { auth: { token: 'good' }, forceNew: true, reconnectionDelay: 50, ...options });
}

for (const [name, list] of Object.entries(transports)) {
  test(`${name}: hello, events, answers`, { skip: missing }, async () => {
    const s = connect({ transports: list });
    const [hello] = await event(s, 'connected');
    assert.equal(hello.id, s.id);
    for (const value of [1, 'ünï \u{1F600} "q"', { a: [1, null] }, [], 'x'.repeat(200000)]) {
      assert.deepEqual(await s.timeout(3000).emitWithAck('echo', value), value);
    }
    s.emit('echo', { n: 1 });
    assert.deepEqual((await event(s, 'echo'))[0], { n: 1 });
    s.disconnect();
    await eventually(async () => (await server.counts()).io === 0, 'the session is gone');
  });

  test(`${name}: a bad token is told why`, { skip: missing }, async () => {
    for (const auth of [{ token: 'bad' }, {}, undefined]) {
      const s = connect({ transports: list, auth });
      const [error] = await event(s, 'connect_error');
      assert.equal(error.message, 'unauthorized');
      assert.deepEqual(error.data, { code: 'UNAUTHORIZED' });
      s.disconnect();
    }
  });

  test(`${name}: broadcasts keep their order`, { skip: missing }, async () => {
    const all = Array.from({ length: 4 }, () => connect({ transports: list }));
    const seen = all.map((s) => {
      const numbers = [];
      s.on('message', (n) => numbers.push(n));
      return numbers;
    });
    await Promise.all(all.map((s) => event(s, 'connected')));
    for (let n = 0; n < 100; n++) all[0].emit('broadcast', n);
    await eventually(() => seen.every((numbers) => numbers.length === 100), 'a hundred each');
    for (const numbers of seen) assert.deepEqual(numbers, Array.from({ length: 100 }, (_, n) => n));
    all.forEach((s) => s.disconnect());
    await eventually(async () => (await server.counts()).io === 0, 'the sessions are gone');
  });

  test(`${name}: whoever is kicked stays away`, { skip: missing }, async () => {
    const s = connect({ transports: list });
    await event(s, 'connected');
    const gone = event(s, 'disconnect');
    s.emit('kick');
    assert.equal((await gone)[0], 'io server disconnect');
    s.close();
    await eventually(async () => (await server.counts()).io === 0, 'the session is gone');
  });

  test(`${name}: heartbeats keep a quiet client`, { skip: missing }, async () => {
    const other = await start(200, 300);
    const s = connect({ transports: list }, other.url);
    await event(s, 'connected');
    const reasons = [];
    s.on('disconnect', (reason) => reasons.push(reason));
    await new Promise((r) => setTimeout(r, 1500));
    assert.deepEqual(reasons, []);
    assert.equal(await s.timeout(1000).emitWithAck('echo', 1), 1);
    s.disconnect();
    assert.equal(await other.stop(), 0);
  });
}

test('the upgrade really happens', { skip: missing }, async () => {
  const s = connect({ transports: ['polling', 'websocket'] });
  await event(s, 'connected');
  await eventually(() => s.io.engine.transport.name === 'websocket', 'the upgrade');
  assert.equal(await s.timeout(1000).emitWithAck('echo', 'up'), 'up');
  s.disconnect();
});

test('other namespaces are refused', { skip: missing }, async () => {
  const s = io(`${server.url}/admin`, { forceNew: true, transports: ['websocket'] });
  const [error] = await event(s, 'connect_error');
  assert.equal(error.message, 'Invalid namespace');
  s.disconnect();
});

test('a refused client may try again on the same session', { skip: missing }, async () => {
  const auth = { token: 'bad' };
  const s = connect({ transports: ['websocket'], auth: (cb) => cb(auth) });
  await event(s, 'connect_error');
  auth.token = 'good';
  s.connect();
  await event(s, 'connected');
  s.disconnect();
});

test('clients come back after a restart of their connection', { skip: missing }, async () => {
  const s = connect({ transports: ['websocket'] });
  const [first] = await event(s, 'connected');
  s.io.engine.transport.ws.close();
  const [second] = await event(s, 'connected');
  assert.notEqual(first.id, second.id);
  s.disconnect();
});

test('a stopping server lets clients reconnect', { skip: missing }, async () => {
  const other = await start();
  const s = connect({ transports: ['websocket'] }, other.url);
  await event(s, 'connected');
  const gone = event(s, 'disconnect');
  assert.equal(await other.stop(), 0);
  assert.equal((await gone)[0], 'transport close');
  assert.equal(s.active, true);
  s.disconnect();
});

test('clients that do not answer pings are closed', { skip: missing }, async () => {
  const other = await start(150, 150);
  const ws = new WebSocket(`${other.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const began = Date.now();
  await event(ws, 'close');
  assert.ok(Date.now() - began < 3000);
  assert.equal(await other.stop(), 0);
});

// --- below the library ---

test('wrong requests get the documented codes', { skip: missing }, async () => {
  const rows = [
    ['GET', '?EIO=4', 0], ['GET', '?EIO=4&transport=tcp', 0], ['GET', '?EIO=4&transport=polling&sid=x', 1],
    ['POST', '?EIO=4&transport=polling', 2], ['PUT', '?EIO=4&transport=polling', 2],
    ['GET', '?EIO=4&transport=websocket', 3], ['GET', '?EIO=3&transport=polling', 5], ['GET', '?transport=polling', 5],
  ];
  for (const [method, query, code] of rows) {
    const reply = await fetch(`${server.url}/socket.io/${query}`, { method });
    assert.equal(reply.status, 400, query);
    assert.equal((await reply.json()).code, code, query);
  }
});

test('polling by hand', { skip: missing }, async () => {
  const base = `${server.url}/socket.io/?EIO=4&transport=polling`;
  const open = await (await fetch(base)).text();
  assert.equal(open[0], '0');
  const { sid, upgrades, maxPayload } = JSON.parse(open.slice(1));
  assert.deepEqual(upgrades, ['websocket']);
  assert.equal(maxPayload, 1000000);
  const url = `${base}&sid=${sid}`;
  const post = async (body) => (await fetch(url, { method: 'POST', body })).text();
  assert.equal(await post('40{"token":"good"}'), 'ok');
  assert.match(await (await fetch(url)).text(), /^40\{"sid":"[\w-]{20}"\}\x1e42\["connected",\{"id":"[\w-]{20}"\}\]$/);
  const waiting = fetch(url).then((r) => r.text());
  await new Promise((r) => setTimeout(r, 100));
  assert.equal(await post('42["echo",1]\x1e420["echo",2]'), 'ok');
  const answer = await waiting;
  assert.equal(answer, '42["echo",1]');
  assert.equal(await (await fetch(url)).text(), '430[2]');
  // Two polls at once end the session.
  const first = fetch(url).then((r) => r.text());
  await new Promise((r) => setTimeout(r, 100));
  assert.equal((await fetch(url)).status, 400);
  assert.equal(await first, '1');
  assert.equal((await (await fetch(url)).json()).code, 1);
});

test('broken packets end the session', { skip: missing }, async () => {
  for (const packet of ['42["echo"]', '9', '', '4', '40[]', '40{"token":"good"}x', '45-["x"]', 'bAAAA', '44{}',
    '40{"a":1,"a":2}']) {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await event(ws, 'message');
    const closed = event(ws, 'close');
    ws.send(packet);
    await closed;
  }
});

test('a broken upgrade leaves polling alone', { skip: missing }, async () => {
  const base = `${server.url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
  const url = `${base}&sid=${sid}`;
  for (let i = 0; i < 2; i++) {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
    await event(ws, 'open');
    const probe = event(ws, 'message');
    ws.send('2probe');
    assert.equal((await probe)[0].toString(), '3probe');
    assert.equal(await (await fetch(url)).text(), '6');
    ws.terminate();
    await new Promise((r) => setTimeout(r, 100));
  }
  assert.equal(await (await fetch(url, { method: 'POST', body: '40{"token":"good"}' })).text(), 'ok');
  assert.match(await (await fetch(url)).text(), /^40/);
  await fetch(url, { method: 'POST', body: '1' });
});
