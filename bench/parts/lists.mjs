// Lists, one row, search and facets of 100,000 videos, beside nginx with the same bytes in a file.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {here, number, percent, sideBySide, temporary} from '../lib/machine.mjs';
import {library} from '../lib/library.mjs';
import {load} from '../lib/load.mjs';
import {Medley, Nginx} from '../lib/servers.mjs';

export default async function lists(table) {
  const {data, media, words} = library();
  const folder = temporary();
  const medley = await new Medley({data, libraries: [media]}).start();
  const nginx = await new Nginx(folder).start();
  const questions = [
    ['one video', '/videos/50000', '>= 60 %'],
    ['50 of 100k, first page', '/videos?page_size=50', '>= 25 %'],
    ['50 of 100k, page 1,500', '/videos?page_size=50&page=1500', '>= 25 %'],
    ['50 of 100k by artist', '/videos?page_size=50&sort_by=artist&sort_order=asc', '>= 25 %'],
    [`search "${words.common}"`, `/search?q=${words.common}`, 'p99 < 10 ms'],
    [`search "${words.rare}"`, `/search?q=${words.rare}`, 'p99 < 10 ms'],
    ['facets', '/search/facets', ''],
  ];
  for (const [i, [what, path, aim]] of questions.entries()) {
    const bytes = await medley.send('GET', path);
    writeFileSync(join(folder, `${i}.json`), bytes);
    const found = JSON.parse(bytes);
    const size = `${(bytes.length / 1024).toFixed(1)} KiB`;
    const finds = what.startsWith('search') ? `, ${number(found.total)} finds` : '';
    await load(medley, path, {duration: 1});
    const r = await sideBySide(() => load(medley, path), () => load(nginx, `/${i}.json`));
    table.add({what: `${what} (${size}${finds})`, ours: number(r.ours.value, '/s'),
      beside: `nginx ${number(r.beside.value, '/s')}`, ratio: percent(r.ratio),
      p99: number(r.ours.p99, ' ms'), besideP99: number(r.beside.p99, ' ms'),
      aim: [aim, `CPU ${number(r.ours.cpu, ' us')} : ${number(r.beside.cpu, ' us')}`].filter(Boolean).join('; ')});
    const anew = await load(medley, path, {script: join(here, 'lib/anew.lua')});
    table.add({what: '  the same, each made anew', ours: number(anew.value, '/s'),
      beside: `nginx ${number(r.beside.value, '/s')}`, ratio: percent(anew.value / r.beside.value),
      p99: number(anew.p99, ' ms'), besideP99: number(r.beside.p99, ' ms'),
      aim: `CPU ${number(anew.cpu, ' us')}`});
    if (!what.startsWith('search')) continue;
    const alone = {connections: 1, threads: 1, duration: 1};
    const one = await sideBySide(() => load(medley, path, alone), () => load(nginx, `/${i}.json`, alone));
    table.add({what: '  the same, one client', ours: number(one.ours.value, '/s'),
      beside: `nginx ${number(one.beside.value, '/s')}`, ratio: percent(one.ratio),
      p99: number(one.ours.p99, ' ms'), besideP99: number(one.beside.p99, ' ms'), aim});
  }
}
