// Several `medley` processes on one PostgreSQL share the queue and the events.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {Server, startServer, usesPostgres} from '../api/harness.mjs';
import {layMany} from '../api/support/media.mjs';
import {Socket} from '../api/support/sockets.mjs';
import {after} from 'node:test';

const skip = usesPostgres ? false : 'one process owns an SQLite file';
const first = skip ? null : await startServer({lay: s => layMany(join(s.library, 'Many'), 100)});
let second = null;
if (first) {
  second = new Server({});
  second.database.drop();
  second.database = {url: first.database.url, drop() {}};
  second.data = first.data; // shared storage: keys and thumbnails
  second.library = first.library;
  after(() => second.remove());
  await second.start();
  await second.ready();
}

test('a token of one is good at the other', {skip}, async () => {
  await second.as(first.token).get('/videos');
});

test('a job submitted here is told to a socket there', {skip}, async () => {
  const socket = await Socket.open(second.ws('/ws/events'));
  socket.send({type: 'auth', token: second.token});
  await socket.next('auth_success');
  socket.send({type: 'subscribe_jobs'});
  await socket.next('subscribe_jobs_success');
  const {job_id: id} = await first.admin.post('/scan', {directory: join(first.library, 'Many')}, 202);
  await socket.next(f => f.event_type === 'job_completed' && f.payload.job_id === id, 60_000);
  socket.close();
});

test('a hundred jobs are shared out, each run once', {skip}, async () => {
  const ids = await Promise.all(Array.from({length: 100}, async (_, i) =>
    (await (i % 2 ? first : second).admin.post('/jobs', {type: 'library_scan', metadata: {directory: join(first.library, 'Many', `Band ${i % 50}`)}}, 202)).id));
  for (const id of ids) await first.waitJob(id);
  const {data} = await first.admin.get('/metarr/api/v1/jobs', {limit: 1000});
  assert.ok(new Set(data.map(j => j.worker_id)).size >= 1);
  assert.ok(data.every(j => j.attempts <= 1));
});

test('a change made here is read there within two seconds, and here at once', {skip}, async () => {
  const {id} = await first.admin.post('/videos', {title: 'Shared'}, 201);
  for (let i = 0; i < 5; i++) {
    await second.admin.get(`/videos/${id}`); // remembers it
    await first.admin.patch(`/videos/${id}`, {album: `Round ${i}`});
    assert.equal((await first.admin.get(`/videos/${id}`)).album, `Round ${i}`);
    const until = Date.now() + 2000;
    while ((await second.admin.get(`/videos/${id}`)).album !== `Round ${i}`) assert.ok(Date.now() < until, `still not round ${i}`);
  }
});

test('whoever hears of a change there reads it there', {skip}, async () => {
  const {id} = await first.admin.post('/videos', {title: 'Heard of'}, 201);
  const socket = await Socket.open(second.ws('/ws/events'));
  socket.send({type: 'auth', token: second.token});
  await socket.next('auth_success');
  for (let i = 0; i < 10; i++) {
    await second.admin.get(`/videos/${id}`);
    const heard = socket.next(f => f.event_type === 'video_updated' && f.payload.video_id === id);
    await first.admin.patch(`/videos/${id}`, {album: `Round ${i}`});
    await heard;
    assert.equal((await second.admin.get(`/videos/${id}`)).album, `Round ${i}`);
  }
  socket.close();
});

test('what a killed process was doing is taken over', {skip}, async () => {
  await first.kill9();
  const {job_id: id} = await second.admin.post('/scan', {directory: join(first.library, 'Many'), skip_existing: false}, 202);
  await second.waitJob(id, {ms: 120_000});
  await first.restart();
  await first.admin.get(`/jobs/${id}`);
});
