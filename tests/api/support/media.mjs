// Small real media, made once with ffmpeg and kept in the temporary folder; libraries of a test are laid
// out from them. Every laid video has bytes of its own: identity is told by content.
import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync,
  writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

const version = 2; // of the recipes below
const cache = join(tmpdir(), `medley-test-media-${version}-${process.getuid()}`);

const ffmpeg = (dir, ...args) =>
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], {cwd: dir, stdio: ['ignore', 'inherit', 'inherit']});

function make(dir) {
  const picture = size => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`];
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=44100'];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '32k'];
  writeFileSync(join(dir, 'words.srt'), '1\n00:00:00,100 --> 00:00:01,500\nHello\n');
  ffmpeg(dir, ...picture('160x90'), ...tone, '-t', '2', ...h264, '-movflags', '+faststart', 'clip.mp4');
  ffmpeg(dir, ...picture('64x36'), '-t', '0.2', ...h264.slice(0, 6), 'tiny.mp4');
  ffmpeg(dir, ...picture('320x180'), ...tone, '-i', 'words.srt', '-map', '0', '-map', '1', '-map', '2',
    '-t', '3', ...h264, '-c:s', 'srt', '-metadata:s:a:0', 'language=eng', '-metadata:s:s:0', 'language=ger',
    'film.mkv');
  ffmpeg(dir, ...picture('160x90'), '-t', '1', '-c:v', 'libvpx', '-deadline', 'realtime', 'clip.webm');
  ffmpeg(dir, '-f', 'lavfi', '-i', 'testsrc2=size=200x300', '-frames:v', '1', 'poster.jpg');
  ffmpeg(dir, '-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1', 'fanart.jpg');
}

export function media(name) {
  if (!existsSync(cache)) {
    const dir = mkdtempSync(join(tmpdir(), 'medley-test-media-new-'));
    make(dir);
    try {
      renameSync(dir, cache);
    } catch {
      rmSync(dir, {recursive: true}); // another process was first
    }
  }
  return join(cache, name);
}

const loaded = new Map();
let serial = 0;

// An MP4 with a "free" box of its own at the end: other bytes, same pictures.
export function uniqueMp4(name = 'clip.mp4', label = '') {
  if (!loaded.has(name)) loaded.set(name, readFileSync(media(name)));
  const mark = Buffer.from(`${label} ${process.pid} ${serial++}`.padEnd(56));
  const box = Buffer.alloc(8);
  box.writeUInt32BE(8 + mark.length);
  box.write('free', 4);
  return Buffer.concat([loaded.get(name), box, mark]);
}

export function lay(path, content) {
  mkdirSync(dirname(path.toString()), {recursive: true});
  writeFileSync(path, content);
}

const escape = text => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
export function nfo(root, fields) {
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map(v => typeof v === 'object' ? nfoPart(name, v) : `    <${name}>${escape(v)}</${name}>\n`));
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root}>\n${lines.join('')}</${root}>\n`;
}
const nfoPart = (name, fields) => `    <${name}>${Object.entries(fields)
  .map(([k, v]) => `<${k}>${escape(v)}</${k}>`).join('')}</${name}>\n`;

// --- music videos ---------------------------------------------------------------------------------

export const musicVideos = [
  {title: 'Smells Like Teen Spirit', artist: 'Nirvana', album: 'Nevermind', year: 1991, genre: 'Rock',
    director: 'Samuel Bayer', studio: 'DGC', tag: ['live', 'seattle']},
  {title: 'Come as You Are', artist: 'Nirvana', album: 'Nevermind', year: 1992, genre: 'Rock',
    director: 'Kevin Kerslake', studio: 'DGC', tag: ['seattle']},
  {title: 'Army of Me', artist: 'Björk', album: 'Post', year: 1995, genre: 'Electronic',
    director: 'Michel Gondry', tag: ['live']},
  {title: 'Around the World', artist: 'Daft Punk', album: 'Homework', year: 1997, genre: 'House',
    director: 'Michel Gondry'},
  {title: 'Take On Me', artist: 'a-ha', year: 1985, genre: 'Synth Pop', director: 'Steve Barron'},
  {title: '100% & <More>', artist: 'Sonic Youth', year: 1992, genre: 'Polka'},
];
// Without NFO: the file name is all there is.
export const bareVideos = [
  {file: 'Kate Bush - Running Up That Hill.mp4', artist: 'Kate Bush', title: 'Running Up That Hill'},
  {file: '東京 - 夜.mp4', artist: '東京', title: '夜'},
];
export const musicCount = musicVideos.length + bareVideos.length;

const fileName = title => title.replaceAll(/[<>/]/g, '_');

export function layMusic(dir) {
  for (const video of musicVideos) {
    const folder = join(dir, video.artist);
    lay(join(folder, `${fileName(video.title)}.mp4`), uniqueMp4('clip.mp4', video.title));
    lay(join(folder, `${fileName(video.title)}.nfo`), nfo('musicvideo', video));
    lay(join(folder, 'artist.nfo'), nfo('artist', {name: video.artist}));
  }
  for (const video of bareVideos) lay(join(dir, 'Unsorted', video.file), uniqueMp4('clip.mp4', video.file));
  return dir;
}

// Many videos that cost little each: for cancelling, killing and paging.
export function layMany(dir, count, {withNfo = true, band = 'Band'} = {}) {
  for (let i = 0; i < count; i++) {
    const artist = `${band} ${i % 50}`;
    const stem = join(dir, artist, `${artist} - Song ${String(i).padStart(5, '0')}`);
    lay(`${stem}.mp4`, uniqueMp4('tiny.mp4', `many ${i}`));
    if (withNfo) {
      lay(`${stem}.nfo`, nfo('musicvideo', {title: `Song ${String(i).padStart(5, '0')}`, year: 1980 + i % 40,
        genre: ['Rock', 'Pop', 'Metal'][i % 3], artist}));
    }
  }
  return dir;
}

// Files that no scan may stumble over. Returns what was laid: good ones are named in `good`.
export function layOdd(dir, outside) {
  mkdirSync(dir, {recursive: true});
  const clip = () => uniqueMp4();
  lay(join(outside, 'secret.mp4'), uniqueMp4('clip.mp4', 'outside'));
  writeFileSync(join(dir, 'Odd - zero.mp4'), '');
  writeFileSync(join(dir, 'Odd - truncated.mp4'), clip().subarray(0, 700));
  writeFileSync(join(dir, 'Odd - text.mp4'), 'this is no video at all\n'.repeat(50));
  writeFileSync(join(dir, 'Odd - noise.mkv'), Buffer.from(Array.from({length: 4096}, (_, i) => i * 7919 % 251)));
  execFileSync('mkfifo', [join(dir, 'Odd - fifo.mp4')]);
  symlinkSync(join(outside, 'secret.mp4'), join(dir, 'Odd - escape.mp4'));
  symlinkSync('Odd - loop.mp4', join(dir, 'Odd - loop.mp4'));
  mkdirSync(join(dir, 'folder.mp4'));
  writeFileSync(join(dir, 'Odd - new\nline.mp4'), clip());
  writeFileSync(Buffer.concat([Buffer.from(join(dir, 'Odd - latin')), Buffer.from([0xe9, 0xff]),
    Buffer.from('.mp4')]), clip());
  writeFileSync(join(dir, `Odd - ${'x'.repeat(245)}.mp4`), clip()); // 255 bytes
  writeFileSync(join(dir, 'broken.nfo'), '<musicvideo><title>never closed');
  writeFileSync(join(dir, 'bomb.nfo'), '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">' +
    '<!ENTITY b "&a;&a;&a;">]><musicvideo><title>&b;</title><artist>x</artist></musicvideo>');
  writeFileSync(join(dir, 'Odd - good.mp4'), clip());
  return {broken: ['Odd - zero.mp4', 'Odd - truncated.mp4', 'Odd - text.mp4', 'Odd - noise.mkv'],
    good: ['Odd - good.mp4']};
}

// --- movies and shows -----------------------------------------------------------------------------

export const movies = [
  {folder: 'Fight Club (1999)', file: 'Fight Club (1999).mkv', nfo: {
    title: 'Fight Club', originaltitle: 'Fight Club', year: 1999, plot: 'Soap.', tagline: 'Mischief.',
    mpaa: 'R', premiered: '1999-10-15', runtime: 139, genre: ['Drama', 'Thriller'], studio: 'Fox',
    country: 'United States', director: 'David Fincher', credits: ['Jim Uhls'], tmdbid: 550,
    imdbid: 'tt0137523', actor: [{name: 'Brad Pitt', role: 'Tyler Durden', order: 0},
      {name: 'Edward Norton', role: 'Narrator', order: 1}]}, art: true},
  {folder: 'Amélie (2001)', file: 'Amelie.2001.1080p.BluRay.x264-GROUP.mp4', nfo: {
    title: 'Amélie', originaltitle: "Le Fabuleux Destin d'Amélie Poulain", year: 2001, runtime: 122,
    genre: ['Comedy', 'Romance'], director: 'Jean-Pierre Jeunet', tmdbid: 194, imdbid: 'tt0211915',
    actor: [{name: 'Audrey Tautou', role: 'Amélie', order: 0}]}},
  {folder: 'Dune Part Two (2024)', file: 'Dune Part Two (2024).mp4'}, // no NFO: the name decides
  {folder: 'Seven (1995)', file: 'Seven (1995).mp4', nfo: {title: 'Seven', year: 1995, genre: ['Thriller'],
    director: 'David Fincher', tmdbid: 807,
    actor: [{name: 'Brad Pitt', role: 'Mills', order: 0}, {name: 'Gwyneth Paltrow', role: 'Tracy', order: 1}]}},
];

export function layMovies(dir) {
  for (const movie of movies) {
    const folder = join(dir, movie.folder);
    if (movie.file.endsWith('.mkv')) {
      mkdirSync(folder, {recursive: true});
      cpSync(media('film.mkv'), join(folder, movie.file));
    } else {
      lay(join(folder, movie.file), uniqueMp4('clip.mp4', movie.file));
    }
    if (movie.nfo) lay(join(folder, 'movie.nfo'), nfo('movie', movie.nfo));
    if (movie.art) {
      cpSync(media('poster.jpg'), join(folder, 'poster.jpg'));
      cpSync(media('fanart.jpg'), join(folder, 'fanart.jpg'));
    }
  }
  return dir;
}

export const show = {title: 'Breaking Bad', year: 2008, tmdbid: 1396, tvdbid: 81189, plot: 'Chemistry.',
  genre: ['Drama'], studio: 'AMC', status: 'Ended', premiered: '2008-01-20',
  actor: [{name: 'Bryan Cranston', role: 'Walter White', order: 0}]};
export const episodes = [
  {season: 1, episode: 1, title: 'Pilot', aired: '2008-01-20', plot: 'It starts.'},
  {season: 1, episode: 2, title: "Cat's in the Bag...", aired: '2008-01-27'},
  {season: 2, episode: 1, title: 'Seven Thirty-Seven', aired: '2009-03-08'},
];

export function layShows(dir) {
  const folder = join(dir, 'Breaking Bad (2008)');
  lay(join(folder, 'tvshow.nfo'), nfo('tvshow', show));
  cpSync(media('poster.jpg'), join(folder, 'poster.jpg'));
  for (const e of episodes) {
    const code = `S${String(e.season).padStart(2, '0')}E${String(e.episode).padStart(2, '0')}`;
    const stem = join(folder, `Season ${e.season}`, `Breaking Bad - ${code}`);
    lay(`${stem}.mp4`, uniqueMp4('clip.mp4', code));
    lay(`${stem}.nfo`, nfo('episodedetails', e));
  }
  // No NFO at all: names alone.
  lay(join(dir, 'Dark', 'Season 1', 'Dark.S01E03.1080p.mp4'), uniqueMp4('clip.mp4', 'dark'));
  return dir;
}
