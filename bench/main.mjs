// Runs the parts that are named, in their order, and prints the table.
import os from 'node:os';
import {finish, Table} from './lib/machine.mjs';

const parts = ['lists', 'stream', 'scan', 'queue', 'push', 'footprint', 'library', 'imports'];
const asked = process.argv.slice(2);
const unknown = asked.filter(name => !parts.includes(name));
if (unknown.length) {
  console.error(`bench/run: no part ${unknown.join(', ')}; there are: ${parts.join(' ')}`);
  process.exit(2);
}

const table = new Table();
const start = Date.now();
let status = 0;
for (const name of parts.filter(part => !asked.length || asked.includes(part))) {
  console.error(`== ${name}`);
  try {
    await (await import(`./parts/${name}.mjs`)).default(table);
  } catch (error) {
    table.failed(name, error);
    status = 1;
  }
  await finish();
}
const load = os.loadavg().map(number => number.toFixed(1)).join(' ');
console.log(`\n${os.cpus().length} x ${os.cpus()[0].model.trim()}, load ${load}, ` +
  `${Math.round((Date.now() - start) / 1000)} s\n`);
table.print();
process.exit(status);
