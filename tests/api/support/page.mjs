// A page of another origin, as a browser runs it: the origin in every request, a preflight where the rules ask
// for one, cookies by their path, no reading of what was not allowed; and what the original project's client
// adds to that: a token in its store, one silent renewal on 401, then the request once more.
import assert from 'node:assert/strict';
import {request} from './client.mjs';
import {noteHit} from './schemas.mjs';
import {Socket} from './sockets.mjs';

// What a script may read of a reply without it being exposed.
const alwaysReadable = new Set(['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma']);
const simpleMethods = new Set(['GET', 'HEAD', 'POST']);

export class Page {
  constructor(server, {origin = 'http://localhost:3000', prefix = ''} = {}) {
    Object.assign(this, {server, origin, prefix, token: null, cookies: new Map(), allowed: new Set()});
  }

  // Asks the server first, unless the request is one that any form could have sent.
  async preflight(method, path, names) {
    const asked = [...names].sort();
    const key = `${method} ${path} ${asked}`;
    if (this.allowed.has(key)) return;
    const reply = await request(this.server.url, 'OPTIONS', path, {headers: {origin: this.origin, 'access-control-request-method': method,
      ...asked.length && {'access-control-request-headers': asked.join(',')}}});
    const what = `preflight of ${method} ${path}`;
    assert.equal(reply.status, 200, what);
    assert.equal(reply.headers['access-control-allow-origin'], this.origin, what);
    assert.equal(reply.headers['access-control-allow-credentials'], 'true', what);
    const list = name => (reply.headers[name] ?? '').toLowerCase().split(/\s*,\s*/);
    assert.ok(simpleMethods.has(method) || list('access-control-allow-methods').includes(method.toLowerCase()), `${what}: ${reply.headers['access-control-allow-methods']}`);
    for (const name of asked) assert.ok(list('access-control-allow-headers').includes(name), `${what}: ${name}`);
    assert.equal(reply.headers['access-control-max-age'], '600', what);
    this.allowed.add(key);
  }

  cookiesFor(path) {
    const fitting = [...this.cookies.values()].filter(one => path === one.path || path.startsWith(one.path.replace(/\/?$/, '/')));
    return fitting.map(one => `${one.name}=${one.value}`).join('; ');
  }

  keep(lines = []) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const attribute = key => attributes.find(one => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      assert.ok(attributes.some(one => /^httponly$/i.test(one)), 'a script can read the cookie');
      if (attribute('max-age') === '0' || value === '') this.cookies.delete(name);
      else this.cookies.set(name, {name, value, path: attribute('path') ?? '/'});
    }
  }

  // fetch() with credentials. `json` is sent as JSON, `auth: false` leaves the token out.
  async fetch(method, path, {json, auth = true, query = ''} = {}) {
    const full = this.prefix + path + (query && `?${query}`);
    const headers = {...json !== undefined && {'content-type': 'application/json'}, ...auth && this.token && {authorization: `Bearer ${this.token}`}};
    if (!simpleMethods.has(method) || Object.keys(headers).length) await this.preflight(method, full, Object.keys(headers));
    const cookie = this.cookiesFor(full.split('?')[0]);
    const reply = await request(this.server.url, method, full, {body: json === undefined ? undefined : JSON.stringify(json),
      headers: {...headers, origin: this.origin, referer: `${this.origin}/`, ...cookie && {cookie}}});
    if (this.server.contracts) noteHit(this.server.contracts.find(method, full), method, full, reply.status);
    assert.equal(reply.headers['access-control-allow-origin'], this.origin, `${method} ${full}: the page may not read the reply`);
    assert.equal(reply.headers['access-control-allow-credentials'], 'true', `${method} ${full}`);
    assert.match(reply.headers.vary ?? '', /origin/i, `${method} ${full}`);
    this.keep(reply.headers['set-cookie']);
    return reply;
  }

  // A header that a script of this origin can read; undefined when it was not exposed.
  readable(reply, name) {
    const exposed = (reply.headers['access-control-expose-headers'] ?? '').toLowerCase().split(/\s*,\s*/);
    return alwaysReadable.has(name) || exposed.includes(name) ? reply.headers[name] : undefined;
  }

  // The client's own wrapper: one renewal on 401; `detail` when it is text, else the status.
  async api(method, path, json, {query, status = [200, 201, 202, 204]} = {}) {
    let reply = await this.fetch(method, path, {json, query});
    if (reply.status === 401 && await this.refresh()) reply = await this.fetch(method, path, {json, query});
    const wanted = [status].flat();
    assert.ok(wanted.includes(reply.status), `${method} ${path}: ${reply.status} ${reply.text.slice(0, 500)}`);
    return reply.status === 204 ? null : reply.json;
  }

  async refresh() {
    const reply = await this.fetch('POST', '/auth/refresh', {auth: false});
    if (reply.status !== 200) return false;
    this.token = reply.json.access_token;
    return true;
  }

  // The token's end, as the client reads it to plan its renewal.
  expiry() {
    const parts = this.token.split('.');
    assert.equal(parts.length, 3);
    return JSON.parse(Buffer.from(parts[1], 'base64url')).exp;
  }

  // The socket that every screen of the client opens: token first, then all jobs with those at work.
  async socket() {
    const socket = await Socket.open(this.server.ws(`${this.prefix}/ws/events`), {origin: this.origin});
    socket.send({type: 'auth', token: this.token});
    assert.equal((await socket.next()).type, 'auth_success');
    socket.send({type: 'subscribe_jobs', job_types: null, job_ids: null, include_active_state: true});
    await socket.next('subscribe_jobs_success');
    socket.state = await socket.next('job_state');
    return socket;
  }
}
