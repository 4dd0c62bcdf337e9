// A WebSocket server that sends one text to every client whenever its parent says so.
import {createRequire} from 'node:module';

const {WebSocketServer} = createRequire(new URL('../../tests/package.json', import.meta.url))('ws');
const server = new WebSocketServer({host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 1024},
  () => process.send({port: server.address().port}));

let number = 0;
process.on('message', () => {
  const sent = performance.timeOrigin + performance.now();
  const timestamp = new Date(sent).toISOString().replace(/\.\d+Z/, `.${String(Math.floor(sent % 1000 * 1000)).padStart(6, '0')}Z`);
  const text = JSON.stringify({event_type: 'job_completed', timestamp, payload: {job_id: crypto.randomUUID(),
    job_type: 'import_nfo', job_number: ++number, result: {imported: 0, skipped: 0, failed: 0, total_files: 0,
      duration_seconds: 0.002912, failed_tracks: [], initial_status: 'discovered', videos_with_files: 0}}});
  for (const client of server.clients) client.send(text);
});
