#!/usr/bin/env node
// A stand-in for yt-dlp where only YouTube itself could answer. It takes the options that the real program
// takes, refuses what it would refuse, and prints what it prints. The video's id says what happens:
//
//     gone...      "Video unavailable", status 1        private...   "Private video", status 1
//     broken...    fails half way through a download    empty...     ends well and leaves no file
//     slow...      a download that takes a minute, in a child process of its own
//     anything     a small real video (FAKE_YTDLP_CLIP), at once
//
// FAKE_YTDLP_LOG: a file that gets one line of JSON for each start.
import {spawn} from 'node:child_process';
import {appendFileSync, copyFileSync, statSync, writeFileSync, writeSync} from 'node:fs';

const flags = new Set(['--ignore-config', '--no-cache-dir', '--geo-bypass', '--dump-json', '--flat-playlist',
  '--no-download', '--no-warnings', '--no-playlist', '--newline', '--version']);
const valued = new Set(['--format', '--output']);
const options = {};
const operands = [];
const args = process.argv.slice(2);
// At once: what process.exit() would cut off.
const print = text => {
  for (let bytes = Buffer.from(text); bytes.length;) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
};
const fail = (text, status = 1) => {
  writeSync(2, `ERROR: ${text}\n`);
  process.exit(status);
};

for (let i = 0; i < args.length; i++) {
  if (args[i] === '--') {
    operands.push(...args.slice(i + 1));
    break;
  }
  if (flags.has(args[i])) options[args[i]] = true;
  else if (valued.has(args[i])) options[args[i]] = args[++i];
  else if (args[i].startsWith('-')) fail(`no such option: ${args[i]}`, 2);
  else operands.push(args[i]);
}
if (process.env.FAKE_YTDLP_LOG) {
  appendFileSync(process.env.FAKE_YTDLP_LOG, `${JSON.stringify({args, pid: process.pid})}\n`);
}
if (options['--version']) {
  print('2023.03.04\n');
  process.exit(0);
}
if (operands.length !== 1) fail('You must provide at least one URL.', 2);
const [operand] = operands;

const describe = id => ({
  id, title: `Title of ${id}`, webpage_url: `https://www.youtube.com/watch?v=${id}`, channel: 'A Channel',
  channel_follower_count: 1200, view_count: 34567, duration: 215.7, thumbnail: `https://i.ytimg.com/vi/${id}/hq.jpg`,
});

const search = /^ytsearch(\d+):(.*)$/s.exec(operand);
if (search) {
  for (let i = 0; i < Math.min(Number(search[1]), 3); i++) {
    print(`${JSON.stringify({...describe(`find${i}`), title: search[2], webpage_url: undefined})}\n`);
    if (i === 0) print('{not json\n');
  }
  process.exit(0);
}

const id = /[?&]v=([^&]*)/.exec(operand)?.[1] ?? operand;
if (id.startsWith('gone')) fail(`[youtube] ${id}: Video unavailable. This video has been removed by the uploader`);
if (id.startsWith('private')) fail(`[youtube] ${id}: Private video. Sign in if you've been granted access`);
if (options['--dump-json']) {
  if (id.startsWith('broken')) fail(`[youtube] ${id}: HTTP Error 503: Service Unavailable`);
  print(`${JSON.stringify({...describe(id), formats: [{note: 'x'.repeat(200_000)}]})}\n`);
  process.exit(0);
}

const path = options['--output'].replaceAll('%%', '%');
const progress = (percent, rest) => print(`[download] ${percent}% of ${rest}\n`);
print(`[youtube] ${id}: Downloading webpage\n[download] Destination: ${path}\n`);
if (id.startsWith('broken')) {
  writeFileSync(`${path}.part`, 'half');
  progress('  50.0', '   1.00MiB at    1.00MiB/s ETA 00:01');
  fail('unable to download video data: HTTP Error 403: Forbidden');
} else if (id.startsWith('slow')) {
  writeFileSync(`${path}.part`, 'half');
  spawn('sleep', ['60'], {stdio: 'inherit'});
  process.on('SIGTERM', () => {}); // deaf, as a merging ffmpeg can be
  let percent = 0;
  setInterval(() => progress((percent += 0.5).toFixed(1).padStart(5), '~ 100.00MiB at    2.00MiB/s ETA 01:00'), 200);
} else if (!id.startsWith('empty')) {
  copyFileSync(process.env.FAKE_YTDLP_CLIP, path);
  const size = `${(statSync(path).size / 1048576).toFixed(2)}MiB`;
  progress('  12.5', `   ${size} at    2.00MiB/s ETA 00:30`);
  progress(' 100.0', `   ${size} at  Unknown B/s ETA Unknown`);
  progress('100', `   ${size} in 00:00:01 at 3.00MiB/s`);
}
