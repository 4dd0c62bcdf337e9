// What is done to a whole library: a bulk change, NFO files for every video, the comparison with the disk.
import {now, number, run, sideBySide} from '../lib/machine.mjs';
import {freshLibrary, library} from '../lib/library.mjs';
import {Medley} from '../lib/servers.mjs';

const videos = 10_000;
const atOnce = 500; // the contract's limit of one bulk request
const singles = 500;

const ids = (from, count) => Array.from({length: count}, (_, i) => from + i);

async function timed(action) {
  const from = now();
  const result = await action();
  return {seconds: now() - from, result};
}

// 10,000 videos in requests of 500, beside one PATCH each (500 of them).
async function bulkUpdate(table, medley) {
  let round = 0;
  const bulk = async () => {
    round++;
    const {seconds} = await timed(async () => {
      for (let first = 1; first <= videos; first += atOnce) {
        const reply = await medley.post('/videos/bulk/update', {video_ids: ids(first, atOnce), updates: {album: `Bulk ${round}`}});
        if (reply.failed_count) throw new Error(`${reply.failed_count} of ${atOnce} failed: ${JSON.stringify(reply.errors).slice(0, 200)}`);
      }
    });
    return {value: videos / seconds, seconds};
  };
  const single = async () => {
    const {seconds} = await timed(async () => {
      for (const id of ids(1, singles)) await medley.send('PATCH', `/videos/${id}`, {album: `Single ${round}`});
    });
    return {value: singles / seconds};
  };
  const r = await sideBySide(bulk, single);
  table.add({what: `bulk update of ${number(videos)} videos`, ours: number(r.ours.seconds, ' s'),
    beside: `PATCH each ${number(r.beside.value, '/s')}`, ratio: `${r.ratio.toFixed(1)} x`,
    aim: number(r.ours.value, ' videos/s')});
}

async function exportNfo(table, medley) {
  const first = await timed(() => medley.post('/exports/nfo', {}));
  const second = await timed(() => medley.post('/exports/nfo', {}));
  if (first.result.exported_count !== videos || second.result.exported_count !== 0)
    throw new Error(`exported ${first.result.exported_count}, then ${second.result.exported_count}`);
  table.add({what: `NFO files of ${number(videos)} videos`, ours: number(first.seconds, ' s'),
    aim: number(videos / first.seconds, ' files/s')});
  table.add({what: '  again, nothing to write', ours: number(second.seconds, ' s'),
    aim: number(videos / second.seconds, ' files/s')});
}

// Beside find, which reads size and time of the same files.
async function verify(table) {
  const {data, media} = library();
  const medley = await new Medley({data, libraries: [media]}).start();
  const compare = async () => {
    const {seconds, result} = await timed(() => medley.get('/files/library/verify'));
    if (result.videos_checked !== 100_000) throw new Error(JSON.stringify(result).slice(0, 300));
    return {value: seconds};
  };
  const find = async () => ({value: (await timed(async () =>
    run('bash', ['-c', 'find "$1" -printf "%s %T@ %p\\n" >/dev/null', 'bash', media]))).seconds});
  await compare();
  const r = await sideBySide(compare, find);
  table.add({what: 'verify of a library of 100,000', ours: number(r.ours.value, ' s'),
    beside: `find ${number(r.beside.value, ' s')}`, ratio: `${r.ratio.toFixed(1)} x`});
}

export default async function whole(table) {
  const {data, media} = freshLibrary(videos);
  const medley = await new Medley({data, libraries: [media]}).start();
  await bulkUpdate(table, medley);
  await exportNfo(table, medley);
  await medley.stop();
  await verify(table);
}
