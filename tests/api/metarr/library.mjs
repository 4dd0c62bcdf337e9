// A server with a scanned movie library and a scanned TV library, as Metarr's door makes them.
import {join} from 'node:path';
import {startServer} from '../harness.mjs';
import {layMovies, layShows} from '../support/media.mjs';

export async function metarrServer(options = {}) {
  const server = await startServer({...options, lay: s => {
    layMovies(join(s.library, 'Features'));
    layShows(join(s.library, 'Telly'));
    options.lay?.(s);
  }});
  const api = server.admin;
  const add = async (name, folder, type) => (await api.post('/api/v1/libraries',
    {name, path: join(server.library, folder), type}, 201)).data;
  return {server, api, add, scan: id => scan(server, id)};
}

export async function scan(server, id, body) {
  const {data} = await server.admin.post(`/api/v1/libraries/${id}/scan`, body);
  return waitJob(server, data.job_id);
}

// The finished job in Metarr's words; its children are finished, too.
export async function waitJob(server, id, wanted = 'completed') {
  const until = Date.now() + 60_000;
  for (;;) {
    const {data} = await server.admin.get(`/api/v1/jobs/${id}`);
    if (['completed', 'failed', 'cancelled'].includes(data.status)) {
      if (wanted && data.status !== wanted) throw new Error(`job ${id} ${data.status}: ${data.error}`);
      await server.idle();
      return data;
    }
    if (Date.now() > until) throw new Error(`job ${id} still ${data.status}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}
