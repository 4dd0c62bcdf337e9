// Starts the echo server that the build has made. MEDLEY_BUILD names the build folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.MEDLEY_BUILD ? path.resolve(process.env.MEDLEY_BUILD) : path.join(root, 'build');
export const program = path.join(build, 'tests/live/live_echo_server');
export const missing = existsSync(program) ? false : `${program} is not built`;

export async function start(...args) {
  const child = spawn(program, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const url = line.toString().trim();
  return {
    url,
    port: Number(new URL(url).port),
    counts: async () => (await fetch(`${url}/count`)).json(),
    // Resolves to the exit code: sanitizers report leaks through it.
    async stop() {
      const exit = once(child, 'exit');
      child.stdin.end();
      const [code, signal] = await exit;
      return code ?? signal;
    },
  };
}

export function event(emitter, name) {
  return new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
}

export async function eventually(check, what) {
  for (let i = 0; i < 200; i++) {
    if (await check()) return;
    await new Promise((r) => setTimeout(r, 20));
  }
  throw new Error(`never happened: ${what}`);
}
