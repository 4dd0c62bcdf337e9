// A file of 1 GiB, whole and in ranges, beside nginx with sendfile on the same file.
import {closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync} from 'node:fs';
import {randomFillSync} from 'node:crypto';
import {join} from 'node:path';
import {now, number, percent, run, runAsync, seconds, sideBySide, temporary} from '../lib/machine.mjs';
import {cache} from '../lib/library.mjs';
import {load} from '../lib/load.mjs';
import {Medley, Nginx} from '../lib/servers.mjs';

const size = 2 ** 30;
const rangeBytes = 4 * 2 ** 20;
const parallel = 4;

// A real clip with a `free` box of random bytes behind it, so that a scan takes it for what it is.
function makeFile(folder) {
  const path = join(folder, 'Measured - One Gibibyte.mp4');
  if (existsSync(path)) return path;
  mkdirSync(folder, {recursive: true});
  const part = join(folder, 'part.mp4');
  run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:duration=1',
    '-pix_fmt', 'yuv420p', part]);
  const fd = openSync(part, 'a');
  const head = Buffer.alloc(16);
  const length = Number(run('stat', ['-c', '%s', part]));
  head.writeUInt32BE(1, 0);
  head.write('free', 4);
  head.writeBigUInt64BE(BigInt(size - length), 8);
  writeSync(fd, head);
  const block = Buffer.alloc(1 << 20);
  for (let left = size - length - 16; left > 0; left -= block.length)
    writeSync(fd, randomFillSync(block), 0, Math.min(left, block.length));
  closeSync(fd);
  renameSync(part, path);
  return path;
}

async function whole(server, path) {
  const before = server.cpu();
  const from = now();
  await Promise.all(Array.from({length: parallel}, () => runAsync('curl', ['-sSf', '-o', '/dev/null',
    ...server.authorization ? ['-H', server.authorization] : [], server.url + path])));
  return {value: parallel * size / (now() - from), cpu: (server.cpu() - before) / parallel};
}

async function ranges(server, path, script) {
  const r = await load(server, path, {connections: 8, threads: 2, script, duration: seconds});
  return {value: r.value * rangeBytes, cpu: r.cpu * (size / rangeBytes) / 1e6, p99: r.p99};
}

const speed = bytes => number(bytes / 2 ** 20, ' MiB/s');
const row = (what, r) => ({what, ours: speed(r.ours.value), beside: `nginx ${speed(r.beside.value)}`,
  ratio: percent(r.ratio), aim: `>= 95 %; CPU ${number(r.ours.cpu, ' s')} : ${number(r.beside.cpu, ' s')} per GiB`});

export default async function stream(table) {
  const folder = join(cache, 'stream');
  const file = makeFile(folder);
  const medley = await new Medley({libraries: [folder]}).start();
  const nginx = await new Nginx(folder).start();
  await medley.job((await medley.post('/scan', {directory: folder})).job_id);
  const {items} = await medley.get('/videos');
  if (items[0]?.file_size !== size) throw new Error('the scan did not find the file');
  const path = `/videos/${items[0].id}/stream`;
  const other = `/${encodeURIComponent(file.slice(folder.length + 1))}`;
  const script = join(temporary(), 'ranges.lua');
  writeFileSync(script, `
request = function()
    local from = math.random(0, ${size / rangeBytes - 1}) * ${rangeBytes}
    wrk.headers["Range"] = string.format("bytes=%d-%d", from, from + ${rangeBytes - 1})
    return wrk.format("GET")
end
`);
  await whole(nginx, other);
  table.add(row(`1 GiB whole, ${parallel} clients`,
    await sideBySide(() => whole(medley, path), () => whole(nginx, other))));
  table.add(row('1 GiB in ranges of 4 MiB, 8 clients',
    await sideBySide(() => ranges(medley, path, script), () => ranges(nginx, other, script))));
}
