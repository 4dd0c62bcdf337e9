// /jobs: sections 1.9 to 1.11, 2.9 and 3.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer} from '../harness.mjs';
import {layMany, layMusic} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  layMusic(join(s.library, 'Music'));
  layMany(join(s.library, 'Many'), 800);
}});
const {admin} = server;
const music = join(server.library, 'Music');
const many = join(server.library, 'Many');
const submit = (type, metadata) => admin.post('/jobs', {type, metadata}, 202);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const types = ['import_nfo', 'import_spotify', 'import_spotify_batch', 'import_imvdb_artist', 'import_add_single',
  'import_download', 'video_post_process', 'import_organize', 'import_nfo_generate', 'download_youtube',
  'file_organize', 'file_duplicate_resolve', 'metadata_enrich', 'metadata_refresh', 'library_scan', 'import',
  'backup', 'trash_cleanup', 'sync_decade_tags', 'export_nfo'];

test('a submitted job is pending, then runs to its end', async () => {
  const job = await submit('library_scan', {directory: music});
  assert.deepEqual(Object.keys(job).sort(), ['completed_at', 'created_at', 'current_step', 'error', 'id', 'metadata',
    'processed_items', 'progress', 'result', 'started_at', 'status', 'total_items', 'type']);
  assert.match(job.id, uuid);
  assert.deepEqual([job.type, job.progress, job.metadata.directory, job.error], ['library_scan', 0, music, null]);
  const done = await server.waitJob(job.id);
  assert.equal(done.progress, 1);
  assert.ok(done.created_at <= done.started_at && done.started_at <= done.completed_at);
  assert.equal(typeof done.result, 'object');
});

table('what cannot be submitted', [
  ['unknown type', {type: 'nonsense'}, 422], ['no type', {}, 422], ['metadata no object', {type: 'import_nfo', metadata: []}, 422],
  ['type null', {type: null}, 422], ['no body', undefined, 422],
], async (name, body, status) => {
  const reply = await admin.post('/jobs', body, status);
  assert.equal(reply.error_type, 'validation_error');
});

test('every documented job type is known', async () => {
  for (const type of types) assert.deepEqual((await admin.get('/jobs', {type})).total >= 0, true, type);
  await admin.get('/jobs', {type: 'nonsense'}, 422);
});

test('bad metadata makes the job fail, or is refused, with the name of what is missing', async () => {
  const reply = await admin.send('POST', '/jobs', {json: {type: 'import_nfo', metadata: {}}});
  if (reply.status !== 202) {
    assert.ok([400, 422].includes(reply.status));
    assert.match(reply.text, /directory/);
    return;
  }
  const job = await server.waitJob(reply.json.id, {wanted: 'failed'});
  assert.match(job.error, /directory/);
});

test('a job that cannot do its work fails with a reason', async () => {
  const reply = await admin.send('POST', '/jobs', {json: {type: 'library_scan', metadata: {directory: join(server.library, 'nowhere')}}});
  if (reply.status !== 202) return assert.equal(reply.status, 400);
  const job = await server.waitJob(reply.json.id, {wanted: 'failed'});
  assert.ok(job.error);
  assert.ok(job.completed_at);
});

test('cancel ends a job at once and for good; a second cancel is 400', async () => {
  const job = await submit('library_scan', {directory: many});
  await admin.del(`/jobs/${job.id}`);
  const cancelled = await admin.get(`/jobs/${job.id}`);
  assert.deepEqual([cancelled.status, cancelled.result], ['cancelled', null]);
  assert.ok(cancelled.completed_at);
  const again = await admin.del(`/jobs/${job.id}`, 400);
  assert.match(again.detail, /not found/);
  await sleep(500);
  assert.equal((await admin.get(`/jobs/${job.id}`)).status, 'cancelled');
});

test('unknown jobs', async () => {
  for (const id of ['nonsense', '00000000-0000-4000-8000-000000000000', '0']) {
    assert.deepEqual(await admin.get(`/jobs/${id}`, undefined, 404), {detail: 'Job not found'});
    assert.match((await admin.del(`/jobs/${id}`, 400)).detail, /not found/);
  }
});

test('the list filters by status and type, and is limited', async () => {
  await server.idle();
  const all = await admin.get('/jobs', {limit: 1000});
  assert.equal(all.total, all.jobs.length);
  const done = await admin.get('/jobs', {status: 'completed'});
  assert.ok(done.jobs.length && done.jobs.every(j => j.status === 'completed'));
  const scans = await admin.get('/jobs', {type: 'library_scan', status: 'cancelled'});
  assert.ok(scans.jobs.every(j => j.type === 'library_scan' && j.status === 'cancelled'));
  assert.equal((await admin.get('/jobs', {limit: 1})).jobs.length, 1);
  for (const query of [{status: 'nonsense'}, {limit: 0}, {limit: 1001}, {limit: 'x'}]) await admin.get('/jobs', query, 422);
});

test('metrics add up and are not shadowed by /jobs/{job_id}', async () => {
  const m = await server.idle();
  const {jobs} = await admin.get('/jobs', {limit: 1000});
  const count = status => jobs.filter(j => j.status === status).length;
  assert.deepEqual([m.total_jobs, m.completed_jobs, m.failed_jobs, m.cancelled_jobs, m.queue_depth],
    [jobs.length, count('completed'), count('failed'), count('cancelled'), 0]);
  const rated = m.completed_jobs + m.failed_jobs + m.timeout_jobs;
  assert.ok(Math.abs(m.success_rate - m.completed_jobs / rated) < 1e-9);
  assert.deepEqual(Object.keys(m.by_type).sort(), [...new Set(jobs.map(j => j.type))].sort());
  assert.equal(m.by_type.library_scan.job_type, 'library_scan');
  assert.equal(m.oldest_pending_age_seconds, null);
  assert.ok(m.last_completion_at);
});

test('the jobs of a video', async () => {
  const video = await admin.post('/videos', {title: 'With jobs'}, 201);
  assert.deepEqual(await admin.get(`/videos/${video.id}/jobs`), []);
  assert.deepEqual(await admin.get(`/videos/${video.id}/jobs`, {include_completed: true}), []);
  await admin.del(`/videos/${video.id}`);
  await admin.get(`/videos/${video.id}/jobs`, undefined, 404);
});

// --- schedules ---------------------------------------------------------------------------------------

const schedule = (more = {}) => ({name: `Task ${Math.random()}`, job_type: 'library_scan', cron_expression: '*/5 * * * *',
  metadata: {directory: music}, ...more});

test('a schedule is made, read, changed, listed by name, and deleted', async () => {
  const task = await admin.post('/jobs/scheduled', schedule({name: 'b nightly'}), 201);
  assert.deepEqual([task.enabled, task.run_count, task.last_run_at, task.last_status], [true, 0, null, null]);
  const next = new Date(task.next_run_at);
  assert.ok(next > new Date() && next - new Date() <= 5 * 60_000 && next.getUTCMinutes() % 5 === 0 && next.getUTCSeconds() === 0, task.next_run_at);
  assert.deepEqual(await admin.get(`/jobs/scheduled/${task.id}`), task);
  await admin.post('/jobs/scheduled', schedule({name: 'b nightly'}), 409);
  const changed = await admin.patch(`/jobs/scheduled/${task.id}`, {cron_expression: '30 4 * * *', metadata: {directory: many}, enabled: false});
  assert.deepEqual([changed.metadata, changed.enabled], [{directory: many}, false]);
  assert.match((await admin.patch(`/jobs/scheduled/${task.id}`, {enabled: true})).next_run_at, /T04:30:00/);
  await admin.post('/jobs/scheduled', schedule({name: 'a first', enabled: false}), 201);
  const {tasks, total} = await admin.get('/jobs/scheduled');
  assert.equal(total, tasks.length);
  assert.deepEqual(tasks.map(t => t.name), tasks.map(t => t.name).sort());
  assert.ok((await admin.get('/jobs/scheduled', {enabled_only: true})).tasks.every(t => t.enabled));
  await admin.del(`/jobs/scheduled/${task.id}`);
  for (const [method, rest, json] of [['GET', ''], ['PATCH', '', {enabled: true}], ['DELETE', ''], ['POST', '/run']]) {
    const reply = await admin.expect(404, method, `/jobs/scheduled/${task.id}${rest}`, {json});
    assert.match(reply.json.detail, /not found/);
  }
});

table('cron expressions that are none', [
  ['60 * * * *'], ['* 25 * * *'], ['0 0 31 2 *'], ['@daily'], ['* * * *'], ['* * * * * *'], ['a * * * *'], ['*/0 * * * *'],
  [''], ['* * * * 9'], ['-1 * * * *'], ['1,,2 * * * *'], ['*/ * * * *'], ['9999999999999999999999 * * * *'], ['0 0 0 * *'],
], async cron => {
  const reply = await admin.send('POST', '/jobs/scheduled', {json: schedule({cron_expression: cron})});
  assert.ok(reply.status === 400 && /cron/i.test(reply.json.detail) || (cron === '' && reply.status === 422), `${cron}: ${reply.status} ${reply.text}`);
});

table('cron: the next time', [
  ['0 0 29 2 *', d => d.getUTCMonth() === 1 && d.getUTCDate() === 29],
  ['15 3 * * 0', d => d.getUTCDay() === 0 && d.getUTCHours() === 3 && d.getUTCMinutes() === 15],
  ['15 3 * * 7', d => d.getUTCDay() === 0],
  ['0 12 13 * 5', d => d.getUTCDate() === 13 && d.getUTCDay() === 5], // both must match
  ['5,10 */6 * * *', d => [5, 10].includes(d.getUTCMinutes()) && d.getUTCHours() % 6 === 0],
], async (cron, fits) => {
  const reply = await admin.send('POST', '/jobs/scheduled', {json: schedule({cron_expression: cron})});
  if (reply.status === 400) return assert.ok(/29 2|13 \*/.test(cron)); // beyond the horizon of a year
  assert.equal(reply.status, 201, reply.text);
  const next = new Date(reply.json.next_run_at);
  assert.ok(next > new Date() && fits(next), reply.json.next_run_at);
});

test('schedule bodies are checked', async () => {
  for (const [body, loc] of [[{}, ['body', 'name']], [schedule({name: ''}), ['body', 'name']], [schedule({name: 'x'.repeat(201)}), ['body', 'name']],
    [schedule({job_type: 'nonsense'}), ['body', 'job_type']], [schedule({enabled: 'perhaps'}), ['body', 'enabled']],
    [schedule({metadata: 5}), ['body', 'metadata']]]) {
    assert.deepEqual((await admin.post('/jobs/scheduled', body, 422)).errors[0].loc, loc);
  }
  assert.equal((await admin.post('/jobs/scheduled', schedule({metadata: {}}), 201)).metadata, null);
});

test('run now makes a job of the task and keeps the next time', async () => {
  const task = await admin.post('/jobs/scheduled', schedule(), 201);
  const job = await admin.post(`/jobs/scheduled/${task.id}/run`, undefined, 202);
  assert.deepEqual([job.type, job.metadata.directory], ['library_scan', music]);
  await server.waitJob(job.id);
  let after = null;
  for (let i = 0; i < 40; i++) {
    after = await admin.get(`/jobs/scheduled/${task.id}`);
    if (after.last_status === 'success') break;
    await sleep(50);
  }
  assert.deepEqual([after.run_count, after.last_status, after.next_run_at], [1, 'success', task.next_run_at]);
  assert.ok(after.last_run_at);
});

test('jobs and schedules outlive a restart, unfinished ones run on', async () => {
  const before = await admin.get('/jobs', {limit: 1000});
  const tasks = await admin.get('/jobs/scheduled');
  const running = await submit('library_scan', {directory: many});
  await sleep(150);
  await server.stop();
  await server.restart();
  await server.waitJob(running.id);
  const now = await server.admin.get('/jobs', {limit: 1000});
  for (const job of before.jobs) assert.deepEqual(now.jobs.find(j => j.id === job.id), job);
  assert.deepEqual((await server.admin.get('/jobs/scheduled')).tasks.map(t => t.id), tasks.tasks.map(t => t.id));
});
