// Accounts, login, error bodies, and what the web client calls beside the document: sections 1, 2, 8.10, 11.
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {password, startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({
  args: ['--set', 'auth.open_registration=true'],
  lay: s => writeFileSync(join(s.library, 'clip.mp4'), '0123456789'),
});
const {admin, anonymous} = server;
const login = (username, secret, status = 200) =>
  anonymous.expect(status, 'POST', '/api/auth/login', {json: {username, password: secret}});

test('the first administrator signs in here, too, for a day', async () => {
  const {json} = await login('admin', password);
  assert.equal(json.username, 'admin');
  const claims = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url'));
  assert.ok(Math.abs(claims.exp - Date.now() / 1000 - 86400) < 60);
  const me = await server.as(json.token).get('/api/auth/me');
  assert.equal(me.username, 'admin');
  assert.ok(me.createdAt && me.lastLoginAt);
  assert.equal((await login('ADMIN', password)).json.username, 'admin');
});

test('401 has no body and names the scheme; a bad token is told apart', async () => {
  for (const reply of [await login('admin', 'wrong secret', 401), await anonymous.expect(401, 'GET', '/api/files'),
    await anonymous.expect(401, 'GET', '/api/files', {headers: {authorization: 'Bearer nonsense'}})]) {
    assert.equal(reply.text, '');
    assert.match(reply.headers['www-authenticate'], /^Bearer/);
  }
  const bad = await anonymous.expect(401, 'GET', '/api/files', {headers: {authorization: 'Bearer nonsense'}});
  assert.match(bad.headers['www-authenticate'], /error="invalid_token"/);
});

test('access_token in the query opens hubs and streams, nothing else', async () => {
  const query = {access_token: server.token};
  await anonymous.expect(401, 'GET', '/api/files', {query});
  await anonymous.expect(200, 'POST', '/hub/background-tasks/negotiate', {query, body: ''});
  await anonymous.expect(200, 'GET', '/haas/api/files/stream', {query: {...query, path: 'clip.mp4'}});
});

table('accounts that cannot be', [
  [{}], [{username: 'ab', password: 'long enough'}], [{username: '   ', password: 'long enough'}],
  [{username: 'anna', password: 'short'}], [{username: 'anna', password: '        '}], [{username: 'Admin', password: 'long enough'}],
], async body => {
  const {json} = await anonymous.expect(400, 'POST', '/api/auth/register', {json: body});
  assert.ok(json.error && json.error === json.message);
});

test('an account is made, changes its password, and the old one is dead', async () => {
  const {json} = await anonymous.expect(200, 'POST', '/api/auth/register', {json: {Username: 'anna', Password: 'first secret'}});
  const anna = server.as(json.token);
  assert.equal((await anna.get('/api/auth/me')).username, 'anna');
  await anna.put('/api/auth/password', {currentPassword: 'wrong', newPassword: 'second secret'}, 400);
  await anna.put('/api/auth/password', {currentPassword: 'first secret', newPassword: 'short'}, 400);
  await anna.expect(204, 'PUT', '/api/auth/password', {json: {currentPassword: 'first secret', newPassword: 'second secret'}});
  await login('anna', 'first secret', 401);
  const again = server.as((await login('anna', 'second secret')).json.token);
  await again.expect(204, 'PUT', '/api/auth/me/password', {json: {currentPassword: 'second secret', newPassword: 'third secret'}});
  await login('anna', 'third secret');
});

test('every error is {message, error}', async () => {
  for (const [status, method, path, options] of [
    [404, 'GET', '/haas/api/nowhere'], [405, 'PATCH', '/haas/api/files', {json: {}}], [404, 'GET', '/haas/api/metadata/movies/1'],
    [400, 'GET', '/haas/api/metadata/movies/x'], [400, 'POST', '/haas/api/files/move', {json: {}}],
    [415, 'POST', '/haas/api/files/move', {body: '{}', headers: {'content-type': 'text/plain'}}],
    [400, 'POST', '/haas/api/files/move', {body: '{', headers: {'content-type': 'application/json'}}],
    [501, 'GET', '/haas/api/torrents'], [501, 'GET', '/haas/api/nodes'],
  ]) {
    const {json} = await admin.expect(status, method, path, options);
    assert.ok(json.message && json.message === json.error, `${method} ${path}`);
  }
});

test('health is text, and needs no login', async () => {
  for (const path of ['/haas/health', '/haas/alive']) {
    const reply = await anonymous.expect(200, 'GET', path);
    assert.equal(reply.text, 'Healthy');
    assert.match(reply.headers['cache-control'], /no-store/);
  }
});

test('global settings are views of the registry', async () => {
  const path = '/haas/api/global-settings';
  const first = await admin.get(path);
  assert.deepEqual([first.id, first.preferredMetadataLanguage, first.countryCode], [1, 'en', 'US']);
  const changed = await admin.put(path, {preferredMetadataLanguage: 'de', countryCode: 'at'});
  assert.deepEqual([changed.preferredMetadataLanguage, changed.countryCode], ['de', 'at']);
  for (const body of [{}, {preferredMetadataLanguage: '', countryCode: 'AT'}, {preferredMetadataLanguage: 'de', countryCode: 'AUT'},
    {preferredMetadataLanguage: 'de', countryCode: '12'}]) await admin.put(path, body, 400);
});

test('people: a page of none is a page', async () => {
  const page = await admin.get('/haas/api/metadata/people', {take: 5000});
  assert.deepEqual(page, {items: [], totalCount: 0, skip: 0, take: 1000, hasMore: false});
  await admin.get('/haas/api/metadata/people', {skip: -1}, 400);
  await admin.get('/haas/api/metadata/people/1', undefined, 404);
  assert.deepEqual(await admin.get('/haas/api/metadata/people/1/credits'), {movies: [], tvShows: []});
});

test('a file is streamed whole, in part, and from its end', async () => {
  const get = (range, status) => admin.expect(status, 'GET', '/haas/api/files/stream', {query: {path: 'clip.mp4'}, headers: range ? {range} : {}});
  const whole = await get(null, 200);
  assert.deepEqual([whole.text, whole.headers['content-type'], whole.headers['accept-ranges']], ['0123456789', 'video/mp4', 'bytes']);
  const part = await get('bytes=2-4', 206);
  assert.deepEqual([part.text, part.headers['content-range']], ['234', 'bytes 2-4/10']);
  assert.equal((await get('bytes=-3', 206)).text, '789');
  assert.equal((await get('bytes=10-', 416)).headers['content-range'], 'bytes */10');
  await admin.expect(404, 'GET', '/haas/api/files/stream', {query: {path: 'gone.mp4'}});
  await admin.expect(400, 'GET', '/haas/api/files/stream', {query: {path: '../x'}});
});
