// IMVDb: videos and the people who made them. Answers in the service's shapes, with its irregularities: years
// as text, no picture as [], titles that are numbers, names of entities that are null, counts that disagree.
import {startFake} from './fake.mjs';

export const key = 'imvdb-key';
const artist = name => ({name, slug: slug(name), url: `https://imvdb.com/n/${slug(name)}`});
const slug = name => String(name).toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
const credit = (name, code, position, id) => ({position_name: position, position_code: code, entity_name: name,
  entity_slug: slug(name), entity_id: id, position_notes: null, position_id: id,
  entity_url: `https://imvdb.com/n/${slug(name)}`});

// A video as /video/{id} gives it; lists show the first half.
export const video = (id, by, title, {year = 2013, featured = [], directors = ['Diane Martel'], youtube = [], vimeo, image} = {}) => ({
  id, production_status: 'r', song_title: title, song_slug: slug(title), url: `https://imvdb.com/video/${slug(by)}/${slug(title)}`,
  multiple_versions: false, version_name: null, version_number: 1, is_imvdb_pick: false, aspect_ratio: null, year,
  verified_credits: false, artists: [artist(by)],
  image: image ?? Object.fromEntries([...'olbts'].map(size => [size, `https://s3.amazonaws.com/images.imvdb.com/video/${id}_${size}v.jpg?v=7`])),
  sources: [...youtube.map((source_data, i) => ({source: 'youtube', source_slug: 'youtube', source_data, is_primary: i === 0})),
    ...vimeo ? [{source: 'vimeo', source_slug: 'vimeo', source_data: vimeo, is_primary: false}] : []],
  directors: directors.map((name, i) => credit(name, 'dir', 'Director', 31567 + i)),
  credits: {total_credits: directors.length + 1,
    crew: [...directors.map((name, i) => credit(name, 'dir', 'Director', 31567 + i)), credit('David Robertson', 'prod', 'Producer', 31568)],
    cast: [{entity_name: by, entity_slug: slug(by), entity_id: 60802, cast_roles: [], position_id: 60802}]},
  release_date_stamp: 1358640000, release_date_string: 'January 20, 2013',
  featured_artists: featured.map(artist),
});

export const world = () => ({
  key,
  videos: [
    video(121779770452, 'Robin Thicke', 'Blurred Lines', {featured: ['T.I.', 'Pharrell Williams'],
      youtube: ['zwT6DZCQi9k', 'yyDUC1LUXSU', 'zwT6DZCQi9k'], vimeo: 64611906}),
    video(968122970313, 'Robin Thicke', 'Rollacoasta', {year: '2009', directors: ['Hype Williams', 'Robin Thicke']}),
    video(222092747228, 'Robin Thicke', 1984, {year: '', image: [], directors: []}),
    video(310000000001, 'Björk', 'Jóga', {year: 1997, directors: ['Michel Gondry'], youtube: ['BNcRHOrBmqI']}),
    video(310000000002, 'Björk', 'Humúríus „Nótt“ 夜', {year: 1998, directors: ['Michel Gondry'],
      youtube: [{video_id: 'object-id-1'}]}),
    video(410000000001, 'Nirvana', 'Smells Like Teen Spirit', {year: 1991, directors: ['Samuel Bayer'], youtube: ['hTWKbfoikeg']}),
  ],
  entities: [
    {id: 838673, name: null, slug: 'robin-thicke', url: 'https://imvdb.com/n/robin-thicke', discogs_id: 292681, byline: null,
      bio: null, image: 'https://imvdb.com/', artist_video_count: 4, featured_video_count: 0, artist: 'Robin Thicke'},
    {id: 2001, name: 'Björk', slug: 'bjork', url: 'https://imvdb.com/n/bjork', discogs_id: '1', byline: '', bio: 'Singer',
      image: '', artist_video_count: 2, featured_video_count: 1, artist: 'Björk'},
    {id: 3001, name: 'Nirvana', slug: 'nirvana', url: 'https://imvdb.com/n/nirvana', discogs_id: 125246, byline: null,
      bio: null, image: null, artist_video_count: 1, featured_video_count: 0, artist: 'Nirvana'},
    {id: 4001, name: 'Robin Nobody', slug: 'robin-nobody', url: null, discogs_id: null, byline: null, bio: null, image: null,
      artist_video_count: 0, featured_video_count: 3, artist: 'Robin Nobody'},
  ],
});

const item = ({sources, directors, credits, featured_artists, release_date_stamp, release_date_string, ...rest}) => rest;
const words = text => String(text).toLowerCase().normalize('NFKD').match(/[\p{L}\p{N}]+/gu) ?? [];
const matches = (q, text) => words(q).every(word => words(text).includes(word));
const notFound = {status: 404, json: {error: {code: 404, message: 'Not found'}}};

function refusal({headers, query}, {key: wanted}) {
  if (!headers['user-agent']) return {status: 403, text: 'Forbidden'};
  if (headers['imvdb-app-key'] !== wanted) return {status: 401, json: {error: 'Invalid app key'}};
  if (Number(query.get('per_page') ?? 25) > 50 || Number(query.get('page') ?? 1) < 1) return {status: 400, json: {error: 'Bad page'}};
  return null;
}

function page(list, query, count = 'total_results') {
  const [number, size] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 25)];
  return {[count]: list.length, current_page: number, per_page: size, total_pages: Math.ceil(list.length / size),
    results: list.slice((number - 1) * size, number * size)};
}
const guarded = answer => (request, state) => refusal(request, state) ?? answer(request, state);

export const startImvdb = (state = {}) => startFake('imvdb', {
  'GET /search/videos': guarded(({query}, {videos}) =>
    page(videos.filter(v => matches(query.get('q'), `${v.artists[0].name} ${v.song_title}`)).map(item), query)),
  'GET /search/entities': guarded(({query}, {entities}) =>
    page(entities.filter(e => matches(query.get('q'), e.artist)).map(({artist: _, ...e}) => e), query, 'total')),
  'GET /video/{id}': guarded(({params, query}, {videos}) => {
    const found = videos.find(v => v.id === Number(params.id));
    if (!found) return notFound;
    const wanted = query.get('include')?.split(',') ?? [];
    return {json: {...item(found), ...wanted.includes('sources') && {sources: found.sources},
      ...wanted.includes('credits') && {directors: found.directors, credits: found.credits},
      ...wanted.includes('featured') && {featured_artists: found.featured_artists}}};
  }),
  'GET /entity/{id}': guarded(({params, query}, {videos, entities}) => {
    const found = entities.find(e => e.id === Number(params.id));
    if (!found) return notFound;
    const {artist: name, ...shown} = found;
    const list = videos.filter(v => v.artists[0].name === name).map(item);
    const wanted = query.get('include')?.split(',') ?? [];
    return {json: {...shown,
      ...wanted.includes('artist_videos') && {artist_videos: {total_videos: list.length, videos: page(list, query).results}},
      ...wanted.includes('featured_videos') && {featured_artist_videos: {total_videos: 0, videos: []}}}};
  }),
}, {state: {...world(), ...state}});

export const imvdbEnv = fake => ({MEDLEY_PROVIDERS_IMVDB_BASE_URL: fake.url, IMVDB_APP_KEY: key});
