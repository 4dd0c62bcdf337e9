// What the web page lives on besides the doors: server-sent events, the settings registry, its own files.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import {sleep, startServer} from './harness.mjs';

const server = await startServer();
const {admin, anonymous} = server;

// An event stream as a browser reads it.
function listen(headers = {}, path = '/api/events') {
  const stream = {events: [], lastId: null};
  stream.request = http.get(server.url + path, {agent: false,
    headers: {authorization: `Bearer ${server.token}`, accept: 'text/event-stream', ...headers}}, res => {
    stream.status = res.statusCode;
    stream.headers = res.headers;
    let text = '';
    res.setEncoding('utf8').on('data', part => {
      text += part;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const fields = Object.fromEntries(text.slice(0, end).split('\n').filter(l => l && !l.startsWith(':'))
          .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
        if (fields.id) stream.lastId = fields.id;
        if (fields.event) stream.events.push({...fields, data: JSON.parse(fields.data)});
      }
    }).on('error', () => {});
  }).on('error', () => {});
  stream.close = () => stream.request.destroy();
  stream.until = async (fits, ms = 10_000) => {
    for (let waited = 0; waited < ms; waited += 10) {
      const found = stream.events.find(fits);
      if (found) return found;
      await sleep(10);
    }
    assert.fail(`no such event; heard ${stream.events.map(e => e.event)}`);
  };
  return stream;
}

test('the event stream is closed to strangers', async () => {
  await anonymous.expect(401, 'GET', '/api/events');
});

test('every committed event is heard, and what was missed comes after a reconnect', async () => {
  const stream = listen();
  await stream.until(e => e.event === 'hello');
  assert.match(stream.headers['content-type'], /^text\/event-stream/);
  assert.match(stream.headers['cache-control'], /no-(cache|store)/);
  const {id} = await admin.post('/videos', {title: 'Streamed'}, 201);
  await admin.patch(`/videos/${id}`, {title: 'Streamed on'});
  const heard = await stream.until(e => e.event === 'video_updated');
  assert.deepEqual([heard.data.event_type, heard.data.payload.video_id], ['video_updated', id]);
  const last = heard.id;
  stream.close();
  await admin.patch(`/videos/${id}`, {title: 'While away'});
  await admin.patch(`/videos/${id}`, {album: 'While away'});
  const again = listen({'last-event-id': last});
  await again.until(e => e.event === 'video_updated' && e.data.payload.fields_changed.includes('album'));
  assert.equal(again.events.filter(e => e.event === 'video_updated').length, 2);
  assert.ok(again.events.filter(e => e.id).every(e => Number(e.id) > Number(last)));
  again.close();
});

test('who was away for too long is told to reload', async () => {
  const stream = listen({'last-event-id': '0'});
  await stream.until(e => ['reload', 'video_created'].includes(e.event));
  stream.close();
  for (const id of ['x', '-1', '99999999999999999999999']) {
    const odd = listen({'last-event-id': id});
    await odd.until(e => e.event === 'hello');
    odd.close();
  }
});

test('a reader that never reads is dropped, not waited for', async () => {
  const lazy = http.get(`${server.url}/api/events`, {agent: false, headers: {authorization: `Bearer ${server.token}`}}, res => res.pause());
  lazy.on('error', () => {});
  const reader = listen();
  await reader.until(e => e.event === 'hello');
  const {id} = await admin.post('/videos', {title: 'Busy'}, 201);
  for (let i = 0; i < 200; i++) await admin.patch(`/videos/${id}`, {album: `${'x'.repeat(200)} ${i}`});
  await reader.until(() => reader.events.filter(e => e.event === 'video_updated').length >= 200, 20_000);
  lazy.destroy();
  reader.close();
});

test('the registry shows every setting, its source and limits, and no secret', async () => {
  await admin.post('/settings', {key: 'PLEX_TOKEN', value: 'very secret token'});
  const reply = await admin.expect(200, 'GET', '/api/settings/registry');
  const rows = Array.isArray(reply.json) ? reply.json : reply.json.settings ?? reply.json.items;
  assert.ok(rows.length > 50);
  assert.equal(new Set(rows.map(r => r.key)).size, rows.length);
  assert.ok(!reply.text.includes('very secret token'));
});

test('files of the page are served from its folder only', async () => {
  for (const path of ['/assets/../../../etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets//etc/passwd', '/assets/..%2f..%2fetc%2fpasswd', '/assets/']) {
    const reply = await anonymous.send('GET', path);
    assert.ok(reply.status >= 300, `${path}: ${reply.status}`);
    assert.ok(!reply.text.includes('root:'));
  }
});
