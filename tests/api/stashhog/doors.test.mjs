// StashHog's endpoints of the first slice: health, jobs with their socket, settings, entities, scenes (scenes.md).
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer, terminal} from '../harness.mjs';
import {layMany} from '../support/media.mjs';
import {Socket} from '../support/sockets.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => layMany(join(s.library, 'Many'), 200)});
const {admin, anonymous} = server;
const base = '/api/v1';
const scan = async () => (await admin.post('/scan', {directory: join(server.library, 'Many'), skip_existing: false}, 202)).job_id;

test('liveness touches nothing, ping tells the time, version names the product', async () => {
  assert.deepEqual(await anonymous.get(`${base}/health/`), {status: 'healthy'});
  const {timestamp} = await anonymous.get(`${base}/health/ping`);
  assert.ok(Math.abs(timestamp - Date.now() / 1000) < 5);
  const version = await anonymous.get(`${base}/health/version`);
  assert.deepEqual(Object.keys(version), ['name', 'version', 'environment', 'debug', 'features']);
  assert.equal(version.name, 'StashHog');
  for (const key of ['stash', 'openai', 'authentication']) assert.equal(typeof version.features[key], 'boolean');
});

test('readiness is 503 while no Stash answers, and says which check failed', async () => {
  const reply = await anonymous.expect([200, 503], 'GET', `${base}/health/ready`);
  const {status, checks} = reply.json;
  assert.equal(checks.database.status, 'ready');
  assert.equal(reply.status === 200, checks.stash.status === 'ready');
  assert.equal(status, reply.status === 200 ? 'ready' : 'not ready');
  assert.equal(checks.openai.status, 'not configured');
});

test('jobs are a bare array, newest first, in this API\'s words', async () => {
  const id = await scan();
  await server.waitJob(id);
  await server.waitJob(await scan());
  const jobs = await admin.get(`${base}/jobs/`);
  assert.ok(Array.isArray(jobs));
  const times = jobs.map(j => j.created_at);
  assert.deepEqual(times, [...times].sort().reverse());
  const job = jobs.find(j => j.id === id);
  assert.deepEqual(Object.keys(job).sort(), ['completed_at', 'created_at', 'error', 'id', 'parameters', 'progress', 'result', 'status', 'type', 'updated_at']);
  assert.deepEqual([job.status, job.progress], ['completed', 100]);
  assert.match(job.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?$/);
  assert.equal((await admin.get(`${base}/jobs/`, {limit: 1})).length, 1);
  assert.deepEqual(await admin.get(`${base}/jobs/`, {status: 'nonsense'}), []);
  assert.ok((await admin.get(`${base}/jobs/`, {status: 'completed', job_type: job.type})).length >= 2);
  for (const query of [{limit: 101}, {limit: 0}, {limit: 'x'}]) {
    const reply = await admin.get(`${base}/jobs/`, query, 422);
    assert.equal(reply.error, 'Validation failed');
    assert.equal(reply.validation_errors[0].field, 'query.limit');
  }
});

test('one job, cancelled once', async () => {
  const id = await scan();
  const reply = await admin.del(`${base}/jobs/${id}`, [200, 400]);
  if (reply.success) {
    assert.equal(reply.message, `Job ${id} cancelled successfully`);
    const job = await admin.get(`${base}/jobs/${id}`);
    assert.deepEqual([job.status, Array.isArray(job.logs) || job.logs === null], ['cancelled', true]);
  }
  const again = await admin.del(`${base}/jobs/${id}`, 400);
  assert.match(again.detail, /^Cannot cancel a (cancelled|completed) job/);
  const gone = '00000000-0000-4000-8000-000000000000';
  for (const method of ['GET', 'DELETE']) {
    const missing = (await admin.expect(404, method, `${base}/jobs/${gone}`)).json;
    assert.deepEqual([missing.success, missing.error, missing.detail], [false, `Job ${gone} not found`, `Job ${gone} not found`]);
  }
});

test('digits are Metarr\'s job, a UUID is this one: the same row', async () => {
  const id = await scan();
  await server.waitJob(id);
  const {data} = await admin.get(`${base}/jobs`, {limit: 1});
  const numbered = await admin.get(`${base}/jobs/${data[0].id}`);
  assert.equal(numbered.data.id, data[0].id);
  assert.equal((await admin.get(`${base}/jobs/${id}`)).id, id);
});

test('the request id in the body is the one in the header', async () => {
  const reply = await admin.expect(404, 'GET', `${base}/scenes/nonsense`);
  assert.equal(reply.json.request_id, reply.headers['x-request-id']);
  assert.deepEqual([reply.json.error, reply.json.detail], ['Scene nonsense not found', 'Scene nonsense not found']);
});

test('a job\'s socket tells its state at once and every change until the end', async () => {
  const id = await scan();
  const socket = await Socket.open(`${server.ws(`${base}/jobs/${id}/ws`)}?access_token=${server.token}`);
  const first = await socket.next('job_status');
  assert.equal(first.job_id, id);
  const last = await socket.next(f => f.type === 'job_status' && terminal.includes(f.status), 60_000);
  assert.deepEqual([last.status, last.progress], ['completed', 100]);
  socket.send({type: 'ping'});
  assert.deepEqual(await socket.next('pong'), {type: 'pong'});
  socket.send('no JSON');
  assert.deepEqual(await socket.next('error'), {type: 'error', message: 'Invalid message'});
  socket.close();
  const unknown = await Socket.open(`${server.ws(`${base}/jobs/nonsense/ws`)}?access_token=${server.token}`);
  assert.deepEqual(await unknown.next(), {type: 'error', message: 'Job nonsense not found'});
  assert.equal((await unknown.closed).code, 1000);
});

test('the socket is closed to strangers', async () => {
  const id = await scan();
  const socket = new Socket(server.ws(`${base}/jobs/${id}/ws`));
  await Promise.race([socket.closed, sleep(4000)]);
  assert.ok(!socket.frames.some(f => f.type === 'job_status'), 'a stranger was told the job\'s state');
  socket.close();
});

test('settings in their order, secrets as stars', async () => {
  const list = await admin.get(`${base}/settings/`);
  assert.deepEqual(list.slice(0, 10).map(s => s.key), ['app.name', 'app.version', 'stash.url', 'stash.api_key', 'openai.api_key', 'openai.model',
    'analysis.batch_size', 'analysis.confidence_threshold', 'security.secret_key', 'security.algorithm']);
  const reply = await admin.put(`${base}/settings/`, {stash_url: 'http://localhost:9998/', stash_api_key: 'very secret', sync_batch_size: '50'});
  assert.deepEqual([reply.success, reply.updated_fields, reply.requires_restart], [true, ['stash_url', 'stash_api_key', 'sync_batch_size'], true]);
  assert.equal((await admin.get(`${base}/settings/stash.url`)).value, 'http://localhost:9998');
  assert.equal((await admin.get(`${base}/settings/stash_url`)).value, 'http://localhost:9998');
  assert.equal((await admin.get(`${base}/settings/stash_api_key`)).value, '********');
  assert.ok(!(await admin.expect(200, 'GET', `${base}/settings/`)).text.includes('very secret'));
  await admin.put(`${base}/settings/`, {stash_api_key: '********'});
  assert.equal((await admin.get(`${base}/settings/sync.batch_size`)).value, 50);
  assert.deepEqual((await admin.put(`${base}/settings/`, {})).updated_fields, []);
});

table('settings that may not be', [
  ['PUT', '/settings/', {nonsense: 1, openai_model: 'x'}, 400], ['PUT', '/settings/', [], 422], ['PUT', '/settings/', {sync_batch_size: 'many'}, 422],
  ['PUT', '/settings/', {analysis_confidence_threshold: 2}, 422], ['PUT', '/settings/app.name', {value: 'x'}, 400], ['PUT', '/settings/security.secret_key', {value: 'x'}, 400],
  ['GET', '/settings/no.such.key', undefined, 404], ['POST', '/settings/', {}, 405],
], async (method, path, json, status) => {
  await admin.expect(status, method, base + path, {json});
  assert.notEqual((await admin.get(`${base}/settings/openai_model`)).value, 'x');
});

test('one setting by its key', async () => {
  const reply = await admin.put(`${base}/settings/openai.model`, {value: 'gpt-4o'});
  assert.deepEqual([reply.success, reply.key, reply.value], [true, 'openai.model', 'gpt-4o']);
  assert.equal((await admin.get(`${base}/settings/openai_model`)).value, 'gpt-4o');
  const missing = await admin.get(`${base}/settings/no.such`, undefined, 404);
  assert.equal(missing.detail, 'Setting not found: no.such');
});

test('the still empty scenes, their statistics and entities', async () => {
  assert.deepEqual(await admin.get(`${base}/scenes/`), {items: [], total: 0, page: 1, per_page: 50, pages: 0});
  assert.deepEqual(await admin.get(`${base}/scenes/stats/summary`), {total_scenes: 0, organized_scenes: 0, organization_percentage: 0,
    total_tags: 0, total_performers: 0, total_studios: 0, scenes_by_studio: {}});
  for (const kind of ['performers', 'tags', 'studios']) {
    assert.ok(Array.isArray(await admin.get(`${base}/entities/${kind}`)));
    assert.deepEqual(await admin.get(`${base}/entities/${kind}`, {search: 'nosuch%'}), []);
  }
});

table('scene list values', [
  [{page: 0}, 'query.page'], [{per_page: 101}, 'query.per_page'], [{sort_order: 'up'}, 'query.sort_order'], [{organized: 'perhaps'}, 'query.organized'],
  [{date_from: 'yesterday'}, 'query.date_from'],
], async (query, field) => {
  const reply = await admin.get(`${base}/scenes/`, query, 422);
  assert.deepEqual([reply.error, reply.detail, reply.validation_errors[0].field], ['Validation failed', 'The request contains invalid data', field]);
});

test('what the client sends empty is absent', async () => {
  await admin.get(`${base}/scenes/`, {search: '', date_from: '', date_to: '', path_contains: '', organized: '', sort_by: 'nonsense'});
  await admin.get(`${base}/scenes/?performer_ids=1&performer_ids=2&tag_ids[]=3&date_from=2024-01-01`);
});
