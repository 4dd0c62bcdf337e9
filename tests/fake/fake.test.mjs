// The stand-in itself: it answers, remembers, and makes trouble on demand.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {startFake} from './fake.mjs';

const fake = await startFake('sample', {
  'GET /things/{id}': ({params}, state) => ({id: params.id, seen: ++state.seen}),
  'POST /things': ({json}) => ({status: 201, json}),
}, {state: {seen: 0}});
after(() => fake.stop());

test('routes answer, with parameters, bodies and state', async () => {
  assert.deepEqual(await (await fetch(`${fake.url}/things/a%20b`)).json(), {id: 'a b', seen: 1});
  const reply = await fetch(`${fake.url}/things`, {method: 'POST', body: '{"a":1}'});
  assert.equal(reply.status, 201);
  assert.deepEqual(await reply.json(), {a: 1});
  assert.equal((await fetch(`${fake.url}/nowhere`)).status, 404);
  assert.equal(fake.asked('POST', '/things').length, 1);
});

test('trouble comes as often as asked for, then it is over', async () => {
  fake.trouble({reply: {status: 503, headers: {'retry-after': '1'}, text: 'later'}}, {times: 2});
  const status = async () => (await fetch(`${fake.url}/things/1`)).status;
  assert.deepEqual([await status(), await status(), await status()], [503, 503, 200]);
  fake.trouble({drop: true}, {path: '/things/2'});
  await status();
  await assert.rejects(fetch(`${fake.url}/things/2`));
});
