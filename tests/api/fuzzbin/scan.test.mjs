// Real files in: sections 2.18, 9, 17 and 18, and issue-level promises about odd files, cancel and resume.
import assert from 'node:assert/strict';
import {mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync, existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {sleep, startServer} from '../harness.mjs';
import {bareVideos, lay, layMany, layMusic, layOdd, musicCount, musicVideos, nfo, uniqueMp4} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

let odd;
const server = await startServer({lay: s => {
  layMusic(join(s.library, 'Music'));
  layMusic(join(s.library, 'Discovery'));
  odd = layOdd(join(s.library, 'Odd'), s.outside);
  layMany(join(s.library, 'Many'), 1200);
  mkdirSync(join(s.library, 'Empty'));
  writeFileSync(join(s.library, 'file.txt'), 'x');
}});
const {admin} = server;
const music = join(server.library, 'Music');
const byTitle = async title => (await admin.get('/videos', {title, page_size: 100})).items;
const total = async query => (await admin.get('/videos', query)).total;

table('a directory that cannot be scanned is 400', [
  ['missing', 'No such folder'], ['a file', 'file.txt'], ['outside', '/etc'], ['outside by dots', '../outside'],
], async (name, directory) => {
  for (const path of ['/scan', '/scan/preview', '/add/nfo-scan']) {
    const reply = await admin.send('POST', path, {json: {directory}});
    assert.ok([400, 403, 422].includes(reply.status), `${path}: ${reply.status} ${reply.text}`);
  }
});

test('scan bodies are checked', async () => {
  for (const [body, loc] of [[{}, ['body', 'directory']], [{directory: 'Music', mode: 'x'}, ['body', 'mode']],
    [{directory: 'Music', recursive: 'perhaps'}, ['body', 'recursive']]]) {
    assert.deepEqual((await admin.post('/scan', body, 422)).errors[0].loc, loc);
  }
});

test('a preview counts and changes nothing', async () => {
  const preview = await admin.post('/scan/preview', {directory: music});
  assert.equal(preview.directory, music);
  assert.equal(preview.mode, 'full');
  assert.equal(preview.musicvideo_nfos, musicVideos.length);
  assert.equal(preview.total_nfo_files, musicVideos.length + new Set(musicVideos.map(v => v.artist)).size);
  assert.ok(preview.would_import >= musicVideos.length && preview.would_import <= musicCount, JSON.stringify(preview));
  assert.equal(preview.would_skip, 0);
  const teen = preview.items.find(i => i.title === 'Smells Like Teen Spirit');
  assert.deepEqual([teen.artist, teen.album, teen.year, teen.already_exists], ['Nirvana', 'Nevermind', 1991, false]);
  assert.equal(await total(), 0);
  const flat = await admin.post('/scan/preview', {directory: music, recursive: false});
  assert.equal(flat.total_nfo_files, 0);
});

test('a full scan imports everything that NFO and names say', async () => {
  const started = await admin.post('/scan', {directory: music, mode: 'full'}, 202);
  assert.deepEqual([started.directory, started.mode, started.initial_status], [music, 'full', 'imported']);
  const job = await server.waitJob(started.job_id);
  assert.equal(job.progress, 1);
  assert.equal(job.result.imported, musicCount, JSON.stringify(job.result));
  assert.equal(job.result.failed, 0);
  assert.equal(await total(), musicCount);
  for (const wanted of musicVideos) {
    const [video] = await byTitle(wanted.title);
    assert.ok(video, wanted.title);
    for (const key of ['title', 'artist', 'album', 'year', 'director', 'studio']) {
      assert.equal(video[key], wanted[key] ?? null, `${wanted.title}: ${key}`);
    }
    assert.equal(video.status, 'imported');
    assert.equal(video.download_source, 'nfo_import');
    assert.deepEqual(video.artists.map(a => [a.name, a.role, a.position]), [[wanted.artist, 'primary', 0]]);
    const tags = video.tags.filter(t => t.source === 'manual').map(t => t.name);
    assert.deepEqual(tags, [...wanted.tag ?? []].sort(), wanted.title);
    assert.deepEqual(video.tags.filter(t => t.source === 'auto').map(t => t.name), [`${String(wanted.year).slice(2, 3)}0s`]);
    assert.ok(existsSync(video.video_file_path) && existsSync(video.nfo_file_path));
    assert.equal(video.file_size, statSync(video.video_file_path).size);
  }
});

test('genres fall into their buckets; unknown ones stay', async () => {
  const genre = async title => (await byTitle(title))[0].genre;
  assert.equal(await genre('Around the World'), 'Electronic'); // House
  assert.equal(await genre('Take On Me'), 'Pop'); // Synth Pop
  assert.equal(await genre('100% & <More>'), 'Polka');
});

test('each file was probed', async () => {
  const [video] = await byTitle('Smells Like Teen Spirit');
  assert.deepEqual([video.width, video.height, video.video_codec, video.audio_codec], [160, 90, 'h264', 'aac']);
  assert.ok(Math.abs(video.duration - 2) < 0.3, String(video.duration));
  assert.match(video.container_format, /mp4/);
  assert.deepEqual([video.frame_rate, video.audio_sample_rate, video.audio_channels], [25, 44100, 1]);
  assert.ok(video.bitrate > 1000);
});

test('without NFO the file name decides', async () => {
  for (const wanted of bareVideos) {
    const [video] = await byTitle(wanted.title);
    assert.ok(video, wanted.file);
    assert.equal(video.artist, wanted.artist);
    assert.equal(video.nfo_file_path, null);
  }
});

test('a second scan skips everything and reads nothing again', async () => {
  const before = (await admin.get('/videos', {page_size: 100, sort_by: 'title'})).items;
  const job = await server.scan(music);
  assert.equal(job.result.imported, 0, JSON.stringify(job.result));
  assert.deepEqual((await admin.get('/videos', {page_size: 100, sort_by: 'title'})).items, before);
  const preview = await admin.post('/scan/preview', {directory: music});
  assert.deepEqual([preview.would_import, preview.would_skip >= musicVideos.length], [0, true]);
});

test('what a person edited survives a rescan', async () => {
  const [video] = await byTitle('Come as You Are');
  await admin.patch(`/videos/${video.id}`, {album: 'My Album'});
  await server.scan(music);
  assert.equal((await admin.get(`/videos/${video.id}`)).album, 'My Album');
});

test('a new file is found, a changed one is probed again, a renamed one is the same video', async () => {
  lay(join(music, 'New', 'Pulp - Common People.mp4'), uniqueMp4());
  assert.equal((await server.scan(music)).result.imported, 1);
  const [pulp] = await byTitle('Common People');
  assert.equal(pulp.artist, 'Pulp');

  lay(join(music, 'New', 'Pulp - Common People.mp4'), uniqueMp4('tiny.mp4'));
  await server.scan(music);
  const changed = await admin.get(`/videos/${pulp.id}`);
  assert.equal(changed.width, 64);

  renameSync(join(music, 'New', 'Pulp - Common People.mp4'), join(music, 'New', 'Pulp - Common People (HD).mp4'));
  await server.scan(music);
  const moved = await admin.get(`/videos/${pulp.id}`);
  assert.match(moved.video_file_path, /\(HD\)\.mp4$/);
  assert.equal(await total(), musicCount + 1);
});

test('a file that is gone makes its video missing, and back again; no row is removed', async () => {
  const [video] = await byTitle('Common People');
  const away = join(server.outside, 'parked.mp4');
  renameSync(video.video_file_path, away);
  await server.scan(music);
  assert.equal((await admin.get(`/videos/${video.id}`)).status, 'missing');
  renameSync(away, video.video_file_path);
  await server.scan(music);
  assert.notEqual((await admin.get(`/videos/${video.id}`)).status, 'missing');
});

test('discovery takes title and artist only', async () => {
  const {job_id: id, initial_status: status} = await admin.post('/add/nfo-scan',
    {directory: join(server.library, 'Discovery'), mode: 'discovery', skip_existing: false}, 202);
  assert.equal(status, 'discovered');
  await server.waitJob(id);
  const found = (await admin.get('/videos', {status: 'discovered', page_size: 100})).items;
  assert.equal(found.length, musicCount);
  const teen = found.find(v => v.title === 'Smells Like Teen Spirit');
  assert.deepEqual([teen.artist, teen.album, teen.year, teen.genre, teen.director], ['Nirvana', null, null, null, null]);
  assert.deepEqual(teen.tags, []);
  for (const video of found) await admin.del(`/videos/${video.id}/permanent`);
});

test('odd files are reported in the result and never end the scan', async () => {
  const job = await server.scan(join(server.library, 'Odd'));
  const text = JSON.stringify(job.result);
  for (const name of odd.broken) assert.ok(text.includes(name), `${name} is not reported: ${text}`);
  for (const name of odd.good) assert.ok((await byTitle('good')).length === 1, name);
  assert.ok(!text.includes('secret.mp4') || !/imported.*secret/.test(text));
  const all = (await admin.get('/videos', {artist: 'Odd', page_size: 100})).items;
  assert.ok(!all.some(v => v.title === 'escape' && v.duration), 'a symlink out of the root was read');
  assert.ok(!all.some(v => /fifo|loop/.test(v.title) && v.duration));
  // Oddly named but good ones are there, their names intact in JSON.
  assert.ok(all.some(v => v.video_file_path?.includes('new\nline')), text);
  assert.ok(all.some(v => v.video_file_path?.endsWith(`${'x'.repeat(245)}.mp4`)));
  assert.ok(!all.some(v => v.title === 'aaaaaaaaaaaa'), 'entities were expanded');
  await admin.get('/fuzzbin/health');
});

test('what /scan/statuses says is complete', async () => {
  const {statuses, import_modes: modes} = await admin.get('/scan/statuses');
  assert.deepEqual(Object.keys(statuses), ['discovered', 'queued', 'downloading', 'downloaded', 'imported', 'organized', 'missing', 'failed', 'archived']);
  for (const s of Object.values(statuses)) assert.ok(s.description && s.typical_use && Array.isArray(s.next_steps));
  assert.deepEqual([modes.full.initial_status, modes.discovery.initial_status], ['imported', 'discovered']);
});

test('a running scan is cancelled within a second and keeps what it has', async () => {
  const {job_id: id} = await admin.post('/scan', {directory: join(server.library, 'Many')}, 202);
  for (let i = 0; i < 400; i++) {
    const job = await admin.get(`/jobs/${id}`);
    if (job.status === 'running' && job.processed_items > 0) break;
    assert.notEqual(job.status, 'completed', 'the scan was over before it could be cancelled');
    await sleep(10);
  }
  await admin.del(`/jobs/${id}`);
  const job = await admin.get(`/jobs/${id}`);
  assert.equal(job.status, 'cancelled');
  assert.ok(job.completed_at);
  await sleep(1000);
  const kept = await total({artist: 'Band'});
  await sleep(500);
  assert.equal(await total({artist: 'Band'}), kept, 'the scan went on after a second');
  assert.equal((await admin.get(`/jobs/${id}`)).status, 'cancelled');
});

test('the next scan does the rest, nothing twice', async () => {
  const job = await server.scan(join(server.library, 'Many'));
  assert.equal(await total({artist: 'Band'}), 1200);
  assert.equal(job.result.imported + job.result.skipped >= 1200 - 1 || job.result.total_files >= 1200, true, JSON.stringify(job.result));
});

test('two scans at once both succeed and import once', async () => {
  layMany(join(server.library, 'Twice'), 60, {band: 'Duo'});
  const start = () => admin.post('/scan', {directory: join(server.library, 'Twice')}, 202);
  const jobs = await Promise.all([start(), start()]);
  for (const {job_id: id} of jobs) await server.waitJob(id);
  assert.equal(await total({artist: 'Duo'}), 60);
});

test('a library that is away makes items offline and removes nothing', async () => {
  const before = await total({include_deleted: true});
  const parked = `${server.library}-away`;
  renameSync(server.library, parked);
  try {
    const reply = await admin.send('POST', '/scan', {json: {directory: music}});
    if (reply.status === 202) await server.waitJob(reply.json.job_id, {wanted: null});
    assert.equal(await total({include_deleted: true}), before);
    assert.equal(await total(), before);
    mkdirSync(server.library); // an empty mount point
    const second = await admin.send('POST', '/scan', {json: {directory: server.library}});
    if (second.status === 202) await server.waitJob(second.json.job_id, {wanted: null});
    assert.equal(await total(), before);
    assert.equal(await total({status: 'missing'}), 0, 'videos became missing although the whole root is away');
    rmSync(server.library, {recursive: true});
  } finally {
    renameSync(parked, server.library);
  }
  await server.scan(music);
  const [video] = await byTitle('Smells Like Teen Spirit');
  assert.equal((await admin.expect(200, 'HEAD', `/videos/${video.id}/stream`)).status, 200);
});

test('a symlinked folder inside the root is not followed out of it', async () => {
  lay(join(server.outside, 'tree', 'Leak - Song.mp4'), uniqueMp4());
  mkdirSync(join(server.library, 'Links'));
  symlinkSync(join(server.outside, 'tree'), join(server.library, 'Links', 'tree'));
  symlinkSync('.', join(server.library, 'Links', 'self'));
  await server.scan(join(server.library, 'Links'));
  assert.equal(await total({artist: 'Leak'}), 0);
});

test('kill -9 in the middle of a scan: it resumes by itself, nothing twice, nothing missing', async () => {
  layMany(join(server.library, 'Killed'), 400, {band: 'Trio'});
  const {job_id: id} = await admin.post('/scan', {directory: join(server.library, 'Killed')}, 202);
  await sleep(300);
  await server.kill9();
  await server.restart();
  await server.waitJob(id, {ms: 120_000});
  const titles = new Set();
  for (let page = 1; page <= 4; page++) {
    const {items, total: all} = await server.admin.get('/videos', {artist: 'Trio', page, page_size: 100, sort_by: 'title'});
    assert.equal(all, 400);
    for (const v of items) titles.add(v.title);
  }
  assert.equal(titles.size, 400);
  const again = await server.scan(join(server.library, 'Killed'));
  assert.equal(again.result.imported, 0, JSON.stringify(again.result));
});

test('library_scan speaks its own words', async () => {
  const folder = join(server.library, 'Extra');
  lay(join(folder, 'With - nfo.mp4'), uniqueMp4());
  lay(join(folder, 'With - nfo.nfo'), nfo('musicvideo', {title: 'Extra one', artist: 'Extra'}));
  lay(join(folder, 'Extra - bare.mp4'), uniqueMp4());
  const {id} = await admin.post('/jobs', {type: 'library_scan', metadata: {directory: folder}}, 202);
  const {result} = await server.waitJob(id);
  assert.deepEqual([result.new_files_found, result.nfo_imported, result.errors, result.directory, result.videos_with_files,
    result.post_process_jobs_queued], [2, 1, 0, folder, 2, 0]);
});
