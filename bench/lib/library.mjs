// The library of 100,000 videos: made once with the server's own catalog code, used through copies.
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build, here, root, run, temporary} from './machine.mjs';

export const count = 100_000;
export const cache = join(here, '.cache');
const home = join(cache, `library-${count}`);
export const media = join(home, 'media');

// Made again when the schema, the search index, the generator or the place changes.
function stampOf() {
  const hash = createHash('sha256').update(home);
  const model = join(root, 'src/model');
  const files = [...readdirSync(model).filter(name => /^schema/.test(name)).sort().map(name => join(model, name)),
    join(root, 'src/domain/catalog/index.c'), join(root, 'src/base/fold.c'), join(here, 'dataset.c')];
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function make() {
  const stamp = join(home, 'stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf()) return;
  console.error(`   making ${count.toLocaleString('en-US')} videos (once) ...`);
  const old = `${home}.old`; // removed afterwards: ext4 is slow to reuse what was just deleted
  rmSync(old, {recursive: true, force: true});
  if (existsSync(home)) renameSync(home, old);
  mkdirSync(join(home, 'data'), {recursive: true});
  mkdirSync(media);
  run(join(build, 'bench/dataset'), [String(count), join(home, 'data'), media], {stdio: ['ignore', 'ignore', 'pipe']});
  writeFileSync(stamp, stampOf());
  rmSync(old, {recursive: true, force: true});
}

// A data folder of one's own, and the words that searches look for.
export function library() {
  make();
  const data = join(temporary(), 'data');
  cpSync(join(home, 'data'), data, {recursive: true});
  return {data, media, words: JSON.parse(readFileSync(join(home, 'data', 'words.json'), 'utf8'))};
}

// A library to write into: made anew, gone with the part.
export function freshLibrary(videos) {
  const folder = temporary();
  const data = join(folder, 'data');
  const own = join(folder, 'media');
  mkdirSync(data);
  mkdirSync(own);
  run(join(build, 'bench/dataset'), [String(videos), data, own], {stdio: ['ignore', 'ignore', 'pipe']});
  return {data, media: own};
}
