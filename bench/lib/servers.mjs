// The two servers of a comparison: Medley and nginx, both on a random loopback port.
import {once} from 'node:events';
import http from 'node:http';
import {join} from 'node:path';
import {mkdirSync, writeFileSync} from 'node:fs';
import {build, cpuSeconds, freePort, sleep, start, stop, temporary} from './machine.mjs';

const password = 'measured-side-by-side';

export class Medley {
  // {data, libraries, database, args, env}; without `data` a fresh folder.
  constructor(options = {}) {
    this.data = options.data ?? join(temporary(), 'data');
    this.libraries = options.libraries ?? [];
    this.args = [...options.database ? ['--database', options.database] : [], ...options.args ?? []];
    this.env = options.env ?? {};
    this.agent = new http.Agent({keepAlive: true, maxSockets: 64});
  }

  async launch() {
    mkdirSync(this.data, {recursive: true});
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const env = {PATH: process.env.PATH, HOME: this.data, LANG: 'C.UTF-8', TZ: 'UTC', MEDLEY_ADMIN_PASSWORD: password, ...this.env};
    this.log = '';
    this.child = start(join(build, 'medley'), ['serve', '--data-dir', this.data,
      ...this.libraries.flatMap(folder => ['--library-dir', folder]),
      '--listen', `127.0.0.1:${this.port}`, ...this.args], {env, stdio: ['ignore', 'ignore', 'pipe']});
    this.child.stderr.setEncoding('utf8').on('data', text => { this.log = (this.log + text).slice(-20000); });
    return this;
  }

  async start() {
    await this.launch();
    for (let i = 0; !/listening on/.test(this.log); i++) {
      if (i > 1500 || this.child.exitCode !== null) throw new Error(`medley did not start: ${this.log}`);
      await sleep(20);
    }
    await this.signIn();
    return this;
  }

  async signIn() {
    this.token = null;
    const reply = await this.post('/auth/login', {username: 'admin', password});
    this.token = reply.access_token;
  }

  get authorization() {
    return `Authorization: Bearer ${this.token}`;
  }

  // The reply's bytes; anything but 2xx throws.
  async send(method, path, body) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request(this.url + path, {method, agent: this.agent, headers: {
      ...this.token ? {authorization: `Bearer ${this.token}`} : {},
      ...text === undefined ? {} : {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)},
    }});
    request.end(text);
    const [reply] = await once(request, 'response');
    const chunks = [];
    for await (const chunk of reply) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (reply.statusCode >= 300) throw new Error(`${method} ${path}: ${reply.statusCode} ${bytes.toString().slice(0, 300)}`);
    return bytes;
  }

  async get(path) {
    return JSON.parse(await this.send('GET', path));
  }

  async post(path, body) {
    return JSON.parse(await this.send('POST', path, body));
  }

  // The job when it is over; completed or an error.
  async job(id, ms = 300_000) {
    for (const until = Date.now() + ms; ; await sleep(10)) {
      const job = await this.get(`/jobs/${id}`);
      if (job.status === 'completed') return job;
      if (['failed', 'cancelled', 'timeout'].includes(job.status)) throw new Error(`job ${job.type}: ${job.error}`);
      if (Date.now() > until) throw new Error(`job ${job.type} still ${job.status} (${job.current_step})`);
    }
  }

  cpu() {
    return cpuSeconds(this.child.pid);
  }

  async stop() {
    this.agent.destroy();
    await stop(this.child);
  }
}

// Serves a folder as a careful administrator would: sendfile, no access log, one worker per core,
// connections kept.
export class Nginx {
  constructor(folder) {
    this.folder = folder;
  }

  async start() {
    const home = temporary();
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(name => `    ${name}_temp_path ${home}/${name};`).join('\n');
    writeFileSync(join(home, 'nginx.conf'), `
${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
worker_processes auto;
pid ${home}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    default_type application/json;
${temp}
    server { listen 127.0.0.1:${this.port}; root ${this.folder}; }
}
`);
    this.child = start('nginx', ['-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')]);
    for (let i = 0; i < 200; i++) {
      const up = await fetch(`${this.url}/`).then(() => true, () => false);
      if (up) return this;
      await sleep(20);
    }
    throw new Error('nginx did not start');
  }

  cpu() {
    return cpuSeconds(this.child.pid);
  }

  async stop() {
    await stop(this.child);
  }
}
