// Files, copies and background tasks: sections 1, 3.3, 3.5, 6 and 7.
import assert from 'node:assert/strict';
import {closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  const put = (path, text = 'x') => {
    mkdirSync(join(s.library, path, '..'), {recursive: true});
    writeFileSync(join(s.library, path), text);
  };
  put('b.mkv', 'video');
  put('A.txt', 'text');
  put('.hidden', 'no');
  put('zdir/inner/deep.mp4', 'deep');
  put('zdir/note.txt', 'note');
  put('übung/ä b&c.mp4');
  mkdirSync(join(s.library, 'empty'));
  mkdirSync(join(s.library, 'tree/void'), {recursive: true});
  put('tree/one.txt', '1');
  put('tree/sub/two.txt', '2');
  writeFileSync(join(s.outside, 'secret.txt'), 'secret');
  symlinkSync(join(s.outside, 'secret.txt'), join(s.library, 'leak.txt'));
  symlinkSync(s.outside, join(s.library, 'leakdir'));
  const sparse = openSync(join(s.library, 'huge.bin'), 'w');
  ftruncateSync(sparse, 3 * 2 ** 30);
  closeSync(sparse);
  writeFileSync(join(s.library, 'large.bin'), Buffer.alloc(300 << 20, 7));
}});
const {admin} = server;
const at = path => join(server.library, path);
const list = async path => admin.get('/api/files', path === undefined ? undefined : {path});
const tasks = '/api/background-tasks';
async function waitTask(id, wanted = 2) {
  for (let i = 0; i < 800; i++) {
    const task = await admin.get(`${tasks}/${id}`);
    if (task.status >= 2) {
      if (wanted !== null) assert.equal(task.status, wanted, JSON.stringify(task));
      return task;
    }
    await sleep(25);
  }
  assert.fail('the task does not end');
}
const copy = async (sourcePath, destinationPath, more = {}) =>
  (await admin.post('/api/files/copy', {sourcePath, destinationPath, ...more})).operationId;

test('a listing: directories first, then names; hidden entries stay hidden', async () => {
  const items = await list();
  const names = items.map(i => i.name);
  assert.ok(!names.includes('.hidden'));
  const directories = items.filter(i => i.type === 1).map(i => i.name);
  assert.deepEqual(names.slice(0, directories.length), directories);
  assert.deepEqual(names.filter(n => ['A.txt', 'b.mkv'].includes(n)), ['A.txt', 'b.mkv']);
  const file = items.find(i => i.name === 'b.mkv');
  assert.deepEqual([file.extension, file.relativePath, file.size, file.type], ['.mkv', 'b.mkv', 5, 2]);
  assert.ok(!Number.isNaN(Date.parse(file.lastModified)));
  const dir = items.find(i => i.name === 'zdir');
  assert.deepEqual([dir.extension, dir.size, dir.relativePath], [null, null, 'zdir']);
  assert.equal(items.find(i => i.name === 'A.txt').type, 3);
  assert.deepEqual((await list('zdir')).map(i => i.relativePath), ['zdir/inner', 'zdir/note.txt']);
  assert.deepEqual((await list('übung')).map(i => i.name), ['ä b&c.mp4']);
  assert.deepEqual(await list('nowhere'), []);
  assert.deepEqual(await list('empty'), []);
  assert.equal((await list('')).length, items.length);
});

const escapes = ['../outside', '..', 'zdir/../../outside', '/etc', '/', 'leakdir', 'leakdir/secret.txt', 'leak.txt', 'zdir/..%2f..', '..\\outside',
  'zdir/\u0000x', '//etc', './../outside', 'zdir/./../../outside/secret.txt'];
for (const path of escapes) {
  test(`traversal: ${JSON.stringify(path)} reaches nothing through any endpoint`, async () => {
    const before = readdirSync(server.outside);
    const listed = await admin.send('GET', '/api/files', {query: {path}});
    assert.ok(listed.status === 400 || (listed.status === 200 && !listed.text.includes('secret') && (listed.json.length === 0 || path === '/')), `${listed.status} ${listed.text.slice(0, 200)}`);
    for (const [method, url, options] of [
      ['POST', '/api/files/copy', {json: {sourcePath: path, destinationPath: 'stolen'}}],
      ['POST', '/api/files/copy', {json: {sourcePath: 'A.txt', destinationPath: path}}],
      ['POST', '/api/files/copy', {json: {sourcePath: 'A.txt', destinationPath: `${path}/x.txt`}}],
      ['POST', '/api/files/move', {json: {sourcePath: path, destinationPath: 'stolen'}}],
      ['POST', '/api/files/move', {json: {sourcePath: 'A.txt', destinationPath: `${path}/x.txt`}}],
      ['PUT', '/api/files/rename', {json: {path: `${path}/secret.txt`, newName: 'mine.txt'}}],
      ['POST', '/api/files/directory', {json: {path: `${path}/made`}}],
      ['DELETE', '/api/files', {query: {path: `${path}/secret.txt`}}],
      ['DELETE', '/api/files/directory', {query: {path: `${path}/made`}}],
    ]) {
      const reply = await admin.send(method, url, options);
      if (reply.status === 200 && reply.json?.operationId) {
        assert.equal((await waitTask(reply.json.operationId, null)).status, 3, `${method} ${url} ${JSON.stringify(options)}`);
      } else {
        assert.ok([400, 403, 404, 409].includes(reply.status) || path.includes('\\') || path.includes('%'), `${method} ${url} ${JSON.stringify(options)}: ${reply.status}`);
      }
    }
    assert.deepEqual(readdirSync(server.outside), before);
    assert.equal(readFileSync(join(server.outside, 'secret.txt'), 'utf8'), 'secret');
    assert.equal(readFileSync(at('A.txt'), 'utf8'), 'text');
    assert.ok(!existsSync(at('stolen')) || !readFileSync(at('stolen'), 'utf8').includes('secret'));
  });
}

test('dots inside names are no traversal', async () => {
  await admin.post('/api/files/directory', {path: 'a..b/c...d'});
  assert.deepEqual((await list('a..b')).map(i => i.name), ['c...d']);
});

table('internal folders are refused by name', [['.db'], ['.keys/x'], ['.torrents'], ['.cache/y']], async path => {
  await admin.get('/api/files', {path}, 400);
});

test('the root itself cannot be moved, renamed or deleted', async () => {
  for (const path of ['.', './', '', 'zdir/..']) {
    for (const [method, url, options] of [['DELETE', '/api/files', {query: {path}}], ['DELETE', '/api/files/directory', {query: {path}}],
      ['PUT', '/api/files/rename', {json: {path, newName: 'x'}}], ['POST', '/api/files/move', {json: {sourcePath: path, destinationPath: 'x'}}]]) {
      await admin.expect([400, 404], method, url, options);
    }
  }
  assert.ok(existsSync(server.library));
});

test('a copied file is the same, with progress and both spellings of its id', async () => {
  const reply = await admin.post('/api/files/copy', {sourcePath: 'b.mkv', destinationPath: 'copies/new/b2.mkv'});
  assert.equal(reply.operationId, reply.OperationId);
  const task = await waitTask(reply.operationId);
  assert.equal(readFileSync(at('copies/new/b2.mkv'), 'utf8'), 'video');
  assert.deepEqual([task.type, task.name, task.progress, task.errorMessage], ['CopyOperationTask', 'File copy operation', 100, null]);
  const p = task.payload;
  assert.deepEqual([p.sourcePath, p.destinationPath, p.totalBytes, p.copiedBytes, p.isDirectory, p.totalFiles, p.copiedFiles],
    ['b.mkv', 'copies/new/b2.mkv', 5, 5, false, 1, 1]);
  assert.ok(p.completedTime && task.startedAt && task.completedAt);
  assert.equal(p.id, task.id);
});

test('a copied tree keeps its shape, empty folders too', async () => {
  const task = await waitTask(await copy('tree', 'forest'));
  assert.deepEqual([task.payload.isDirectory, task.payload.totalFiles, task.payload.copiedFiles], [true, 2, 2]);
  assert.equal(readFileSync(at('forest/sub/two.txt'), 'utf8'), '2');
  assert.ok(existsSync(at('forest/void')));
});

test('an existing target is never overwritten unless asked', async () => {
  const task = await waitTask(await copy('b.mkv', 'A.txt'), 3);
  assert.ok(task.errorMessage);
  assert.equal(readFileSync(at('A.txt'), 'utf8'), 'text');
  writeFileSync(at('over.txt'), 'old');
  await waitTask(await copy('b.mkv', 'over.txt', {overwrite: true}));
  assert.equal(readFileSync(at('over.txt'), 'utf8'), 'video');
});

test('copies that cannot be', async () => {
  await admin.post('/api/files/copy', {sourcePath: 'nowhere', destinationPath: 'x'}, 404);
  await admin.post('/api/files/copy', {sourcePath: 'tree', destinationPath: 'tree/sub/tree'}, 400);
  await admin.post('/api/files/copy', {sourcePath: 'tree', destinationPath: 'tree'}, [400, 409]);
  for (const body of [{}, {sourcePath: 'A.txt'}, {sourcePath: '', destinationPath: 'x'}, {sourcePath: 'A.txt', destinationPath: ''}]) {
    await admin.post('/api/files/copy', body, 400);
  }
  await admin.expect(415, 'POST', '/api/files/copy', {body: 'a=b', headers: {'content-type': 'application/x-www-form-urlencoded'}});
});

test('a running copy shows progress, is cancelled quickly, and leaves no half file', async () => {
  const id = await copy('huge.bin', 'huge-copy.bin');
  let running = null;
  for (let i = 0; i < 200 && !running?.payload?.copiedBytes; i++) {
    running = await admin.get(`${tasks}/${id}`);
    if (running.status >= 2) break;
    await sleep(5);
  }
  assert.ok((await admin.get(`${tasks}/CopyOperationTask`)).some(t => t.id === id && t.payload));
  const reply = await admin.send('DELETE', `${tasks}/${id}`);
  if (reply.status === 404) return; // copied faster than it could be asked
  assert.equal(reply.status, 200);
  const started = Date.now();
  const task = await waitTask(id, 4);
  assert.ok(Date.now() - started < 3000);
  assert.ok(task.completedAt);
  await sleep(1000);
  assert.ok(!existsSync(at('huge-copy.bin')), 'the partial file stayed');
  assert.deepEqual(readdirSync(server.library).filter(n => n.includes('huge')), ['huge.bin']);
  await admin.del(`${tasks}/${id}`, 404);
});

test('move and rename, never over something', async () => {
  writeFileSync(at('m.txt'), 'm');
  await admin.post('/api/files/move', {sourcePath: 'm.txt', destinationPath: 'moved/here/m.txt'});
  assert.equal(readFileSync(at('moved/here/m.txt'), 'utf8'), 'm');
  assert.ok(!existsSync(at('m.txt')));
  await admin.post('/api/files/move', {sourcePath: 'moved/here/m.txt', destinationPath: 'A.txt'}, 409);
  await admin.post('/api/files/move', {sourcePath: 'gone', destinationPath: 'x'}, 404);
  await admin.post('/api/files/move', {sourcePath: 'moved', destinationPath: 'moved/into/itself'}, 400);
  await admin.put('/api/files/rename', {path: 'moved/here/m.txt', newName: 'M.txt'});
  assert.deepEqual(readdirSync(at('moved/here')), ['M.txt']);
  await admin.put('/api/files/rename', {path: 'moved/here', newName: 'there'});
  for (const newName of ['', ' ', '..', 'a/b', '../x', 'x\u0000y', '.']) await admin.put('/api/files/rename', {path: 'moved/there', newName}, 400);
  await admin.put('/api/files/rename', {path: 'A.txt', newName: 'b.mkv'}, 409);
  await admin.put('/api/files/rename', {path: 'gone', newName: 'x'}, 404);
  await admin.put('/api/files/rename', {path: 'A.txt', newName: 'x'.repeat(300)}, 400);
});

test('folders are made with their parents, twice is fine, a file in the way is 409', async () => {
  await admin.post('/api/files/directory', {path: 'p/q/r'});
  await admin.post('/api/files/directory', {path: 'p/q/r'});
  await admin.post('/api/files/directory', {path: 'A.txt'}, 409);
  await admin.post('/api/files/directory', {path: ''}, 400);
});

test('deletes: files and folders, each with its own 404', async () => {
  mkdirSync(at('del/sub'), {recursive: true});
  writeFileSync(at('del/f'), '');
  await admin.expect(404, 'DELETE', '/api/files/directory', {query: {path: 'del/f'}});
  await admin.expect(200, 'DELETE', '/api/files', {query: {path: 'del/f'}});
  await admin.expect(200, 'DELETE', '/api/files/directory', {query: {path: 'del'}});
  assert.ok(!existsSync(at('del')));
  await admin.expect(404, 'DELETE', '/api/files', {query: {path: 'del'}});
  await admin.expect(400, 'DELETE', '/api/files');
  await admin.expect(200, 'DELETE', '/api/files', {query: {path: 'p'}}); // a folder, as its client does
});

test('deleting a folder that holds a link out does not follow it', async () => {
  mkdirSync(at('withlink'));
  symlinkSync(server.outside, at('withlink/out'));
  await admin.expect(200, 'DELETE', '/api/files/directory', {query: {path: 'withlink'}});
  assert.equal(readFileSync(join(server.outside, 'secret.txt'), 'utf8'), 'secret');
});

test('tasks: newest first, by type, by id; unknown ones', async () => {
  const all = await admin.get(tasks);
  const times = all.map(t => t.createdAt);
  assert.deepEqual(times, [...times].sort().reverse());
  assert.ok((await admin.get(`${tasks}/CopyOperationTask`)).every(t => t.type === 'CopyOperationTask'));
  assert.deepEqual(await admin.get(`${tasks}/copyoperationtask`), []); // case matters
  assert.deepEqual(await admin.get(`${tasks}/Nonsense`), []);
  await admin.get(`${tasks}/00000000-0000-7000-8000-000000000000`, undefined, 404);
  await admin.del(`${tasks}/00000000-0000-7000-8000-000000000000`, 404);
});

test('a copy is a job in every other door, too', async () => {
  const id = await copy('b.mkv', 'seen.mkv');
  await waitTask(id);
  const job = await admin.get(`/fuzzbin/jobs/${id}`);
  assert.equal(job.status, 'completed');
});

test('paths match in any case, with or without a final slash; values keep their case', async () => {
  await admin.get('/API/Files');
  await admin.get('/haas/api/FILES/');
  assert.deepEqual((await list('ZDIR')), []);
});

test('member names match in any case', async () => {
  await admin.post('/api/files/directory', {PATH: 'pascal'});
  assert.ok(existsSync(at('pascal')));
});

test('a copy in progress survives kill -9: it is done or told as failed, never half', async () => {
  const id = await copy('large.bin', 'killed.bin');
  await sleep(80);
  await server.kill9();
  await server.restart();
  for (let i = 0; i < 1200; i++) {
    const task = await server.admin.get(`${tasks}/${id}`);
    if (task.status >= 2) break;
    await sleep(50);
  }
  const task = await server.admin.get(`${tasks}/${id}`);
  assert.ok([2, 3].includes(task.status), JSON.stringify(task));
  if (task.status === 2) assert.equal((await server.admin.get('/api/files')).find(i => i.name === 'killed.bin').size, 300 << 20);
  else assert.ok(!existsSync(at('killed.bin')));
});
