// A reporter for long runs: one line per file, every failure with its place and reason, counts at the end.
import {relative} from 'node:path';

const place = file => file ? relative(process.cwd(), file.replace('file://', '')) : '';

export default async function* brief(events) {
  const files = new Map();
  let file = ''; // of the top-level test: rows of a table are made elsewhere
  for await (const {type, data} of events) {
    if (data?.file && !data.file.includes('/support/')) file = place(data.file);
    if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
      const error = data.details.error.cause ?? data.details.error;
      const message = String(error?.message ?? error).replaceAll(/\u001b\[\d+m/g, '').slice(0, 700);
      const line = /\((?:file:\/\/)?[^()]*?([\w./-]+\.test\.mjs:\d+)/.exec(error?.stack ?? '')?.[1];
      yield `\u2716 ${file}${line ? ` (${line.split('/').at(-1)})` : ''}: ${data.name}\n  ${message.replaceAll('\n', '\n  ')}\n`;
    }
    if (type === 'test:pass' || type === 'test:fail') {
      const counts = files.get(file) ?? files.set(file, {pass: 0, fail: 0}).get(file);
      if (data.details?.type !== 'suite') counts[type.slice(5)]++;
    }
    if (type === 'test:diagnostic' && /^(tests|pass|fail|cancelled|skipped|duration_ms) /.test(data.message)) {
      yield `# ${data.message}\n`;
    } else if (type === 'test:diagnostic' && data.nesting > 0) {
      yield `  ${data.message}\n`;
    }
    if (type === 'test:stderr' || type === 'test:stdout') yield data.message;
  }
  for (const [file, {pass, fail}] of files) if (fail) yield `${file}: ${fail} of ${pass + fail} failed\n`;
}
