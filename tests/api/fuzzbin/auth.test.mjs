// /health and /auth: sections 2.1, 2.2 and 5 of the music video contract.
import assert from 'node:assert/strict';
import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {password, startServer} from '../harness.mjs';

const server = await startServer();
const {anonymous, admin} = server;

// A user who must change the password: the first start of a server that was given none.
const flagged = await startServer({adminPassword: null, signIn: false});
const {Client} = await import('../harness.mjs');
flagged.anonymous = new Client(flagged);

const cookieOf = reply => (reply.headers['set-cookie'] ?? []).find(c => c.startsWith('refresh_token='));
const value = cookie => cookie.split(';')[0];
const login = (name = 'admin', secret = password, client = anonymous) =>
  client.send('POST', '/auth/login', {json: {username: name, password: secret}});
const claims = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

test('health is public and says exactly three things', async () => {
  const body = await anonymous.get('/health');
  assert.deepEqual(Object.keys(body), ['status', 'version', 'auth_enabled']);
  assert.deepEqual([body.status, body.auth_enabled], ['ok', true]);
});

test('login gives a 30 minute access token and a refresh cookie no script can read', async () => {
  const reply = await login();
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.json.token_type, 'bearer');
  assert.equal(reply.json.expires_in, 1800);
  const c = claims(reply.json.access_token);
  assert.equal(c.sub, 'admin');
  assert.equal(c.type, 'access');
  assert.ok(Number.isInteger(c.user_id) && c.jti);
  assert.ok(Math.abs(c.exp - Date.now() / 1000 - 1800) < 30);
  const cookie = cookieOf(reply);
  for (const part of [/HttpOnly/i, /Path=\/auth\b/i, /SameSite=lax/i, /Max-Age=86400/i]) assert.match(cookie, part);
});

test('under the prefix the cookie belongs to the prefix', async () => {
  const reply = await login('admin', password, anonymous.at('/fuzzbin'));
  assert.match(cookieOf(reply), /Path=\/fuzzbin\/auth/);
});

test('an unknown user and a wrong password look the same', async () => {
  const replies = [await login('nobody'), await login('admin', 'wrong wrong wrong')];
  for (const reply of replies) {
    assert.equal(reply.status, 401);
    assert.match(reply.json.detail, /Invalid username or password/);
  }
  assert.equal(replies[0].text, replies[1].text);
  await login(); // clears the count
});

test('login checks its body', async () => {
  for (const [json, loc] of [[{}, ['body', 'username']], [{username: '', password: 'x'}, ['body', 'username']],
    [{username: 'a', password: 'x'.repeat(129)}, ['body', 'password']], [{username: 'x'.repeat(101), password: 'x'}, ['body', 'username']]]) {
    const body = await anonymous.post('/auth/login', json, 422);
    assert.equal(body.error_type, 'validation_error');
    assert.deepEqual(body.errors[0].loc, loc);
  }
});

test('refresh rotates the cookie, and the new one works', async () => {
  const first = await login();
  const second = await anonymous.expect(200, 'POST', '/auth/refresh', {headers: {cookie: value(cookieOf(first))}});
  assert.notEqual(value(cookieOf(second)), value(cookieOf(first)));
  assert.notEqual(second.json.access_token, first.json.access_token);
  await server.as(second.json.access_token).get('/videos');
  const third = await anonymous.expect(200, 'POST', '/auth/refresh', {headers: {cookie: value(cookieOf(second))}});
  assert.ok(third.json.access_token);
});

test('refresh without, with a broken, or with an access token as cookie is 401', async () => {
  const none = await anonymous.expect(401, 'POST', '/auth/refresh');
  assert.match(none.json.detail, /No refresh token/);
  assert.equal(none.headers['www-authenticate'], 'Bearer');
  for (const token of ['garbage', server.token, 'a.b.c', '']) {
    await anonymous.expect(401, 'POST', '/auth/refresh', {headers: {cookie: `refresh_token=${token}`}});
  }
});

test('a refresh token is no access token', async () => {
  const token = value(cookieOf(await login())).split('=')[1];
  await server.as(token).expect(401, 'GET', '/videos');
});

test('logout revokes only the presented token, deletes the cookie, and never fails', async () => {
  const [mine, other] = [(await login()).json.access_token, (await login()).json.access_token];
  const reply = await server.as(mine).expect(204, 'POST', '/auth/logout');
  assert.match(cookieOf(reply), /Max-Age=0/i);
  await server.as(mine).expect(401, 'GET', '/videos');
  await server.as(other).get('/videos');
  await anonymous.expect(204, 'POST', '/auth/logout');
  await server.as('garbage').expect(204, 'POST', '/auth/logout');
});

test('a changed password ends every older token at once, and the old password', async () => {
  const changed = 'another good one 9';
  const old = (await login()).json.access_token;
  await admin.expect(400, 'POST', '/auth/password', {json: {current_password: 'wrong', new_password: changed}});
  await admin.expect(422, 'POST', '/auth/password', {json: {current_password: password, new_password: 'short'}});
  await server.as(old).expect(204, 'POST', '/auth/password', {json: {current_password: password, new_password: changed}});
  await server.as(old).expect(401, 'GET', '/videos');
  assert.equal((await login()).status, 401);
  const now = await login('admin', changed);
  assert.equal(now.status, 200);
  await server.as(now.json.access_token).expect(204, 'POST', '/auth/password',
    {json: {current_password: changed, new_password: password}});
  await server.signIn();
});

test('five failures in a minute close the door, even to the right password', async () => {
  for (let i = 0; i < 5; i++) assert.equal((await login('admin', `wrong ${i} wrong`)).status, 401);
  const shut = await login();
  assert.equal(shut.status, 429);
  assert.match(shut.json.detail, /Too many failed login attempts/);
  const seconds = Number(shut.headers['retry-after']);
  assert.ok(seconds >= 1 && seconds <= 60, shut.headers['retry-after']);
  await server.admin.get('/videos'); // those inside stay
});

test('a first start without a password makes a random one, 0600, that must be changed', async () => {
  const file = join(flagged.data, 'initial-password');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const secret = readFileSync(file, 'utf8').trim();
  assert.ok(secret.length >= 12);
  const told = await login('admin', secret, flagged.anonymous);
  assert.equal(told.status, 403);
  assert.equal(told.headers['x-password-change-required'], 'true');
  assert.match(told.json.detail, /Password change required/);
  assert.match(told.json.detail, /\/auth\/set-initial-password/);
  const set = (current, wanted) => flagged.anonymous.send('POST', '/auth/set-initial-password',
    {json: {username: 'admin', current_password: current, new_password: wanted}});
  assert.equal((await set('wrong', 'a fine new password')).status, 401);
  assert.equal((await set(secret, secret)).status, 400);
  assert.equal((await set(secret, 'short')).status, 422);
  const done = await set(secret, 'a fine new password');
  assert.equal(done.status, 200, done.text);
  assert.ok(done.json.access_token && cookieOf(done));
  assert.ok(!existsSync(file), 'initial-password stays after the change');
  assert.equal((await set('a fine new password', 'yet another one')).status, 403);
  assert.equal((await login('admin', 'a fine new password', flagged.anonymous)).status, 200);
});
