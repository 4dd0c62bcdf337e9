// The "test" buttons of the settings page.
import assert from 'node:assert/strict';
import test, {after} from 'node:test';
import {discogsEnv, startDiscogs} from '../fake/discogs.mjs';
import {imvdbEnv, startImvdb} from '../fake/imvdb.mjs';
import {spotifyEnv, startSpotify} from '../fake/spotify.mjs';
import {layYtdlp} from '../fake/ytdlp.mjs';
import {startServer} from './harness.mjs';

const [imvdb, discogs, spotify] = await Promise.all([startImvdb(), startDiscogs(), startSpotify()]);
after(() => Promise.all([imvdb.stop(), discogs.stop(), spotify.stop()]));
const server = await startServer({env: {...imvdbEnv(imvdb), ...discogsEnv(discogs), ...spotifyEnv(spotify), MEDLEY_HTTP_TIMEOUT: '2'}});
const bare = await startServer();
const ask = (on, name) => on.admin.post(`/app/api/providers/${name}/test`);

test('services that are set up answer', async () => {
  for (const name of ['imvdb', 'discogs', 'spotify']) {
    const reply = await ask(server, name);
    assert.deepEqual([reply.ok, reply.setting], [true, null], `${name}: ${reply.message}`);
    assert.ok(reply.latency_ms >= 0);
  }
});

test('each test asks anew', async () => {
  const before = imvdb.requests.length;
  await ask(server, 'imvdb');
  await ask(server, 'imvdb');
  assert.equal(imvdb.requests.length, before + 2);
});

test('a missing key names its setting', async () => {
  for (const [name, setting] of [['imvdb', /^apis\.imvdb\.auth\.app_key$/], ['discogs', /^apis\.discogs/], ['spotify', /^apis\.spotify/]]) {
    const reply = await ask(bare, name);
    assert.equal(reply.ok, false);
    assert.match(reply.setting, setting);
    assert.match(reply.message, /not configured/);
  }
});

test('a wrong key is told', async () => {
  imvdb.trouble({reply: {status: 401, json: {error: 'Invalid app key'}}}, {times: 3});
  const reply = await ask(server, 'imvdb');
  assert.equal(reply.ok, false);
  assert.match(reply.message, /IMVDb/);
});

test('a service that is away is told', async () => {
  await discogs.stop();
  assert.equal((await ask(server, 'discogs')).ok, false);
  discogs.stop = async () => {};
});

test('yt-dlp says its version, and health repeats it', async () => {
  assert.equal((await bare.anonymous.send('GET', '/health')).json.ytdlp, undefined);
  await bare.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': '/nonexistent'}});
  assert.deepEqual([(await ask(bare, 'ytdlp')).ok, (await ask(bare, 'ytdlp')).setting], [false, 'ytdlp.ytdlp_path']);
  await bare.admin.patch('/config', {updates: {'ytdlp.ytdlp_path': layYtdlp(bare.home, '/nonexistent')}});
  const reply = await ask(bare, 'ytdlp');
  assert.match(reply.message, /^yt-dlp 2023\.03\.04, \d+ days old$/);
  const {ytdlp} = await bare.admin.get('/health');
  assert.equal(ytdlp.version, '2023.03.04');
  assert.ok(ytdlp.age_days > 600);
});

test('what is no service, and who is nobody', async () => {
  await bare.admin.post('/app/api/providers/nonsense/test', undefined, 404);
  assert.equal((await bare.anonymous.send('POST', '/app/api/providers/imvdb/test')).status, 401);
});
