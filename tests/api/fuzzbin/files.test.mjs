// Organizer and trash: sections 2.8, 8.2, 8.3, 8.4.
import assert from 'node:assert/strict';
import {chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync,
  writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {createHash} from 'node:crypto';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {lay} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const below = path => join(server.library, path);
let serial = 0;

// A video with a file of its own.
async function make(fields = {}, {file = `in/${++serial}.mp4`, nfo = false, content = `video ${serial}`} = {}) {
  lay(below(file), content);
  const nfoPath = file.replace(/\.[^.]*$/, '.nfo');
  if (nfo) lay(below(nfoPath), '<musicvideo/>');
  return admin.post('/videos', {title: `Title ${serial}`, artist: `Artist ${serial}`, video_file_path: file,
    ...(nfo ? {nfo_file_path: nfoPath} : {}), ...fields}, 201);
}
const organize = (id, status = 200, body = undefined) => admin.post(`/files/videos/${id}/organize`, body, status);
const pattern = text => admin.patch('/config', {updates: {'organizer.path_pattern': text}});
const get = id => admin.get(`/videos/${id}`, {include_deleted: true});

test('a video moves to its place, its NFO along, and the row tells it', async () => {
  const video = await make({title: 'Jóga', artist: 'Björk'}, {nfo: true, content: 'bytes'});
  const dry = await organize(video.id, 200, {dry_run: true});
  assert.equal(dry.status, 'dry_run');
  assert.equal(dry.dry_run, true);
  assert.ok(existsSync(video.video_file_path));
  const done = await organize(video.id);
  assert.deepEqual(done, {video_id: video.id, source_video_path: video.video_file_path,
    target_video_path: below('Björk/Jóga.mp4'), target_nfo_path: below('Björk/Jóga.nfo'), dry_run: false, status: 'moved'});
  const now = await get(video.id);
  assert.deepEqual([now.video_file_path, now.nfo_file_path, now.status, now.file_checksum, now.file_size],
    [below('Björk/Jóga.mp4'), below('Björk/Jóga.nfo'), 'organized',
      createHash('sha256').update('bytes').digest('hex'), 5]);
  assert.ok(!existsSync(video.video_file_path) && existsSync(now.nfo_file_path));
  assert.equal((await organize(video.id)).status, 'already_organized');
  assert.equal((await admin.get(`/videos/${video.id}/status-history`)).length, 2);
});

test('another ending is kept, and no NFO is none', async () => {
  const video = await make({title: 'Own', artist: 'Ending'}, {file: 'in/x.WebM'});
  const done = await organize(video.id);
  assert.equal(done.target_video_path, below('Ending/Own.WebM'));
  assert.equal((await get(video.id)).nfo_file_path, null);
});

table('values never leave the library', [
  ['AC/DC', 'T.N.T.', 'AC_DC/T.N.T..mp4'], ['a\\..\\b', 'x', 'a_.._b/x.mp4'], ['../../etc', 'y', '_._.._etc/y.mp4'],
  ['  spaced  ', 'line\nbreak', 'spaced/line_break.mp4'], ['.hidden', '...dots', '_hidden/_..dots.mp4'],
  ['{artist}', '%2e%2e', '{artist}/%2e%2e.mp4'], ['/absolute', 'z', '_absolute/z.mp4'],
], async (artist, title, wanted) => {
  const video = await make({artist, title});
  const done = await organize(video.id);
  assert.equal(done.target_video_path, below(wanted));
  assert.ok(existsSync(below(wanted)));
});

table('what cannot be a place is 400', [
  [{artist: null}, /artist/], [{artist: '   '}, /artist/], [{artist: '..'}, /\.\./], [{artist: '.'}, /'\.'/],
  [{title: '\n\n', artist: 'x'}, /title/],
], async (fields, words) => {
  const video = await make(fields);
  assert.match((await organize(video.id, 400)).detail, words);
  assert.ok(existsSync(video.video_file_path));
});

test('long names are cut between characters and keep their ending', async () => {
  const video = await make({artist: 'ü'.repeat(200), title: 'ねこ'.repeat(120)}, {file: 'in/long.mkv'});
  const done = await organize(video.id);
  const [folder, name] = done.target_video_path.slice(server.library.length + 1).split('/');
  assert.equal(Buffer.byteLength(folder), 254);
  assert.ok(Buffer.byteLength(name) <= 255 && Buffer.byteLength(name) > 250 && name.endsWith('.mkv'));
  assert.ok(!/\uFFFD/.test(name + folder) && existsSync(done.target_video_path));
});

test('patterns: fields, folders, literal braces, normalized names', async () => {
  const video = await make({title: 'Humúríús!', artist: 'Björk', year: 1997, album: 'Homogenic', genre: 'Pop',
    director: 'Michel', studio: 'One Little'});
  await pattern('{genre}/{studio}/{album}/{director}/{{{year}}} {artist} - {title}');
  assert.equal((await organize(video.id)).target_video_path,
    below('Pop/One Little/Homogenic/Michel/{1997} Björk - Humúríús!.mp4'));
  await admin.patch('/config', {updates: {'organizer.normalize_filenames': true, 'organizer.path_pattern': 'N/{artist}/{title}'}});
  assert.equal((await organize(video.id)).target_video_path, below('N/bjork/humurius.mp4'));
  const bang = await make({title: '!!!', artist: 'x'});
  assert.match((await organize(bang.id, 400)).detail, /title/);
  await admin.patch('/config', {updates: {'organizer.normalize_filenames': false}});
  await pattern('{artist}/{featured_artists} {title}');
  assert.match((await organize(video.id, 400)).detail, /featured_artists/);
  const guest = await admin.post('/artists', {name: 'Guest'}, 201);
  await admin.send('POST', `/artists/${guest.id}/videos/${video.id}?role=featured`);
  assert.equal((await organize(video.id)).target_video_path, below('Björk/Guest Humúríús!.mp4'));
  await pattern('{artist}/{title}');
});

table('bad patterns and trash folders are refused', [
  ['organizer.path_pattern', '{nope}/{title}'], ['organizer.path_pattern', '{tags}'], ['organizer.path_pattern', '{artist'],
  ['organizer.path_pattern', 'artist}'], ['organizer.path_pattern', '{artist}/'], ['organizer.path_pattern', '../{title}'],
  ['organizer.path_pattern', '/'], ['organizer.path_pattern', 'a\nb'], ['organizer.path_pattern', '{title}/../x'],
  ['trash.trash_dir', '..'], ['trash.trash_dir', '../other'], ['trash.trash_dir', '.'], ['trash.trash_dir', 'a/..'],
], async (key, value) => {
  const reply = await admin.patch('/config', {updates: {[key]: value}, force: true}, 400);
  assert.match(reply.detail, new RegExp(`^Invalid value for ${key}: `));
});

test('no video, no file, file gone, target taken', async () => {
  await organize(999999, 404);
  const none = await admin.post('/videos', {title: 'None', artist: 'x'}, 201);
  assert.match((await organize(none.id, 400)).detail, /no file path/i);
  const gone = await make();
  rmSync(gone.video_file_path);
  assert.match((await organize(gone.id, 404)).detail, /not found on disk/);
  const taken = await make({title: 'Taken', artist: 'Target'});
  lay(below('Target/Taken.mp4'), 'somebody else');
  await organize(taken.id, 409);
  assert.equal(readFileSync(below('Target/Taken.mp4'), 'utf8'), 'somebody else');
  assert.ok(existsSync(taken.video_file_path));
  assert.equal((await get(taken.id)).status, 'discovered');
});

test('two videos for one target at once: one gets it', async () => {
  for (let i = 0; i < 5; i++) {
    const videos = [];
    for (let n = 0; n < 4; n++) videos.push(await make({title: `Race ${i}`, artist: 'Racer'}));
    const replies = await Promise.all(videos.map(v => admin.send('POST', `/files/videos/${v.id}/organize`)));
    assert.deepEqual(replies.map(r => r.status).sort(), [200, 409, 409, 409]);
    const winner = replies.findIndex(r => r.status === 200);
    for (const [n, v] of videos.entries()) {
      const now = await get(v.id);
      assert.equal(now.video_file_path === below(`Racer/Race ${i}.mp4`), n === winner);
      assert.equal(readFileSync(now.video_file_path, 'utf8').startsWith('video '), true);
    }
  }
});

test('one video organized by many at once moves once', async () => {
  const video = await make({title: 'Many', artist: 'Clients'}, {nfo: true});
  const replies = await Promise.all([...Array(6)].map(() => admin.send('POST', `/files/videos/${video.id}/organize`)));
  assert.ok(replies.every(r => r.status === 200 || r.status === 404 || r.status === 409), replies.map(r => r.text).join());
  assert.equal(replies.filter(r => r.status === 200 && r.json.status === 'moved').length, 1);
  assert.ok(existsSync(below('Clients/Many.mp4')) && existsSync(below('Clients/Many.nfo')));
});

test('a link that leads out is no way out', async () => {
  symlinkSync(server.outside, below('Linked'));
  writeFileSync(join(server.outside, 'secret.mp4'), 'secret');
  const into = await make({artist: 'Linked', title: 'x'});
  await organize(into.id, 400);
  assert.deepEqual(readdirSync(server.outside), ['secret.mp4']);
  const from = await admin.post('/videos', {title: 's', artist: 'y', video_file_path: 'Linked/secret.mp4'}, 201);
  await organize(from.id, 400);
  assert.equal((await admin.send('DELETE', `/files/videos/${from.id}?hard_delete=true`)).status, 400);
  assert.equal((await admin.send('DELETE', `/files/videos/${from.id}`)).status, 400);
  assert.equal(readFileSync(join(server.outside, 'secret.mp4'), 'utf8'), 'secret');
  rmSync(below('Linked'));
});

test('a read-only folder fails and changes nothing', async t => {
  if (process.getuid() === 0) return t.skip('root writes everywhere');
  const video = await make({artist: 'Read only', title: 'x'}, {nfo: true});
  mkdirSync(below('Read only'));
  chmodSync(below('Read only'), 0o555);
  const reply = await admin.send('POST', `/files/videos/${video.id}/organize`);
  assert.ok([403, 500].includes(reply.status));
  assert.deepEqual(await get(video.id), video);
  assert.ok(existsSync(video.video_file_path) && existsSync(video.nfo_file_path));
  chmodSync(below('Read only'), 0o755);
  assert.equal((await organize(video.id)).status, 'moved');
});

test('an NFO in the way takes the whole move back', async () => {
  const video = await make({artist: 'NFO', title: 'taken'}, {nfo: true});
  lay(below('NFO/taken.nfo'), 'other');
  await organize(video.id, 409);
  assert.ok(existsSync(video.video_file_path) && existsSync(video.nfo_file_path));
  assert.ok(!existsSync(below('NFO/taken.mp4')));
});

test('job file_organize: moved, skipped and failed ones are counted', async () => {
  const ok = await make();
  const none = await admin.post('/videos', {title: 'None', artist: 'x'}, 201);
  const bad = await make({artist: null});
  const {id} = await admin.post('/jobs', {type: 'file_organize', metadata: {video_ids: [ok.id, none.id, bad.id, 999999, ok.id]}}, 202);
  const job = await server.waitJob(id);
  const {organized, skipped, errors, total_videos, error_details} = job.result;
  assert.deepEqual([job.status, organized, skipped, errors, total_videos], ['completed', 1, 2, 2, 5]);
  assert.deepEqual(error_details.map(e => e.video_id), [bad.id, 999999]);
  const missing = await server.waitJob((await admin.post('/jobs', {type: 'file_organize'}, 202)).id, {wanted: 'failed'});
  assert.deepEqual([missing.status, missing.error], ['failed', 'Missing required parameter: video_ids']);
});

test('a new title moves the file', async () => {
  const video = await make({artist: 'Renamed', title: 'Before'});
  await organize(video.id);
  await admin.patch(`/videos/${video.id}`, {title: 'After'});
  const [job] = await admin.get(`/videos/${video.id}/jobs`, {include_completed: true});
  assert.deepEqual(job.metadata, {video_id: video.id, video_ids: [video.id], trigger: 'metadata_update'});
  await server.waitJob(job.id);
  assert.equal((await get(video.id)).video_file_path, below('Renamed/After.mp4'));
});

table('names of any kind are organized, trashed, restored, listed and verified', [
  ['line\nbreak.mp4'], ['tab\tand \\ back.mp4'], ["quote ' and \" and ;.mp4"], ['日本 \u202e ねこ.mp4'], [`${'n'.repeat(251)}.mp4`],
  ['-rf.mp4'], ['no ending'], ['%2e%2e.mp4'], [' space .mp4'], ['*.mp4'], ['a.b.c.MP4'],
], async name => {
  const video = await make({title: `Odd ${++serial}`}, {file: `odd/${name}`, nfo: name.includes('.')});
  assert.equal(video.video_file_path, below(`odd/${name}`));
  const gone = (await admin.expect(200, 'DELETE', `/files/videos/${video.id}`)).json;
  assert.equal(gone.trash_path, below(`.trash/odd/${name}`));
  assert.ok((await admin.get('/files/trash', {page_size: 100})).items.some(i => i.trash_path === gone.trash_path && i.file_size > 0));
  assert.equal((await admin.post(`/files/videos/${video.id}/restore`)).restored_path, video.video_file_path);
  const report = await admin.get('/files/library/verify');
  assert.ok(!report.issues.some(i => i.path === video.video_file_path));
  const done = await organize(video.id);
  assert.ok(existsSync(done.target_video_path) && existsSync(done.target_nfo_path) === name.includes('.'));
  assert.equal(done.target_video_path.split('.').at(-1), name.includes('.') ? name.split('.').at(-1) : 'mp4');
});

test('a row that names a film as its NFO does not move, trash or overwrite it', async () => {
  const film = await make({}, {file: 'films/film.mp4', content: 'film'});
  const video = await make({title: 'Names a film', nfo_file_path: 'films/film.mp4'});
  await admin.post('/exports/nfo', {video_ids: [video.id], overwrite_existing: true});
  await organize(video.id);
  await admin.expect(200, 'DELETE', `/files/videos/${video.id}?hard_delete=true`);
  assert.equal(readFileSync(film.video_file_path, 'utf8'), 'film');
});

test("the server's own files are nobody's video", async () => {
  writeFileSync(below('.medley-root'), 'marker');
  const video = await admin.post('/videos', {title: 'Marker', artist: 'x', video_file_path: '.medley-root'}, 201);
  for (const [method, path] of [['POST', 'organize'], ['DELETE', ''], ['DELETE', '?hard_delete=true']]) {
    const reply = await admin.send(method, `/files/videos/${video.id}${path.startsWith('?') ? path : path && `/${path}`}`);
    assert.equal(reply.status, 400, `${method} ${path}: ${reply.text}`);
  }
  assert.equal(readFileSync(below('.medley-root'), 'utf8'), 'marker');
});

// --- trash ------------------------------------------------------------------------------------------------

const trash = (id, status = 200, query = '') => admin.expect(status, 'DELETE', `/files/videos/${id}${query}`).then(r => r.json);
const restore = (id, status = 200, body = undefined) => admin.post(`/files/videos/${id}/restore`, body, status);

test('into the trash and back', async () => {
  const video = await make({}, {file: 'A/b.mp4', nfo: true});
  assert.deepEqual(await trash(video.id),
    {video_id: video.id, deleted: true, hard_delete: false, trash_path: below('.trash/A/b.mp4')});
  let now = await get(video.id);
  assert.deepEqual([now.is_deleted, now.video_file_path, now.nfo_file_path],
    [true, below('.trash/A/b.mp4'), below('.trash/A/b.nfo')]);
  const list = await admin.get('/files/trash');
  assert.deepEqual(list.items[0], {video_id: video.id, title: video.title, artist: video.artist,
    deleted_at: now.deleted_at, trash_path: below('.trash/A/b.mp4'), file_size: 8});
  assert.deepEqual(Object.keys(list), ['items', 'total', 'page', 'page_size']);
  const stats = await admin.get('/files/trash/stats');
  assert.ok(stats.total_count >= 1 && stats.total_size_bytes >= 8);
  assert.deepEqual(await restore(video.id), {video_id: video.id, restored: true, restored_path: video.video_file_path});
  now = await get(video.id);
  assert.deepEqual([now.is_deleted, now.deleted_at, now.video_file_path, now.nfo_file_path, now.status],
    [false, null, video.video_file_path, video.nfo_file_path, 'discovered']);
  assert.ok(existsSync(video.nfo_file_path));
  assert.match((await restore(video.id, 400)).detail, /not deleted/);
});

test('a name that is taken in the trash gets a free one, and goes back to its own', async () => {
  const videos = [];
  for (let i = 0; i < 3; i++) {
    const video = await make({}, {file: 'Same/name.mp4', nfo: true, content: `same ${i}`});
    await trash(video.id);
    videos.push(video);
  }
  assert.deepEqual(readdirSync(below('.trash/Same')).sort(),
    ['name (2).mp4', 'name (2).nfo', 'name (3).mp4', 'name (3).nfo', 'name.mp4', 'name.nfo']);
  assert.equal((await restore(videos[2].id)).restored_path, below('Same/name.mp4'));
  assert.equal(readFileSync(below('Same/name.mp4'), 'utf8'), 'same 2');
  await restore(videos[0].id, 409);
  assert.equal((await get(videos[0].id)).is_deleted, true);
  assert.equal((await restore(videos[0].id, 200, {restore_path: 'Same/first.mp4'})).restored_path, below('Same/first.mp4'));
  assert.equal(readFileSync(below('Same/first.mp4'), 'utf8'), 'same 0');
  assert.ok(existsSync(below('Same/first.nfo')));
});

table('restore paths outside the library are 400', [
  ['../outside/x.mp4'], ['/etc/x.mp4'], ['a/../../x.mp4'], ['.trash/x.mp4'], ['/'], ['.'], ['..'], ['Out/x.mp4'], ['a'.repeat(300)],
  ], async path => {
  if (!existsSync(below('Out'))) symlinkSync(server.outside, below('Out'));
  const video = await make();
  await trash(video.id);
  const reply = await admin.send('POST', `/files/videos/${video.id}/restore`, {json: {restore_path: path}});
  assert.ok([400, 422].includes(reply.status), `${path}: ${reply.status} ${reply.text}`);
  assert.equal((await get(video.id)).is_deleted, true);
});

test('restoring the video brings its file back when there is room for it', async () => {
  const [a, b] = [await make({}, {file: 'R/a.mp4'}), await make({}, {file: 'R/b.mp4'})];
  for (const video of [a, b]) await trash(video.id);
  lay(below('R/b.mp4'), 'somebody else');
  const back = await admin.post(`/videos/${a.id}/restore`);
  assert.deepEqual([back.is_deleted, back.video_file_path], [false, below('R/a.mp4')]);
  const kept = await admin.post(`/videos/${b.id}/restore`);
  assert.deepEqual([kept.is_deleted, kept.video_file_path], [false, below('.trash/R/b.mp4')]);
  assert.ok(existsSync(kept.video_file_path));
  assert.equal((await admin.post(`/videos/${a.id}/restore`)).is_deleted, false);
  await admin.post('/videos/999999/restore', undefined, 404);
  await trash(b.id, 200, '?hard_delete=true');
});

test('no file path, file gone, unknown video', async () => {
  const none = await admin.post('/videos', {title: 'None'}, 201);
  assert.match((await trash(none.id, 400)).detail, /Video has no file path/);
  await trash(none.id, 400, '?hard_delete=true');
  await trash(999999, 404);
  await restore(999999, 404);
  const gone = await make();
  rmSync(gone.video_file_path);
  await trash(gone.id, 404);
  await admin.del(`/videos/${gone.id}`);
  await restore(gone.id, 404);
  await trash(gone.id, 200, '?hard_delete=true');
  await admin.get(`/videos/${gone.id}`, {include_deleted: true}, 404);
});

test('for good: file, NFO and row are gone; a file that another video names stays', async () => {
  const video = await make({}, {nfo: true});
  assert.deepEqual(await trash(video.id, 200, '?hard_delete=true'),
    {video_id: video.id, deleted: true, hard_delete: true, trash_path: null});
  assert.ok(!existsSync(video.video_file_path) && !existsSync(video.nfo_file_path));
  const [a] = [await make({}, {file: 'shared/x.mp4'})];
  const b = await admin.post('/videos', {title: 'other', video_file_path: 'shared/x.mp4'}, 201);
  assert.equal((await trash(a.id)).trash_path, null);
  await trash(a.id, 200, '?hard_delete=true');
  assert.ok(existsSync(below('shared/x.mp4')));
  await trash(b.id, 200, '?hard_delete=true');
  assert.ok(!existsSync(below('shared/x.mp4')));
});

test('a deleted video whose file was never moved is in the trash too, and comes back', async () => {
  const video = await make();
  await admin.del(`/videos/${video.id}`);
  assert.ok((await admin.get('/files/trash')).items.some(i => i.video_id === video.id));
  assert.equal((await restore(video.id)).restored_path, video.video_file_path);
  await admin.del(`/videos/${video.id}`);
  assert.equal((await trash(video.id)).deleted, true);
  assert.ok(!existsSync(video.video_file_path));
});

test('many clients trash and restore one video: nothing is lost', async () => {
  const video = await make({}, {content: 'precious'});
  for (let i = 0; i < 4; i++) {
    const replies = await Promise.all([...Array(6)].map((_, n) =>
      admin.send(n % 2 ? 'DELETE' : 'POST', `/files/videos/${video.id}${n % 2 ? '' : '/restore'}`)));
    assert.ok(replies.every(r => [200, 400, 404, 409].includes(r.status)), replies.map(r => `${r.status} ${r.text}`).join('\n'));
  }
  assert.equal(readFileSync((await get(video.id)).video_file_path, 'utf8'), 'precious');
});

test('emptying deletes files, NFOs, rows and empty folders', async () => {
  const before = (await admin.get('/files/trash')).total;
  const video = await make({}, {file: 'Deep/er/x.mp4', nfo: true});
  await trash(video.id);
  const none = await admin.post('/videos', {title: 'None'}, 201);
  await admin.del(`/videos/${none.id}`);
  const reply = await admin.post('/files/trash/empty');
  assert.deepEqual(reply, {deleted_count: before + 2, errors: []});
  assert.deepEqual(await admin.get('/files/trash/stats'), {total_count: 0, total_size_bytes: 0});
  assert.deepEqual(readdirSync(below('.trash')), []);
  await admin.get(`/videos/${none.id}`, {include_deleted: true}, 404);
});

test('a trash with another name works like the usual one, and is not scanned', async () => {
  await admin.patch('/config', {updates: {'trash.trash_dir': 'Bin/deleted'}, force: true});
  const video = await make({title: 'Binned', artist: 'Y'}, {file: 'Y - Binned.mp4'});
  assert.equal((await trash(video.id)).trash_path, below('Bin/deleted/Y - Binned.mp4'));
  await server.scan(server.library);
  assert.equal((await admin.get('/videos', {title: 'Binned'})).total, 0);
  assert.ok(!(await admin.get('/files/library/verify')).issues.some(i => i.path?.includes('Bin/deleted')));
  assert.equal((await restore(video.id)).restored_path, below('Y - Binned.mp4'));
  await admin.patch('/config', {updates: {'trash.trash_dir': '.trash'}, force: true});
});

test('what lies in the trash is not scanned', async () => {
  const video = await make({title: 'Scanned', artist: 'Trash'}, {file: 'Trash - Scanned.mp4'});
  await trash(video.id);
  await server.scan(server.library);
  assert.equal((await admin.get('/videos', {title: 'Scanned'})).total, 0);
  assert.equal((await get(video.id)).status, 'discovered');
});
