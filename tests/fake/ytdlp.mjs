// Lays the stand-in for yt-dlp (yt-dlp.mjs) as a program with a clip to hand out, and gives its path.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const script = fileURLToPath(new URL('yt-dlp.mjs', import.meta.url));

export function layYtdlp(dir, clip, {log = ''} = {}) {
  const path = join(dir, 'yt-dlp');
  writeFileSync(path, `#!/bin/sh
FAKE_YTDLP_CLIP='${clip}' FAKE_YTDLP_LOG='${log}' exec node '${script}' "$@"
`, {mode: 0o755});
  return path;
}
