// MusicBrainz: a search for recordings that reads the few forms of its query language that are used, and
// releases with labels. Refuses requests without a User-Agent that names a contact, and (`strict`, the
// default) more than about one a second.
import {startFake} from './fake.mjs';

const credit = name => [{name, artist: {id: `mbid-${name}`, name, 'sort-name': name}}];
export const release = (id, title, {date = '1991-09-24', status = 'Official', type = 'Album', secondary, label = 'DGC'} = {}) => ({
  id, title, status, date, country: 'US', label,
  'release-group': {id: `group-${id}`, title, 'primary-type': type, ...secondary && {'secondary-types': [].concat(secondary)}}});
export const recording = (id, by, title, {isrcs = [], date = '1991-09-10', video = null, disambiguation, releases = [], tags = []} = {}) => ({
  id, score: 100, title, length: 301133, video, 'artist-credit': credit(by), 'first-release-date': date, isrcs, disambiguation,
  releases, tags: tags.map(([name, count]) => ({name, count}))});

export const world = () => ({
  strict: true,
  recordings: [
    recording('rec-video', 'Nirvana', 'Smells Like Teen Spirit', {video: true, date: '1991-01-01'}),
    recording('rec-live', 'Nirvana', 'Smells Like Teen Spirit', {disambiguation: 'live, Amsterdam', date: '1991-02-01',
      releases: [release('rel-live', 'Live at Paradiso')]}),
    recording('rec-teen', 'Nirvana', 'Smells Like Teen Spirit', {isrcs: ['USGF19942501'],
      releases: [release('rel-hits', 'Greatest Hits', {secondary: 'Compilation', date: '1990-01-01'}),
        release('rel-single', 'Smells Like Teen Spirit', {type: 'Single', date: '1991-09-10'}), release('rel-never', 'Nevermind')],
      tags: [['grunge', 12], ['rock', 8], ['seen live', 1]]}),
    recording('rec-joga', 'Björk', 'Jóga', {isrcs: ['GBAAA9700001'], date: '1997-09-22', tags: [['electronic', 5], ['art pop', 3], ['trip hop', 2]],
      releases: [release('rel-homo', 'Homogenic', {date: '1997-09-22', label: 'One Little Indian'})]}),
  ],
});

const fold = text => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
const unescape = text => text.replace(/\\(.)/g, '$1');
const value = (query, field) => {
  const found = new RegExp(`(?:^|\\s)${field}:(?:"((?:[^"\\\\]|\\\\.)*)"|(\\S+))`).exec(query);
  return found && unescape(found[1] ?? found[2]);
};

function search(query, {recordings}) {
  const isrc = value(query, 'isrc');
  if (isrc) return recordings.filter(r => r.isrcs.includes(isrc));
  const [title, by] = [value(query, 'recording'), value(query, 'artist')];
  return recordings.filter(r => title && by && fold(r.title).includes(fold(title)) && fold(r['artist-credit'][0].name).includes(fold(by)));
}

const guarded = answer => (request, state) => {
  if (!/^\S+\/\S+ \(.*\S.*\)$/.test(request.headers['user-agent'] ?? '')) return {status: 403, json: {error: 'Identify yourself'}};
  if (request.query.get('fmt') !== 'json') return {status: 200, headers: {'content-type': 'application/xml'}, text: '<metadata/>'};
  const now = Date.now();
  const since = now - (state.last ?? 0);
  state.last = now;
  if (state.strict && since < 700) {
    return {status: 503, headers: {'retry-after': '1'}, json: {error: 'Your requests are exceeding the allowable rate limit.'}};
  }
  return answer(request, state);
};

export const startMusicbrainz = (state = {}) => startFake('musicbrainz', {
  'GET /recording': guarded(({query}, now) => {
    const limit = Number(query.get('limit') ?? 25);
    if (limit > 100) return {status: 400, json: {error: 'limit too large'}};
    const found = search(query.get('query'), now);
    const bare = found.map(r => ({...r, releases: r.releases.map(({label, ...rest}) => rest)}));
    return {created: new Date().toISOString(), count: found.length, offset: 0, recordings: bare.slice(0, limit)};
  }),
  'GET /release/{id}': guarded(({params}, {recordings}) => {
    const found = recordings.flatMap(r => r.releases).find(r => r.id === params.id);
    if (!found) return {status: 404, json: {error: 'Not Found', help: 'https://musicbrainz.org/development/mmd'}};
    const {label, ...rest} = found;
    return {json: {...rest, 'label-info': [{'catalog-number': '1', label: null}, {'catalog-number': '2', label: {id: 'l', name: label}}]}};
  }),
}, {state: {...world(), ...state}});

export const musicbrainzEnv = fake => ({MEDLEY_PROVIDERS_MUSICBRAINZ_BASE_URL: fake.url});
