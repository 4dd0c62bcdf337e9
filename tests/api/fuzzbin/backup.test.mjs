// /backup: sections 1.15, 2.15 and 15; restore by command and from the page, proven by comparing everything.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {medley, sleep, startServer, usesPostgres} from '../harness.mjs';
import {layMusic} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => layMusic(join(s.library, 'Music'))});
const {admin} = server;
const folder = join(server.data, 'backups');
const make = async body => {
  const {job_id: id, message} = await admin.post('/backup', body ?? {}, 202);
  assert.equal(typeof message, 'string');
  return (await server.waitJob(id)).result;
};
const databaseArgs = server.database ? ['--database', server.database.url] : [];

// Everything that a restore must bring back, through the API.
async function everything() {
  const all = {};
  for (const [name, path, values] of [
    ['videos', '/videos', {page_size: 100, sort_by: 'title', include_deleted: true}], ['artists', '/artists', {page_size: 100}],
    ['tags', '/tags', {page_size: 100}], ['collections', '/collections', {page_size: 100}], ['facets', '/search/facets', {}],
    ['found', '/search', {q: 'band OR love OR the', page_size: 100}], ['saved', '/search/saved', {}],
  ]) all[name] = await server.admin.get(path, values);
  all.config = (await server.admin.get('/config')).tags;
  all.libraries = (await server.admin.get('/haas/api/metadata/libraries')).map(l => ({...l}));
  for (const video of all.videos.items) all[`history ${video.id}`] = await server.admin.get(`/videos/${video.id}/status-history`);
  return all;
}

await server.scan(join(server.library, 'Music'));
const [first] = (await admin.get('/videos')).items;
await admin.patch(`/videos/${first.id}`, {album: 'Ünïcode "quoted" \u{1F3B5}', year: 1999});
await admin.post(`/tags/videos/${first.id}/add`, {tags: ['Kept']});
const box = await admin.post('/collections', {name: 'Box', description: 'of things'}, 201);
await admin.post(`/collections/${box.id}/videos/${first.id}`, undefined, 204);
await admin.post('/search/saved', {name: 'Mine', query: {search: 'love'}}, 201);
await admin.send('GET', `/videos/${first.id}/thumbnail`);
await admin.patch('/config', {updates: {'tags.auto_decade.format': '{decade}er'}});
await server.idle();

test('a backup holds the database, the settings and the pictures', async () => {
  const made = await make({description: 'before the flood'});
  assert.match(made.filename, /^fuzzbin_backup_\d{8}_\d{6}(_\d+)?\.zip$/);
  assert.deepEqual(made.contains, ['config', 'database', 'thumbnails']);
  assert.equal(made.size_bytes, statSync(join(folder, made.filename)).size);
  assert.equal(statSync(join(folder, made.filename)).mode & 0o777, 0o600);
  const list = await admin.get('/backup');
  assert.equal(list.total, list.backups.length);
  assert.deepEqual([list.backups[0].filename, list.backups[0].contains], [made.filename, made.contains]);
  assert.deepEqual(await admin.get(`/backup/${made.filename}/verify`),
    {valid: true, filename: made.filename, contains: made.contains, database_valid: true, errors: []});
  const names = execFileSync('python3', ['-c', 'import sys,zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))',
    join(folder, made.filename)], {encoding: 'utf8'}).trim().split('\n');
  assert.deepEqual(names.slice(0, 2), ['fuzzbin.db', 'config.yaml']);
  assert.ok(names.slice(2).every(name => /^\.thumbnails\/\d+-\w+\.jpg$/.test(name)), names.join());
});

test('two backups in one second have names of their own', async () => {
  const made = await Promise.all([make(), make(), make()]);
  assert.equal(new Set(made.map(m => m.filename)).size, 3);
});

test('a backup is downloaded whole, in ranges, and not again when known', async () => {
  const {filename, size_bytes: size} = await make();
  const whole = await admin.send('GET', `/backup/${filename}`);
  assert.deepEqual([whole.status, whole.headers['content-type'], Number(whole.headers['content-length']), whole.headers['accept-ranges']],
    [200, 'application/zip', size, 'bytes']);
  assert.equal(whole.headers['content-disposition'], `attachment; filename="${filename}"`);
  const part = await admin.send('GET', `/backup/${filename}`, {headers: {range: 'bytes=-22'}});
  assert.deepEqual([part.status, Number(part.headers['content-length'])], [206, 22]);
  assert.equal((await admin.send('GET', `/backup/${filename}`, {headers: {'if-none-match': whole.headers.etag}})).status, 304);
});

table('what is no backup', [
  ['unknown', 'fuzzbin_backup_20200101_000000.zip'], ['another file', 'before-restore.db'], ['no zip', 'fuzzbin_backup_20200101_000000.tar'],
  ['dots', '..%2Fconfig.yaml'], ['encoded path', 'fuzzbin_backup_..%2F..%2Fconfig.zip'], ['long', `fuzzbin_backup_${'x'.repeat(300)}.zip`],
  ['a quote', 'fuzzbin_backup_%22.zip'],
], async (name, filename) => {
  await admin.get(`/backup/${filename}`, {}, 404);
  await admin.get(`/backup/${filename}/verify`, {}, 404);
  await admin.post(`/app/api/backups/${filename}/restore`, undefined, 404);
});

table('what cannot be asked for', [
  ['no body', undefined], ['a list', []], ['a number', {description: 5}], ['too long', {description: 'x'.repeat(501)}],
], async (name, body) => {
  assert.equal((await admin.post('/backup', body, 422)).error_type, 'validation_error');
});

test('a broken backup is told from a good one, and is never restored', async () => {
  const {filename} = await make();
  const broken = 'fuzzbin_backup_20010101_000000.zip';
  const bytes = readFileSync(join(folder, filename));
  bytes[Math.floor(bytes.length / 3)] ^= 0xff;
  writeFileSync(join(folder, broken), bytes);
  writeFileSync(join(folder, 'fuzzbin_backup_20010101_000001.zip'), bytes.subarray(0, bytes.length / 2));
  writeFileSync(join(folder, 'fuzzbin_backup_20010101_000002.zip'), 'not a zip at all');
  for (const name of [broken, 'fuzzbin_backup_20010101_000001.zip', 'fuzzbin_backup_20010101_000002.zip']) {
    const {valid, errors} = await admin.get(`/backup/${name}/verify`);
    assert.equal(valid, false, name);
    assert.ok(errors.length > 0);
    await admin.post(`/app/api/backups/${name}/restore`, undefined, 422);
  }
  assert.equal((await admin.get('/backup')).backups.at(-1).created_at.slice(0, 10), '2001-01-01');
});

test('only the newest are kept', async () => {
  const job = await admin.post('/jobs', {type: 'backup', metadata: {retention_count: 2}}, 202);
  const {result} = await server.waitJob(job.id);
  assert.equal((await admin.get('/backup')).total, 2);
  assert.ok(result.deleted_backups.includes('fuzzbin_backup_20010101_000000.zip'));
  assert.equal((await admin.get('/backup')).backups[0].filename, result.filename);
});

test('writers go on while a backup is made', async () => {
  const making = make();
  const times = [];
  for (let i = 0; i < 20; i++) {
    await admin.patch(`/videos/${first.id}`, {director: `Director ${i}`});
    times.push(i);
  }
  await making;
  assert.equal((await admin.get(`/videos/${first.id}`)).director, 'Director 19');
});

test('a full disk fails the job and leaves no partial backup', async t => {
  if (process.getuid() !== 0) return t.skip('needs to mount a small disk');
  const small = join(server.home, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small], {stdio: 'ignore'});
  } catch {
    return t.skip('cannot mount here');
  }
  try {
    await admin.patch('/config', {updates: {'backup.output_dir': small}, force: true});
    const {job_id: id} = await admin.post('/backup', {}, 202);
    assert.match((await server.waitJob(id, {wanted: 'failed'})).error, /full|No space/i);
    assert.deepEqual(readdirSync(small), []);
  } finally {
    await admin.patch('/config', {updates: {'backup.output_dir': 'backups'}, force: true});
    execFileSync('umount', [small]);
  }
});

async function spoil() {
  await server.admin.patch(`/videos/${first.id}`, {title: 'Spoiled', album: null});
  for (const video of (await server.admin.get('/videos')).items.slice(1)) await server.admin.del(`/videos/${video.id}`);
  await server.admin.post('/videos', {title: 'Should not be here', youtube_id: 'later'}, 201);
  await server.admin.patch('/config', {updates: {'tags.auto_decade.format': 'x{decade}'}});
}

test('the page restores a backup: the server starts again and everything is as it was', async () => {
  const wanted = await everything();
  const {filename} = await make();
  await spoil();
  const token = server.token;
  const reply = await server.admin.post(`/app/api/backups/${filename}/restore`, undefined, 202);
  assert.equal(reply.filename, filename);
  // The same process, another start: its log says so.
  for (let i = 0; i < 400 && !server.log.includes('op=restore'); i++) await sleep(50);
  assert.match(server.log, /op=restore .*videos=/);
  for (let i = 0; i < 400; i++) {
    if ((await server.anonymous.send('GET', '/health').catch(() => ({}))).status === 200) break;
    await sleep(50);
  }
  assert.equal((await server.as(token).send('GET', '/videos')).status, 401, 'everybody signs in again');
  await server.signIn();
  assert.deepEqual(await everything(), wanted);
  const jobs = await server.admin.get('/jobs', {type: 'backup'});
  assert.ok(jobs.jobs.some(job => job.status === 'cancelled'), 'the backup job itself was running in the backup');
  if (!usesPostgres) assert.ok(readdirSync(folder).some(name => name.startsWith('before-restore-')));
  assert.ok(!existsSync(join(server.data, 'restore-request')));
});

test('numbers that come after a restore are new', async () => {
  const {id} = await server.admin.post('/videos', {title: 'After the restore'}, 201);
  assert.ok(id > first.id);
  await server.admin.del(`/videos/${id}/permanent`, 204);
});

test('the command restores what the command backed up', async () => {
  const wanted = await everything();
  const made = medley(['backup', '--data-dir', server.data, ...databaseArgs]);
  assert.equal(made.code, 0, made.err);
  const path = made.out.trim();
  assert.ok(existsSync(path));
  if (!usesPostgres) {
    const refused = medley(['restore', path, '--data-dir', server.data]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /another medley serves/);
  }
  await spoil();
  await server.stop();
  const bad = medley(['restore', join(server.data, 'config.yaml'), '--data-dir', server.data, ...databaseArgs]);
  assert.equal(bad.code, 1);
  assert.match(bad.err, /cannot be used/);
  const done = medley(['restore', path, '--data-dir', server.data, ...databaseArgs]);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^restored: \d+ videos/);
  await server.restart();
  assert.deepEqual(await everything(), wanted);
});

test('a backup of one kind of database is taken back by the other', async () => {
  const wanted = await everything();
  const path = medley(['backup', '--data-dir', server.data, ...databaseArgs]).out.trim();
  const other = await startServer({signIn: false, lay: s => {
    mkdirSync(join(s.data, 'backups'));
    copyFileSync(path, join(s.data, 'backups', 'fuzzbin_backup_20260101_000000.zip'));
    s.database = null; // SQLite, wherever the backup came from
  }});
  await other.stop();
  const done = medley(['restore', join(other.data, 'backups', 'fuzzbin_backup_20260101_000000.zip'), '--data-dir', other.data]);
  assert.equal(done.code, 0, done.err);
  await other.start();
  await other.signIn();
  for (const path of ['/videos', '/artists', '/tags', '/search/facets']) {
    const name = path.split('/').at(-1);
    const [ours, theirs] = [wanted[name], await other.admin.get(path, path === '/videos' ? {page_size: 100, sort_by: 'title', include_deleted: true} : {page_size: 100})];
    if (path === '/videos') {
      assert.deepEqual(theirs.items.map(v => [v.id, v.title, v.album, v.tags.length]), ours.items.map(v => [v.id, v.title, v.album, v.tags.length]));
    } else {
      assert.deepEqual(theirs, ours);
    }
  }
  assert.deepEqual((await other.admin.get('/search', {q: 'band OR love OR the', page_size: 100})).items.map(v => v.id), wanted.found.items.map(v => v.id));
});

test('a restore that is killed is repeated at the next start', async () => {
  const wanted = await everything();
  const {filename} = await (async () => {
    const {job_id: id} = await server.admin.post('/backup', {}, 202);
    return (await server.waitJob(id)).result;
  })();
  await spoil();
  await server.kill9();
  writeFileSync(join(server.data, 'restore-request'), join(folder, filename));
  writeFileSync(join(server.data, 'tmp', 'restore.db'), 'what a killed run left');
  await server.restart();
  assert.deepEqual(await everything(), wanted);
});

test('the builtin schedules follow the settings and are not changed by hand', async () => {
  const tasks = async () => Object.fromEntries((await server.admin.get('/jobs/scheduled', {builtin: true})).tasks.map(t => [t.name, t]));
  const before = await tasks();
  assert.equal(before.backup.cron_expression, '0 2 * * *');
  assert.equal(before.backup.enabled, true);
  assert.match(before.backup.next_run_at, /T02:00:00/);
  await server.admin.patch('/config', {updates: {'backup.schedule': '15 5 * * *', 'nfo_export.enabled': false}});
  for (let i = 0; i < 100 && (await tasks()).backup.cron_expression !== '15 5 * * *'; i++) await sleep(20);
  assert.match((await tasks()).backup.next_run_at, /T05:15:00/);
  await server.admin.patch('/config', {updates: {'backup.enabled': false}});
  for (let i = 0; i < 100 && (await tasks()).backup.enabled; i++) await sleep(20);
  assert.deepEqual([(await tasks()).backup.enabled, (await tasks()).backup.next_run_at], [false, null]);
  await server.admin.patch(`/jobs/scheduled/${before.backup.id}`, {enabled: true}, 409);
  await server.admin.del(`/jobs/scheduled/${before.backup.id}`, 409);
  assert.equal((await server.admin.post(`/jobs/scheduled/${before.prune.id}/run`, undefined, 202)).type, 'prune');
  await server.admin.patch('/config', {updates: {'backup.schedule': 'every day'}}, 400);
});
