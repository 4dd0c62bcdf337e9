// One library, five doors: what one door makes, every other shows, both ways.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer, systems} from './harness.mjs';
import {layMovies, layMusic, layShows} from './support/media.mjs';
import {Socket} from './support/sockets.mjs';

const server = await startServer({lay: s => {
  layMovies(join(s.library, 'Features'));
  layShows(join(s.library, 'Telly'));
  layMusic(join(s.library, 'Music'));
}});
const {admin} = server;
const haas = '/api/metadata';
const metarr = '/api/v1';
// The first start makes libraries of folders with the usual names; these tests make their own.
for (const {id} of await admin.get(`${haas}/libraries`)) await admin.del(`${haas}/libraries/${id}`, 200);
async function haasTask(id) {
  for (let i = 0; i < 2400; i++) {
    const task = await admin.get(`/api/background-tasks/${id}`);
    if (task.status >= 2) return assert.equal(task.status, 2, JSON.stringify(task));
    await sleep(25);
  }
  assert.fail('the task does not end');
}

test('a library made by Metarr is Haas\'s, and one made by Haas is Metarr\'s', async () => {
  await admin.post(`${metarr}/libraries`, {name: 'Films', path: join(server.library, 'Features'), type: 'movie'}, 201);
  const [mine] = (await admin.get(`${haas}/libraries`)).filter(l => l.title === 'Films');
  assert.deepEqual([mine.type, mine.directoryPath], [1, 'Features']);
  await admin.post(`${haas}/libraries`, {type: 2, directoryPath: 'Telly', title: 'Series'}, 201);
  const [theirs] = (await admin.get(`${metarr}/libraries`)).data.filter(l => l.name === 'Series');
  assert.deepEqual([theirs.type, theirs.path], ['tv', join(server.library, 'Telly')]);
  await admin.put(`${haas}/libraries/${mine.id}`, {type: 1, directoryPath: 'Features', title: 'Cinema'});
  assert.ok((await admin.get(`${metarr}/libraries`)).data.some(l => l.name === 'Cinema'));
  await admin.post(`${haas}/libraries`, {type: 1, directoryPath: 'Features', title: 'Twice'}, 409);
  await admin.post(`${metarr}/libraries`, {name: 'Twice', path: join(server.library, 'Telly'), type: 'tv'}, 409);
});

test('a movie that Metarr\'s client scans is the row that Haas\'s client lists', async () => {
  const [films] = (await admin.get(`${metarr}/libraries`)).data.filter(l => l.type === 'movie');
  await admin.post(`${metarr}/libraries/${films.id}/scan`);
  await server.idle();
  const theirs = (await admin.get(`${metarr}/movies`)).data;
  const ours = await admin.get(`${haas}/movies`);
  assert.deepEqual(ours.map(m => m.title).sort(), theirs.map(m => m.title).sort());
  const [fight] = theirs.filter(m => m.title === 'Fight Club');
  const same = await admin.get(`${haas}/movies/550`);
  assert.equal(same.overview, fight.plot);
});

test('an edit through Metarr is read through Haas', async () => {
  const [seven] = (await admin.get(`${metarr}/movies`, {'filter[tmdb_id]': 807})).data;
  await admin.put(`${metarr}/movies/${seven.id}`, {plot: 'Gluttony first.', genres: ['Crime']});
  const same = await admin.get(`${haas}/movies/807`);
  assert.deepEqual([same.overview, same.genres], ['Gluttony first.', ['Crime']]);
});

test('shows that Haas\'s client scans are the series that Metarr\'s client lists', async () => {
  const {operationId} = await admin.post(`${haas}/scan/start`);
  await haasTask(operationId);
  const {data} = await admin.get(`${metarr}/series`);
  assert.deepEqual(data.map(s => s.title).sort(), (await admin.get(`${haas}/tvshows`)).map(s => s.title).sort());
  const bad = data.find(s => s.title === 'Breaking Bad');
  assert.equal((await admin.get(`${haas}/tvshows/${bad.tmdb_id}`)).seasons.length, bad.season_count);
});

test('a scan through one door after the other imports nothing twice', async () => {
  const before = (await admin.get(`${metarr}/movies`)).meta.total;
  for (const {id} of (await admin.get(`${metarr}/libraries`)).data) {
    await admin.send('POST', `${metarr}/libraries/${id}/scan`);
    await server.idle();
  }
  assert.equal((await admin.get(`${metarr}/movies`)).meta.total, before);
});

test('a movie deleted through Haas is gone from Metarr, and the other way round', async () => {
  const find = async id => (await admin.get(`${metarr}/movies`, {'filter[tmdb_id]': id})).data[0];
  const fight = await find(550);
  await admin.del(`${haas}/movies/550`, 200);
  await admin.get(`${metarr}/movies/${fight.id}`, undefined, 404);
  const amelie = await find(194);
  await admin.del(`${metarr}/movies/${amelie.id}`, 200);
  await admin.get(`${haas}/movies/194`, undefined, 404);
});

test('a job that any door starts shows in every door, in its own words', async () => {
  const {job_id: uuid} = await admin.post('/scan', {directory: join(server.library, 'Music')}, 202);
  await server.waitJob(uuid);
  const fuzzbin = await admin.get(`/jobs/${uuid}`);
  const stashhog = await admin.get(`/api/v1/jobs/${uuid}`);
  const haasTasks = await admin.get('/api/background-tasks');
  const {data} = await admin.get('/api/v1/jobs', {limit: 1000});
  assert.deepEqual([fuzzbin.status, fuzzbin.progress], ['completed', 1]);
  assert.deepEqual([stashhog.status, stashhog.progress], ['completed', 100]);
  const task = haasTasks.find(t => t.id === uuid);
  assert.deepEqual([task?.status, task?.progress], [2, 100]);
  assert.ok(data.every(j => j.progress === 100 || j.status !== 'completed'));
  const total = (await admin.get('/jobs', {limit: 1000})).total;
  assert.equal((await admin.get('/api/v1/jobs', {limit: 1000})).meta.total, total);
  assert.equal(haasTasks.length, total);
});

test('a job started by one door is cancelled by another', async () => {
  const {job_id: uuid} = await admin.post('/scan', {directory: server.library, skip_existing: false}, 202);
  const reply = await admin.send('DELETE', `/api/background-tasks/${uuid}`);
  const {status} = await admin.get(`/jobs/${uuid}`);
  assert.equal(status, reply.status === 200 ? 'cancelled' : 'completed');
});

test('a copy through Haas is heard by Fuzzbin\'s socket', async () => {
  const socket = await Socket.open(server.ws('/ws/events'));
  socket.send({type: 'auth', token: server.token});
  await socket.next('auth_success');
  socket.send({type: 'subscribe_jobs'});
  await socket.next('subscribe_jobs_success');
  const {operationId} = await admin.post('/api/files/copy', {sourcePath: 'Features/Seven (1995)/Seven (1995).mp4', destinationPath: 'copied.mp4'});
  const event = await socket.next(f => f.event_type === 'job_completed' && f.payload.job_id === operationId);
  assert.ok(event.payload.result);
  socket.close();
});

test('tags and people are shared; a setting changed here is read there', async () => {
  await admin.post('/settings', {key: 'PLEX_TOKEN', value: 'shared'});
  assert.equal((await admin.get('/harmony/settings')).settings.PLEX_TOKEN, 'shared');
  await admin.put('/api/v1/settings/', {openai_model: 'gpt-9'});
  assert.equal((await admin.get('/stashhog/api/v1/settings/openai.model')).value, 'gpt-9');
});

test('one login opens every door, root and prefix alike', async () => {
  const paths = {fuzzbin: '/videos', harmony: '/settings', stashhog: '/api/v1/scenes/', haas: '/api/files', metarr: '/api/v1/movies'};
  for (const system of systems) {
    const root = await admin.expect(200, 'GET', paths[system]);
    const alone = await admin.expect(200, 'GET', `/${system}${paths[system]}`);
    const volatile = text => text.replace(/"(timestamp|updated_at)":"[^"]*"/g, '').replaceAll('"/metarr/', '"/');
    assert.equal(volatile(alone.text), volatile(root.text), system);
  }
});

test('under a prefix only that API is there', async () => {
  await admin.get('/metarr/videos', undefined, 404);
  await admin.get('/fuzzbin/api/v1/movies', undefined, 404);
  await admin.get('/haas/settings', undefined, 404);
});

test('where documents meet at the root, the spelling decides', async () => {
  assert.ok(Array.isArray(await admin.get('/api/v1/jobs/')));
  assert.equal((await admin.get('/api/v1/jobs')).success, true);
  assert.equal((await admin.get('/api/v1/settings/phase-config')).success, true);
  assert.equal((await admin.get('/api/v1/settings/stash.url')).key, 'stash.url');
});
