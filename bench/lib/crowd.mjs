// A process full of WebSocket clients: crowd.mjs URL COUNT GREETINGS. Tells its parent when all are there, then
// of every event that has reached each of them: when it was sent (its own timestamp) and when the last one had it.
import {createRequire} from 'node:module';

const {WebSocket} = createRequire(new URL('../../tests/package.json', import.meta.url))('ws');
const [url, countText, greetingsText] = process.argv.slice(2);
const count = Number(countText);
const greetings = JSON.parse(greetingsText);
const clock = () => performance.timeOrigin + performance.now();

// Microseconds, which Date drops.
function timeOf(text) {
  const [, fraction] = /\.(\d+)/.exec(text) ?? [null, '0'];
  return Math.floor(Date.parse(text) / 1000) * 1000 + Number(`0.${fraction}`) * 1000;
}

const seen = new Map(); // the event's bytes -> how many clients have it
function onMessage(data) {
  const key = data.toString('latin1');
  const had = (seen.get(key) ?? 0) + 1;
  if (had < count) {
    seen.set(key, had);
    return;
  }
  const last = clock();
  seen.delete(key);
  const event = JSON.parse(data);
  process.send({event: event.event_type, sent: timeOf(event.timestamp), last});
}

function join() {
  return new Promise((done, fail) => {
    const socket = new WebSocket(url, {perMessageDeflate: false});
    let expected = greetings.length;
    const ready = () => {
      socket.off('message', answer);
      socket.on('message', onMessage);
      done();
    };
    const answer = data => {
      if (/error/.test(JSON.parse(data).type)) fail(new Error(String(data)));
      if (--expected === 0) ready();
    };
    socket.on('message', answer);
    socket.on('error', fail);
    socket.on('open', () => {
      for (const greeting of greetings) socket.send(JSON.stringify(greeting));
      if (!expected) ready();
    });
  });
}

let here = 0;
let problem = '';
try {
  for (; here < count; here += 50) await Promise.all(Array.from({length: Math.min(50, count - here)}, join));
} catch (error) {
  problem = error.message;
}
process.send({ready: here, problem});
