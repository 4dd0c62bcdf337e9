// Harmony's endpoints of the first slice: status, health, system, activity, settings (music.md).
import assert from 'node:assert/strict';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;

test('status has the five workers in order and the three connections', async () => {
  const status = await admin.get('/status');
  assert.deepEqual(Object.keys(status), ['status', 'version', 'uptime_seconds', 'workers', 'connections']);
  assert.deepEqual(Object.keys(status.workers), ['sync', 'matching', 'scan', 'playlist', 'autosync']);
  for (const worker of Object.values(status.workers)) assert.ok('status' in worker && 'last_seen' in worker && 'queue_size' in worker);
  assert.deepEqual([status.workers.scan.queue_size, status.workers.playlist.queue_size], ['n/a', 'n/a']);
  assert.deepEqual(status.connections, {spotify: 'fail', plex: 'fail', soulseek: 'fail'});
  assert.ok(status.uptime_seconds >= 0);
});

test('health tells what is missing, in order, and turns ok when it is set', async () => {
  assert.deepEqual(await admin.get('/api/health/spotify'), {service: 'spotify', status: 'fail',
    missing: ['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET', 'SPOTIFY_REDIRECT_URI'], optional_missing: []});
  assert.deepEqual(await admin.get('/api/health/plex'), {service: 'plex', status: 'fail', missing: ['PLEX_BASE_URL', 'PLEX_TOKEN'], optional_missing: ['PLEX_LIBRARY']});
  assert.deepEqual(await admin.get('/api/health/soulseek'), {service: 'soulseek', status: 'fail', missing: ['SLSKD_URL'], optional_missing: ['SLSKD_API_KEY']});
  await admin.get('/api/health/nonsense', undefined, 404);
  await admin.post('/settings', {key: 'SLSKD_URL', value: 'http://127.0.0.1:5030'});
  const {status, missing} = await admin.get('/api/health/soulseek');
  assert.deepEqual([status, missing], ['ok', []]);
  assert.equal((await admin.get('/status')).connections.soulseek, 'ok');
  await admin.post('/settings', {key: 'SLSKD_URL', value: null});
  assert.equal((await admin.get('/api/health/soulseek')).status, 'fail');
});

test('system statistics are plausible', async () => {
  const s = await admin.get('/api/system/stats');
  assert.deepEqual(Object.keys(s), ['cpu', 'memory', 'disk', 'network']);
  assert.ok(s.cpu.cores >= 1 && s.cpu.percent >= 0 && s.cpu.percent <= 100);
  assert.ok(s.memory.total > 1e8 && s.memory.available <= s.memory.total && s.memory.percent <= 100);
  assert.ok(s.disk.total >= s.disk.used);
  assert.ok(s.network.bytes_recv > 0);
});

test('settings: defaults, a change, history of real changes only', async () => {
  const before = await admin.get('/settings');
  for (const key of ['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET', 'SPOTIFY_REDIRECT_URI', 'PLEX_BASE_URL', 'PLEX_TOKEN', 'PLEX_LIBRARY', 'SLSKD_URL', 'SLSKD_API_KEY']) {
    assert.ok(key in before.settings, key);
  }
  assert.deepEqual([before.settings.sync_worker_concurrency, before.settings.matching_worker_batch_size, before.settings.autosync_min_bitrate,
    before.settings.autosync_preferred_formats], ['1', '10', '192', 'mp3,flac']);
  const after = await admin.post('/settings', {key: 'PLEX_TOKEN', value: 'tok'});
  assert.equal(after.settings.PLEX_TOKEN, 'tok');
  assert.match(after.updated_at, /Z$/);
  await admin.post('/settings', {key: 'PLEX_TOKEN', value: 'tok'});
  const {history} = await admin.get('/settings/history');
  const mine = history.filter(h => h.key === 'PLEX_TOKEN');
  assert.deepEqual(mine.map(h => [h.old_value, h.new_value]), [[null, 'tok']]);
  assert.ok(history.length <= 50);
  await admin.post('/settings', {key: 'something.of.my.own', value: 'kept'});
  assert.equal((await admin.get('/settings')).settings['something.of.my.own'], 'kept');
});

table('settings bodies', [
  [{}, 422, [['body', 'key'], ['body', 'value']]], [{key: 'a'}, 422, [['body', 'value']]], [{key: 5, value: 'x'}, 422, [['body', 'key']]],
  [{key: 'a', value: 5}, 422, [['body', 'value']]], [[], 422, [['body']]],
], async (body, status, locs) => {
  const {detail} = await admin.post('/settings', body, status);
  assert.deepEqual(detail.map(d => d.loc), locs);
  for (const d of detail) assert.ok('type' in d && 'msg' in d && 'input' in d);
});

test('a blank key is 400', async () => {
  assert.equal((await admin.post('/settings', {key: '', value: 'x'}, 400)).detail, 'Key must not be empty');
});

test('artist preferences: upsert, order, delete all', async () => {
  const path = '/settings/artist-preferences';
  const save = preferences => admin.post(path, {preferences});
  await save([{artist_id: 'b', release_id: '1', selected: true}, {artist_id: ' a ', release_id: '2', selected: false}, {artist_id: 'a', release_id: '2', selected: true}]);
  assert.deepEqual((await admin.get(path)).preferences, [{artist_id: 'a', release_id: '2', selected: false}, {artist_id: 'b', release_id: '1', selected: true}]);
  await save([{artist_id: 'b', release_id: '1', selected: false}]);
  assert.deepEqual((await admin.get(path)).preferences.map(p => p.selected), [false, false]);
  const bad = await admin.post(path, {preferences: [{artist_id: 'c', release_id: '3', selected: true}, {artist_id: ' ', release_id: '3', selected: true}]}, 400);
  assert.equal(bad.detail, 'artist_id and release_id must not be empty');
  assert.equal((await admin.get(path)).preferences.length, 2);
  const wrong = await admin.post(path, {preferences: [{artist_id: 'x'}]}, 422);
  assert.deepEqual(wrong.detail[0].loc, ['body', 'preferences', 0, 'release_id']);
  await save([]);
  assert.deepEqual((await admin.get(path)).preferences, []);
});

test('activity: newest first, filtered, in pages; export as JSON and CSV', async () => {
  const {items, total_count: total} = await admin.get('/api/activity');
  assert.ok(Array.isArray(items) && Number.isInteger(total));
  for (const item of items) assert.match(item.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
  const times = items.map(i => i.timestamp);
  assert.deepEqual(times, [...times].sort().reverse());
  assert.deepEqual((await admin.get('/api/activity', {type: 'nonsense'})).items, []);
  assert.ok((await admin.get('/api/activity', {limit: 1})).items.length <= 1);
  const json = await admin.expect(200, 'GET', '/api/activity/export');
  assert.ok(Array.isArray(json.json));
  const csv = await admin.expect(200, 'GET', '/api/activity/export', {query: {format: 'csv'}});
  assert.match(csv.headers['content-type'], /^text\/csv; charset=utf-8$/i);
  assert.match(csv.headers['content-disposition'], /^attachment; filename="activity_history_\d{4}-\d\d-\d\d\.csv"$/);
  assert.ok(csv.text.startsWith('id,timestamp,type,status,details\r\n'));
});

table('activity values', [
  ['/api/activity', {limit: 0}, 'greater_than_equal'], ['/api/activity', {limit: 201}, 'less_than_equal'], ['/api/activity', {limit: 'x'}, 'int_parsing'],
  ['/api/activity', {offset: -1}, 'greater_than_equal'], ['/api/activity/export', {format: 'xml'}, 'literal_error'], ['/api/activity/export', {limit: 0}, 'greater_than_equal'],
], async (path, query, type) => {
  const {detail} = await admin.get(path, query, 422);
  assert.equal(detail[0].type, type);
  assert.equal(detail[0].loc[0], 'query');
});

test('an export from later to earlier is 422', async () => {
  const {detail} = await admin.get('/api/activity/export', {from: '2025-02-01', to: '2025-01-01'}, 422);
  assert.equal(detail, "'to' must be greater than or equal to 'from'");
  await admin.get('/api/activity/export', {from: '2025-01-01T00:00:00Z', to: '1893456000'});
  await admin.get('/api/activity/export', {from: 'yesterday'}, 422);
});

test('an API opened by setting is open, the others stay closed', async () => {
  const open = await startServer({env: {MEDLEY_AUTH_OPEN: 'harmony,stashhog'}});
  await open.anonymous.get('/harmony/status');
  await open.anonymous.get('/settings');
  await open.anonymous.get('/stashhog/api/v1/scenes/');
  await open.anonymous.get('/videos', undefined, 401);
  await open.anonymous.get('/metarr/api/v1/movies', undefined, 401);
  await open.anonymous.get('/haas/api/files', undefined, 401);
});
