// Scans while files are organized, trashed and restored: no video is doubled, none is called missing.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {startServer} from '../api/harness.mjs';
import {layMany} from '../api/support/media.mjs';

const server = await startServer({lay: s => layMany(join(s.library, 'Many'), 80)});
const {admin} = server;
await server.scan(server.library);
const ids = [];
for (let page = 1; page <= 8; page++) ids.push(...(await admin.get('/videos', {page, page_size: 10})).items.map(v => v.id));
const pick = list => list[Math.floor(Math.random() * list.length)];
const patterns = ['{artist}/{title}', '{title}', 'x/{artist}/y/{title}', '{artist} - {title}'];

test('scans and moves at once', async () => {
  const until = Date.now() + 8000;
  const scanner = async () => {
    while (Date.now() < until) await server.scan(server.library);
  };
  const mover = async () => {
    while (Date.now() < until) {
      const id = pick(ids);
      const reply = await pick([
        () => admin.send('POST', `/files/videos/${id}/organize`),
        () => admin.send('POST', `/files/videos/${id}/organize`),
        () => admin.send('DELETE', `/files/videos/${id}`).then(() => admin.send('POST', `/files/videos/${id}/restore`)),
        () => admin.send('PATCH', '/config', {json: {updates: {'organizer.path_pattern': pick(patterns)}}}),
        () => admin.send('POST', '/exports/nfo', {json: {video_ids: [id], overwrite_existing: true}}),
      ])();
      assert.ok(reply.status < 500, `${reply.status} ${reply.text}`);
    }
  };
  await Promise.all([scanner(), mover(), mover(), mover()]);
  for (const id of ids) await admin.send('POST', `/files/videos/${id}/restore`);
  await server.scan(server.library);
  const doubled = [];
  for (let page = 1; page <= 12; page++) {
    const {items} = await admin.get('/videos', {page, page_size: 10, include_deleted: true});
    doubled.push(...items.filter(v => !ids.includes(v.id)).map(v => [v.id, v.title, v.video_file_path, v.nfo_file_path]));
  }
  assert.deepEqual(doubled, []);
  for (const id of ids) {
    const video = await admin.get(`/videos/${id}`);
    assert.notEqual(video.status, 'missing', video.video_file_path);
    assert.ok(existsSync(video.video_file_path), video.video_file_path);
    const {length} = (await admin.get(`/videos/${id}/status-history`)).filter(h => h.new_status === 'missing');
    assert.equal(length, 0);
  }
  const report = await admin.get('/files/library/verify');
  assert.deepEqual([report.missing_files, report.broken_nfos, report.orphaned_files], [0, 0, 0]);
});
