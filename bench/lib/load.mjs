// wrk, and what its report says.
import {runAsync, seconds} from './machine.mjs';

const units = {us: 0.001, ms: 1, s: 1000, m: 60000};

// Requests per second, p99 in milliseconds, CPU microseconds of the server per request.
export async function load(server, path, {connections = 32, threads = 2, script, duration = seconds} = {}) {
  const before = server.cpu();
  const out = await runAsync('wrk', ['--latency', `-t${threads}`, `-c${connections}`, `-d${duration}s`,
    ...server.authorization ? ['-H', server.authorization] : [], ...script ? ['-s', script] : [],
    server.url + path]);
  const used = server.cpu() - before;
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out) ?? /Socket errors: (.*)/.exec(out);
  if (bad) throw new Error(`wrk ${path}: ${bad[0]}`);
  const [, late, unit] = /99%\s+([\d.]+)(us|ms|s|m)\b/.exec(out);
  const [, requests] = /(\d+) requests in/.exec(out);
  return {value: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), p99: Number(late) * units[unit],
    cpu: used / Number(requests) * 1e6};
}
