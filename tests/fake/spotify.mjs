// Spotify: the Web API and, at the same address, its accounts service. `development: true` lives by the rules
// for self-made applications since 2026: /items with `item`, pages of ten, no reading of several at once, no
// external_ids. Tokens have an end (`life_s`), and `forget()` makes all of them invalid at once.
import {startFake} from './fake.mjs';

export const credentials = {id: 'spotify-id', secret: 'spotify-secret'};
const error = (status, message, headers) => ({status, headers, json: {error: {status, message}}});

export const track = (id, by, name, {isrc = null, album = 'An Album', album_id = `al-${album}`, date = '1991-09-24', artist_id = `ar-${by}`} = {}) => ({
  id, name, uri: `spotify:track:${id}`, type: 'track', is_local: false,
  artists: [].concat(by).map(artist => ({id: by === artist ? artist_id : `ar-${artist}`, name: artist, type: 'artist', uri: `spotify:artist:${artist}`,
    href: `https://api.spotify.com/v1/artists/${artist}`})),
  album: {id: album_id, name: album, album_type: 'album', release_date: date, release_date_precision: 'day',
    uri: `spotify:album:${album_id}`, images: [{height: 640, url: `https://i.scdn.co/image/${id}`, width: 640}]},
  duration_ms: 222200, popularity: 73, explicit: false, external_ids: isrc ? {isrc} : {}, disc_number: 1, track_number: 2,
});

export const world = () => ({
  ...credentials,
  development: false,
  life_s: 3600,
  tokens: new Set(),
  playlists: {
    mix: {name: 'Mix „Tape“ 夜', description: 'One of each', tracks: [
      track('t1', 'Nirvana', 'Smells Like Teen Spirit - 2015 Remaster', {isrc: 'USGF19942501', album: 'Nevermind'}),
      track('t2', 'Björk', 'Jóga', {isrc: 'GBAAA9700001', album: 'Homogenic', date: '1997'}),
      null, // was taken away
      {...track('e1', 'A Show', 'An Episode'), type: 'episode'},
      {...track('x', 'Me', 'My own file'), id: null, is_local: true},
      track('t3', ['Robin Thicke', 'T.I.'], 'Blurred Lines (feat. T.I.)', {isrc: 'USUM71302150', album: 'Blurred Lines', date: '2013-07-30'}),
    ]},
    empty: {name: 'Empty', description: '', tracks: []},
  },
  albums: {'al-Nevermind': {label: 'DGC'}, 'al-Homogenic': {label: 'One Little Indian'}},
  artists: {'ar-Nirvana': ['grunge', 'rock'], 'ar-Björk': ['art pop', 'electronica']},
});

const guarded = answer => (request, state) => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return error(401, 'No token provided');
  if (!state.tokens.has(token) && token !== state.fixed) return error(401, 'The access token expired');
  return answer(request, state);
};

function entries(kind) {
  return guarded(({params, query}, state) => {
    const list = state.playlists[params.id];
    if (!list) return error(404, 'Resource not found');
    if (kind === (state.development ? 'tracks' : 'items')) return error(state.development ? 403 : 404, 'Not available');
    const [limit, offset] = [Number(query.get('limit') ?? 20), Number(query.get('offset') ?? 0)];
    if (limit < 1 || limit > (state.development ? 10 : 100)) return error(400, 'Invalid limit');
    return pageOf(params.id, list, limit, offset, state);
  });
}

function pageOf(id, list, limit, offset, {development}) {
  const href = `https://api.spotify.com/v1/playlists/${id}/${development ? 'items' : 'tracks'}`;
  const link = at => `${href}?offset=${at}&limit=${limit}`;
  return {href, limit, offset, total: list.tracks.length, next: offset + limit < list.tracks.length ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    items: list.tracks.slice(offset, offset + limit).map(one => ({added_at: '2016-10-11T13:44:40Z', added_by: {id: 'somebody'},
      is_local: one?.is_local ?? false, [development ? 'item' : 'track']: development && one ? without(one) : one}))};
}
const without = ({external_ids, popularity, ...rest}) => rest;
const several = (kind, most, make) => guarded(({query}, state) => {
  if (state.development) return error(403, 'Forbidden');
  const ids = query.get('ids').split(',');
  if (ids.length > most) return error(400, 'Too many ids requested');
  return {[kind]: ids.map(id => id in state[kind] ? make(id, state[kind][id]) : null)};
});
const single = (kind, make) => guarded(({params}, state) =>
  params.id in state[kind] ? make(params.id, state[kind][params.id]) : error(404, 'Resource not found'));
const album = (id, fields) => ({id, name: id.slice(3), uri: `spotify:album:${id}`, images: [], release_date: '1991', ...fields});
const artist = (id, genres) => ({id, name: id.slice(3), uri: `spotify:artist:${id}`, genres});

export async function startSpotify(state = {}) {
  const fake = await startFake('spotify', {
    'POST /api/token': ({headers, body}, now) => {
      const wanted = `Basic ${Buffer.from(`${now.id}:${now.secret}`).toString('base64')}`;
      if (headers.authorization !== wanted) return {status: 400, json: {error: 'invalid_client', error_description: 'Invalid client'}};
      if (new URLSearchParams(body.toString()).get('grant_type') !== 'client_credentials') return {status: 400, json: {error: 'unsupported_grant_type'}};
      const token = `token-${now.tokens.size + 1}-${Math.random()}`;
      now.tokens.add(token);
      return {access_token: token, token_type: 'Bearer', expires_in: now.life_s};
    },
    'GET /playlists/{id}': guarded(({params}, now) => {
      const list = now.playlists[params.id];
      if (!list) return error(404, 'Resource not found');
      return {collaborative: false, description: list.description, id: params.id, name: list.name, owner: {id: 'somebody', display_name: 'Somebody'},
        public: null, uri: `spotify:playlist:${params.id}`, snapshot_id: 's', images: [],
        [now.development ? 'items' : 'tracks']: pageOf(params.id, list, 100, 0, now)};
    }),
    'GET /playlists/{id}/tracks': entries('tracks'),
    'GET /playlists/{id}/items': entries('items'),
    'GET /tracks/{id}': guarded(({params}, now) => Object.values(now.playlists).flatMap(list => list.tracks)
      .find(one => one?.id === params.id) ?? error(404, 'Resource not found')),
    'GET /albums': several('albums', 20, album),
    'GET /artists': several('artists', 50, artist),
    'GET /albums/{id}': single('albums', album),
    'GET /artists/{id}': single('artists', artist),
  }, {state: {...world(), ...state}});
  fake.forget = () => fake.state.tokens.clear();
  return fake;
}

export const spotifyEnv = fake => ({MEDLEY_PROVIDERS_SPOTIFY_BASE_URL: fake.url, MEDLEY_PROVIDERS_SPOTIFY_ACCOUNTS_BASE_URL: fake.url,
  SPOTIFY_CLIENT_ID: credentials.id, SPOTIFY_CLIENT_SECRET: credentials.secret});
