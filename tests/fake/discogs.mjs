// Discogs: masters, releases, an artist's releases. Says its limits in every answer, refuses what the service
// refuses: no User-Agent, no credentials, pages of more than a hundred, more than the minute allows.
import {startFake} from './fake.mjs';

export const credentials = {key: 'discogs-key', secret: 'discogs-secret'};

export const master = (id, by, title, {year = 1991, tracks = [], genres = ['Rock'], styles = ['Grunge'], want = 10, have = 20, artist_id = 125246} = {}) => ({
  id, by, want, have, year, artist_id, title, genres, styles,
  main_release: id + 1000000, most_recent_release: id + 1000001, resource_url: `https://api.discogs.com/masters/${id}`,
  uri: `https://www.discogs.com/master/${id}`, versions_url: `https://api.discogs.com/masters/${id}/versions`,
  main_release_url: `https://api.discogs.com/releases/${id + 1000000}`, num_for_sale: 3592, lowest_price: 1.18,
  images: [{type: 'primary', uri: '', resource_url: '', uri150: '', width: 600, height: 583}],
  tracklist: tracks.map((name, i) => ({position: String(i + 1), type_: 'track', title: name, duration: '5:01'})),
  artists: [{name: by, anv: '', join: '', role: '', tracks: '', id: artist_id, resource_url: `https://api.discogs.com/artists/${artist_id}`}],
  data_quality: 'Correct', videos: [{uri: 'https://www.youtube.com/watch?v=hTWKbfoikeg', title, description: title, duration: 279, embed: true}],
});

export const world = () => ({
  ...credentials,
  limit: 60,
  masters: [
    master(13814, 'Nirvana', 'Nevermind', {tracks: ['Smells Like Teen Spirit', 'In Bloom', 'Come As You Are']}),
    master(42473, 'Nirvana', 'From The Muddy Banks Of The Wishkah', {year: 1996, tracks: ['School', 'Aneurysm']}),
    master(50000, 'Nirvana', 'Nobody Has It', {have: 0, tracks: ['Smells Like Teen Spirit']}),
    master(90001, 'Björk', 'Homogenic', {year: 1997, genres: ['Electronic'], styles: ['Trip Hop'], tracks: ['Hunter', 'Jóga'], artist_id: 1}),
  ],
  releases: [{id: 1, status: 'Accepted', year: 1999, resource_url: '/releases/1', uri: 'https://www.discogs.com/release/1',
    artists: [{id: 1, name: 'Persuader, The', resource_url: '/artists/1', anv: '', join: '', role: '', tracks: ''}],
    labels: [{name: 'Svek', entity_type: '1', catno: 'SK032', resource_url: '/labels/5', id: 5, entity_type_name: 'Label'}],
    formats: [{qty: '2', descriptions: ['12"'], name: 'Vinyl'}], title: 'Stockholm', country: 'Sweden', released: '1999-03-00',
    genres: ['Electronic'], styles: ['Deep House'], tracklist: [{duration: '4:45', position: 'A', title: 'Östermalm'}],
    extraartists: [], videos: [], series: [], companies: [], notes: 'Recorded at the Globe studio', data_quality: 'Correct'}],
});

const result = m => ({country: 'US', year: String(m.year), format: ['CD', 'Album'], label: ['DGC', 'Geffen Records, Inc.'], type: 'master',
  genre: m.genres, style: m.styles, id: m.id, barcode: ['7 20642 51052 0'], master_id: m.id, master_url: m.resource_url,
  uri: `/master/${m.id}`, catno: 'DGCD-25105', title: `${m.by} - ${m.title}`, thumb: `https://i.discogs.com/${m.id}-150.jpeg`,
  cover_image: `https://i.discogs.com/${m.id}.jpeg`, resource_url: m.resource_url, community: {want: m.want, have: m.have}});
const words = text => String(text ?? '').toLowerCase().normalize('NFKD').match(/[\p{L}\p{N}]+/gu) ?? [];
const has = (asked, text) => words(asked).every(word => words(text).includes(word));
const notFound = noun => ({status: 404, json: {message: `${noun} not found.`}});

function paged(list, query, name) {
  const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 50)];
  return {pagination: {page, pages: Math.max(1, Math.ceil(list.length / size)), per_page: size, items: list.length, urls: {}},
    [name]: list.slice((page - 1) * size, page * size)};
}

const guarded = answer => (request, state) => {
  const {headers, query} = request;
  state.used = (state.used ?? 0) + 1;
  const limits = {'x-discogs-ratelimit': String(state.limit), 'x-discogs-ratelimit-used': String(state.used),
    'x-discogs-ratelimit-remaining': String(Math.max(0, state.limit - state.used))};
  const say = (status, json) => ({status, json, headers: limits});
  if (!headers['user-agent']) return {status: 403, text: 'Forbidden'};
  if (state.used > state.limit) return {status: 429, json: {message: 'You are making requests too quickly.'}, headers: {...limits, 'retry-after': '60'}};
  if (headers.authorization !== `Discogs key=${state.key}, secret=${state.secret}`) {
    return say(401, {message: 'You must authenticate to access this resource.'});
  }
  if (Number(query.get('per_page') ?? 50) > 100) return say(422, {message: 'per_page too large'});
  const reply = answer(request, state);
  return 'status' in reply && 'json' in reply ? {...reply, headers: limits} : say(200, reply);
};

export const startDiscogs = (state = {}) => startFake('discogs', {
  'GET /database/search': guarded(({query}, {masters}) => {
    if (query.get('type') === 'release') return paged(masters.map(m => ({...result(m), type: 'release', id: m.main_release})), query, 'results');
    const found = masters.filter(m => has(query.get('artist'), m.by) && has(query.get('q'), `${m.by} ${m.title}`) &&
      (!query.get('track') || m.tracklist.some(t => has(query.get('track'), t.title))) &&
      !(query.get('format') === 'album' && m.single));
    return paged(found.map(result), query, 'results');
  }),
  'GET /masters/{id}': guarded(({params}, {masters}) => {
    const found = masters.find(m => m.id === Number(params.id));
    if (!found) return notFound('Master Release');
    const {by, want, have, artist_id, ...shown} = found;
    return {json: shown, status: 200};
  }),
  'GET /releases/{id}': guarded(({params}, {releases}) => {
    const found = releases.find(r => r.id === Number(params.id));
    return found ? {json: found, status: 200} : notFound('Release');
  }),
  'GET /artists/{id}/releases': guarded(({params, query}, {masters}) => {
    const found = masters.filter(m => m.artist_id === Number(params.id));
    if (!found.length) return notFound('Artist');
    const sign = query.get('sort_order') === 'desc' ? -1 : 1;
    const list = found.map(m => ({id: m.id, type: 'master', main_release: m.main_release, artist: m.by, title: m.title, year: m.year,
      resource_url: m.resource_url, role: 'Main', thumb: '', stats: {community: {in_wantlist: m.want, in_collection: m.have}}}));
    return paged(query.get('sort') === 'year' ? list.sort((a, b) => sign * (a.year - b.year)) : list, query, 'releases');
  }),
}, {state: {...world(), ...state}});

export const discogsEnv = fake => ({MEDLEY_PROVIDERS_DISCOGS_BASE_URL: fake.url, DISCOGS_API_KEY: credentials.key,
  DISCOGS_API_SECRET: credentials.secret});
