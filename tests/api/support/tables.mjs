// Tables as tests: one named subtest per row.
import test from 'node:test';

const word = cell => String(typeof cell === 'string' ? cell : JSON.stringify(cell)).slice(0, 60);

export function table(name, rows, run) {
  test(name, async t => {
    for (const row of rows) {
      const label = row.name ?? row.filter(cell => typeof cell !== 'function').map(word).join(' ');
      await t.test(label.slice(0, 160), () => Array.isArray(row) ? run(...row) : run(row));
    }
  });
}
