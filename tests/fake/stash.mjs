// A Stash that answers the two queries of the connection test.
import {startFake} from './fake.mjs';

export const startStash = (state = {}) => startFake('stash', {
  'POST /graphql': ({json, headers}, now) => {
    if (now.api_key && headers.apikey !== now.api_key) return {status: 401, text: 'unauthorized'};
    const data = {};
    if (/\bversion\b/.test(json.query)) data.version = {version: now.version, hash: 'abc', build_time: ''};
    if (/\bstats\b/.test(json.query)) data.stats = {scene_count: now.scenes, performer_count: now.performers};
    return {data};
  },
}, {state: {version: 'v0.25.1', scenes: 3, performers: 2, ...state}});
