// What holds for every request, whatever it asks for.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import {gunzipSync} from 'node:zlib';
import {request, sleep, startServer, systems} from './harness.mjs';
import {table} from './support/tables.mjs';

const server = await startServer();
const {admin, anonymous} = server;

// Bytes as they are on the wire, for what no HTTP client would send.
function raw(text, ms = 3000) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('latin1').on('data', part => { got += part; });
    socket.on('close', () => resolve(got)).on('error', error => error.code === 'ECONNRESET' ? resolve(got) : reject(error));
    setTimeout(() => socket.destroy(), ms).unref();
  });
}

table('an unknown path is 404 in the shape of the API whose prefix it carries', [
  ['/fuzzbin/nowhere', body => assert.equal(body.detail, 'Not Found')],
  ['/nowhere', body => assert.equal(body.detail, 'Not Found')],
  ['/harmony/nowhere', body => assert.equal(body.detail, 'Not Found')],
  ['/stashhog/api/v1/nowhere', body => assert.equal(body.error, 'Not Found')],
  ['/haas/api/nowhere', body => assert.equal(body.message, body.error)],
  ['/metarr/api/v1/nowhere', body => assert.equal(body.error.code, 'NOT_FOUND')],
  ['/api/v1/nowhere', body => assert.equal(body.error.code, 'NOT_FOUND')],
], async (path, check) => check((await admin.expect(404, 'GET', path, {headers: {accept: 'application/json'}})).json));

table('a wrong method is 405 with Allow, except where the API says 404', [
  ['DELETE', '/fuzzbin/health', 405, 'GET'],
  ['PUT', '/fuzzbin/videos', 405, 'GET, POST'],
  ['POST', '/harmony/status', 405, 'GET'],
  ['POST', '/stashhog/api/v1/scenes/', 405, 'GET'],
  ['PUT', '/haas/api/files', 405, 'GET, DELETE'],
  ['DELETE', '/metarr/api/v1/libraries', 404, null],
], async (method, path, status, allow) => {
  const reply = await admin.expect(status, method, path);
  for (const word of allow?.split(', ') ?? []) assert.match(reply.headers.allow ?? '', new RegExp(`\\b${word}\\b`));
});

test('HEAD answers as GET does, without the body', async () => {
  for (const path of ['/videos', '/fuzzbin/health', '/metarr/api/v1/movies', '/haas/api/files', '/openapi.json']) {
    const get = await admin.expect(200, 'GET', path);
    const head = await admin.expect(200, 'HEAD', path);
    assert.equal(head.bytes.length, 0, path);
    assert.equal(head.headers['content-type'], get.headers['content-type'], path);
    assert.equal(head.headers['content-length'], get.headers['content-length'], path);
  }
});

table('a collection path with the other spelling of its final slash', [
  ['/fuzzbin/videos/?page=2&page_size=5', 307, '/fuzzbin/videos?page=2&page_size=5'],
  ['/fuzzbin/tags/', 307, '/fuzzbin/tags'],
  ['/harmony/settings/', 307, '/harmony/settings'],
  ['/stashhog/api/v1/scenes', 200],
  ['/stashhog/api/v1/health', 200],
  ['/haas/api/files/', 200],
], async (path, status, location) => {
  const reply = await admin.expect(status, 'GET', path);
  if (location) assert.ok(reply.headers.location.endsWith(location), reply.headers.location);
});

test('every reply carries a request id, and a sane one of the client is kept', async () => {
  const given = await admin.expect(200, 'GET', '/videos', {headers: {'x-request-id': 'my-call-42'}});
  assert.equal(given.headers['x-request-id'], 'my-call-42');
  const ids = await Promise.all([1, 2].map(() => admin.send('GET', '/fuzzbin/nowhere')));
  assert.ok(ids[0].headers['x-request-id']);
  assert.notEqual(ids[0].headers['x-request-id'], ids[1].headers['x-request-id']);
  const long = await admin.expect(200, 'GET', '/videos', {headers: {'x-request-id': 'x'.repeat(5000)}});
  assert.ok(long.headers['x-request-id'].length <= 200);
});

test('JSON above 1 KiB is compressed for those who ask, and is the same', async () => {
  const plain = await admin.expect(200, 'GET', '/openapi.json');
  assert.equal(plain.headers['content-encoding'], undefined);
  const packed = await request(server.url, 'GET', '/openapi.json', {headers: {...admin.headers, 'accept-encoding': 'gzip'}});
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.match(packed.headers.vary ?? '', /accept-encoding/i);
  assert.ok(packed.bytes.length < plain.bytes.length / 2);
  assert.deepEqual(JSON.parse(gunzipSync(packed.bytes)), plain.json);
  const small = await request(server.url, 'GET', '/fuzzbin/health', {headers: {'accept-encoding': 'gzip'}});
  assert.equal(small.headers['content-encoding'], undefined);
});

test('CORS: listed origins are echoed with credentials, others get nothing but the reply', async () => {
  for (const [prefix, origin] of [['/fuzzbin/health', 'http://localhost:5173'], ['/metarr/api/v1/movies', 'http://localhost:3001']]) {
    const good = await admin.expect(200, 'GET', prefix, {headers: {origin}});
    assert.equal(good.headers['access-control-allow-origin'], origin);
    assert.equal(good.headers['access-control-allow-credentials'], 'true');
    assert.match(good.headers.vary, /origin/i);
    const bad = await admin.expect(200, 'GET', prefix, {headers: {origin: 'https://evil.example'}});
    assert.equal(bad.headers['access-control-allow-origin'], undefined);
  }
  const refused = await anonymous.expect(401, 'GET', '/haas/api/files', {headers: {origin: 'http://localhost:3000'}});
  assert.equal(refused.headers['access-control-allow-origin'], 'http://localhost:3000');
});

table('a preflight is answered before anything is asked of it', [
  ['/fuzzbin/videos', 'http://localhost:3000', 200],
  ['/stashhog/api/v1/scenes/', 'http://localhost:3000', 200],
  ['/haas/api/files', 'http://localhost:3000', 204],
  ['/metarr/api/v1/movies', 'http://localhost:3001', 204],
], async (path, origin, status) => {
  const reply = await anonymous.expect(status, 'OPTIONS', path, {headers: {origin,
    'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type'}});
  assert.equal(reply.headers['access-control-allow-origin'], origin);
  assert.match(reply.headers['access-control-allow-headers'], /authorization/i);
  assert.match(reply.headers['access-control-allow-methods'], /PATCH/);
});

test('OPTIONS without an origin names the methods', async () => {
  const reply = await anonymous.send('OPTIONS', '/fuzzbin/videos');
  assert.ok([200, 204].includes(reply.status));
  for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS']) assert.match(reply.headers.allow, new RegExp(method));
});

test('a body above the limit is 413 without being read to its end', async () => {
  const reply = await admin.send('POST', '/fuzzbin/videos', {body: `{"title":"${'x'.repeat(3 << 20)}"}`,
    headers: {'content-type': 'application/json'}}).catch(error => error);
  assert.ok(reply.status === 413 || reply.code === 'EPIPE' || reply.code === 'ECONNRESET', String(reply));
  const declared = await raw('POST /fuzzbin/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ' + server.token +
    '\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{');
  assert.match(declared, /^HTTP\/1\.1 413/);
  await admin.get('/videos');
});

const json = {'content-type': 'application/json'};
table('malformed JSON is answered in each API\'s words', [
  ['/fuzzbin/videos', 422, b => assert.equal(b.errors[0].type, 'json_invalid')],
  ['/harmony/settings', 422, b => assert.equal(b.detail[0].type, 'json_invalid')],
  ['/haas/api/metadata/libraries', 400, b => assert.ok(b.message)],
  ['/metarr/api/v1/libraries', 400, b => assert.equal(b.error.code, 'INVALID_FORMAT')],
], async (path, status, check) => {
  for (const body of ['{"title":', '{"title": "a",}', "{'a': 1}", '{"a": 01}', '{"a": NaN}', '\ufeff{', '{"a":"\u0001"}']) {
    check((await admin.expect(status, 'POST', path, {body, headers: json})).json);
  }
});

test('strict JSON: invalid UTF-8, duplicate keys, great depth and lone surrogates are refused, never fatal', async () => {
  const bodies = [
    Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    '{"title":"a","title":"b"}', '['.repeat(100_000), '{"a":'.repeat(5000) + '1' + '}'.repeat(5000),
    '{"title":"\\ud800"}',
  ];
  for (const body of bodies) {
    const reply = await admin.send('POST', '/fuzzbin/videos', {body, headers: json});
    assert.ok(reply.status >= 400 && reply.status < 500, `${reply.status} ${reply.text.slice(0, 200)}`);
  }
});

test('a text with NUL is refused or kept, on both databases alike, never cut', async () => {
  const reply = await admin.send('POST', '/fuzzbin/videos', {json: {title: 'be\u0000fore'}});
  assert.ok(reply.status === 422 || reply.status === 400 || reply.json.title === 'be\u0000fore', reply.text);
});

test('Unicode goes through unchanged and unescaped', async () => {
  const title = 'Ünïcødé 東京 \u{1F3B5} \u200d e\u0301 "quoted" \\ / \u2028 <b>';
  const made = await admin.expect(201, 'POST', '/fuzzbin/videos', {json: {title}});
  assert.equal(made.json.title, title);
  assert.ok(made.text.includes('東京') && made.text.includes('\u{1F3B5}'));
  const again = await admin.get(`/videos/${made.json.id}`);
  assert.equal(again.title, title);
});

table('requests that are no HTTP are refused, and the server goes on', [
  ['garbage', 'hello\r\n\r\n'],
  ['no path', 'GET\r\n\r\n'],
  ['two lengths', 'POST /videos HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde'],
  ['length and chunks', 'POST /videos HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a negative length', 'POST /videos HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
  ['a header of 1 MiB', `GET /videos HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n`],
  ['10,000 headers', `GET /videos HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(10_000)}\r\n`],
  ['a path of 64 KiB', `GET /${'a'.repeat(65536)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['NUL in the path', 'GET /vid\0eos HTTP/1.1\r\nHost: x\r\n\r\n'],
], async (name, text) => {
  const got = await raw(text, 1500);
  if (got) assert.match(got, /^HTTP\/1\.[01] (4\d\d|501)/, got.slice(0, 200));
  await anonymous.expect(200, 'GET', '/fuzzbin/health');
});

table('percent-encoding in paths is decoded once', [
  ['/%76ideos', 200], ['/fuzzbin/videos%2F1', 404], ['/fuzzbin/videos/%39%39%39%39', 404],
  ['/fuzzbin/videos/%zz', 422], ['/fuzzbin/videos/%00', 422], ['/fuzzbin/config/field/tags%2Enormalize', 200],
], async (path, status) => {
  const reply = await admin.send('GET', path);
  assert.ok([status, 400].includes(reply.status), `${path}: ${reply.status}`);
});

test('pipelined requests are answered in order', async () => {
  const one = path => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\n\r\n`;
  const got = await raw(one('/fuzzbin/health') + one('/fuzzbin/nowhere') + one('/fuzzbin/health'), 1500);
  assert.deepEqual([...got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(m => m[1]), ['200', '404', '200']);
});

test('a client that sends slowly does not hold others up', async () => {
  const slow = Array.from({length: 50}, () => net.connect(server.port, '127.0.0.1').on('error', () => {}));
  await sleep(100);
  for (const s of slow) s.write('POST /videos HTTP/1.1\r\nHost: x\r\nContent-Le');
  const started = Date.now();
  await admin.get('/videos');
  assert.ok(Date.now() - started < 2000);
  for (const s of slow) s.destroy();
});

test('a conditional GET of the OpenAPI document is 304', async () => {
  const first = await admin.expect(200, 'GET', '/openapi.json');
  if (!first.headers.etag) return;
  const second = await admin.expect(304, 'GET', '/openapi.json', {headers: {'if-none-match': first.headers.etag}});
  assert.equal(second.bytes.length, 0);
});

test('each system is described by its own document, all of them by the root one', async () => {
  const all = (await anonymous.get('/openapi.json'));
  assert.equal(all.openapi, '3.1.0');
  for (const system of systems) {
    const document = await anonymous.get(`/${system}/openapi.json`);
    assert.ok(Object.keys(document.paths).length > 10, system);
    for (const item of Object.values(document.paths)) {
      for (const operation of Object.values(item)) assert.ok(operation.summary && operation.responses);
    }
  }
});

test('the docs page is there when the web page is built', async t => {
  const docs = await anonymous.send('GET', '/docs', {headers: {accept: 'text/html'}});
  if (docs.status === 404 && docs.json?.code === 'no_web_page') return t.skip('the web page is not built');
  assert.equal(docs.status, 200);
  assert.match(docs.headers['content-type'], /text\/html/);
});

test('/ping and /metrics are there', async () => {
  await anonymous.expect(200, 'GET', '/ping');
  const metrics = await admin.expect(200, 'GET', '/metrics');
  assert.match(metrics.text, /^# (HELP|TYPE) medley_http_requests_total/m);
});

test('security headers keep pages from being framed or sniffed', async () => {
  const reply = await anonymous.send('GET', '/', {headers: {accept: 'text/html'}});
  assert.equal(reply.headers['x-content-type-options'], 'nosniff');
});
