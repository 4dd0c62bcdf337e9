// /config: sections 1.16, 2.16 and 6.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const field = async path => (await admin.get(`/config/field/${path}`)).value;
const update = (updates, more = {}, status = 200) => admin.patch('/config', {updates, ...more}, status);

test('the first change can be undone and redone', async () => {
  const fresh = await admin.get('/config/history');
  assert.deepEqual([fresh.can_undo, fresh.can_redo], [false, false]);
  await admin.post('/config/undo', undefined, 400);
  await admin.post('/config/redo', undefined, 400);
  const reply = await update({'tags.normalize': false}, {description: 'No normalising'});
  assert.deepEqual([reply.updated_fields, reply.safety_level, reply.required_actions], [['tags.normalize'], 'safe', []]);
  const history = await admin.get('/config/history');
  assert.deepEqual([history.entries[0].description, history.entries[0].is_current, history.can_undo, history.can_redo],
    ['No normalising', true, true, false]);
  const undone = await admin.post('/config/undo');
  assert.equal(undone.success, true);
  assert.match(undone.description, /^Restored: /);
  assert.equal(await field('tags.normalize'), true);
  const redone = await admin.post('/config/redo');
  assert.match(redone.description, /No normalising/);
  assert.equal(await field('tags.normalize'), false);
  await admin.post('/config/undo');
});

test('a new change drops what could be redone', async () => {
  await update({'trash.retention_days': 10});
  await update({'trash.retention_days': 20});
  await admin.post('/config/undo');
  await update({'trash.retention_days': 30});
  assert.equal((await admin.get('/config/history')).can_redo, false);
  await admin.post('/config/redo', undefined, 400);
});

test('several steps at once, never more than there are', async () => {
  const start = await field('backup.retention_count');
  for (const n of [8, 9, 10]) await update({'backup.retention_count': n});
  await admin.expect(200, 'POST', '/config/undo', {query: {steps: 3}});
  assert.equal(await field('backup.retention_count'), start);
  await admin.expect(200, 'POST', '/config/redo', {query: {steps: 2}});
  assert.equal(await field('backup.retention_count'), 9);
  await admin.expect(400, 'POST', '/config/undo', {query: {steps: 50}});
  assert.equal(await field('backup.retention_count'), 9);
  for (const steps of [0, 51, 'x']) await admin.expect(422, 'POST', '/config/undo', {query: {steps}});
});

test('the configuration is nested and has every documented section', async () => {
  const {config, config_path: path} = await admin.get('/config');
  for (const section of ['config_dir', 'library_dir', 'logging', 'apis', 'ytdlp', 'ffprobe', 'thumbnail', 'nfo',
    'organizer', 'tags', 'backup', 'trash', 'nfo_export']) assert.ok(section in config, section);
  assert.deepEqual(config.tags.auto_decade, {enabled: true, format: '{decade}s'});
  assert.equal(config.organizer.path_pattern, '{artist}/{title}');
  assert.match(path, /config\.yaml$/);
});

table('documented defaults', [
  ['logging.level', 'INFO'], ['ytdlp.geo_bypass', false], ['ffprobe.timeout', 30], ['nfo.featured_artists.append_to_field', 'artist'],
  ['nfo.write_artist_nfo', true], ['organizer.normalize_filenames', false], ['backup.schedule', '0 2 * * *'], ['backup.retention_count', 9],
  ['trash.enabled', true], ['trash.schedule', '0 3 * * *'], ['nfo_export.enabled', false], ['nfo_export.incremental', true],
], async (path, value) => assert.deepEqual(await field(path), value));

table('what may not be', [
  ['over the limit', {'backup.retention_count': 366}], ['below it', {'ffprobe.timeout': 4}], ['wrong type', {'backup.enabled': 'perhaps'}],
  ['no such word', {'logging.level': 'LOUD'}], ['no cron', {'backup.schedule': 'often'}], ['without its placeholder', {'tags.auto_decade.format': 'x'}],
  ['unknown path', {'no.such.path': 1}], ['one good, one bad', {'trash.retention_days': 77, 'no.such.path': 1}],
  ['null', {'backup.retention_count': null}],
], async (name, updates) => {
  const reply = await update(updates, {}, 400);
  assert.match(reply.detail, /^Invalid (value for|config path)/);
  assert.notEqual(await field('trash.retention_days'), 77);
});

test('a change that affects state needs force, and says what follows from it', async () => {
  const {detail} = await update({'trash.trash_dir': '.bin'}, {}, 409);
  assert.equal(detail.error_type, 'config_conflict');
  assert.deepEqual(detail.affected_fields.map(f => [f.path, f.safety_level, f.requested_value]), [['trash.trash_dir', 'affects_state', '.bin']]);
  assert.ok(detail.required_actions.some(a => a.action_type === 'restart_file_manager'));
  assert.equal(await field('trash.trash_dir'), '.trash');
  const forced = await update({'trash.trash_dir': '.bin'}, {force: true});
  assert.equal(forced.safety_level, 'affects_state');
  assert.equal(await field('trash.trash_dir'), '.bin');
});

test('no change is no history; no updates are fine', async () => {
  const before = (await admin.get('/config/history', {limit: 100})).entries.length;
  assert.deepEqual((await update({})).updated_fields, []);
  await update({'trash.enabled': true});
  assert.equal((await admin.get('/config/history', {limit: 100})).entries.length, before);
});

test('fields and safety by dotted path', async () => {
  const one = await admin.get('/config/field/tags.auto_decade.enabled');
  assert.deepEqual(one, {path: 'tags.auto_decade.enabled', value: true, safety_level: 'safe'});
  assert.equal(typeof (await field('tags.auto_decade')), 'object');
  await admin.get('/config/field/no.such', undefined, 404);
  const safety = await admin.get('/config/safety/library_dir');
  assert.deepEqual([safety.path, safety.safety_level], ['library_dir', 'affects_state']);
  assert.ok(safety.description);
  assert.equal((await admin.get('/config/safety/anything.else')).safety_level, 'safe');
});

test('history can be cut; the current entry is right for any limit', async () => {
  for (const limit of [1, 3, 100]) {
    const h = await admin.get('/config/history', {limit});
    assert.ok(h.entries.length <= limit);
    assert.equal(h.entries.filter(e => e.is_current).length, 1);
  }
  for (const limit of [0, 101]) await admin.get('/config/history', {limit}, 422);
});

test('the documented example works', async () => {
  await update({'http.timeout': 60, 'logging.level': 'DEBUG'}, {description: 'Increased timeout for slow network'});
  assert.deepEqual([await field('http.timeout'), await field('logging.level')], [60, 'DEBUG']);
  assert.equal((await admin.get('/config/history')).entries[0].description, 'Increased timeout for slow network');
});

test('clients are listed', async () => {
  const {clients, total} = await admin.get('/config/clients');
  assert.deepEqual(clients.map(client => client.name), ['imvdb', 'discogs', 'spotify', 'musicbrainz']);
  assert.equal(total, 4);
  assert.ok(clients.every(client => client.base_url.startsWith('https://')));
  await admin.get('/config/clients/nonsense/stats', undefined, 404);
});

test('a client has figures: what is allowed, what is under way', async () => {
  const limits = {imvdb: [10, 50], discogs: [5, 10], spotify: [5, 10], musicbrainz: [1, 1]};
  for (const [name, [atOnce, burst]] of Object.entries(limits)) {
    const stats = await admin.get(`/config/clients/${name}/stats`);
    assert.deepEqual([stats.name, stats.active_requests, stats.max_concurrent], [name, 0, atOnce]);
    assert.deepEqual([stats.available_tokens, stats.rate_limit_capacity], [burst, burst]);
    assert.deepEqual([stats.utilization_pct, stats.rate_limit_pct], [0, 100]);
    assert.deepEqual([stats.requests, stats.errors, stats.last_error], [0, 0, null]);
  }
});

test('settings and their history outlive a restart, also kill -9', async () => {
  await update({'trash.retention_days': 55}, {description: 'Before the kill'});
  await server.kill9();
  await server.restart();
  assert.equal((await server.admin.get('/config/field/trash.retention_days')).value, 55);
  const {config_path: path} = await server.admin.get('/config');
  assert.match(readFileSync(path, 'utf8'), /retention_days:\s*55/);
  assert.equal((await server.admin.get('/config/history')).can_undo, true);
  await server.admin.post('/config/undo');
  assert.notEqual((await server.admin.get('/config/field/trash.retention_days')).value, 55);
});
