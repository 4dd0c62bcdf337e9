// /videos without files: sections 0.2, 0.5, 1.1, 1.2, 2.3 and 19.
import assert from 'node:assert/strict';
import test from 'node:test';
import {join} from 'node:path';
import {startServer} from '../harness.mjs';
import {table} from '../support/tables.mjs';

const server = await startServer();
const {admin} = server;
const create = fields => admin.post('/videos', fields, 201);
const titles = async query => (await admin.get('/videos', query)).items.map(v => v.title);

const fields = ['title', 'artist', 'album', 'year', 'director', 'genre', 'studio', 'isrc', 'id', 'created_at',
  'updated_at', 'is_deleted', 'deleted_at', 'status', 'status_changed_at', 'status_message', 'imvdb_video_id',
  'imvdb_url', 'youtube_id', 'vimeo_id', 'video_file_path', 'video_file_path_relative', 'nfo_file_path',
  'nfo_file_path_relative', 'file_size', 'file_checksum', 'file_verified_at', 'duration', 'width', 'height',
  'video_codec', 'audio_codec', 'container_format', 'bitrate', 'frame_rate', 'audio_channels',
  'audio_sample_rate', 'aspect_ratio', 'download_source', 'download_attempts', 'last_download_attempt_at',
  'last_download_error', 'mb_recording_id', 'mb_release_id', 'mb_canonical_title', 'mb_canonical_artist',
  'label', 'artists', 'collections', 'tags'];

test('a created video has every field, absent data as null', async () => {
  const video = await create({title: 'Bare', unknown_field: 1, status: 'archived', label: 'x'});
  assert.deepEqual(Object.keys(video).sort(), [...fields].sort());
  assert.deepEqual([video.status, video.is_deleted, video.download_attempts, video.label], ['discovered', false, 0, null]);
  assert.deepEqual([video.artists, video.collections, video.tags], [[], [], []]);
  assert.match(video.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)$/);
  assert.deepEqual(await admin.get(`/videos/${video.id}`), video);
  const history = await admin.get(`/videos/${video.id}/status-history`);
  assert.equal(history.length, 1);
  assert.deepEqual([history[0].old_status, history[0].new_status, history[0].reason], [null, 'discovered', 'Initial creation']);
});

const errors = {
  missing: 'Field required',
  short: n => `String should have at least ${n} character`,
  long: n => `String should have at most ${n} characters`,
  ge: n => `Input should be greater than or equal to ${n}`,
  le: n => `Input should be less than or equal to ${n}`,
  int: 'Input should be a valid integer', string: 'Input should be a valid string',
};
const invalid = [
  ['title null', {title: null}, ['body', 'title'], 'string_type', errors.string],
  ['title a number', {title: 5}, ['body', 'title'], 'string_type', errors.string],
  ['title of 501', {title: 'x'.repeat(501)}, ['body', 'title'], 'string_too_long', errors.long(500)],
  ['artist of 256', {artist: 'x'.repeat(256)}, ['body', 'artist'], 'string_too_long', errors.long(255)],
  ['genre of 101', {genre: 'x'.repeat(101)}, ['body', 'genre'], 'string_too_long', errors.long(100)],
  ['isrc of 13', {isrc: 'x'.repeat(13)}, ['body', 'isrc'], 'string_too_long', errors.long(12)],
  ['youtube_id of 51', {youtube_id: 'x'.repeat(51)}, ['body', 'youtube_id'], 'string_too_long', errors.long(50)],
  ['imvdb_url of 501', {imvdb_url: 'x'.repeat(501)}, ['body', 'imvdb_url'], 'string_too_long', errors.long(500)],
  ['year 1899', {year: 1899}, ['body', 'year'], 'greater_than_equal', errors.ge(1900)],
  ['year 2101', {year: 2101}, ['body', 'year'], 'less_than_equal', errors.le(2100)],
  ['year text', {year: 'abc'}, ['body', 'year'], 'int_parsing', `${errors.int}, unable to parse string as an integer`],
  ['year a list', {year: [1991]}, ['body', 'year'], 'int_type', errors.int],
  ['album an object', {album: {}}, ['body', 'album'], 'string_type', errors.string],
];
const target = await create({title: 'Target'});

table('PATCH says which field is wrong, where and why', invalid, async (name, body, loc, type, msg) => {
  const reply = await admin.patch(`/videos/${target.id}`, body, 422);
  assert.equal(reply.detail, 'Validation error');
  assert.equal(reply.error_type, 'validation_error');
  assert.deepEqual(reply.errors, [{loc, msg, type}]);
});

table('a body that is no object', [
  ['a list', '[]', ['body'], 'model_attributes_type', 'Input should be a valid dictionary or object to extract fields from'],
  ['a text', '"x"', ['body'], 'model_attributes_type', 'Input should be a valid dictionary or object to extract fields from'],
], async (name, body, loc, type, msg) => {
  const reply = await admin.expect(422, 'PATCH', `/videos/${target.id}`, {body, headers: {'content-type': 'application/json'}});
  assert.deepEqual(reply.json.errors, [{loc, msg, type}]);
});

test('a missing body, and malformed JSON with its offset', async () => {
  const missing = await admin.expect(422, 'POST', '/videos');
  assert.deepEqual(missing.json.errors, [{loc: ['body'], msg: 'Field required', type: 'missing'}]);
  const broken = await admin.expect(422, 'POST', '/videos', {body: '{"title": nope}', headers: {'content-type': 'application/json'}});
  const [error] = broken.json.errors;
  assert.equal(error.type, 'json_invalid');
  assert.equal(error.msg, 'JSON decode error');
  assert.equal(error.loc[0], 'body');
  assert.ok(Number.isInteger(error.loc[1]) && error.loc[1] >= 9 && error.loc[1] <= 14, JSON.stringify(error.loc));
});

test('all mistakes are listed, in the order of the fields', async () => {
  const reply = await admin.post('/videos', {isrc: 'x'.repeat(20), year: 1, title: ''}, 422);
  assert.deepEqual(reply.errors.map(e => e.loc.at(-1)), ['title', 'year', 'isrc']);
  assert.equal(reply.errors[0].type, 'string_too_short');
});

test('limits count characters, not bytes', async () => {
  const title = '東'.repeat(500);
  assert.equal((await create({title})).title, title);
  await admin.post('/videos', {title: `${title}x`}, 422);
});

test('lenient where the contract is: digit strings and whole floats are integers', async () => {
  assert.equal((await admin.patch(`/videos/${target.id}`, {year: '1991'})).year, 1991);
  assert.equal((await admin.patch(`/videos/${target.id}`, {year: 1992.0})).year, 1992);
});

test('PATCH changes only what is in the body; null clears; an empty body changes nothing', async () => {
  const video = await create({title: 'Part', artist: 'A', album: 'B', year: 1999, genre: 'Rock'});
  const changed = await admin.patch(`/videos/${video.id}`, {album: null, genre: 'Pop'});
  assert.deepEqual([changed.title, changed.artist, changed.album, changed.year, changed.genre], ['Part', 'A', null, 1999, 'Pop']);
  assert.ok(changed.updated_at >= video.updated_at);
  const same = await admin.patch(`/videos/${video.id}`, {});
  assert.equal(same.genre, 'Pop');
  assert.equal((await admin.patch(`/videos/${video.id}`, {title: ''})).title, '');
});

test('an id that is taken is 409, even by a deleted video, and nothing changes', async () => {
  await create({title: 'Owner', youtube_id: 'dQw4w9WgXcQ', imvdb_video_id: '77', vimeo_id: '88'});
  for (const field of ['youtube_id', 'imvdb_video_id', 'vimeo_id']) {
    const reply = await admin.post('/videos', {title: 'Thief', [field]: {youtube_id: 'dQw4w9WgXcQ', imvdb_video_id: '77', vimeo_id: '88'}[field]}, 409);
    assert.equal(reply.error_type, 'duplicate_record');
  }
  const other = await create({title: 'Other'});
  await admin.patch(`/videos/${other.id}`, {title: 'Changed', youtube_id: 'dQw4w9WgXcQ'}, 409);
  assert.equal((await admin.get(`/videos/${other.id}`)).title, 'Other');
});

table('a path outside the library is refused', [
  ['/etc/passwd'], ['../x.mp4'], ['a/../../x.mp4'], [join(server.outside, 'x.mp4')], [`${server.library}-other/x.mp4`],
], async path => {
  for (const field of ['video_file_path', 'nfo_file_path']) {
    const reply = await admin.post('/videos', {title: 'Escape', [field]: path}, 400);
    assert.match(reply.detail, /library directory/);
  }
});

test('a relative path lies in the library', async () => {
  const video = await create({title: 'Filed', video_file_path: 'sub/a.mp4'});
  assert.equal(video.video_file_path_relative, 'sub/a.mp4');
  assert.equal(video.video_file_path, join(server.library, 'sub/a.mp4'));
});

table('an unknown or impossible id', [
  ['/videos/999999', 404], ['/videos/0', 404], ['/videos/-1', 404], ['/videos/abc', 422], ['/videos/1.5', 422],
  ['/videos/99999999999999999999999', 422],
], async (path, status) => {
  const reply = await admin.get(path, undefined, status);
  if (status === 404) {
    const id = Number(path.split('/')[2]);
    assert.deepEqual(reply, {detail: `Video not found: ${id}`, error_type: 'video_not_found', video_id: id});
  } else {
    assert.deepEqual(reply.errors[0].loc, ['path', 'video_id']);
    assert.equal(reply.errors[0].type, path.includes('999999') ? reply.errors[0].type : 'int_parsing');
  }
});

table('every verb on a missing video is the typed 404', [
  ['GET', ''], ['PATCH', '', {}], ['DELETE', ''], ['PATCH', '/status', {status: 'missing'}], ['POST', '/restore'],
  ['DELETE', '/permanent'], ['GET', '/status-history'], ['GET', '/jobs'], ['GET', '/stream'], ['POST', '/refresh'],
], async (method, rest, json) => {
  const reply = await admin.expect(404, method, `/videos/999999${rest}`, {json});
  assert.equal(reply.json.detail, 'Video not found: 999999');
});

test('soft delete hides, restore brings back, permanent ends', async () => {
  const {id} = await create({title: 'Ephemeral', artist: 'Ghost'});
  await admin.del(`/videos/${id}`);
  await admin.get(`/videos/${id}`, undefined, 404);
  await admin.patch(`/videos/${id}`, {}, 404);
  await admin.del(`/videos/${id}`, 404);
  const hidden = await admin.get(`/videos/${id}`, {include_deleted: true});
  assert.equal(hidden.is_deleted, true);
  assert.ok(hidden.deleted_at);
  assert.deepEqual(await titles({title: 'Ephemeral'}), []);
  assert.deepEqual(await titles({title: 'Ephemeral', include_deleted: true}), ['Ephemeral']);
  assert.equal((await admin.get('/search', {q: 'Ephemeral'})).total, 0);
  assert.equal((await admin.get(`/videos/${id}/status-history`)).length, 1);
  const back = await admin.post(`/videos/${id}/restore`);
  assert.deepEqual([back.is_deleted, back.deleted_at], [false, null]);
  assert.equal((await admin.get('/search', {q: 'Ephemeral'})).total, 1);
  await admin.post(`/videos/${id}/restore`); // no-op
  await admin.del(`/videos/${id}`);
  await admin.del(`/videos/${id}/permanent`);
  await admin.get(`/videos/${id}`, {include_deleted: true}, 404);
});

test('status: any of the nine to any, history newest first, the same again is no change', async () => {
  const {id} = await create({title: 'Stateful'});
  const nine = ['queued', 'downloading', 'downloaded', 'imported', 'organized', 'missing', 'failed', 'archived', 'discovered'];
  for (const status of nine) {
    const video = await admin.patch(`/videos/${id}/status`, {status, reason: `to ${status}`, changed_by: 'test', metadata: {a: 1}});
    assert.equal(video.status, status);
    assert.ok(video.status_changed_at);
  }
  await admin.patch(`/videos/${id}/status`, {status: 'discovered'});
  const history = await admin.get(`/videos/${id}/status-history`);
  assert.equal(history.length, nine.length + 1);
  assert.deepEqual(history.map(h => h.new_status), ['discovered', ...nine.slice(0, -1).reverse(), 'discovered']);
  assert.equal(history[0].reason, 'to discovered');
  const reply = await admin.patch(`/videos/${id}/status`, {status: 'nonsense'}, 422);
  assert.deepEqual(reply.errors[0].loc, ['body', 'status']);
  assert.match(reply.errors[0].type, /^(enum|literal_error)$/);
  assert.match(reply.errors[0].msg, /^Input should be 'discovered', /);
  await admin.patch(`/videos/${id}/status`, {}, 422);
  await admin.patch(`/videos/${id}/status`, {status: 'failed', reason: 'x'.repeat(501)}, 422);
});

// --- lists ------------------------------------------------------------------------------------------

const set = [
  {title: 'Alpha', artist: 'zebra', album: 'One', year: 1970, genre: 'Rock', director: 'Ann'},
  {title: 'beta', artist: 'Yak', album: 'One', year: 1980, genre: 'Pop', director: ''},
  {title: 'Gamma 100%', artist: 'xerus', album: 'Two', year: 1990, genre: 'Hard Rock'},
  {title: 'delta_x', artist: 'Wolf', year: 2000},
  {title: 'Épsilon', artist: 'Vole', year: null, genre: 'Pop'},
].map(v => ({...v, studio: 'ListSet', imvdb_url: 'list'}));
const made = [];
for (const video of set) made.push(await create(video));
const only = {collection_name: undefined};
const list = async query => {
  const {items} = await admin.get('/videos', {page_size: 100, sort_by: 'title', sort_order: 'asc', ...query});
  return items.filter(v => v.studio === 'ListSet').map(v => v.title);
};

table('filters', [
  ['title, any case', {title: 'ALPHA'}, ['Alpha']],
  ['title is a substring', {title: 'amm'}, ['Gamma 100%']],
  ['% is a character', {title: '0%'}, ['Gamma 100%']],
  ['_ is a character', {title: 'a_x'}, ['delta_x']],
  ['artist', {artist: 'wOl'}, ['delta_x']],
  ['album', {album: 'one'}, ['Alpha', 'beta']],
  ['genre, one', {genre: 'Pop'}, ['beta', 'Épsilon']],
  ['genre, any of', {genre: ['Hard', 'Pop']}, ['beta', 'Gamma 100%', 'Épsilon']],
  ['genre, none', {genre: '__none__'}, ['delta_x']],
  ['genre, none or', {genre: ['__none__', 'Hard Rock']}, ['delta_x', 'Gamma 100%']],
  ['director none is null or empty', {director: '__none__'}, ['beta', 'delta_x', 'Gamma 100%', 'Épsilon']],
  ['director', {director: 'an'}, ['Alpha']],
  ['year', {year: 1980}, ['beta']],
  ['years', {year: [1970, 1980]}, ['Alpha', 'beta']],
  ['no year', {year: -1}, ['Épsilon']],
  ['year or none', {year: [2000, -1]}, ['delta_x', 'Épsilon']],
  ['year range', {year_min: 1980, year_max: 1990}, ['beta', 'Gamma 100%']],
  ['open range', {year_min: 1990}, ['delta_x', 'Gamma 100%']],
  ['year wins over range', {year: 1970, year_min: 1990}, ['Alpha']],
  ['all conditions AND', {genre: 'Pop', artist: 'yak'}, ['beta']],
  ['status', {status: 'discovered', title: 'alpha'}, ['Alpha']],
  ['nothing fits', {status: 'archived', title: 'alpha'}, []],
  ['untagged', {tag_name: '__none__', title: 'beta'}, ['beta']],
  ['full text', {search: 'epsilon'}, ['Épsilon']],
  ['unknown parameters are ignored', {title: 'alpha', nonsense: '1'}, ['Alpha']],
  ['injection is text', {title: "x' OR '1'='1"}, []],
], async (name, query, wanted) => {
  const sorted = words => [...words].sort();
  assert.deepEqual(sorted(await list(query)), sorted(wanted));
});

table('bad values are 422 at their place', [
  [{page: 0}, 'page', 'greater_than_equal'], [{page: -1}, 'page', 'greater_than_equal'],
  [{page_size: 0}, 'page_size', 'greater_than_equal'], [{page_size: 101}, 'page_size', 'less_than_equal'],
  [{page: 'x'}, 'page', 'int_parsing'], [{page: '1e3'}, 'page', 'int_parsing'], [{year: 'x'}, 'year', 'int_parsing'],
  [{year_min: 1899}, 'year_min', 'greater_than_equal'], [{year_max: 2101}, 'year_max', 'less_than_equal'],
  [{include_deleted: 'maybe'}, 'include_deleted', 'bool_parsing'], [{status: 'nonsense'}, 'status', null],
], async (query, field, type) => {
  const reply = await admin.get('/videos', query, 422);
  assert.deepEqual(reply.errors[0].loc.slice(0, 2), ['query', field]);
  if (type) assert.equal(reply.errors[0].type, type);
});

table('booleans in queries have many words', ['true', 'TRUE', '1', 'yes', 'on', 't', 'Y', 'false', '0', 'no', 'off', 'f', 'n'].map(w => [w]),
  async word => admin.get('/videos', {include_deleted: word}));

test('pages do not overlap, add up, and are empty past the end', async () => {
  const {total} = await admin.get('/videos');
  for (const sort_by of ['title', 'artist', 'year', 'genre', 'created_at', 'updated_at', 'status', 'director', 'album', 'nonsense']) {
    const ids = [];
    for (let page = 1; ; page++) {
      const reply = await admin.get('/videos', {page, page_size: 3, sort_by});
      assert.deepEqual([reply.page, reply.page_size, reply.total, reply.total_pages], [page, 3, total, Math.ceil(total / 3)]);
      if (!reply.items.length) break;
      ids.push(...reply.items.map(v => v.id));
    }
    assert.equal(ids.length, total, sort_by);
    assert.equal(new Set(ids).size, total, sort_by);
  }
  const empty = await admin.get('/videos', {title: 'there is no such title'});
  assert.deepEqual([empty.total, empty.total_pages, empty.items], [0, 1, []]);
  await admin.get('/videos', {page: 9007199254740993});
});

table('sorting', [
  ['year asc', {sort_by: 'year', sort_order: 'asc', year_min: 1900}, ['Alpha', 'beta', 'Gamma 100%', 'delta_x']],
  ['year desc', {sort_by: 'year', sort_order: 'DESC', year_min: 1900}, ['delta_x', 'Gamma 100%', 'beta', 'Alpha']],
  ['newest first by default', {}, set.map(v => v.title).reverse()],
  ['any other order word ascends', {sort_by: 'created_at', sort_order: 'up'}, set.map(v => v.title)],
], async (name, query, wanted) => {
  const {items} = await admin.get('/videos', {page_size: 100, ...query});
  assert.deepEqual(items.filter(v => v.studio === 'ListSet').map(v => v.title), wanted);
});

test('twenty writers at once lose nothing', async () => {
  const {id} = await create({title: 'Contended'});
  await Promise.all(Array.from({length: 20}, (_, i) => admin.patch(`/videos/${id}`, {album: `Album ${i}`})));
  const many = await Promise.all(Array.from({length: 40}, (_, i) => create({title: `Burst ${i}`, genre: 'Burst'})));
  assert.equal(new Set(many.map(v => v.id)).size, 40);
  assert.equal((await admin.get('/videos', {genre: 'Burst'})).total, 40);
});
