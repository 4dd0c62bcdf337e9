// The reply check: every JSON reply is held against the schema that the server's own OpenAPI states for
// that route and status, and errors against the one shape that each API has for them.
import Ajv2020 from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import {appendFileSync} from 'node:fs';

export const systems = ['fuzzbin', 'harmony', 'stashhog', 'haas', 'metarr'];

// "" (the root) and one prefix per system -> route lists made from its document.
export class Contracts {
  constructor() {
    this.mounts = new Map();
  }

  add(prefix, document) {
    const ajv = new Ajv2020({strict: false, allErrors: true, validateFormats: false});
    ajv.addSchema(document, 'api');
    const routes = [];
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        routes.push({
          path, operation, method: method.toUpperCase(), api: operation['x-api'],
          segments: path.split('/'), checks: new Map(),
        });
      }
    }
    this.mounts.set(prefix, {ajv, routes, document});
  }

  split(path) {
    const first = path.split('/')[1];
    return systems.includes(first) ? [first, path.slice(first.length + 1) || '/'] : ['', path];
  }

  // All rows that a request may belong to; literal segments come first, as in the router.
  find(method, pathWithQuery) {
    const [prefix, path] = this.split(pathWithQuery.split('?')[0]);
    const mount = this.mounts.get(prefix);
    if (!mount) return [];
    const wanted = path.split('/');
    const fits = mount.routes.filter(route => route.method === method && matches(route.segments, wanted));
    const literals = route => route.segments.filter(s => !s.startsWith('{')).length;
    const best = Math.max(0, ...fits.map(literals));
    return fits.filter(route => literals(route) === best).map(route => ({...route, mount, prefix}));
  }

  check(method, path, reply) {
    if (method === 'HEAD' || !/\bjson\b/.test(reply.headers['content-type'] ?? '')) return;
    const rows = this.find(method, path);
    if (reply.status >= 400) {
      const apis = rows.length ? rows.map(row => row.api) : [this.split(path)[0]];
      checkError(apis, reply, `${method} ${path}`);
      return;
    }
    if (!rows.length || /[?&]fields=/.test(path)) return; // who asks for some fields gets those alone
    const problems = rows.map(row => problemOf(row, reply));
    assert.ok(problems.some(p => !p), `${method} ${path}: reply is not what its route row says: ` +
      `${problems.find(Boolean)}\n${reply.text.slice(0, 600)}`);
  }
}

function matches(segments, wanted) {
  if (segments.length > wanted.length) return false;
  return segments.every((s, i) => s.startsWith('{') ? wanted[i] !== '' : s === wanted[i]) &&
    (segments.length === wanted.length || /^\{(path|rest)\}$/.test(segments.at(-1)));
}

function problemOf(row, reply) {
  const stated = row.operation.responses[String(reply.status)];
  if (!stated) return `status ${reply.status} is not documented`;
  const schema = stated.content?.['application/json']?.schema;
  if (!schema) return null;
  const validate = compiled(row, reply.status, schema);
  return validate(reply.json) ? null : row.mount.ajv.errorsText(validate.errors, {dataVar: 'reply'});
}

function compiled(row, status, schema) {
  if (!row.checks.has(status)) {
    // References are local to the document; compile the schema with the document as its base.
    const rebased = JSON.parse(JSON.stringify(enveloped(row.api, schema)).replaceAll('"#/', '"api#/'));
    row.checks.set(status, row.mount.ajv.compile(rebased));
  }
  return row.checks.get(status);
}

const count = {type: 'integer', minimum: 0};
const object = properties => ({type: 'object', properties, required: Object.keys(properties)});

// A row states what is inside; the page and the envelope around it belong to the API.
function enveloped(api, schema) {
  const page = schema['x-page'] === true;
  if (api === 'fuzzbin' && page) {
    return object({items: schema, total: count, page: count, page_size: count, total_pages: count});
  }
  if (api === 'stashhog' && page) {
    return object({items: schema, total: count, page: count, per_page: count, pages: count});
  }
  if (api !== 'metarr') return schema;
  const meta = {timestamp: {type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}Z$'}};
  if (page) {
    Object.assign(meta, {page: count, limit: count, total: count, pages: count,
      has_next: {type: 'boolean'}, has_prev: {type: 'boolean'}});
  }
  const ok = object({success: {const: true}, data: schema, meta: object(meta)});
  return page ? {...ok, properties: {...ok.properties, links: {type: 'object'}}, required: [...ok.required, 'links']} : ok;
}

const errorShapes = {
  fuzzbin: body => ['string', 'object'].includes(typeof body.detail),
  harmony: body => ['string', 'object'].includes(typeof body.detail) || body.ok === false,
  stashhog: body => body.checks !== undefined || // the readiness report
    body.success === false && typeof body.error === 'string' && typeof body.request_id === 'string',
  haas: body => typeof body.message === 'string' && body.error === body.message,
  metarr: body => body.success === false && typeof body.error?.code === 'string' &&
    typeof body.error?.message === 'string',
};

// `apis`: several only where documents meet at the root and the value of an id decides.
function checkError(apis, reply, what) {
  const shapes = apis.map(api => errorShapes[api]);
  if (shapes.includes(undefined)) return; // the root's own pages
  assert.ok(reply.json && shapes.some(fits => fits(reply.json)),
    `${what}: ${reply.status} is not in ${apis.join(' or ')}'s error shape: ${reply.text.slice(0, 300)}`);
}

// Which rows were asked, for the list of rows that never were. One file per process.
const hits = new Set();
export function noteHit(rows, method, path, status) {
  const kind = status < 400 ? 'ok' : 'error';
  if (!rows.length) hits.add(`web\t${method}\t${path.split('?')[0]}\t${kind}`); // the page's own, in no document
  for (const row of rows) hits.add(`${row.api}\t${row.method}\t${row.path}\t${kind}`);
}
process.on('exit', () => {
  if (process.env.MEDLEY_TEST_HITS && hits.size) {
    appendFileSync(`${process.env.MEDLEY_TEST_HITS}/${process.pid}`, [...hits].join('\n') + '\n');
  }
});
