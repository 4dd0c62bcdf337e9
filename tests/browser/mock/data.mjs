// A made-up library for the stand-in server: the same for everybody, any size.

const given = ["Amber", "Blue", "Cold", "Desert", "Electric", "Falling", "Golden", "Hidden", "Iron", "Jade", "Kind", "Lunar", "Midnight", "Northern",
  "Open", "Paper", "Quiet", "Red", "Silver", "Tender", "Urban", "Velvet", "Winter", "Young", "Zero", "Äther", "Éclair", "The", "Ørsted"];
const groups = ["Harbour", "Lanterns", "Signal", "Foxes", "Orchard", "Machines", "Parade", "Engine", "Choir", "Cinema", "Voltage", "Rivers", "Atlas",
  "Mirrors", "Satellites", "Gardens", "Wolves", "Circus", "Avenue", "Tides", "Empire", "Workers", "Holiday", "Theory", "Kites", "Union", "Static", "Bloom"];
const verbs = ["Chasing", "Leaving", "Under", "Beyond", "Counting", "Dreaming of", "Forget", "Hold", "Into", "Keep", "Losing", "Meet Me at", "No More",
  "Over", "Paint", "Return to", "Slow", "Talk to", "Waiting for", "Without"];
const nouns = ["the Sea", "Glass", "Tomorrow", "Neon", "Summer Rain", "the Wire", "Satellites", "Your Name", "the Coast", "Echoes", "the City", "Gravity",
  "Sunday", "Marble", "a Ghost", "the Moon", "Sparks", "Home", "Static", "the Border", "Paradise", "Iron", "Colours", "the Fire"];
const genres = ["Rock", "Pop", "Electronic", "Hip-Hop", "R&B", "Metal", "Indie", "Folk", "Jazz", "Country"];
const directors = ["Mara Lindqvist", "Jonas Weber", "Ada Okafor", "Pierre Martin", "Kei Tanaka", "Lucia Romano", "Sam Reed", "Ingrid Dahl"];
const tagNames = ["1980s", "1990s", "2000s", "2010s", "favourite", "live", "animated", "black & white", "one take", "dance", "lyrics", "remaster"];
const studios = ["Northlight", "Parallel", "Tin Roof", "Meridian"];

export function randomFrom(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

export const fold = (text) => (text ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
export const allTags = tagNames.map((name, index) => ({ id: index + 1, name, normalized_name: name, created_at: "2026-01-01T00:00:00.000000Z" }));

const minuteMs = 60_000;
export const at = (ageMinutes) => new Date(Date.UTC(2026, 10, 20, 12) - ageMinutes * minuteMs).toISOString().replace("Z", "000Z");

export function makeVideo(id, random, count) {
  const artist = `${given[random(given.length)]} ${groups[random(groups.length)]}`;
  const title = `${verbs[random(verbs.length)]} ${nouns[random(nouns.length)]}`;
  const year = random(20) === 0 ? null : 1981 + random(45);
  const tags = [allTags[year === null ? 4 : Math.min(3, Math.max(0, Math.floor((year - 1980) / 10)))], allTags[4 + random(8)]]
    .filter((tag, index, list) => list.indexOf(tag) === index).slice(0, random(4));
  const status = ["imported", "imported", "imported", "organized", "organized", "discovered", "failed", "missing"][random(random(4) === 0 ? 8 : 5)];
  const file = `${artist}/${title}.mp4`;
  return {
    id, title, artist, album: random(3) === 0 ? null : `${nouns[random(nouns.length)]} EP`, year, director: random(6) === 0 ? null : directors[random(directors.length)],
    genre: random(12) === 0 ? null : genres[random(genres.length)], studio: random(2) ? studios[random(4)] : null, isrc: null,
    created_at: at((count - id) * 7 + 3), updated_at: at((count - id) * 7), is_deleted: false, deleted_at: null, status, status_changed_at: at(count - id), status_message: null,
    imvdb_video_id: id % 7 === 0 ? String(100_000 + id) : null, imvdb_url: null, youtube_id: id % 5 === 0 ? `yt${String(id).padStart(9, "0")}` : null, vimeo_id: null, video_file_path: status === "discovered" ? null : `/media/music-videos/${file}`,
    video_file_path_relative: status === "discovered" ? null : file, nfo_file_path: `/media/music-videos/${artist}/${title}.nfo`, nfo_file_path_relative: `${artist}/${title}.nfo`,
    file_size: 40_000_000 + random(180_000_000), file_checksum: null, duration: 150 + random(160), width: 1920, height: 1080, video_codec: "h264", audio_codec: "aac",
    container_format: "mov,mp4,m4a,3gp,3g2,mj2", bitrate: 4_500_000, frame_rate: 25, audio_channels: 2, audio_sample_rate: 48000, aspect_ratio: "16:9",
    download_source: "nfo_import", download_attempts: 0, last_download_attempt_at: null, last_download_error: null, mb_recording_id: null, mb_release_id: null,
    mb_canonical_title: null, mb_canonical_artist: null, label: null, artists: [{ id: 1 + random(400), name: artist, role: "primary", position: 0 }], collections: [],
    tags: tags.map((tag) => ({ id: tag.id, name: tag.name, source: "auto" })),
  };
}

export function makeVideos(count) {
  const random = randomFrom(7);
  return Array.from({ length: count }, (_, index) => makeVideo(index + 1, random, count));
}

const movieNames = ["Night Ferry", "The Long Orbit", "Salt and Ash", "Paper Moon Harbour", "A Quiet Engine", "Borderlight", "Second Winter", "The Glass Coast", "Velvet Static",
  "Nine Lanterns", "Low Tide", "The Cartographer", "Marble Fox", "Red Meridian", "Without Echo", "The Last Kite", "Hollow Summer", "Parallel Lines"];

export function makeMovies() {
  const random = randomFrom(11);
  return movieNames.map((title, index) => ({
    id: index + 1, library_id: 1, file_path: `/media/movies/${title}/${title}.mkv`, file_name: `${title}.mkv`, file_size: 4e9 + random(4e9), title, original_title: null,
    sort_title: title.replace(/^(The|A) /, ""), tagline: "Some distances are measured in years.", plot: "A ferry captain on her last winter crossing finds a passenger who is on no list, and a letter that was addressed to her twenty years ago.",
    outline: null, year: 1994 + random(31), release_date: "2014-03-20", runtime: 84 + random(70), content_rating: "PG-13", rating: 6 + random(30) / 10, vote_count: 1200,
    user_rating: null, imdb_rating: null, tmdb_rating: null, tmdb_id: null, imdb_id: null, genres: [["Drama"], ["Thriller", "Mystery"], ["Science fiction", "Drama"]][random(3)],
    directors: [directors[random(8)]], writers: [], studios: ["Northlight"], countries: ["Sweden"], tags: [], poster_id: index + 1, fanart_id: null, monitored: true,
    identification_status: "identified", completeness: 60 + random(40), created_at: at(index * 300), updated_at: at(index * 200), title_locked: false, plot_locked: false, year_locked: false,
  }));
}

export function makeSeries() {
  return ["Harbour Lights", "The Ninth Floor", "Signal Station"].map((title, index) => ({
    id: index + 1, library_id: 2, directory_path: `/media/tv/${title}`, title, original_title: null, sort_title: null, year: 2018 + index, status: index ? "ended" : "continuing",
    plot: "Four keepers of a lighthouse that nobody needs any more, and the ships that come all the same.", studio: "Meridian", content_rating: "TV-14", rating: 8.1, genres: ["Drama"],
    poster_id: null, season_count: 2, episode_count: 12, monitored: true, identification_status: "identified", completeness: 80, created_at: at(index * 90), updated_at: at(index * 80),
  }));
}

export function makeSeasons(series) {
  return [1, 2].map((number) => ({
    id: series.id * 10 + number, series_id: series.id, season_number: number, title: null, episode_count: 6,
    episodes: Array.from({ length: 6 }, (_, index) => ({
      id: series.id * 1000 + number * 100 + index, series_id: series.id, season_number: number, episode_number: index + 1, title: `${verbs[index]} ${nouns[index + number]}`,
      plot: "The lamp goes out for eleven minutes.", air_date: `20${18 + number}-0${index + 1}-11`, runtime: 48, file_path: `/media/tv/${series.title}/S0${number}E0${index + 1}.mkv`,
      file_name: `S0${number}E0${index + 1}.mkv`, file_size: 900_000_000,
    })),
  }));
}

const hueOf = (text) => [...text].reduce((hash, letter) => (hash * 31 + letter.codePointAt(0)) % 360, 11);
const escapeXml = (text) => text.replace(/[<>&"]/g, (letter) => `&#${letter.codePointAt(0)};`);

/** A drawn picture, so that screenshots look like a library. */
export function picture(title, subtitle, width, height) {
  const hue = hueOf(title + subtitle);
  const [cx, cy] = [(hue * 7) % width, (hue * 13) % height];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"><defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="hsl(${hue} 55% 34%)"/><stop offset="1" stop-color="hsl(${(hue + 70) % 360} 60% 12%)"/></linearGradient></defs>
<rect width="${width}" height="${height}" fill="url(#a)"/><circle cx="${cx}" cy="${cy}" r="${height * 0.42}" fill="hsl(${(hue + 30) % 360} 80% 62% / .35)"/><circle cx="${width - cx}" cy="${height - cy / 2}" r="${height * 0.25}" fill="hsl(${(hue + 200) % 360} 80% 70% / .22)"/>
<text x="${width / 2}" y="${height / 2}" fill="white" fill-opacity=".92" font-family="sans-serif" font-weight="700" font-size="${width / 14}" text-anchor="middle">${escapeXml(title)}</text>
<text x="${width / 2}" y="${height / 2 + width / 13}" fill="white" fill-opacity=".65" font-family="sans-serif" font-size="${width / 24}" text-anchor="middle">${escapeXml(subtitle)}</text></svg>`;
}
