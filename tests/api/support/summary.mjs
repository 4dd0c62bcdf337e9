// After a run: which rows of the server's table were never asked, and the counts of all runs together.
// summary.mjs HITS-FOLDER LOG...
import {readFileSync, readdirSync} from 'node:fs';
import {medley} from '../harness.mjs';

const [folder, ...logs] = process.argv.slice(2);
const hits = new Map();
for (const name of readdirSync(folder)) {
  for (const line of readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n')) {
    const [api, method, path, kind] = line.split('\t');
    const key = `${api} ${method} ${path}`;
    hits.set(key, hits.get(key) === 'ok' ? 'ok' : kind);
  }
}
const rows = medley(['dump', 'routes']).out.trim().split('\n').map(line => line.split('\t'))
  .filter(([, method, , access]) => method && access !== 'socket');
const built = rows.filter(row => row[4] === 'built');
const key = ([api, method, path]) => `${api} ${method} ${path.replace(/:\w+\}/g, '}')}`;
// The page's own rows are in no document: their hits are concrete paths.
const pattern = path => new RegExp(`^${path.replace(/\{[^}]*:rest\}/g, '.*').replace(/\{[^}]*\}/g, '[^/]+')}$`);
const lookUp = row => hits.get(key(row)) ?? (row[0] !== 'web' ? undefined :
  [...hits].find(([asked]) => asked.startsWith(`web ${row[1]} `) && pattern(row[2]).test(asked.split(' ')[2]))?.[1]);
const never = built.filter(row => !lookUp(row));
const failing = built.filter(row => lookUp(row) === 'error');
const show = (title, list) => {
  if (list.length) console.log(`${title}:\n${list.map(row => `  ${key(row)}`).join('\n')}`);
};
show('routes that no test asked', never);
show('routes that never answered below 400', failing);
console.log(`${built.length} routes are built (${rows.length - built.length} answer 501), ${built.length - never.length} were asked`);

let [passed, failed] = [0, 0];
for (const log of logs) {
  const text = readFileSync(log, 'utf8');
  const sum = word => [...text.matchAll(new RegExp(`^(?:# |ℹ )${word} (\\d+)`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  passed += sum('pass');
  failed += sum('fail') + sum('cancelled');
}
console.log(`${passed} passed, ${failed} failed`);
