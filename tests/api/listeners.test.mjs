// Further listeners: one API alone at its root, with a folder of the client's own pages (design: URLs).
import assert from 'node:assert/strict';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {freePort, request, startServer} from './harness.mjs';
import {table} from './support/tables.mjs';

const [alone, paged] = [await freePort(), await freePort()];
const extra = {};
const server = await startServer({
  lay: s => {
    const pages = join(s.home, 'pages');
    mkdirSync(join(pages, 'assets'), {recursive: true});
    writeFileSync(join(pages, 'index.html'), '<!doctype html><title>client</title>');
    writeFileSync(join(pages, 'assets', 'app-1.js'), 'console.log(1)');
    writeFileSync(join(s.home, 'secret.txt'), 'secret');
    symlinkSync('../../secret.txt', join(pages, 'assets', 'link.txt'));
    s.options.args = ['--set', `server.extra_listeners=harmony@127.0.0.1:${alone},fuzzbin@127.0.0.1:${paged}=${pages}`];
    extra.alone = `http://127.0.0.1:${alone}`;
    extra.paged = `http://127.0.0.1:${paged}`;
  },
});
const get = (base, path, headers = {}) => request(base, 'GET', path, {headers});
const html = {accept: 'text/html,application/xhtml+xml,*/*;q=0.8'};
const signedIn = {authorization: `Bearer ${server.token}`};

test('an API alone has its root to itself', async () => {
  assert.equal((await get(extra.alone, '/status', signedIn)).status, 200);
  assert.equal((await get(extra.alone, '/status')).status, 401);
  assert.equal((await get(extra.alone, '/videos', signedIn)).status, 404, 'another API is not at the root');
  assert.equal((await get(extra.alone, '/harmony/status', signedIn)).status, 200);
});

table('what a browser gets', [
  ['the start', '/', html, 200, /client/], ['a place within the client', '/library', html, 200, /client/],
  ['a place that is also an endpoint', '/videos', html, 200, /client/], ['a script', '/assets/app-1.js', {}, 200, /console/],
  ['a link out of the folder', '/assets/link.txt', {}, [403, 404]], ['dots', '/assets/../../secret.txt', {}, [400, 403, 404]],
  ['encoded dots', '/assets/%2e%2e/%2e%2e/secret.txt', {}, [400, 403, 404]], ['a script that is not there', '/assets/none.js', {}, 404],
], async (name, path, headers, status, body) => {
  const reply = await get(extra.paged, path, headers);
  assert.ok([status].flat().includes(reply.status), `${reply.status}`);
  if (body) assert.match(reply.text, body);
  assert.doesNotMatch(reply.text, /^secret/);
});

test('what the client itself asks for is the API', async () => {
  const list = await get(extra.paged, '/videos', {...signedIn, accept: 'application/json'});
  assert.deepEqual([list.status, list.json.total], [200, 0]);
  assert.equal((await get(extra.paged, '/videos', {accept: '*/*'})).status, 401);
  const login = await request(extra.paged, 'POST', '/auth/login', {headers: {...html, 'content-type': 'application/json'},
    body: JSON.stringify({username: 'admin', password: 'wrong'})});
  assert.equal(login.status, 401);
});

test('pages are not sent again when the client has them', async () => {
  const first = await get(extra.paged, '/assets/app-1.js');
  assert.match(first.headers['content-type'], /javascript/);
  const again = await get(extra.paged, '/assets/app-1.js', {'if-none-match': first.headers.etag});
  assert.equal(again.status, 304);
});

test('the main listener knows no such pages', async () => {
  assert.doesNotMatch((await get(server.url, '/library', html)).text, /<title>client/);
});
