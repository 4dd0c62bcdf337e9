// Readiness with a Stash that answers, one that refuses, and one that never does.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {startStash} from '../../fake/stash.mjs';
import {startServer} from '../harness.mjs';

const stash = await startStash();
after(() => stash.stop());
const server = await startServer({env: {MEDLEY_PROVIDERS_STASH_BASE_URL: stash.url}});
const ready = async status => (await server.anonymous.expect(status, 'GET', '/api/v1/health/ready')).json;

test('ready when database and Stash answer; OpenAI is no condition', async () => {
  const {status, checks} = await ready(200);
  assert.deepEqual([status, checks.database.status, checks.stash.status], ['ready', 'ready', 'ready']);
  assert.ok(stash.asked('POST', '/graphql').length >= 1);
});

test('not ready, in a few seconds, when Stash hangs or refuses', async () => {
  for (const kind of [{drop: true}, {reply: {status: 500, text: 'x'}}, {delay_ms: 8000}]) {
    stash.troubles.length = 0;
    stash.trouble(kind, {times: 20});
    const started = Date.now();
    const {status, checks} = await ready(503);
    assert.deepEqual([status, checks.stash.status], ['not ready', 'not ready']);
    assert.ok(checks.stash.error);
    assert.ok(Date.now() - started < 5000);
  }
});
