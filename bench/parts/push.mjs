// 1,000 WebSocket clients: from a job's event to the client that hears of it last. Beside it, the same clients
// on a server that does nothing but send the same text to each with the `ws` package.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {here, number, percentile, sleep, temporary} from '../lib/machine.mjs';
import {Medley} from '../lib/servers.mjs';

const clients = 1000;
const jobs = 60;

class Crowd {
  static async gather(url, greetings) {
    const crowd = new Crowd();
    crowd.heard = [];
    crowd.child = fork(join(here, 'lib/crowd.mjs'), [url, String(clients), JSON.stringify(greetings)]);
    crowd.child.on('message', message => { if (message.event) crowd.heard.push(message); });
    const [message] = await once(crowd.child, 'message');
    if (message.ready !== clients) throw new Error(`only ${message.ready} of ${clients} clients: ${message.problem}`);
    return crowd;
  }

  async leave() {
    this.child.kill();
    await once(this.child, 'exit');
  }

  // Milliseconds from each event until its last client, for events that reached all.
  delays() {
    return this.heard.map(event => event.last - event.sent);
  }
}

async function ours() {
  const folder = join(temporary(), 'media');
  const empty = join(folder, 'empty');
  mkdirSync(empty, {recursive: true});
  const medley = await new Medley({libraries: [folder]}).start();
  const crowd = await Crowd.gather(`${medley.url.replace('http', 'ws')}/ws/events`,
    [{type: 'auth', token: medley.token}, {type: 'subscribe_jobs', include_active_state: false}]);
  await sleep(500);
  for (let i = 0; i < jobs; i++) {
    await medley.job((await medley.post('/jobs', {type: 'import_nfo', metadata: {directory: empty}})).id);
    await sleep(100);
  }
  await sleep(500);
  const delays = crowd.delays();
  await crowd.leave();
  await medley.stop();
  if (delays.length < 2 * jobs) throw new Error(`${delays.length} events reached everybody, expected ${2 * jobs}`);
  return delays;
}

async function beside() {
  const server = fork(join(here, 'lib/shouter.mjs'));
  const [{port}] = await once(server, 'message');
  const crowd = await Crowd.gather(`ws://127.0.0.1:${port}`, []);
  await sleep(500);
  for (let i = 0; i < 2 * jobs; i++) {
    server.send('shout');
    await sleep(70);
  }
  await sleep(500);
  await crowd.leave();
  server.kill();
  return crowd.delays();
}

export default async function push(table) {
  const a = await ours();
  const b = await beside();
  table.add({what: `event to the last of ${number(clients)} WebSockets`, ours: `median ${number(percentile(a, 0.5), ' ms')}`,
    beside: `node ws ${number(percentile(b, 0.5), ' ms')}`,
    ratio: `${(percentile(a, 0.5) / percentile(b, 0.5)).toFixed(2)} x`,
    p99: number(percentile(a, 0.99), ' ms'), besideP99: number(percentile(b, 0.99), ' ms'),
    aim: 'from the event\'s own time, before it is stored'});
}
