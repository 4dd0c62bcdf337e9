// Duplicates, verify, repair, bulk delete with files: sections 2.8, 2.10, 8.5, 8.6, job file_duplicate_resolve.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {lay} from '../support/media.mjs';

const server = await startServer();
const {admin} = server;
const below = path => join(server.library, path);
let serial = 0;
async function make(fields = {}, {file = `d/${++serial}.mp4`, content = `video ${serial}`} = {}) {
  if (file) lay(below(file), content);
  return admin.post('/videos', {title: `Title ${serial}`, artist: 'X', ...(file ? {video_file_path: file} : {}), ...fields}, 201);
}
const get = id => admin.get(`/videos/${id}`, {include_deleted: true});
const duplicates = (id, method) => admin.get(`/files/videos/${id}/duplicates`, method ? {method} : {});
const short = reply => reply.duplicates.map(d => [d.video_id, d.match_type, d.confidence]);

test('by content: the own checksum is computed, candidates need a stored one', async () => {
  const [a, b, c] = [await make({}, {content: 'same'}), await make({}, {content: 'same'}), await make({}, {content: 'other'})];
  assert.deepEqual(await duplicates(a.id, 'hash'), {video_id: a.id, duplicates: [], total: 0});
  const sum = createHash('sha256').update('same').digest('hex');
  assert.equal((await get(a.id)).file_checksum, sum);
  assert.deepEqual((await duplicates(b.id, 'hash')).duplicates, [{video_id: a.id, match_type: 'hash', confidence: 1,
    title: a.title, artist: 'X', file_path: a.video_file_path, file_hash: sum}]);
  assert.deepEqual(short(await duplicates(c.id)), []);
  await admin.del(`/videos/${a.id}`);
  assert.equal((await duplicates(b.id)).total, 0);
  await admin.get(`/files/videos/${a.id}/duplicates`, {}, 404);
  await admin.get('/files/videos/999999/duplicates', {}, 404);
});

test('by metadata: title and artist, trimmed and in any case; year and album make it surer', async () => {
  const a = await make({title: ' Army of ME ', artist: 'Björk', year: 1995, album: 'Post'}, {file: null});
  const b = await make({title: 'army of me', artist: 'BJÖRK ', year: 1995, album: 'post'}, {file: null});
  const c = await make({title: 'Army of Me', artist: 'björk', year: 1996}, {file: null});
  await make({title: 'Army of Me', artist: 'Bjork'}, {file: null});
  await make({title: 'Army of Me (Live)', artist: 'Björk'}, {file: null});
  assert.deepEqual(short(await duplicates(a.id)), [[b.id, 'metadata', 0.9], [c.id, 'metadata', 0.7]]);
  assert.deepEqual(short(await duplicates(a.id, 'hash')), []);
  assert.deepEqual(short(await duplicates(a.id, 'nonsense')), short(await duplicates(a.id)));
});

test('no artist is an artist of nothing; a blank title is like none', async () => {
  const a = await make({title: 'Nameless', artist: null}, {file: null});
  const b = await make({title: 'nameless', artist: ''}, {file: null});
  assert.deepEqual(short(await duplicates(a.id)), [[b.id, 'metadata', 0.7]]);
  const [c] = [await make({title: ' ', artist: null}, {file: null}), await make({title: '  ', artist: null}, {file: null})];
  assert.equal((await duplicates(c.id)).total, 0);
});

test('both ways are certain', async () => {
  const [a, b] = [await make({title: 'Both'}, {content: 'both'}), await make({title: 'Both'}, {content: 'both'})];
  await duplicates(a.id);
  assert.deepEqual(short(await duplicates(b.id)), [[a.id, 'both', 1]]);
});

test('resolve: the others go, with their files; unknown ones are skipped', async () => {
  const [a, b, c, d] = [await make(), await make(), await make({}, {file: null}), await make()];
  rmSync(d.video_file_path);
  const resolve = (body, status = 200) => admin.post('/files/duplicates/resolve', body, status);
  const reply = await resolve({keep_video_id: a.id, remove_video_ids: [b.id, 999999, c.id, a.id, d.id]});
  assert.deepEqual(reply, {kept_video_id: a.id, removed_count: 3, removed_video_ids: [b.id, c.id, d.id]});
  assert.ok(existsSync(a.video_file_path) && !existsSync(b.video_file_path) && existsSync((await get(b.id)).video_file_path));
  const hard = await resolve({keep_video_id: a.id, remove_video_ids: [b.id], hard_delete: true});
  assert.deepEqual(hard.removed_video_ids, [b.id]);
  await admin.get(`/videos/${b.id}`, {include_deleted: true}, 404);
  await resolve({keep_video_id: 999999, remove_video_ids: [a.id]}, 404);
  assert.equal((await get(a.id)).is_deleted, false);
  await resolve({}, 422);
});

test('the job over the whole library: report, dry run, keep the best, keep the newest', async () => {
  const large = await make({title: 'Job', artist: 'Dup', year: 2000}, {content: 'x'.repeat(50)});
  const small = await make({title: 'job', artist: 'dup', year: 2000}, {content: 'y'.repeat(10)});
  await make({title: 'Job', artist: 'Dup', year: 2001}, {content: 'z'}); // 0.7: not certain enough
  await server.scan(server.library); // sizes are known after a scan
  const run = async metadata => (await server.waitJob((await admin.post('/jobs', {type: 'file_duplicate_resolve', metadata}, 202)).id)).result;
  const report = await run({scan_all: true});
  const group = report.duplicate_groups.find(g => g.primary_video_id === large.id);
  assert.deepEqual(group, {primary_video_id: large.id, primary_title: 'Job',
    duplicates: [{video_id: small.id, title: 'job', confidence: 0.8, match_type: 'metadata'}]});
  assert.deepEqual([report.dry_run, report.strategy, report.videos_deleted], [true, 'report_only', 0]);
  const dry = await run({video_ids: [small.id], strategy: 'keep_best'});
  assert.deepEqual([dry.duplicates_found, dry.videos_deleted], [1, 0]);
  assert.equal((await get(small.id)).is_deleted, false);
  const newest = await run({video_ids: [large.id], strategy: 'keep_newest', dry_run: false});
  assert.deepEqual([newest.duplicates_found, newest.videos_deleted, newest.videos_kept], [1, 1, 1]);
  assert.deepEqual([(await get(large.id)).is_deleted, (await get(small.id)).is_deleted], [true, false]);
  const sizes = [];
  for (const content of ['aa', 'aaaaaa', 'aaaa']) sizes.push(await make({title: 'Size', artist: 'Dup', year: 1999}, {content}));
  const best = await run({video_ids: sizes.map(v => v.id), strategy: 'keep_best', dry_run: false});
  assert.deepEqual([best.duplicates_found, best.videos_deleted, best.videos_kept, best.duplicate_groups[0].primary_video_id],
    [2, 2, 1, sizes[1].id]);
  assert.deepEqual(await Promise.all(sizes.map(async v => (await get(v.id)).is_deleted)), [true, false, true]);
  assert.match((await get(sizes[0].id)).video_file_path, /\.trash/);
  const bad = await admin.post('/jobs', {type: 'file_duplicate_resolve'}, 202);
  assert.equal((await server.waitJob(bad.id, {wanted: 'failed'})).error, 'Missing required parameter: video_ids');
});

// --- verify and repair --------------------------------------------------------------------------------------

const verify = (query = {}) => admin.get('/files/library/verify', query);
const of = (report, type) => report.issues.filter(i => i.issue_type === type);

test('missing files, broken NFOs, orphans; nothing of the trash', async () => {
  await admin.post('/files/trash/empty');
  const clean = await verify();
  assert.deepEqual(clean.issues.map(i => i.issue_type), clean.issues.map(() => 'orphaned_thumbnail'));
  const gone = await make();
  rmSync(gone.video_file_path);
  const noNfo = await make({nfo_file_path: 'd/nothing.nfo'});
  const trashed = await make();
  await admin.send('DELETE', `/files/videos/${trashed.id}`);
  lay(below('deep/er/orphan.MKV'), 'x');
  lay(below('deep/er/notes.txt'), 'x');
  writeFileSync(Buffer.concat([Buffer.from(below('deep/')), Buffer.from([0xff, 0xfe]), Buffer.from('.mp4')]), 'x');
  const hidden = await make({}, {file: '.hidden/h.mp4'});
  mkdirSync(below('real'), {recursive: true});
  symlinkSync('real', below('link'));
  const linked = await make({}, {file: 'link/l.mp4'});
  const report = await verify();
  assert.deepEqual(of(report, 'missing_file'), [{issue_type: 'missing_file', video_id: gone.id, path: gone.video_file_path,
    message: of(report, 'missing_file')[0].message, repair_action: 'update_status_to_missing'}]);
  assert.deepEqual(of(report, 'broken_nfo').map(i => [i.video_id, i.path, i.repair_action]), [[noNfo.id, below('d/nothing.nfo'), 'clear_nfo_path']]);
  assert.deepEqual(of(report, 'orphaned_file').map(i => [i.path, i.repair_action]).sort(), [
    [below('deep/er/orphan.MKV'), 'import_or_delete'], [below('deep/\uFFFD\uFFFD.mp4'), 'import_or_delete'],
    [below('real/l.mp4'), 'import_or_delete'],
  ].sort());
  assert.deepEqual([report.missing_files, report.broken_nfos, report.orphaned_files, report.path_mismatches, report.total_issues],
    [1, 1, 3, 0, report.issues.length]);
  assert.equal(report.videos_checked, (await admin.get('/videos')).total);
  assert.ok(report.files_scanned >= 6);
  assert.ok([hidden, linked].every(v => !report.issues.some(i => i.video_id === v.id)));
  const rows = await verify({scan_orphans: false});
  assert.deepEqual([rows.files_scanned, rows.orphaned_files, rows.missing_files], [0, 0, 1]);
});

test('repair mends the rows that it is asked to, once', async () => {
  const before = await verify({scan_orphans: false});
  const [missing] = of(before, 'missing_file');
  const [broken] = of(before, 'broken_nfo');
  const repair = body => admin.post('/files/library/repair', body);
  assert.deepEqual(await repair({repair_missing_files: false}), {repaired_missing_files: 0, repaired_broken_nfos: 1, total_repaired: 1});
  assert.equal((await get(broken.video_id)).nfo_file_path, null);
  assert.equal((await get(missing.video_id)).status, 'discovered');
  assert.deepEqual(await repair(), {repaired_missing_files: 1, repaired_broken_nfos: 0, total_repaired: 1});
  assert.equal((await get(missing.video_id)).status, 'missing');
  assert.match((await admin.get(`/videos/${missing.video_id}/status-history`))[0].reason, /verification/);
  assert.equal((await repair()).total_repaired, 0);
  const after = await verify({scan_orphans: false});
  assert.deepEqual([after.missing_files, after.broken_nfos], [1, 0]); // it is missing still
});

test('pictures without a video', async () => {
  const folder = join(server.data, '.thumbnails');
  mkdirSync(folder, {recursive: true});
  const video = await make();
  for (const name of ['987654.jpg', '987654-640.jpg', `${video.id}-640.jpg`, 'notes.jpg']) writeFileSync(join(folder, name), 'x');
  const found = of(await verify(), 'orphaned_thumbnail').map(i => i.path).filter(p => p.includes('987654')).sort();
  assert.deepEqual(found, [join(folder, '987654-640.jpg'), join(folder, '987654.jpg')]);
});

test('a library that is away is offline, and nothing of it is missing, moved, trashed or forgotten', async () => {
  const video = await make();
  await server.scan(server.library); // leaves the marker
  const deleted = await make();
  await admin.del(`/videos/${deleted.id}`);
  renameSync(server.library, `${server.library}.away`);
  const check = async () => {
    const report = await verify();
    assert.deepEqual([report.missing_files, report.broken_nfos, report.orphaned_files], [0, 0, 0]);
    assert.ok(of(report, 'library_offline').some(i => i.path === server.library));
    assert.equal((await admin.post('/files/library/repair')).total_repaired, 0);
    for (const [method, path] of [['POST', `videos/${video.id}/organize`], ['DELETE', `videos/${video.id}`],
      ['DELETE', `videos/${video.id}?hard_delete=true`], ['POST', `videos/${deleted.id}/restore`]]) {
      const reply = await admin.send(method, `/files/${path}`);
      assert.equal(reply.status, 503, `${method} ${path}: ${reply.text}`);
    }
    const emptied = await admin.post('/files/trash/empty');
    assert.ok(emptied.errors.some(e => e.startsWith(`Video ${deleted.id}: `)));
  };
  await check();
  mkdirSync(server.library); // an empty mount point
  await check();
  rmSync(server.library, {recursive: true});
  renameSync(`${server.library}.away`, server.library);
  assert.deepEqual(of(await verify(), 'library_offline'), []);
  assert.equal((await get(video.id)).status, 'discovered');
  assert.equal((await get(deleted.id)).is_deleted, true);
  assert.ok(existsSync(video.video_file_path) && existsSync(deleted.video_file_path));
});

// --- bulk delete with files -----------------------------------------------------------------------------------

test('bulk delete takes the files along; problems with files are told and stop nothing', async () => {
  const bulk = body => admin.post('/videos/bulk/delete', body);
  const [a, b, c] = [await make(), await make({}, {file: null}), await make()];
  rmSync(c.video_file_path);
  const reply = await bulk({video_ids: [a.id, b.id, c.id, 999999], delete_files: true});
  assert.deepEqual([reply.success_ids, reply.failed_ids], [[a.id, b.id, c.id], [999999]]);
  assert.equal(reply.file_errors.length, 1);
  assert.match(reply.file_errors[0], new RegExp(`^Video ${c.id}: .*not found`));
  assert.ok(!existsSync(a.video_file_path) && existsSync((await get(a.id)).video_file_path));
  assert.equal((await get(a.id)).is_deleted, true);
  const again = await bulk({video_ids: [a.id], delete_files: true});
  assert.deepEqual([again.failed_ids, again.file_errors], [[a.id], []]);
  const {video_file_path: trashed} = await get(a.id);
  const hard = await bulk({video_ids: [a.id, b.id], delete_files: true, permanent: true});
  assert.deepEqual([hard.success_ids, hard.file_errors], [[a.id, b.id], []]);
  assert.ok(!existsSync(trashed));
  await admin.get(`/videos/${a.id}`, {include_deleted: true}, 404);
  const many = await admin.post('/videos/bulk/delete', {video_ids: [...Array(501)].map((_, i) => i + 1), delete_files: true}, 400);
  assert.match(many.detail, /exceeds limit/);
});
