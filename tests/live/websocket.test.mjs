import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { event, missing, start } from './server.mjs';

let server;
before(async () => { if (!missing) server = await start(); });
after(async () => { if (server) assert.equal(await server.stop(), 0); });

async function open(path = '/ws') {
  const ws = new WebSocket(server.url.replace('http', 'ws') + path);
  await event(ws, 'open');
  return ws;
}

test('texts of all sizes come back', { skip: missing }, async () => {
  const ws = await open();
  for (const size of [0, 1, 125, 126, 65535, 65536, 500000]) {
    ws.send('ö'.repeat(size));
    const [data] = await event(ws, 'message');
    assert.equal(data.toString(), 'ö'.repeat(size));
  }
  ws.close();
  const [code] = await event(ws, 'close');
  assert.equal(code, 1005);
});

test('fragments and pings interleave', { skip: missing }, async () => {
  const ws = await open();
  const pong = event(ws, 'pong');
  ws.send('one ', { fin: false });
  ws.ping('alive');
  ws.send('two', { fin: true });
  const [data] = await event(ws, 'message');
  assert.equal(data.toString(), 'one two');
  assert.equal((await pong)[0].toString(), 'alive');
  ws.terminate();
});

test('the server closes with its own code', { skip: missing }, async () => {
  const ws = await open();
  ws.send('close 4007');
  const [code, reason] = await event(ws, 'close');
  assert.equal(code, 4007);
  assert.equal(reason.toString(), 'asked');
});

test('binary messages are refused with 1003', { skip: missing }, async () => {
  const ws = await open();
  ws.send(Buffer.from([1, 2, 3]));
  assert.equal((await event(ws, 'close'))[0], 1003);
});

test('two hundred sockets at once', { skip: missing }, async () => {
  const all = await Promise.all(Array.from({ length: 200 }, () => open()));
  await Promise.all(all.map(async (ws, i) => {
    const answer = event(ws, 'message');
    ws.send(`number ${i}`);
    assert.equal((await answer)[0].toString(), `number ${i}`);
  }));
  all.forEach((ws) => ws.close());
});

test('a stopping server says 1001', { skip: missing }, async () => {
  const other = await start();
  const ws = new WebSocket(other.url.replace('http', 'ws') + '/ws');
  await event(ws, 'open');
  const closed = event(ws, 'close');
  assert.equal(await other.stop(), 0);
  assert.equal((await closed)[0], 1001);
});
