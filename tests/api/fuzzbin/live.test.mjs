// /ws/events and /ws/jobs/{job_id} with the `ws` client: section 4.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {password, sleep, startServer, terminal} from '../harness.mjs';
import {layMany} from '../support/media.mjs';
import {Socket, upgradeStatus} from '../support/sockets.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  for (const n of [1, 2, 3, 4, 5, 6]) layMany(join(s.library, `Set ${n}`), n === 1 ? 300 : 40);
}});
const {admin} = server;
const events = server.ws('/ws/events');
const scan = n => admin.post('/scan', {directory: join(server.library, `Set ${n}`)}, 202);

async function signedIn(subscribe) {
  const socket = await Socket.open(events);
  socket.send({type: 'auth', token: server.token});
  const welcome = await socket.next();
  assert.deepEqual([welcome.type, welcome.username], ['auth_success', 'admin']);
  assert.ok(Number.isInteger(welcome.user_id));
  if (subscribe) {
    socket.send({type: 'subscribe_jobs', ...subscribe});
    await socket.next('subscribe_jobs_success');
  }
  return socket;
}

table('what is no login is refused with 4001', [
  ['not JSON', 'hello'], ['another message', {type: 'ping'}], ['no token', {type: 'auth'}], ['an empty token', {type: 'auth', token: ''}],
  ['garbage', {type: 'auth', token: 'garbage'}], ['a number', {type: 'auth', token: 5}], ['a list', []],
], async (name, frame) => {
  const socket = await Socket.open(events);
  socket.send(frame);
  const error = await socket.next('auth_error');
  assert.equal(error.code, 4001);
  assert.equal(typeof error.message, 'string');
  assert.equal((await socket.closed).code, 4001);
});

test('a revoked token is refused', async () => {
  const {access_token: token} = await server.anonymous.post('/auth/login', {username: 'admin', password});
  await server.as(token).post('/auth/logout', undefined, 204);
  const socket = await Socket.open(events);
  socket.send({type: 'auth', token});
  assert.equal((await socket.next('auth_error')).code, 4001);
});

test('who says nothing for ten seconds is shown out with 4000', async () => {
  const socket = await Socket.open(events);
  const started = Date.now();
  assert.equal((await socket.next('auth_error', 14_000)).code, 4000);
  assert.equal((await socket.closed).code, 4000);
  assert.ok(Date.now() - started > 8000);
});

test('nothing is heard before the login', async () => {
  const socket = await Socket.open(events);
  const {id} = await admin.post('/videos', {title: 'Unheard'}, 201);
  await admin.patch(`/videos/${id}`, {title: 'Unheard still'});
  await socket.quiet(300);
  socket.close();
});

test('ping is answered; nonsense is ignored', async () => {
  const socket = await signedIn();
  for (const frame of ['nonsense', '{', {type: 'unknown'}, {type: 'pong'}, [], 'null', {type: 5}]) socket.send(frame);
  socket.send({type: 'ping'});
  assert.deepEqual(await socket.next(), {type: 'pong'});
  socket.close();
});

test('a job is heard from start to end, in order, progress at most four times a second', async () => {
  const socket = await signedIn({});
  const {job_id: id} = await scan(1);
  const mine = [];
  const times = [];
  for (;;) {
    const event = await socket.next(f => f.payload?.job_id === id, 60_000);
    mine.push(event);
    if (event.event_type === 'job_progress') times.push(Date.now());
    if (['job_completed', 'job_failed', 'job_cancelled'].includes(event.event_type)) break;
  }
  assert.equal(mine[0].event_type, 'job_started');
  assert.equal(mine.at(-1).event_type, 'job_completed');
  const {payload} = mine[0];
  assert.ok(payload.job_type && Number.isInteger(payload.priority) && typeof payload.metadata === 'object');
  const progress = mine.filter(e => e.event_type === 'job_progress').map(e => e.payload.progress);
  assert.ok(progress.length, 'no progress was told');
  assert.deepEqual(progress, [...progress].sort((a, b) => a - b));
  assert.ok(times.length <= 4 * (times.at(-1) - times[0]) / 1000 + 2, `${times.length} in ${times.at(-1) - times[0]} ms`);
  assert.ok(mine.every(e => !Number.isNaN(Date.parse(e.timestamp))));
  assert.ok(mine.at(-1).payload.result);
  await socket.quiet(300, f => f.payload?.job_id === id);
  socket.close();
});

test('subscriptions filter; without one no job is heard', async () => {
  const [none, other, wanted] = await Promise.all([signedIn(), signedIn({job_types: ['backup']}), signedIn()]);
  const {job_id: id} = await scan(2);
  wanted.send({type: 'subscribe_jobs', job_ids: [id]});
  assert.deepEqual((await wanted.next('subscribe_jobs_success')).job_ids, [id]);
  await server.waitJob(id);
  await sleep(300);
  for (const socket of [none, other]) assert.deepEqual(socket.frames.filter(f => f.payload?.job_id), []);
  other.send({type: 'unsubscribe_jobs'});
  await other.next('unsubscribe_jobs_success');
  for (const socket of [none, other, wanted]) socket.close();
});

test('who comes late is told the state of what runs', async () => {
  const {job_id: id} = await admin.post('/scan', {directory: server.library, skip_existing: false}, 202);
  const socket = await signedIn();
  socket.send({type: 'subscribe_jobs'});
  const state = await socket.next('job_state');
  const mine = state.jobs.find(j => j.job_id === id);
  if (mine) {
    for (const key of ['job_type', 'status', 'progress', 'current_step', 'processed_items', 'total_items', 'metadata']) assert.ok(key in mine, key);
    assert.ok(!terminal.includes(mine.status));
  } else {
    assert.ok(terminal.includes((await admin.get(`/jobs/${id}`)).status));
  }
  await admin.send('DELETE', `/jobs/${id}`);
  socket.send({type: 'subscribe_jobs', include_active_state: false});
  await socket.next('subscribe_jobs_success');
  await socket.quiet(200, f => f.type === 'job_state');
  socket.close();
});

test('a cancelled job says so once, and never that it completed', async () => {
  const socket = await signedIn({});
  const {job_id: id} = await admin.post('/scan', {directory: server.library, skip_existing: false}, 202);
  await socket.next(f => f.event_type === 'job_started' && f.payload.job_id === id);
  await admin.send('DELETE', `/jobs/${id}`);
  const job = await admin.get(`/jobs/${id}`);
  await sleep(700);
  const ends = socket.frames.filter(f => f.payload?.job_id === id && /completed|failed|cancelled/.test(f.event_type)).map(f => f.event_type);
  assert.deepEqual(ends, [`job_${job.status}`]);
  socket.close();
});

test('edits and settings are told to every signed-in socket, after they are committed', async () => {
  const socket = await signedIn();
  const {id} = await admin.post('/videos', {title: 'Watched'}, 201);
  await admin.patch(`/videos/${id}`, {title: 'Watched now', year: 2001});
  const event = await socket.next(f => f.event_type === 'video_updated' && f.payload.video_id === id);
  assert.ok(event.payload.fields_changed.includes('title'));
  await admin.patch('/config', {updates: {'tags.normalize': false}});
  const changed = await socket.next('config_changed');
  assert.deepEqual([changed.payload.path, changed.payload.old_value, changed.payload.new_value, changed.payload.safety_level],
    ['tags.normalize', true, false, 'safe']);
  await admin.post('/config/undo');
  assert.equal((await socket.next('config_changed')).payload.new_value, true);
  socket.close();
});

test('one job, by its own socket: every change until the end, then a normal close', async () => {
  const {job_id: id} = await scan(3);
  const socket = await Socket.open(`${server.ws(`/ws/jobs/${id}`)}?token=${server.token}`);
  const last = await socket.next(f => terminal.includes(f.status), 60_000);
  assert.deepEqual([last.job_id, last.status, last.progress], [id, 'completed', 1]);
  assert.ok(last.result);
  assert.equal((await socket.closed).code, 1000);
});

test('the same with the login as first message; finished jobs answer at once', async () => {
  const {job_id: id} = await scan(4);
  await server.waitJob(id);
  const socket = await Socket.open(server.ws(`/ws/jobs/${id}`));
  socket.send({type: 'auth', token: server.token});
  const frame = await socket.next(f => f.status);
  assert.equal(frame.status, 'completed');
  assert.equal((await socket.closed).code, 1000);
});

test('an unknown job closes with 1008; a bad token never opens it', async () => {
  const socket = await Socket.open(`${server.ws('/ws/jobs/00000000-0000-4000-8000-000000000000')}?token=${server.token}`);
  assert.equal((await socket.closed).code, 1008);
  const url = `${server.ws('/ws/jobs/00000000-0000-4000-8000-000000000000')}?token=garbage`;
  const status = await upgradeStatus(url);
  if (status === 101) {
    const open = await Socket.open(url);
    assert.ok([1008, 4001].includes((await open.closed).code));
  } else {
    assert.equal(status, 401);
  }
});

test('a plain GET of a socket path is no crash', async () => {
  const reply = await admin.send('GET', '/ws/events');
  assert.ok(reply.status >= 400 && reply.status < 500, String(reply.status));
  assert.ok([400, 404, 405, 426].includes(reply.status));
});

test('frames that break the protocol close that socket only', async () => {
  const good = await signedIn({});
  const bad = await signedIn();
  bad.ws._socket.write(Buffer.from([0xff, 0x00, 0x12, 0x34])); // reserved bits, unmasked
  await bad.closed;
  const huge = await signedIn();
  huge.send(JSON.stringify({type: 'ping', x: 'y'.repeat(4 << 20)}));
  await Promise.race([huge.closed, sleep(3000)]);
  const binary = await signedIn();
  binary.ws.send(Buffer.from([1, 2, 3]));
  const {job_id: id} = await scan(5);
  await good.next(f => f.event_type === 'job_completed' && f.payload.job_id === id, 60_000);
  for (const s of [good, binary]) s.close();
});

test('fragments and control frames in between are put together', async () => {
  const socket = await signedIn();
  socket.ws.send('{"type":', {fin: false});
  socket.ws.ping();
  socket.ws.send('"ping"}', {fin: true});
  assert.deepEqual(await socket.next(), {type: 'pong'});
  socket.close();
});

test('after a restart the client comes back and is told of new jobs', async () => {
  const socket = await signedIn({});
  await server.stop();
  const {code} = await socket.closed;
  assert.ok([1000, 1001, 1006, 1012].includes(code), String(code));
  await server.restart();
  const again = await signedIn({});
  const {job_id: id} = await server.admin.post('/scan', {directory: join(server.library, 'Set 6')}, 202);
  await again.next(f => f.event_type === 'job_completed' && f.payload.job_id === id, 60_000);
  again.close();
});

test('100 sockets hear the same', async () => {
  const sockets = await Promise.all(Array.from({length: 100}, () => signedIn()));
  const {id} = await server.admin.post('/videos', {title: 'For all'}, 201);
  await server.admin.patch(`/videos/${id}`, {title: 'For everyone'});
  await Promise.all(sockets.map(s => s.next(f => f.event_type === 'video_updated' && f.payload.video_id === id)));
  for (const s of sockets) s.close();
});
