// Closed by default: every route of the server's own table x every kind of credential.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createHmac, randomUUID} from 'node:crypto';
import {join} from 'node:path';
import test from 'node:test';
import {Client, medley, password, request, startServer, systems, usesPostgres} from './harness.mjs';
import {psql} from './support/postgres.mjs';
import {table} from './support/tables.mjs';

const server = await startServer();
const dump = medley(['dump', 'routes']);

// Columns: api, METHOD, path, access, built|unfinished, summary.
const routes = dump.out.trim().split('\n').map(line => {
  const [api, method, path, access, state, summary] = line.split('\t');
  return {api, method, path, access, state, summary};
});
const sample = {int: '999999', uuid: '00000000-0000-4000-8000-000000000000', rest: 'none'};
const concrete = path => path.replaceAll(/\{[^}:]+(?::(\w+))?\}/g, (all, type) => sample[type] ?? 'none');
const plain = routes.filter(r => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(r.method));
const open = access => ['public', 'optional', 'socket'].includes(access);

// A token as the server would make it, but past its end; null when the key is not where tests look.
function forge(claims) {
  const key = usesPostgres
    ? Buffer.from(psql(server.database.url, "SELECT value FROM fact WHERE name = 'auth.secret'"), 'hex')
    : readFileSync(join(server.data, 'secret.key'));
  const sign = data => createHmac('sha256', key).update(data).digest('base64url');
  const [head, payload, signature] = server.token.split('.');
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return sign(`${head}.${payload}`) === signature ? `${head}.${body}.${sign(`${head}.${body}`)}` : null;
}
const claimsOf = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

async function signIn() {
  return (await server.anonymous.post('/fuzzbin/auth/login', {username: 'admin', password})).access_token;
}

const revoked = await signIn();
await new Client(server, {headers: {authorization: `Bearer ${revoked}`}}).post('/fuzzbin/auth/logout', undefined, 204);
const expired = forge({...claimsOf(server.token), exp: Math.floor(Date.now() / 1000) - 3600, jti: randomUUID()});
const apiKey = await server.admin.post('/auth/api-keys', {name: 'generated test'}, 201);

test('the route table lists every system, and each row has a summary', () => {
  assert.equal(dump.code, 0, dump.err);
  assert.deepEqual([...new Set(routes.map(r => r.api))].filter(a => systems.includes(a)).sort(), [...systems].sort());
  for (const r of routes) {
    assert.match(r.path, /^\//);
    assert.ok(['user', 'public', 'optional', 'media', 'socket'].includes(r.access), `${r.path}: ${r.access}`);
    assert.ok(['built', 'unfinished'].includes(r.state), `${r.path}: ${r.state}`);
    assert.ok(r.summary, `${r.path} has no summary`);
  }
});

test('every documented endpoint is in the route table', t => {
  let documented;
  try {
    documented = readFileSync(new URL('../../../shared/spec/endpoints.tsv', import.meta.url), 'utf8');
  } catch {
    return t.skip('the list of documented endpoints is not at hand');
  }
  const shape = path => path.replaceAll(/\{[^}]*\}|CopyOperationTask/g, '{}');
  const known = new Set(routes.map(r => `${r.api} ${r.method} ${shape(r.path)}`));
  const sockets = new Set(routes.filter(r => r.method === 'GET').map(r => `${r.api} ${shape(r.path)}`));
  const missing = documented.trim().split('\n').slice(1).map(line => line.split('\t'))
    .filter(([api, method, path]) => !known.has(`${api} ${method} ${shape(path)}`) &&
      !(['WS', 'HUB', 'SIO'].includes(method) && sockets.has(`${api} ${shape(path)}`)));
  assert.deepEqual(missing, []);
});

// The credential never decides more than whether the handler runs; so no body is sent, and whatever the
// handler thinks of that is fine as long as it is not 401.
const credentials = [
  {name: 'anonymous', headers: {}, refused: true},
  {name: 'garbage token', headers: {authorization: 'Bearer garbage'}, refused: true},
  {name: 'token with a foreign signature', headers: {authorization: `Bearer ${server.token.slice(0, -8)}AAAAAAAA`}, refused: true},
  {name: 'unsigned token', headers: {authorization: `Bearer ${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${server.token.split('.')[1]}.`}, refused: true},
  {name: 'garbage API key', headers: {'x-api-key': 'mk_garbage'}, refused: true},
  {name: 'expired token', headers: {authorization: `Bearer ${expired}`}, refused: true},
  {name: 'revoked token', headers: {authorization: `Bearer ${revoked}`}, refused: true},
  {name: 'API key', headers: {'x-api-key': apiKey.key ?? apiKey.secret ?? apiKey.api_key}},
  {name: 'API key as bearer', headers: {authorization: `Bearer ${apiKey.key ?? apiKey.secret ?? apiKey.api_key}`}},
  {name: 'user', headers: {authorization: `Bearer ${server.token}`}},
];
const dangerous = /\/auth\/(logout|login|refresh|password|set-initial-password|register)|\/auth\/api-keys/;

for (const credential of credentials) {
  test(`every closed route ${credential.refused ? 'refuses' : 'admits'}: ${credential.name}`, async () => {
    const wrong = [];
    for (const route of plain) {
      if (open(route.access) || (!credential.refused && dangerous.test(route.path))) continue;
      if (!credential.refused && route.method !== 'GET') continue; // what they do is the other files' matter
      const path = `${systems.includes(route.api) ? `/${route.api}` : ''}${concrete(route.path)}`;
      const reply = await request(server.url, route.method, path, {headers: credential.headers, headersOnly: true});
      if (credential.refused ? reply.status !== 401 : reply.status === 401 || reply.status === 403) {
        wrong.push(`${route.method} ${path}: ${reply.status}`);
      }
      if (credential.refused && !/^Bearer/.test(reply.headers['www-authenticate'] ?? '')) {
        wrong.push(`${route.method} ${path}: no WWW-Authenticate`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

test('an expired token could be forged for the test', () => assert.ok(expired, 'the signing key is not where tests look for it'));

test('closed routes are closed at the root, too', async () => {
  const wrong = [];
  for (const route of plain) {
    const path = concrete(route.path);
    const [here] = server.contracts.find(route.method, path);
    if (open(route.access) || !here || path.includes('/none')) continue; // {id:text} rows of a prefix alone
    const reply = await request(server.url, route.method, path);
    if (reply.status !== 401) wrong.push(`${route.method} ${path}: ${reply.status}`);
  }
  assert.deepEqual(wrong, []);
});

test('public routes are those that the documents make public', () => {
  const allowed = /^(\/|\/app.*|\/assets\/.*|\/favicon\.svg|\/openapi\/.*|\/health|\/alive|\/ping|\/docs.*|\/redoc|\/openapi\.json|\/metrics|\/auth\/(login|refresh|logout|set-initial-password)|\/auth\/spotify\/.*|\/api\/auth\/(login|register)|\/api\/v1\/auth\/login|\/api\/v1\/health\/.*|.*webhooks.*|\/socket\.io\/.*|\/ws.*|\/hub.*|.*\/ws)$/;
  assert.deepEqual(plain.filter(r => open(r.access) && !allowed.test(r.path)).map(r => `${r.api} ${r.path} ${r.access}`), []);
});

table('credentials are accepted everywhere in these spellings', [
  ['Authorization: Bearer', {headers: {authorization: `Bearer ${server.token}`}}, 200],
  ['Authorization: bearer (any case)', {headers: {authorization: `bearer ${server.token}`}}, 200],
  ['X-API-Key', {headers: {'x-api-key': credentials[7].headers['x-api-key']}}, 200],
  ['?api_key=', {query: {api_key: credentials[7].headers['x-api-key']}}, 200],
  ['Basic is not known', {headers: {authorization: 'Basic YWRtaW46YWRtaW4='}}, 401],
  ['an empty bearer', {headers: {authorization: 'Bearer '}}, 401],
  ['two tokens in one header', {headers: {authorization: `Bearer ${server.token} ${server.token}`}}, 401],
], async (name, options, status) => {
  for (const path of ['/fuzzbin/videos', '/metarr/api/v1/movies', '/haas/api/files', '/stashhog/api/v1/scenes/', '/harmony/settings']) {
    await server.anonymous.expect(status, 'GET', path, options);
  }
});

test('an API key is shown once, listed without its secret, and dead when deleted', async () => {
  const made = await server.admin.post('/auth/api-keys', {name: 'short lived'}, 201);
  const secret = made.key ?? made.secret ?? made.api_key;
  const use = status => server.anonymous.expect(status, 'GET', '/videos', {headers: {'x-api-key': secret}});
  await use(200);
  const list = await server.admin.get('/auth/api-keys');
  assert.ok(JSON.stringify(list).includes('short lived'));
  assert.ok(!JSON.stringify(list).includes(secret));
  await server.admin.del(`/auth/api-keys/${made.id}`, [200, 204]);
  await use(401);
});

test('medley user api-key makes a key that works at once', async () => {
  const args = usesPostgres ? ['--database', server.database.url] : [];
  const run = medley(['user', 'api-key', 'from the command line', '--data-dir', server.data, ...args]);
  assert.equal(run.code, 0, run.err);
  const key = run.out.trim().split(/\s+/).at(-1);
  await server.anonymous.expect(200, 'GET', '/videos', {headers: {'x-api-key': key}});
});

test('medley user add and set-password make logins that work at once', async () => {
  const args = ['--data-dir', server.data, ...usesPostgres ? ['--database', server.database.url] : []];
  const added = medley(['user', 'add', 'anna', ...args], {input: 'first secret 1\nfirst secret 1\n', env: {MEDLEY_PASSWORD: 'first secret 1'}});
  assert.equal(added.code, 0, added.err);
  assert.match(medley(['user', 'list', ...args]).out, /anna/);
  const set = medley(['user', 'set-password', 'anna', ...args], {input: 'second secret 2\nsecond secret 2\n', env: {MEDLEY_PASSWORD: 'second secret 2'}});
  assert.equal(set.code, 0, set.err);
  const login = await server.anonymous.send('POST', '/fuzzbin/auth/login', {json: {username: 'anna', password: 'second secret 2'}});
  assert.ok([200, 403].includes(login.status), login.text); // 403: flagged must-change
});
