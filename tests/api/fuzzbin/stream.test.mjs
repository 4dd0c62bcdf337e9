// Bytes out: stream, thumbnail, refresh (section 2.3).
import assert from 'node:assert/strict';
import {readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'node:test';
import {request, startServer} from '../harness.mjs';
import {lay, layMusic, media, uniqueMp4} from '../support/media.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer({lay: s => {
  layMusic(s.library);
  lay(join(s.library, 'Broken - Text.mp4'), 'no video '.repeat(300));
  lay(join(s.outside, 'secret.mp4'), uniqueMp4());
}});
const {admin, anonymous} = server;
await server.scan(server.library);
const find = async title => (await admin.get('/videos', {title})).items[0];
const video = await find('Smells Like Teen Spirit');
const bytes = readFileSync(video.video_file_path);
const size = bytes.length;
const path = `/videos/${video.id}/stream`;

test('the whole file, with its length and type', async () => {
  const reply = await admin.expect(200, 'GET', path);
  assert.ok(reply.bytes.equals(bytes));
  assert.deepEqual([reply.headers['accept-ranges'], reply.headers['content-length'], reply.headers['content-type']],
    ['bytes', String(size), 'video/mp4']);
  const head = await admin.expect(200, 'HEAD', path);
  assert.equal(head.headers['content-length'], String(size));
});

table('ranges', [
  ['bytes=0-99', 206, [0, 99]], ['bytes=100-100', 206, [100, 100]], [`bytes=${size - 1}-`, 206, [size - 1, size - 1]],
  ['bytes=500-', 206, [500, size - 1]], ['bytes=-100', 206, [size - 100, size - 1]], [`bytes=-${size + 5}`, 206, [0, size - 1]],
  [`bytes=10-${size + 1000}`, 206, [10, size - 1]], // RFC 9110: clamped
  ['bytes=0-0', 206, [0, 0]],
  [`bytes=${size}-`, 416], ['bytes=-0', 416], ['bytes=99999999999999-', 416],
  ['bytes=99999999999999999999999999-', 416],
], async (range, status, wanted) => {
  const reply = await admin.expect(status, 'GET', path, {headers: {range}});
  if (status === 416) {
    assert.equal(reply.headers['content-range'], `bytes */${size}`);
    return;
  }
  const [a, b] = wanted;
  assert.equal(reply.headers['content-range'], `bytes ${a}-${b}/${size}`);
  assert.ok(reply.bytes.equals(bytes.subarray(a, b + 1)));
});

table('ranges that are none are 416 or ignored, never an error of ours', [
  ['bytes=9-5'], ['items=0-5'], ['bytes=a-b'], ['bytes='], ['bytes=-'], ['bytes=1-2-3'], ['bytes= 1 - 2'], ['='], ['bytes=--5'],
], async range => {
  const reply = await admin.send('GET', path, {headers: {range}});
  assert.ok([200, 206, 416].includes(reply.status), `${range}: ${reply.status}`);
});

test('several ranges come as multipart, or are refused', async () => {
  const reply = await admin.send('GET', path, {headers: {range: 'bytes=0-9,20-29'}});
  if (reply.status === 416) return;
  assert.equal(reply.status, 206);
  assert.match(reply.headers['content-type'], /^multipart\/byteranges; *boundary=/);
  const text = reply.bytes.toString('latin1');
  assert.ok(text.includes(`bytes 0-9/${size}`) && text.includes(`bytes 20-29/${size}`));
  assert.ok(text.includes(bytes.subarray(20, 30).toString('latin1')));
  const bomb = await admin.send('GET', path, {headers: {range: `bytes=${Array.from({length: 2000}, () => '0-').join(',')}`}});
  assert.ok(bomb.bytes.length < size * 50, 'a thousand whole-file ranges multiply the reply');
});

test('validators: 304 for what is unchanged, If-Range guards a range', async () => {
  const {headers} = await admin.expect(200, 'HEAD', path);
  assert.ok(headers.etag && headers['last-modified']);
  await admin.expect(304, 'GET', path, {headers: {'if-none-match': headers.etag}});
  await admin.expect(304, 'GET', path, {headers: {'if-modified-since': headers['last-modified']}});
  await admin.expect(206, 'GET', path, {headers: {'if-range': headers.etag, range: 'bytes=0-9'}});
  await admin.expect(200, 'GET', path, {headers: {'if-range': '"other"', range: 'bytes=0-9'}});
  await admin.expect(412, 'GET', path, {headers: {'if-match': '"other"'}});
});

test('the token may stand in the query, for <video>; nothing else opens it', async () => {
  await anonymous.expect(401, 'GET', path);
  await anonymous.expect(401, 'GET', path, {query: {token: 'garbage'}});
  const reply = await anonymous.expect(206, 'GET', path, {query: {token: server.token}, headers: {range: 'bytes=0-3'}});
  assert.equal(reply.bytes.length, 4);
  await anonymous.expect(401, 'GET', '/videos', {query: {token: server.token}});
});

test('a video without a file, or whose file is gone, is 404 with the reason', async () => {
  const bare = await admin.post('/videos', {title: 'No file'}, 201);
  for (const rest of ['stream', 'thumbnail']) {
    assert.match((await admin.get(`/videos/${bare.id}/${rest}`, undefined, 404)).detail, /No video file/);
  }
  assert.match((await admin.post(`/videos/${bare.id}/refresh`, undefined, 404)).detail, /No video file/);
  const gone = await admin.post('/videos', {title: 'Gone', video_file_path: 'gone.mp4'}, 201);
  for (const rest of ['stream', 'thumbnail']) {
    assert.match((await admin.get(`/videos/${gone.id}/${rest}`, undefined, 404)).detail, /not found on disk/);
  }
});

test('a file replaced by a symlink out of the library is not served', async () => {
  const target = await find('Take On Me');
  renameSync(target.video_file_path, `${target.video_file_path}.bak`);
  symlinkSync(join(server.outside, 'secret.mp4'), target.video_file_path);
  for (const rest of ['stream', 'thumbnail']) {
    const reply = await admin.send('GET', `/videos/${target.id}/${rest}`);
    assert.ok([403, 404].includes(reply.status), `${rest}: ${reply.status}`);
  }
  rmSync(target.video_file_path);
  renameSync(`${target.video_file_path}.bak`, target.video_file_path);
});

test('a folder swapped for a symlink is not followed either', async () => {
  const target = await find('Around the World');
  const folder = join(server.library, 'Daft Punk');
  renameSync(folder, `${folder}.bak`);
  lay(join(server.outside, 'fake', 'Around the World.mp4'), uniqueMp4());
  symlinkSync(join(server.outside, 'fake'), folder);
  const reply = await admin.send('GET', `/videos/${target.id}/stream`);
  assert.ok([403, 404].includes(reply.status), String(reply.status));
  rmSync(folder);
  renameSync(`${folder}.bak`, folder);
});

test('a thumbnail is a JPEG, made once and cached for the client', async () => {
  const reply = await admin.expect(200, 'GET', `/videos/${video.id}/thumbnail`);
  assert.equal(reply.headers['content-type'], 'image/jpeg');
  assert.deepEqual([...reply.bytes.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  assert.equal(reply.headers['content-length'], String(reply.bytes.length));
  assert.equal(reply.headers['cache-control'], 'private, max-age=86400, stale-while-revalidate=3600');
  const again = await admin.expect(200, 'GET', `/videos/${video.id}/thumbnail`, {query: {t: 123}});
  assert.ok(again.bytes.equals(reply.bytes));
  const other = await admin.expect(200, 'GET', `/videos/${video.id}/thumbnail`, {query: {regenerate: true, timestamp: 1.5}});
  assert.deepEqual([...other.bytes.subarray(0, 2)], [0xff, 0xd8]);
  await anonymous.expect(401, 'GET', `/videos/${video.id}/thumbnail`);
});

test('thumbnails of many at once are all right', async () => {
  const {items} = await admin.get('/videos', {page_size: 100});
  const good = items.filter(v => v.width);
  const replies = await Promise.all([...good, ...good].map(v => admin.send('GET', `/videos/${v.id}/thumbnail`)));
  assert.deepEqual(replies.map(r => r.status), replies.map(() => 200));
});

test('a broken file has no thumbnail, and the server lives', async () => {
  const broken = await admin.post('/videos', {title: 'Broken thumb', video_file_path: 'Broken - Text.mp4'}, 201);
  const reply = await admin.send('GET', `/videos/${broken.id}/thumbnail`);
  assert.ok([404, 500].includes(reply.status), String(reply.status));
  assert.equal((await admin.send('POST', `/videos/${broken.id}/refresh`)).status, 500);
  await anonymous.get('/fuzzbin/health');
});

test('refresh reads the file again', async () => {
  writeFileSync(video.video_file_path, readFileSync(media('tiny.mp4')));
  const reply = await admin.post(`/videos/${video.id}/refresh`);
  assert.equal(reply.video_id, video.id);
  assert.deepEqual([reply.media_info.width, reply.media_info.height, reply.media_info.video_codec], [64, 36, 'h264']);
  assert.equal('audio_codec' in reply.media_info, false);
  assert.ok(reply.thumbnail_path && reply.thumbnail_timestamp > 1.7e9);
  const now = await admin.get(`/videos/${video.id}`);
  assert.deepEqual([now.width, now.height, now.audio_codec], [64, 36, null]);
});

test('a file that shrinks while it is sent ends the reply, not the server', async () => {
  const big = join(server.library, 'Big - File.mp4');
  writeFileSync(big, Buffer.alloc(64 << 20));
  const {id} = await admin.post('/videos', {title: 'Shrinking', video_file_path: big}, 201);
  const reading = request(server.url, 'GET', `/videos/${id}/stream`, {headers: admin.headers, timeout: 5000}).catch(error => error);
  truncateSync(big, 1000);
  await reading;
  await anonymous.get('/fuzzbin/health');
});

test('names that need quoting are served', async () => {
  for (const title of ['100% & <More>', '夜']) {
    const v = await find(title);
    const reply = await admin.expect(200, 'GET', `/videos/${v.id}/stream`);
    assert.equal(reply.bytes.length, v.file_size);
  }
});
