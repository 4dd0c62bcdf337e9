// Jobs, login, limits and settings: sections 3, 10 and 13.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {Client, password, request, startServer} from '../harness.mjs';
import {layMany} from '../support/media.mjs';
import {table} from '../support/tables.mjs';
import {metarrServer, waitJob} from './library.mjs';

const {server, api, add, scan} = await metarrServer({lay: s => layMany(join(s.library, 'Many'), 300, {withNfo: false})});
const film = await add('Films', 'Features', 'movie');
const many = await add('Many', 'Many', 'movie');
const submit = async (body, status = 201) => api.post('/api/v1/jobs', body, status);

test('a job made here runs and is told in full', async () => {
  const {data} = await submit({type: 'library-scan', entity_type: 'library', entity_id: film.id, payload: {}});
  assert.ok(Number.isInteger(data.job_id));
  const job = await waitJob(server, data.job_id);
  for (const key of ['id', 'type', 'status', 'priority', 'entity_type', 'entity_id', 'payload', 'progress', 'message', 'attempts', 'max_attempts',
    'worker_id', 'manual', 'error', 'result', 'next_retry', 'created_at', 'started_at', 'completed_at', 'updated_at', 'parent_id', 'children', 'history']) {
    assert.ok(key in job, key);
  }
  assert.deepEqual([job.type, job.status, job.progress, job.attempts, job.entity_id], ['library-scan', 'completed', 100, 1, film.id]);
});

table('aliases and lifted entities', [
  [{type: 'scan-library', payload: {entityType: 'library', entityId: film.id}}, 'library-scan'],
  [{type: 'scan', entity_type: 'library', entity_id: film.id}, 'library-scan'],
], async (body, type) => {
  const {data} = await submit(body);
  assert.equal((await waitJob(server, data.job_id)).type, type);
});

table('jobs that cannot be made', [
  [{}, 400, 'MISSING_REQUIRED'], [{type: 'nonsense'}, 422, 'VALIDATION_FAILED'], [{type: 'directory-scan'}, 422, 'VALIDATION_FAILED'],
  [{type: 'library-scan', entity_type: 'library', entity_id: 999999}, 404, 'NOT_FOUND'],
  [{type: 'library-scan', entity_type: 'library', entity_id: 1, priority: 11}, 422, 'VALIDATION_FAILED'],
  [{type: 'library-scan', entity_type: 'library', entity_id: 1, priority: 0}, 422, 'VALIDATION_FAILED'],
  [{type: 'library-scan', payload: []}, 422, 'VALIDATION_FAILED'],
], async (body, status, code) => assert.equal((await submit(body, status)).error.code, code));

test('the list is newest first, filtered and paged', async () => {
  await server.idle();
  const reply = await api.get('/api/v1/jobs', {limit: 2});
  assert.equal(reply.data.length, 2);
  assert.ok(reply.data[0].id > reply.data[1].id);
  assert.ok(reply.meta.total >= 3);
  assert.ok((await api.get('/api/v1/jobs', {status: 'completed,failed', type: 'scan-library'})).data.every(j => j.type === 'library-scan'));
  assert.deepEqual((await api.get('/api/v1/jobs', {type: 'nonsense'})).data, []);
  assert.ok((await api.get('/api/v1/jobs', {entity_type: 'library', entity_id: film.id})).data.every(j => j.entity_id === film.id));
  await api.get('/api/v1/jobs', {status: 'nonsense'}, 422);
  await api.get('/api/v1/jobs', {status: 'processing'});
});

test('cancel, then retry under the same id; what is over cannot be cancelled', async () => {
  const {data} = await submit({type: 'library-scan', entity_type: 'library', entity_id: many.id});
  assert.equal((await api.del(`/api/v1/jobs/${data.job_id}`, 200)).success, true);
  const job = await waitJob(server, data.job_id, 'cancelled');
  assert.equal((await api.del(`/api/v1/jobs/${job.id}`, 409)).error.code, 'LOCKED');
  const again = await api.post(`/api/v1/jobs/${job.id}/retry`);
  assert.equal(again.data.job_id, job.id);
  await waitJob(server, job.id);
  assert.equal((await api.post(`/api/v1/jobs/${job.id}/retry`, undefined, 409)).error.code, 'LOCKED');
  for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/retry']]) {
    assert.equal((await api.expect(404, method, `/api/v1/jobs/999999${path}`)).json.error.code, 'NOT_FOUND');
  }
});

test('login: a token for a day; both names of a wrong pair look the same', async () => {
  const {data} = await server.anonymous.post('/api/v1/auth/login', {username: 'admin', password});
  const hours = (new Date(data.expires) - Date.now()) / 3600_000;
  assert.ok(hours > 23 && hours <= 24.1, data.expires);
  await server.as(data.token).get('/api/v1/movies');
  await server.as(data.token).get('/videos'); // one login for every door
  const bad = [];
  for (const body of [{username: 'nobody', password}, {username: 'admin', password: 'wrong wrong'}]) {
    bad.push(await server.anonymous.post('/api/v1/auth/login', body, 401));
  }
  assert.deepEqual(bad.map(b => [b.error.code, b.error.message]), bad.map(() => ['UNAUTHORIZED', bad[0].error.message]));
  assert.equal((await server.anonymous.post('/api/v1/auth/login', {username: 'admin'}, 400)).error.code, 'MISSING_REQUIRED');
});

test('login is limited to five a minute, and the strictest bucket owns the headers', async () => {
  let reply;
  for (let i = 0; i < 8; i++) {
    reply = await server.anonymous.send('POST', '/api/v1/auth/login', {json: {username: 'admin', password}});
    if (reply.status === 429) break;
  }
  assert.equal(reply.status, 429);
  assert.equal(reply.json.error.code, 'RATE_LIMITED');
  assert.equal(reply.headers['x-ratelimit-limit'], '5');
  assert.ok(Number(reply.headers['retry-after']) >= 1 && Number(reply.headers['retry-after']) <= 60);
  await api.get('/api/v1/movies');
});

test('without credentials: 401 UNAUTHORIZED in the envelope', async () => {
  const reply = await server.anonymous.get('/api/v1/movies', undefined, 401);
  assert.deepEqual([reply.success, reply.error.code], [false, 'UNAUTHORIZED']);
});

// --- settings ------------------------------------------------------------------------------------------

const phases = '/api/v1/settings/phase-config';
test('phase configuration: defaults, one phase, and a change by dotted or nested keys', async () => {
  const {data} = await api.get(phases);
  assert.deepEqual(data, {enrichment: {fetchProviderAssets: true, autoSelectAssets: true, preferredLanguage: 'en'},
    publish: {publishAssets: true, publishActors: true, publishTrailers: false}, general: {autoPublish: false}});
  assert.deepEqual((await api.get(`${phases}/publish`)).data, {publish: data.publish});
  assert.deepEqual((await api.get(`${phases}/scan`)).data, {scan: {}});
  await api.get(`${phases}/nonsense`, undefined, 404);
  const changed = await api.patch(phases, {'enrichment.preferredLanguage': 'de', publish: {trailers: true}});
  assert.deepEqual([changed.data.enrichment.preferredLanguage, changed.data.publish.publishTrailers], ['de', true]);
  assert.equal((await api.get(phases)).data.enrichment.preferredLanguage, 'de');
});

table('phase changes that may not be', [
  [{}, 400], [{'enrichment.nonsense': true}, 422], [{'publish.publishAssets': 'perhaps'}, 422], [{nonsense: {a: 1}}, 422],
  [{'general.autoPublish': true, 'enrichment.fetchProviderAssets': 5}, 422],
], async (body, status) => {
  await api.patch(phases, body, status);
  assert.equal((await api.get(phases)).data.general.autoPublish, false);
});

const limits = '/api/v1/settings/asset-limits';
test('asset limits: all fourteen, one, and a change', async () => {
  const {data} = await api.get(limits);
  assert.deepEqual(data, {poster: 3, fanart: 4, banner: 1, clearlogo: 1, clearart: 1, landscape: 1, keyart: 1, thumb: 1, artist_thumb: 3,
    artist_fanart: 4, album_cover: 1, cdart: 1, actor_thumb: 1, discart: 1});
  const one = (await api.get(`${limits}/poster`)).data;
  assert.deepEqual(one, {assetType: 'poster', limit: 3, poster: 3});
  assert.deepEqual((await api.put(`${limits}/poster`, {limit: 0})).data, {assetType: 'poster', limit: 0});
  assert.equal((await api.get(limits)).data.poster, 0);
  const high = await api.put(`${limits}/poster`, {limit: 11}, 422);
  assert.equal(high.error.message, 'Limit must be between 0 and 10 for poster');
  await api.put(`${limits}/poster`, {limit: 2.5}, 422);
  await api.put(`${limits}/poster`, {}, 400);
  await api.put(`${limits}/nonsense`, {limit: 1}, 404);
  await api.get(`${limits}/nonsense`, undefined, 404);
});

test('settings may be cached and asked about by ETag', async () => {
  const reply = await api.expect(200, 'GET', phases);
  assert.match(reply.headers['cache-control'], /private.*max-age=3600/);
  assert.match(reply.headers.etag, /^"[^"]+"$/);
  const again = await api.expect(304, 'GET', phases, {headers: {'if-none-match': reply.headers.etag}});
  assert.equal(again.bytes.length, 0);
});

test('the same settings through the other doors, with history', async () => {
  await api.put(`${limits}/fanart`, {limit: 7});
  const {config} = await api.get('/config');
  assert.ok(JSON.stringify(config).includes('7'));
  await api.post('/config/undo');
  assert.equal((await api.get(limits)).data.fanart, 4);
});

test('the thousand-and-first request in a minute is 429', async () => {
  const fresh = await startServer();
  let last;
  for (let i = 0; i < 21 && last?.status !== 429; i++) {
    const replies = await Promise.all(Array.from({length: 50}, () =>
      request(fresh.url, 'GET', '/metarr/api/v1/settings/asset-limits', {headers: fresh.admin.headers})));
    last = replies.find(r => r.status === 429) ?? replies.at(-1);
  }
  assert.equal(last.status, 429);
  assert.ok(last.headers['retry-after']);
  await new Client(fresh, {headers: fresh.admin.headers}).get('/videos'); // other doors go on
});
