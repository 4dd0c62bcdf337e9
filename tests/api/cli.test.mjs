// The command line: other programs rely on these names.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {Server, medley, password, sleep, startServer, usesPostgres} from './harness.mjs';
import {lay, uniqueMp4} from './support/media.mjs';
import {psql} from './support/postgres.mjs';
import {table} from './support/tables.mjs';

const server = await startServer({lay: s => lay(join(s.library, 'A - B.mp4'), uniqueMp4())});

test('version names the program and its version', () => {
  const {code, out} = medley(['version']);
  assert.equal(code, 0);
  assert.match(out, /^medley \d+\.\d+\.\d+/);
});

table('dumps are tables with a line per row', [
  ['routes', 5, 300], ['settings', 4, 60], ['jobs', 2, 3], ['events', 2, 10],
], (name, columns, least) => {
  const {code, out} = medley(['dump', name]);
  assert.equal(code, 0);
  const lines = out.trim().split('\n');
  assert.ok(lines.length >= least, `${lines.length} lines`);
  for (const line of lines) assert.ok(line.split('\t').length >= columns, line);
});

test('openapi prints what the server serves', async () => {
  const served = (await server.anonymous.get('/openapi.json'));
  assert.deepEqual(JSON.parse(medley(['openapi']).out), served);
  assert.ok(JSON.parse(medley(['openapi', '--api', 'fuzzbin']).out).paths['/videos']);
});

test('healthcheck answers by its exit code', () => {
  assert.equal(medley(['healthcheck', '--listen', `127.0.0.1:${server.port}`]).code, 0);
  assert.notEqual(medley(['healthcheck', '--listen', '127.0.0.1:1']).code, 0);
});

table('what is no command is refused with a reason, on standard error', [
  [['nonsense']], [['serve', '--nonsense']], [['dump', 'nonsense']], [['dump']], [[]], [['user']], [['user', 'nonsense']],
  [['serve', '--listen', 'nonsense']], [['serve', '--listen', '127.0.0.1:99999']], [['serve', '--roles', 'nonsense']],
  [['serve', '--database', 'mysql://x']], [['serve', '--data-dir', '/proc/nowhere']],
  [['serve', '--set', 'no.such.key=1']], [['serve', '--set', 'backup.retention_count=many']],
], args => {
  const {code, out, err} = medley(args, {env: {HOME: server.outside, MEDLEY_DATA_DIR: join(server.outside, 'data')}});
  assert.notEqual(code, 0);
  assert.ok(err.trim(), 'nothing was said');
  assert.equal(out, '');
});

test('keys, settings and the database are for their owner only', () => {
  for (const name of usesPostgres ? [] : ['secret.key', 'medley.db']) {
    assert.equal(statSync(join(server.data, name)).mode & 0o077, 0, name);
  }
});

test('two servers cannot share one SQLite data folder by accident', {skip: usesPostgres}, async () => {
  const {code, err} = medley(['serve', '--data-dir', server.data, '--library-dir', server.library, '--listen', '127.0.0.1:0'],
    {env: {MEDLEY_ADMIN_PASSWORD: password}});
  assert.notEqual(code, 0);
  assert.match(err, /(in use|already|locked|another)/i);
});

test('a taken port is said plainly', async () => {
  const other = new Server({});
  try {
    other.port = server.port;
    await assert.rejects(other.start(), /in use|address/i);
  } finally {
    await other.remove();
  }
});

test('a database of a newer version is refused clearly', async () => {
  const newer = new Server({});
  try {
    await newer.start();
    await newer.stop();
    const [name] = (usesPostgres ? psql(newer.database.url, "SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%migration%' OR table_name LIKE '%schema%version%'")
      : execFileSync('sqlite3', [join(newer.data, 'medley.db'), "SELECT name FROM sqlite_master WHERE name LIKE '%migration%' OR name LIKE '%schema%version%'"], {encoding: 'utf8'})).trim().split('\n');
    assert.ok(name, 'no table of versions');
    const sql = `UPDATE ${name} SET version = version + 1000`;
    if (usesPostgres) psql(newer.database.url, sql);
    else execFileSync('sqlite3', [join(newer.data, 'medley.db'), sql]);
    await assert.rejects(newer.start(), /newer|version/i);
  } finally {
    newer.child = null;
    newer.database?.drop();
  }
});

test('settings come from command line, environment and file, in this order', async () => {
  const s = new Server({env: {MEDLEY_TRASH_RETENTION_DAYS: '11', MEDLEY_BACKUP_RETENTION_COUNT: '12'}, args: ['--set', 'trash.retention_days=13']});
  try {
    mkdirSync(s.data, {recursive: true});
    writeFileSync(join(s.data, 'config.yaml'), 'backup:\n  retention_count: 14\nffprobe:\n  timeout: 15\n');
    await s.start();
    await s.ready();
    const value = async key => (await s.admin.get(`/config/field/${key}`)).value;
    assert.deepEqual([await value('trash.retention_days'), await value('backup.retention_count'), await value('ffprobe.timeout')], [13, 12, 15]);
  } finally {
    await s.remove();
  }
});

test('a broken config.yaml is refused with file and reason', async () => {
  const s = new Server({});
  writeFileSync(join(s.data, 'config.yaml'), 'backup:\n  retention_count: many\n');
  await assert.rejects(s.start(), /retention_count/);
  writeFileSync(join(s.data, 'config.yaml'), 'a: [1, 2\nb: {');
  await assert.rejects(s.start(), /config\.yaml/);
  s.child = null;
  s.database?.drop();
});

test('with the role "api" alone jobs wait; a worker takes them', {skip: !usesPostgres && 'one process owns an SQLite file'}, async () => {
  const api = new Server({args: ['--roles', 'api']});
  const worker = new Server({args: ['--roles', 'worker']});
  try {
    lay(join(api.library, 'A - B.mp4'), uniqueMp4());
    await api.start();
    await api.ready();
    const {job_id: id} = await api.admin.post('/scan', {directory: api.library}, 202);
    await sleep(700);
    assert.equal((await api.admin.get(`/jobs/${id}`)).status, 'pending');
    worker.database.drop();
    worker.database = {url: api.database.url, drop() {}};
    worker.library = api.library;
    worker.start().catch(() => {}); // it may serve nothing
    await api.waitJob(id);
  } finally {
    if (worker.child) await worker.kill9();
    worker.child = null;
    await api.remove();
  }
});
