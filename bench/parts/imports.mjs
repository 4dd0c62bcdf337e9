// A playlist of 500 tracks becomes music videos, through the stand-in for Spotify: one job, beside a program that
// reads the same tracks from the same server and posts one video each.
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {spotifyEnv, startSpotify, track} from '../../tests/fake/spotify.mjs';
import {now, number, sideBySide, sleep, temporary} from '../lib/machine.mjs';
import {Medley} from '../lib/servers.mjs';

const tracks = 500;
let round = 0;

// Each round another playlist, so that every track is new. Without pictures: their host would be asked.
function newPlaylist(spotify) {
  const id = `bench${round++}`;
  spotify.state.playlists[id] = {name: id, description: '', tracks: Array.from({length: tracks}, (_, i) => {
    const one = track(`${id}t${i}`, `Band ${i % 50}`, `Song ${i} of ${id}`, {isrc: `BB${String(round).padStart(3, '0')}${String(i).padStart(7, '0')}`});
    return {...one, album: {...one.album, images: []}};
  })};
  return id;
}

async function byJob(medley, spotify) {
  const playlist = newPlaylist(spotify);
  const from = now();
  const {job_id: id} = await medley.post('/add/spotify', {playlist_id: playlist});
  let job;
  do {
    await sleep(20);
    job = await medley.get(`/jobs/${id}`);
  } while (['pending', 'running', 'waiting'].includes(job.status));
  const seconds = now() - from;
  if (job.result?.imported !== tracks) throw new Error(`${job.status}: ${job.error} ${JSON.stringify(job.result)}`);
  return {value: tracks / seconds, seconds};
}

async function byHand(medley, spotify) {
  const playlist = newPlaylist(spotify);
  const from = now();
  const {tracks: all} = await medley.get(`/spotify/playlists/${playlist}/tracks/all`);
  for (const one of all) {
    await medley.post('/videos', {title: one.name, artist: one.artists[0].name, album: one.album.name, isrc: one.external_ids?.isrc});
  }
  return {value: all.length / (now() - from)};
}

export default async function imports(table) {
  const spotify = await startSpotify();
  const media = join(temporary(), 'imports');
  mkdirSync(media, {recursive: true});
  const medley = await new Medley({libraries: [media], env: spotifyEnv(spotify)}).start();
  const r = await sideBySide(() => byJob(medley, spotify), () => byHand(medley, spotify));
  table.add({what: `import of a playlist of ${number(tracks)}`, ours: number(r.ours.seconds, ' s'),
    beside: `one POST each ${number(r.beside.value, '/s')}`, ratio: `${r.ratio.toFixed(1)} x`, aim: number(r.ours.value, ' tracks/s')});
  await medley.stop();
  await spotify.stop();
}
