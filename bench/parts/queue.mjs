// Jobs that are enqueued, run and finished per second: through the API (a scan of an empty folder, the
// cheapest job a client can ask for) and with an empty function straight on the queue.
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {build, median, now, number, repeats, run, sleep, temporary} from '../lib/machine.mjs';
import {Medley} from '../lib/servers.mjs';
import {createDatabase, psql} from '../../tests/api/support/postgres.mjs';

const jobs = 1000;
const clients = 16;

async function throughApi(database) {
  const folder = join(temporary(), 'media');
  const empty = join(folder, 'empty');
  mkdirSync(empty, {recursive: true});
  const medley = await new Medley({libraries: [folder], database}).start();
  const from = now();
  let left = jobs;
  await Promise.all(Array.from({length: clients}, async () => {
    while (left-- > 0) await medley.post('/jobs', {type: 'import_nfo', metadata: {directory: empty}});
  }));
  const enqueued = now();
  for (let done = 0; done < jobs; await sleep(20)) {
    const metrics = await medley.get('/jobs/metrics');
    done = metrics.completed_jobs;
    if (metrics.failed_jobs) throw new Error(`${metrics.failed_jobs} jobs failed`);
    if (now() - from > 60) throw new Error(`only ${done} of ${jobs} jobs in 60 s`);
  }
  const finished = now();
  await medley.stop();
  return {enqueue: jobs / (enqueued - from), both: jobs / (finished - from)};
}

function direct(database) {
  const folder = temporary();
  const out = run(join(build, 'bench/queue_direct'), [database ?? join(folder, 'queue.db'), folder, '4000']);
  return JSON.parse(out);
}

async function onDatabase(table, name, makeDatabase) {
  for (const [what, measure] of [['jobs through the API', throughApi], ['jobs straight on the queue', direct]]) {
    const runs = [];
    for (let i = 0; i < repeats; i++) {
      const database = makeDatabase();
      runs.push(await measure(database?.url));
      database?.drop();
    }
    table.add({what: `${what}, ${name}`, ours: number(median(runs.map(r => r.both)), '/s done'),
      aim: `enqueue alone ${number(median(runs.map(r => r.enqueue)), '/s')}`});
  }
}

export default async function queue(table) {
  await onDatabase(table, 'SQLite', () => null);
  const server = process.env.MEDLEY_TEST_POSTGRES;
  if (!server) throw new Error('PostgreSQL is not installed');
  // The throwaway server does not sync; for this it does, as a real one would.
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
    psql(server, `ALTER SYSTEM SET ${setting} = on`);
  psql(server, 'SELECT pg_reload_conf()');
  await onDatabase(table, 'PostgreSQL', createDatabase);
}
