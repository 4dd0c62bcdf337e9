// The one pattern of a stand-in upstream service; README.md says how to write one.
import {once} from 'node:events';
import http from 'node:http';

// routes: {'GET /path/{id}': (request) => reply}. A request is {method, path, params, query, headers, body,
// json}; a reply is {status = 200, headers, json | text | bytes}, or a plain object, which is sent as JSON.
export async function startFake(name, routes, {state = {}} = {}) {
  const table = Object.entries(routes).map(([key, answer]) => {
    const [method, path] = key.split(' ');
    return {method, segments: path.split('/'), answer};
  });
  const fake = {name, state, requests: [], troubles: []};

  fake.server = http.createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    const url = new URL(req.url, 'http://fake');
    const request = {method: req.method, path: url.pathname, query: url.searchParams, headers: req.headers,
      body: Buffer.concat(parts), get json() { return JSON.parse(this.body); }};
    fake.requests.push(request);
    const trouble = take(fake.troubles, request);
    if (trouble?.delay_ms) await new Promise(resolve => setTimeout(resolve, trouble.delay_ms));
    if (trouble?.drop) return req.socket.destroy();
    if (trouble?.reply) return send(res, trouble.reply);
    const row = table.find(r => r.method === req.method && (request.params = match(r.segments, url.pathname)));
    send(res, row ? await row.answer(request, fake.state) : {status: 404, json: {error: 'not found'}});
  });
  fake.server.listen(0, '127.0.0.1');
  await once(fake.server, 'listening');
  fake.url = `http://127.0.0.1:${fake.server.address().port}`;

  // The next `times` requests (that fit) meet trouble: {drop}, {delay_ms}, {reply: {status: 503, ...}}.
  fake.trouble = (kind, {times = 1, path} = {}) => fake.troubles.push({...kind, times, path});
  fake.asked = (method, path) => fake.requests.filter(r => r.method === method && r.path === path);
  fake.stop = async () => {
    fake.server.closeAllConnections();
    fake.server.close();
    await once(fake.server, 'close');
  };
  return fake;
}

function take(troubles, request) {
  const found = troubles.find(t => t.times > 0 && (!t.path || t.path === request.path));
  if (found) found.times--;
  return found;
}

function match(segments, path) {
  const given = path.split('/');
  if (given.length !== segments.length) return null;
  const params = {};
  for (const [i, segment] of segments.entries()) {
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decodeURIComponent(given[i]);
    else if (segment !== given[i]) return null;
  }
  return params;
}

function send(res, reply) {
  const {status = 200, headers = {}, json, text, bytes} =
    'json' in reply || 'text' in reply || 'bytes' in reply || 'status' in reply ? reply : {json: reply};
  const body = bytes ?? text ?? (json === undefined ? '' : JSON.stringify(json));
  res.writeHead(status, {'content-type': json === undefined ? 'text/plain' : 'application/json',
    'content-length': Buffer.byteLength(body), ...headers});
  res.end(body);
}
