// NFO files in step and exports: sections 2.14, 9, 16, 17.
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {startServer} from '../harness.mjs';
import {lay} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const below = path => join(server.library, path);
const read = path => readFileSync(path, 'utf8');
let serial = 0;
async function make(fields = {}, file = `X/${++serial}.mp4`) {
  if (file) lay(below(file), `video ${file}`);
  return admin.post('/videos', {title: `Title ${serial}`, artist: 'X', ...(file ? {video_file_path: file} : {}), ...fields}, 201);
}
const get = (id, query = {}) => admin.get(`/videos/${id}`, {include_deleted: true, ...query});
const exportNfo = (body, status = 200) => admin.post('/exports/nfo', body, status);
const config = updates => admin.patch('/config', {updates});

test('an NFO in the shape of the document; the row names it', async () => {
  const video = await make({title: 'A <B> & "C"', artist: 'Björk', album: 'Post', year: 1995, director: 'M', genre: 'Pop', studio: 'One'});
  await admin.post(`/tags/videos/${video.id}/set`, {tags: ['zz', 'live', 'Anna']});
  const reply = await exportNfo({video_ids: [video.id]});
  assert.deepEqual([reply.total, reply.exported_count, reply.skipped_count, reply.failed_count, reply.library_dir],
    [1, 1, 0, 0, server.library]);
  const now = await get(video.id);
  assert.equal(now.nfo_file_path, video.video_file_path.replace('.mp4', '.nfo'));
  assert.equal(now.updated_at, (await get(video.id)).updated_at);
  assert.equal(read(now.nfo_file_path), `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<musicvideo>
    <title>A &lt;B&gt; &amp; "C"</title>
    <album>Post</album>
    <studio>One</studio>
    <year>1995</year>
    <director>M</director>
    <genre>Pop</genre>
    <artist>Björk</artist>
    <tag>Anna</tag>
    <tag>live</tag>
    <tag>zz</tag>
</musicvideo>
`);
  const manifest = read(reply.manifest_path);
  assert.match(reply.manifest_path, /nfo_export_\d{8}_\d{6}(_\d\d)?\.json$/);
  const parsed = JSON.parse(manifest);
  assert.deepEqual({...parsed, exported_at: 0}, {exported_at: 0, exported_by: 'admin', total: 1,
    files: [{video_id: video.id, title: video.title, nfo_path: now.nfo_file_path}]});
  assert.equal(manifest, JSON.stringify(parsed, null, 2));
});

test('what is there stays, unless it is to be overwritten; unchanged bytes are not written', async () => {
  const video = await make();
  const nfo = video.video_file_path.replace('.mp4', '.nfo');
  writeFileSync(nfo, 'mine');
  assert.deepEqual(await exportNfo({video_ids: [video.id]}).then(r => [r.exported_count, r.skipped_count, r.manifest_path]), [0, 1, null]);
  assert.equal(read(nfo), 'mine');
  assert.equal((await exportNfo({video_ids: [video.id], overwrite_existing: true})).exported_count, 1);
  assert.match(read(nfo), /<musicvideo>/);
  const before = statSync(nfo, {bigint: true});
  assert.equal((await exportNfo({video_ids: [video.id], overwrite_existing: true})).exported_count, 1);
  const after = statSync(nfo, {bigint: true});
  assert.deepEqual([after.mtimeNs, after.ino], [before.mtimeNs, before.ino]);
});

test('no path is skipped, unknown ids are dropped, deleted ones count when asked', async () => {
  const none = await make({}, null);
  const deleted = await make();
  await admin.del(`/videos/${deleted.id}`);
  const ids = [none.id, deleted.id, 999999];
  assert.deepEqual(await exportNfo({video_ids: ids}).then(r => [r.total, r.skipped_count]), [1, 1]);
  assert.deepEqual(await exportNfo({video_ids: ids, include_deleted: true}).then(r => [r.total, r.exported_count]), [2, 1]);
  assert.ok(existsSync(deleted.video_file_path.replace('.mp4', '.nfo')));
  await exportNfo(undefined, 422);
});

test('what cannot be written fails alone', async () => {
  symlinkSync(server.outside, below('Out'));
  const out = await make({video_file_path: 'Out/x.mp4'}, null);
  const gone = await make({video_file_path: 'No folder/x.mp4'}, null);
  const folder = await make({nfo_file_path: 'Folder.nfo'});
  mkdirSync(below('Folder.nfo'));
  const fine = await make();
  const reply = await exportNfo({video_ids: [out.id, gone.id, folder.id, fine.id]});
  assert.deepEqual([reply.total, reply.failed_count, reply.exported_count], [4, 3, 1]);
  assert.deepEqual(readdirSync(server.outside), []);
});

test('an NFO that is a link is replaced, not written through', async () => {
  const video = await make();
  const nfo = video.video_file_path.replace('.mp4', '.nfo');
  lay(below('elsewhere.txt'), 'precious');
  symlinkSync('../elsewhere.txt', nfo);
  await exportNfo({video_ids: [video.id], overwrite_existing: true});
  assert.equal(read(below('elsewhere.txt')), 'precious');
  assert.match(read(nfo), /<musicvideo>/);
});

test('featured artists go where the setting says', async () => {
  const video = await make({title: 'T', artist: 'Main'});
  for (const [name, role] of [['Main', 'primary'], ['Guest', 'featured'], ['Other', 'featured']]) {
    const {id} = await admin.post('/artists', {name}, 201);
    await admin.expect(204, 'POST', `/artists/${id}/videos/${video.id}?role=${role}&position=${role === 'primary' ? 0 : id}`);
  }
  const nfo = video.video_file_path.replace('.mp4', '.nfo');
  const written = async () => {
    await exportNfo({video_ids: [video.id], overwrite_existing: true});
    return [/<title>(.*)<\/title>/.exec(read(nfo))[1], /<artist>(.*)<\/artist>/.exec(read(nfo))[1]];
  };
  assert.deepEqual(await written(), ['T', 'Main']);
  await config({'nfo.featured_artists.enabled': true});
  assert.deepEqual(await written(), ['T', 'Main ft. Guest, Other']);
  await config({'nfo.featured_artists.append_to_field': 'title'});
  assert.deepEqual(await written(), ['T ft. Guest, Other', 'Main']);
  await config({'nfo.featured_artists.enabled': false, 'nfo.featured_artists.append_to_field': 'artist'});
});

test('everything as a job: artists too; the second run writes nothing', async () => {
  const video = await make({title: 'One', artist: 'Kate Bush'}, 'Kate Bush/One.mp4');
  lay(below('Kate Bush/artist.nfo'), '<artist><name>Somebody else</name></artist>');
  lay(below('a-ha/artist.nfo'), '<artist>\n<name>a-ha</name><biography>Long</biography></artist>');
  await make({title: 'Two', artist: 'a-ha'}, 'a-ha/Two.mp4');
  const run = async body => {
    const job = await admin.post('/exports/nfo/all', body, 202);
    return [job, await server.waitJob(job.id)];
  };
  const [job, first] = await run({});
  assert.deepEqual([job.type, job.metadata], ['export_nfo', {incremental: true, include_deleted: false}]);
  assert.ok(first.result.videos_exported >= 2 && first.result.artists_exported >= 1);
  assert.match(read(below('Kate Bush/artist.nfo')), /<name>Kate Bush<\/name>/);
  assert.match(read(below('a-ha/artist.nfo')), /Long/);
  assert.equal(read(below('Kate Bush/artist.nfo')),
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<artist>\n    <name>Kate Bush</name>\n</artist>\n');
  const before = statSync((await get(video.id)).nfo_file_path, {bigint: true}).mtimeNs;
  const [, second] = await run({});
  assert.deepEqual([second.result.videos_exported, second.result.artists_exported, second.result.files_written], [0, 0, 0]);
  assert.equal(second.result.total_videos, first.result.total_videos);
  assert.equal(second.result.videos_skipped + second.result.videos_failed, second.result.total_videos);
  assert.equal(statSync((await get(video.id)).nfo_file_path, {bigint: true}).mtimeNs, before);
  const [, full] = await run({incremental: false, include_deleted: true});
  assert.ok(full.result.videos_exported > 0 && full.result.total_videos > first.result.total_videos);
  assert.deepEqual([full.result.incremental, full.result.include_deleted], [false, true]);
  assert.equal((await admin.send('POST', '/exports/nfo/all')).status, 422);
});

test('a scan does not read back what was written', async () => {
  const video = await make({title: 'Not read', artist: 'Back'}, 'Back/Not read.mp4');
  await exportNfo({video_ids: [video.id]});
  const scan = await server.scan(server.library);
  assert.equal(scan.result.updated, 0);
});

// --- in step ------------------------------------------------------------------------------------------------

test('another year changes the decade tag and the NFO', async () => {
  const video = await make({year: 1991});
  await exportNfo({video_ids: [video.id]});
  const nfo = video.video_file_path.replace('.mp4', '.nfo');
  await admin.patch(`/videos/${video.id}`, {year: 2003});
  assert.match(read(nfo), /<year>2003<\/year>[^]*<tag>00s<\/tag>/);
  await admin.post('/videos/bulk/update', {video_ids: [video.id], updates: {year: 1985}});
  assert.match(read(nfo), /<year>1985<\/year>[^]*<tag>80s<\/tag>/);
  await config({'nfo.write_musicvideo_nfo': false});
  await admin.patch(`/videos/${video.id}`, {year: 1970});
  assert.match(read(nfo), /<year>1985<\/year>/);
  await config({'nfo.write_musicvideo_nfo': true});
});

test('changed decade settings go through the library, NFO files too', async () => {
  const video = await make({year: 1991});
  await exportNfo({video_ids: [video.id]});
  const nfo = video.video_file_path.replace('.mp4', '.nfo');
  const tags = async () => (await get(video.id)).tags.map(t => t.name);
  const last = async () => {
    await server.idle();
    const {jobs} = await admin.get('/jobs', {type: 'sync_decade_tags'});
    const job = jobs.sort((a, b) => a.created_at < b.created_at ? 1 : -1)[0];
    return [job.metadata, job.result];
  };
  await config({'tags.auto_decade.format': 'decade-{decade}'});
  assert.deepEqual((await last())[0], {mode: 'migrate', old_format: '{decade}s', new_format: 'decade-{decade}'});
  assert.deepEqual(await tags(), ['decade-90']);
  assert.match(read(nfo), /<tag>decade-90<\/tag>/);
  await config({'tags.auto_decade.enabled': false});
  const [removed, result] = await last();
  assert.deepEqual(removed, {mode: 'remove', old_format: 'decade-{decade}'});
  assert.ok(result.tags_removed >= 1 && result.nfos_updated >= 1 && result.nfos_updated <= result.tags_removed);
  assert.deepEqual(await tags(), []);
  assert.doesNotMatch(read(nfo), /<tag>/);
  await config({'tags.auto_decade.enabled': true, 'tags.auto_decade.format': '{decade}s'});
  assert.deepEqual((await last())[0], {mode: 'apply', new_format: '{decade}s'});
  assert.match(read(nfo), /<tag>90s<\/tag>/);
  const {length} = (await admin.get('/jobs', {type: 'sync_decade_tags'})).jobs;
  await config({'tags.auto_decade.enabled': true, 'tags.normalize': true});
  assert.equal((await admin.get('/jobs', {type: 'sync_decade_tags'})).jobs.length, length);
  await admin.post('/config/undo');
  await last();
});

test('a new title moves the NFO and writes it anew', async () => {
  const video = await make({title: 'Old', artist: 'Named'}, 'Named/Old.mp4');
  await exportNfo({video_ids: [video.id]});
  await admin.patch(`/videos/${video.id}`, {title: 'New'});
  await exportNfo({video_ids: [video.id], overwrite_existing: true}); // as the page does, at once
  await server.idle();
  assert.deepEqual(readdirSync(below('Named')).sort(), ['New.mp4', 'New.nfo']);
  assert.match(read(below('Named/New.nfo')), /<title>New<\/title>/);
});

test('exports while the video is moved leave no NFO behind', async () => {
  const video = await make({title: 'T', artist: 'Moving'}, 'Moving/T.mp4');
  for (let i = 0; i < 15; i++) {
    await admin.patch(`/videos/${video.id}`, {title: `T${i}`});
    await Promise.all([0, 1, 2].map(() => exportNfo({video_ids: [video.id], overwrite_existing: true})));
  }
  await server.idle();
  assert.deepEqual(readdirSync(below('Moving')).sort(), ['T14.mp4', 'T14.nfo']);
  const now = await get(video.id);
  assert.deepEqual([now.video_file_path, now.nfo_file_path], [below('Moving/T14.mp4'), below('Moving/T14.nfo')]);
  assert.match(read(now.nfo_file_path), /<title>T14</);
});

// --- playlists ----------------------------------------------------------------------------------------------

const playlist = (body, status = 200) => admin.post('/exports/playlist', {name: 'P', ...body}, status);

test('M3U: only videos with a file, in the order of the request', async () => {
  const a = await make({title: 'A\nB', artist: null});
  const b = await make({title: 'Ünï', artist: 'Q'});
  const none = await make({}, null);
  const reply = await playlist({name: 'My\nlist', output_path: 'lists/deep/x.m3u', video_ids: [b.id, none.id, a.id]});
  assert.deepEqual(reply, {name: 'My\nlist', format: 'm3u', total_tracks: 2, file_path: below('lists/deep/x.m3u')});
  assert.equal(read(reply.file_path), ['#EXTM3U', '#PLAYLIST:My list', '', '#EXTINF:-1,Q - Ünï', b.video_file_path, '',
    '#EXTINF:-1,Unknown - A B', a.video_file_path, ''].join('\n'));
});

test('CSV and JSON', async () => {
  const a = await make({title: '=1+1, "x"', artist: 'two\nlines', year: 1991});
  const b = await make({title: 'plain', album: 'ü'}, null);
  const csv = await playlist({output_path: 'x.csv', format: 'csv', video_ids: [a.id, b.id]});
  assert.equal(read(csv.file_path), 'id,title,artist,album,year,genre,director,studio,video_file_path,status\r\n' +
    `${a.id},"=1+1, ""x""","two\nlines",,1991,,,,${a.video_file_path},discovered\r\n${b.id},plain,X,ü,,,,,,discovered\r\n`);
  const json = await playlist({output_path: below('x.json'), format: 'json', video_ids: [b.id, a.id]});
  assert.equal(json.total_tracks, 2);
  const text = read(json.file_path);
  const parsed = JSON.parse(text);
  assert.equal(text, JSON.stringify(parsed, null, 2));
  assert.deepEqual(Object.keys(parsed), ['playlist_name', 'exported_at', 'total_tracks', 'videos']);
  assert.deepEqual(parsed.videos[0], {id: b.id, title: 'plain', artist: 'X', album: 'ü', year: null, genre: null,
    director: null, studio: null, video_file_path: null, status: 'discovered', imvdb_video_id: null, youtube_id: null});
  const all = await playlist({output_path: 'x.json', format: 'json'});
  const ids = JSON.parse(read(all.file_path)).videos.map(v => v.id);
  assert.deepEqual(ids, [...ids].sort((x, y) => x - y));
  assert.equal(all.total_tracks, (await admin.get('/videos')).total);
  const empty = await playlist({output_path: 'e.json', format: 'json', video_ids: [999999]});
  assert.deepEqual(JSON.parse(read(empty.file_path)).videos, []);
  assert.equal(read((await playlist({output_path: 'e.m3u', video_ids: [999999]})).file_path), '#EXTM3U\n#PLAYLIST:P\n');
});

test('the data folder takes playlists, and nothing of its own is written over', async () => {
  const reply = await playlist({output_path: join(server.data, 'lists/x.m3u')});
  assert.ok(existsSync(reply.file_path));
  for (const name of ['config.yaml', 'medley.db', 'lock', 'new.bin']) {
    await playlist({output_path: join(server.data, name)}, 400);
  }
});

table('paths that are refused', [
  ['../x.m3u'], ['/etc/x.m3u'], ['/tmp/x.m3u'], ['a/../../x.m3u'], ['.'], ['/'], ['Leads/x.m3u'], [`${'n'.repeat(256)}.m3u`],
  ['.medley-root'], ['a/..'], ['x/'.repeat(3000) + 'x.m3u'],
], async path => {
  if (!existsSync(below('Leads'))) symlinkSync(server.outside, below('Leads'));
  await playlist({output_path: path}, 400);
  assert.deepEqual(readdirSync(server.outside), []);
});

test('a film is never written over; a bad format is 422', async () => {
  const video = await make();
  await playlist({output_path: video.video_file_path}, 400);
  assert.match(read(video.video_file_path), /^video/);
  await playlist({output_path: 'x.m3u', format: 'pls'}, 422);
  await playlist({output_path: 'x.m3u', name: ''}, 422);
  rmSync(below('x.csv'));
});

// --- retention ----------------------------------------------------------------------------------------------

test('trash_cleanup deletes what is old enough', async () => {
  const young = await make();
  await admin.send('DELETE', `/files/videos/${young.id}`);
  const run = async metadata => server.waitJob((await admin.post('/jobs', {type: 'trash_cleanup', metadata}, 202)).id);
  const kept = await run({});
  assert.deepEqual([kept.result.deleted_count, kept.result.errors, kept.result.retention_days], [0, 0, 30]);
  assert.ok(existsSync((await get(young.id)).video_file_path));
  const {video_file_path: path} = await get(young.id);
  const all = await run({retention_days: 0});
  assert.ok(all.result.deleted_count >= 1);
  assert.ok(!existsSync(path));
  await admin.get(`/videos/${young.id}`, {include_deleted: true}, 404);
});
