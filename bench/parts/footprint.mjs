// Memory at rest and time from exec to the first reply, both with 100,000 videos.
import {readFileSync} from 'node:fs';
import net from 'node:net';
import {freePort, median, now, number, sleep} from '../lib/machine.mjs';
import {library} from '../lib/library.mjs';
import {Medley} from '../lib/servers.mjs';

const starts = 7;
const restSeconds = 35;

// Asks until somebody answers.
function firstReply(port) {
  return new Promise(done => {
    const attempt = () => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('error', () => setTimeout(attempt, 1));
      socket.on('connect', () => socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
      socket.once('data', data => {
        socket.destroy();
        done(data.toString().split('\r\n')[0]);
      });
    };
    attempt();
  });
}

async function startTime(data, media) {
  const medley = new Medley({data, libraries: [media]});
  medley.port = await freePort();
  const from = now();
  await medley.launch();
  const line = await firstReply(medley.port);
  const took = now() - from;
  await medley.stop();
  if (!line.includes(' 200 ')) throw new Error(`first reply: ${line}`);
  return took * 1000;
}

const memory = pid => Object.fromEntries(readFileSync(`/proc/${pid}/status`, 'utf8').split('\n')
  .map(line => /^(VmRSS|RssAnon):\s+(\d+) kB/.exec(line)).filter(Boolean)
  .map(([, name, kib]) => [name, Number(kib) / 1024]));

export default async function footprint(table) {
  const {data, media, words} = library();
  const times = [];
  for (let i = 0; i < starts; i++) times.push(await startTime(data, media));
  table.add({what: 'exec to first reply, 100k videos', ours: number(median(times), ' ms'),
    p99: number(Math.max(...times), ' ms'), aim: '<= 150 ms'});
  const medley = await new Medley({data, libraries: [media]}).start();
  for (const path of ['/videos?page_size=50', '/videos?page_size=50&page=1500', '/videos?sort_by=artist', '/artists',
    `/search?q=${words.common}`, '/search/facets', '/tags', '/jobs'])
    await medley.send('GET', path);
  await sleep(restSeconds * 1000);
  const {VmRSS, RssAnon} = memory(medley.child.pid);
  table.add({what: `RSS after lists and ${restSeconds} s of rest`, ours: number(VmRSS, ' MiB'),
    aim: `<= 40 MB; its own pages ${number(RssAnon, ' MiB')}`});
}
