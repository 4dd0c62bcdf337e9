// A plain HTTP client on node:http: it sends the path exactly as written (no ".." clean-up), shows every
// header, and passes each reply through the reply check.
import assert from 'node:assert/strict';
import http from 'node:http';
import {noteHit} from './schemas.mjs';

const agent = new http.Agent({keepAlive: true, maxSockets: 32});

export function request(base, method, path, {headers = {}, body, timeout = 30_000, headersOnly} = {}) {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const req = http.request({
      host: url.hostname, port: url.port, method, path, agent, timeout,
      headers: body !== undefined && !headers['transfer-encoding']
        ? {'content-length': Buffer.byteLength(body), ...headers} : headers,
    }, res => {
      const parts = [];
      if (headersOnly) { // of a reply that may never end
        resolve(new Reply(res, Buffer.alloc(0)));
        return res.destroy();
      }
      res.on('data', part => parts.push(part));
      res.on('end', () => resolve(new Reply(res, Buffer.concat(parts))));
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error(`${method} ${path}: no answer in ${timeout} ms`)));
    req.on('error', error => reject(Object.assign(error, {what: `${method} ${path}`})));
    req.end(body);
  });
}

class Reply {
  constructor(res, bytes) {
    this.status = res.statusCode;
    this.headers = res.headers;
    this.bytes = bytes;
  }
  get text() {
    return this.bytes.toString('utf8');
  }
  get json() {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}

const query = values => {
  const pairs = Object.entries(values).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map(v => `${encodeURIComponent(key)}=${encodeURIComponent(v)}`));
  return pairs.length ? `?${pairs.join('&')}` : '';
};

export class Client {
  // prefix "" speaks to the root, "/metarr" to one API alone; headers carry the credentials.
  constructor(server, {prefix = '', headers = {}} = {}) {
    this.server = server;
    this.prefix = prefix;
    this.headers = headers;
  }
  at(prefix) {
    return new Client(this.server, {prefix, headers: this.headers});
  }
  with(headers) {
    return new Client(this.server, {prefix: this.prefix, headers: {...this.headers, ...headers}});
  }

  // The reply, whatever it is. `json` is sent as a JSON body, `body` as it stands.
  async send(method, path, {json, body, headers, query: values, timeout} = {}) {
    const full = this.prefix + path + (values ? query(values) : '');
    const all = {...this.headers, ...headers};
    if (json !== undefined) {
      body = JSON.stringify(json);
      all['content-type'] ??= 'application/json';
    }
    const reply = await request(this.server.url, method, full, {headers: all, body, timeout});
    const contracts = this.server.contracts;
    if (contracts) {
      noteHit(contracts.find(method, full), method, full, reply.status);
      contracts.check(method, full, reply);
    }
    return reply;
  }

  // The reply, which must have this status.
  async expect(status, method, path, options) {
    const reply = await this.send(method, path, options);
    const wanted = [status].flat();
    assert.ok(wanted.includes(reply.status), `${method} ${this.prefix}${path} answered ${reply.status}, ` +
      `not ${wanted.join(' or ')}: ${reply.text.slice(0, 600)}`);
    return reply;
  }

  // The usual calls: parsed JSON out, one expected status.
  async get(path, values, status = 200) {
    return (await this.expect(status, 'GET', path, {query: values})).json;
  }
  async post(path, json, status = 200, options = {}) {
    return (await this.expect(status, 'POST', path, {json, ...options})).json;
  }
  async put(path, json, status = 200, options = {}) {
    return (await this.expect(status, 'PUT', path, {json, ...options})).json;
  }
  async patch(path, json, status = 200, options = {}) {
    return (await this.expect(status, 'PATCH', path, {json, ...options})).json;
  }
  async del(path, status = 204, options = {}) {
    return (await this.expect(status, 'DELETE', path, options)).json;
  }
}
