// What this door remembers (api/common/remember.h) follows changes that come through another one.
import assert from 'node:assert/strict';
import test from 'node:test';
import {metarrServer} from '../metarr/library.mjs';

const {server, api, add, scan} = await metarrServer();
await scan((await add('Features', 'Features', 'movie')).id);
await scan((await add('Telly', 'Telly', 'tv')).id);

async function twice(path) {
  await api.get(path);
  return api.get(path);
}

test('a movie changed at Metarr\'s door is read here at once', async () => {
  const {data} = await api.get('/api/v1/movies');
  const movie = data.find(m => m.title === 'Fight Club');
  const path = '/haas/api/metadata/movies/550'; // its number at TMDb
  for (let i = 0; i < 5; i++) {
    await twice(path);
    await api.patch(`/api/v1/movies/${movie.id}`, {title: `Round ${i}`});
    assert.equal((await api.get(path)).title, `Round ${i}`);
  }
  await twice(path);
  await api.send('DELETE', `/api/v1/movies/${movie.id}`);
  assert.equal((await api.send('GET', path)).status, 404);
});

test('people and shows come out the same from memory, and only to who may ask', async () => {
  const people = await api.get('/haas/api/metadata/people');
  assert.deepEqual(await api.get('/haas/api/metadata/people'), people);
  const path = '/haas/api/metadata/tvshows/1396';
  assert.deepEqual(await api.get(path), await api.get(path));
  assert.equal((await server.anonymous.send('GET', path)).status, 401);
});
