// The first scan of real clips beside one ffprobe per file; a scan of 100,000 unchanged files beside find.
import {existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {now, number, run, sideBySide, temporary} from '../lib/machine.mjs';
import {cache, library} from '../lib/library.mjs';
import {Medley} from '../lib/servers.mjs';

const clips = 2000;
const kinds = 20;
const sample = 34; // times three repeats

function makeClip(folder, number) {
  const path = join(folder, `${number}.${number % 3 ? 'mp4' : 'mkv'}`);
  const sizes = ['320x180', '480x270', '640x360', '426x240'];
  run('ffmpeg', ['-v', 'error', '-y',
    '-f', 'lavfi', '-i', `testsrc2=size=${sizes[number % 4]}:rate=${[24, 25, 30][number % 3]}:duration=${2 + number % 4}`,
    '-f', 'lavfi', '-i', `sine=frequency=${220 + 40 * number}:duration=${2 + number % 4}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', path]);
  return path;
}

// Bytes that a demuxer skips and no two files share: a `free` box, or a Void element.
function tail(path, number) {
  const text = String(number).padStart(8, '0');
  return path.endsWith('.mp4') ? Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('free' + text)])
    : Buffer.concat([Buffer.from([0xec, 0x88]), Buffer.from(text)]);
}

function makeClips() {
  const folder = join(cache, `clips-${clips}`);
  if (existsSync(folder)) return folder;
  console.error(`   making ${clips} clips (once) ...`);
  const part = `${folder}.part`;
  rmSync(part, {recursive: true, force: true});
  mkdirSync(part, {recursive: true});
  const first = temporary();
  const made = Array.from({length: kinds}, (_, i) => makeClip(first, i));
  for (let i = 0; i < clips; i++) {
    const from = made[i % kinds];
    const artist = `Artist ${String(i % 97).padStart(2, '0')}`;
    mkdirSync(join(part, artist), {recursive: true});
    writeFileSync(join(part, artist, `${artist} - Song ${i}${from.slice(-4)}`),
      Buffer.concat([readFileSync(from), tail(from, i)]));
  }
  renameSync(part, folder);
  return folder;
}

async function scanOnce(medley, folder) {
  const from = now();
  const job = await medley.job((await medley.post('/scan', {directory: folder})).job_id);
  return {seconds: now() - from, result: job.result};
}

async function firstScan(folder) {
  const medley = await new Medley({libraries: [folder]}).start();
  const {seconds, result} = await scanOnce(medley, folder);
  await medley.stop();
  rmSync(join(folder, '.medley-root'), {force: true});
  if (result.imported !== clips) throw new Error(`imported ${result.imported} of ${clips}`);
  return {value: clips / seconds};
}

let turn = 0;
function ffprobeEach(folder) {
  const files = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile()).map(entry => join(entry.parentPath ?? entry.path, entry.name)).sort();
  const step = Math.floor(files.length / sample);
  const chosen = Array.from({length: sample}, (_, i) => files[i * step + turn % step]);
  turn++;
  const from = now();
  run('bash', ['-c', 'for file; do ffprobe -v error -of json -show_format -show_streams -i "$file" >/dev/null || exit 1; done',
    'bash', ...chosen]);
  return {value: sample / (now() - from)};
}

async function first(table) {
  const folder = makeClips();
  const r = await sideBySide(() => firstScan(folder), () => ffprobeEach(folder));
  table.add({what: `first scan of ${number(clips)} clips`, ours: number(r.ours.value, ' files/s'),
    beside: `ffprobe each ${number(r.beside.value, ' files/s')}`, ratio: `${r.ratio.toFixed(1)} x`, aim: '>= 30 x'});
}

async function again(table) {
  const {data, media} = library();
  const medley = await new Medley({data, libraries: [media]}).start();
  const find = () => {
    const from = now();
    run('bash', ['-c', 'find "$1" -printf "%s %T@ %p\\n" >/dev/null', 'bash', media]);
    return {value: now() - from};
  };
  const rescan = async () => {
    const {seconds, result} = await scanOnce(medley, media);
    if (result.unchanged !== 100_000) throw new Error(`unchanged: ${JSON.stringify(result).slice(0, 400)}`);
    return {value: seconds};
  };
  find();
  await rescan();
  const r = await sideBySide(rescan, find);
  table.add({what: 'scan of 100,000 unchanged files', ours: number(r.ours.value, ' s'),
    beside: `find ${number(r.beside.value, ' s')}`, ratio: `${r.ratio.toFixed(2)} x`, aim: '<= 2 x the time'});
}

export default async function scan(table) {
  await first(table);
  await again(table);
}
