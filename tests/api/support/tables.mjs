// Tables as tests: one named subtest per row.
import test from 'node:test';

export function table(name, rows, run) {
  test(name, async t => {
    for (const row of rows) {
      const label = row.name ?? row[0];
      await t.test(typeof label === 'string' ? label : JSON.stringify(label), () =>
        Array.isArray(row) ? run(...row) : run(row));
    }
  });
}
