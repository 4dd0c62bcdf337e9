// Libraries, catalog, file associations and the scan: section 8.
import assert from 'node:assert/strict';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer} from '../harness.mjs';
import {layMovies, layShows} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  layMovies(join(s.library, 'Features'));
  layShows(join(s.library, 'Telly'));
}});
const {admin} = server;
const base = '/api/metadata';
const create = (body, status = 201) => admin.post(`${base}/libraries`, body, status);
// The first start makes libraries of folders with the usual names; these tests make their own.
for (const {id} of await admin.get(`${base}/libraries`)) await admin.del(`${base}/libraries/${id}`, 200);
async function waitTask(id, wanted = 2) {
  for (let i = 0; i < 2400; i++) {
    const task = await admin.get(`/api/background-tasks/${id}`);
    if (task.status >= 2) {
      assert.equal(task.status, wanted, JSON.stringify(task));
      return task;
    }
    await sleep(25);
  }
  assert.fail('the task does not end');
}

test('libraries: made with 201 and Location, read, replaced, deleted', async () => {
  const reply = await admin.expect(201, 'POST', `${base}/libraries`, {json: {type: 1, directoryPath: 'Features', title: 'Films'}});
  const library = reply.json;
  assert.deepEqual(Object.keys(library).sort(), ['createdAt', 'description', 'directoryPath', 'id', 'title', 'type', 'updatedAt']);
  assert.match(library.id, /^[0-9a-f]{24}$/);
  assert.deepEqual([library.type, library.directoryPath, library.title, library.description], [1, 'Features', 'Films', null]);
  assert.ok(reply.headers.location.endsWith(`/api/metadata/libraries/${library.id}`), reply.headers.location);
  assert.deepEqual(await admin.get(`${base}/libraries/${library.id}`), library);
  const changed = await admin.put(`${base}/libraries/${library.id}`, {type: 1, directoryPath: 'Features', title: 'Cinema', description: 'd'});
  assert.deepEqual([changed.title, changed.description, changed.createdAt], ['Cinema', 'd', library.createdAt]);
  await create({type: 1, directoryPath: 'features/', title: 'Again'}, [201, 409]);
  await create({type: 1, directoryPath: 'Features', title: 'Again'}, 409);
  const other = await create({Type: '2', DirectoryPath: 'Later', Title: 'Not there yet'}); // any case, numbers as text
  assert.equal(other.type, 2);
  await admin.del(`${base}/libraries/${other.id}`, 200);
  await admin.get(`${base}/libraries/${other.id}`, undefined, 404);
  await admin.put(`${base}/libraries/${other.id}`, {type: 1, directoryPath: 'x', title: 'x'}, 404);
  await admin.del(`${base}/libraries/${other.id}`, 404);
});

table('libraries that cannot be', [
  [{}], [{type: 1, title: 'x'}], [{type: 1, directoryPath: 'x'}], [{directoryPath: 'x', title: 'x'}], [{type: 3, directoryPath: 'x', title: 'x'}],
  [{type: 'Radio', directoryPath: 'x', title: 'x'}], [{type: 1, directoryPath: '../x', title: 'x'}], [{type: 1, directoryPath: '/etc', title: 'x'}],
  [{type: 1, directoryPath: 'a/../../x', title: 'x'}],
], async body => assert.ok((await create(body, 400)).message));

test('enum names are taken on input, in any case', async () => {
  const library = await create({type: 'tvshows', directoryPath: 'Telly', title: 'Series'});
  assert.equal(library.type, 2);
});

test('a scan reads the files of every library and is a task with a payload', async () => {
  const {operationId, message} = await admin.post(`${base}/scan/start`);
  assert.ok(operationId && message);
  const task = await waitTask(operationId);
  assert.equal(task.type, 'MetadataScanTask');
  assert.equal(task.progress, 100);
  for (const key of ['libraryPath', 'libraryTitle', 'totalFiles', 'processedFiles', 'foundMetadata', 'totalPeople', 'syncedPeople', 'failedPeople']) assert.ok(key in task.payload, key);
  assert.equal(task.payload.totalFiles, 8);
});

test('movies as this door shows them', async () => {
  const movies = await admin.get(`${base}/movies`);
  assert.ok(Array.isArray(movies));
  const fight = movies.find(m => m.title === 'Fight Club');
  assert.deepEqual([fight.id, fight.originalTitle, fight.officialRating, [...fight.genres].sort()], [550, 'Fight Club', 'R', ['Drama', 'Thriller']]);
  assert.deepEqual(fight.cast.map(c => [c.name, c.character, c.order]), [['Brad Pitt', 'Tyler Durden', 0], ['Edward Norton', 'Narrator', 1]]);
  assert.ok(fight.crew.some(c => c.name === 'David Fincher' && c.job === 'Director'));
  assert.match(fight.filePath, /^Features\/Fight Club/);
  assert.deepEqual((await admin.get(`${base}/movies/550`)).title, 'Fight Club');
  const [library] = (await admin.get(`${base}/libraries`)).filter(l => l.directoryPath === 'Features');
  assert.ok((await admin.get(`${base}/movies`, {libraryId: library.id})).length >= 3);
  assert.deepEqual(await admin.get(`${base}/movies`, {libraryId: 'nonsense'}), []);
  await admin.get(`${base}/movies/999999`, undefined, 404);
  await admin.get(`${base}/movies/x`, undefined, 400);
});

test('shows with seasons and episodes', async () => {
  const show = (await admin.get(`${base}/tvshows`)).find(s => s.title === 'Breaking Bad');
  assert.equal(show.id, 1396);
  assert.deepEqual(show.seasons.map(s => [s.seasonNumber, s.episodes.length]), [[1, 2], [2, 1]]);
  const pilot = show.seasons[0].episodes[0];
  assert.deepEqual([pilot.seasonNumber, pilot.episodeNumber, pilot.name], [1, 1, 'Pilot']);
  assert.equal((await admin.get(`${base}/tvshows/1396`)).title, 'Breaking Bad');
  const files = await admin.get(`${base}/tvshows/1396/files`);
  assert.deepEqual(files.map(f => [f.mediaId, f.mediaType, f.seasonNumber, f.episodeNumber]).sort(), [[1396, 2, 1, 1], [1396, 2, 1, 2], [1396, 2, 2, 1]]);
  assert.ok(files.every(f => f.filePath.startsWith('Telly/')));
  assert.deepEqual(await admin.get(`${base}/tvshows/999999/files`), []);
});

test('file associations: made, filtered, deleted; what is wrong is 400', async () => {
  const [library] = (await admin.get(`${base}/libraries`)).filter(l => l.directoryPath === 'Features');
  const body = {libraryId: library.id, mediaId: '550', mediaType: 1, filePath: 'Features/Seven (1995)/Seven (1995).mp4'};
  const [own] = await admin.get(`${base}/movies/550/files`);
  assert.equal(own.libraryId, library.id);
  const reply = await admin.send('POST', `${base}/files`, {json: {...body, filePath: 'Features/second version.mp4'}});
  assert.equal(reply.status, 201, reply.text);
  assert.equal(reply.json.mediaId, 550);
  assert.ok(reply.headers.location.endsWith(`/api/metadata/files/${reply.json.id}`));
  assert.equal((await admin.get(`${base}/movies/550/files`)).length, 2);
  assert.equal((await admin.get(`${base}/files`, {libraryId: library.id, mediaId: 550})).length, 2);
  assert.ok((await admin.get(`${base}/files`, {mediaId: ''})).length > 2); // empty is absent
  await admin.get(`${base}/files`, {mediaId: 'x'}, 400);
  await admin.post(`${base}/files`, {...body, filePath: 'Features/second version.mp4'}, 409);
  for (const wrong of [{libraryId: 'nonsense'}, {mediaType: 3}, {filePath: '../x'}, {mediaType: 2}, {mediaId: 'x'}, {filePath: undefined}]) {
    await admin.post(`${base}/files`, {...body, ...wrong}, 400);
  }
  assert.deepEqual(await admin.get(`${base}/files/${reply.json.id}`), reply.json);
  await admin.del(`${base}/files/${reply.json.id}`, 200);
  await admin.get(`${base}/files/${reply.json.id}`, undefined, 404);
  await admin.del(`${base}/files/${reply.json.id}`, 404);
});

test('a deleted movie takes its orphaned people along, by a task', async () => {
  const people = async () => new Set((await admin.get(`${base}/movies`)).flatMap(m => m.cast.map(c => c.name)));
  assert.ok((await people()).has('Edward Norton'));
  await admin.del(`${base}/movies/550`, 200);
  await admin.get(`${base}/movies/550`, undefined, 404);
  let task;
  for (let i = 0; i < 200 && !task; i++) {
    [task] = await admin.get('/api/background-tasks/PersonCleanupTask');
    if (!task) await sleep(25);
  }
  const done = await waitTask(task.id);
  assert.ok(done.payload.totalPeople >= 3, JSON.stringify(done.payload)); // two actors and a director at least
  assert.equal(done.payload.checkedPeople, done.payload.totalPeople);
  assert.ok(done.payload.deletedPeople >= 1 && done.payload.deletedPeople < done.payload.totalPeople, JSON.stringify(done.payload)); // Pitt and Fincher made Seven
  await admin.del(`${base}/movies/550`, 404);
  const seven = await admin.get(`${base}/movies/807`);
  assert.deepEqual(seven.cast.map(c => c.name), ['Brad Pitt', 'Gwyneth Paltrow']);
});

test('a deleted show is gone; one that never was is 404', async () => {
  await admin.del(`${base}/tvshows/1396`, 200);
  await admin.get(`${base}/tvshows/1396`, undefined, 404);
  await admin.del(`${base}/tvshows/1396`, 404);
});

test('a deleted library purges no movie', async () => {
  const before = (await admin.get(`${base}/movies`)).length;
  const [library] = (await admin.get(`${base}/libraries`)).filter(l => l.directoryPath === 'Features');
  await admin.del(`${base}/libraries/${library.id}`, 200);
  assert.equal((await admin.get(`${base}/movies`)).length, before);
});
