// List, filter, sort, facets and search over the made-up videos, by the contract's rules as far as the
// page uses them.

import { allTags, fold, makeVideos } from "./data.mjs";

const sortable = new Set(["title", "artist", "album", "year", "director", "genre", "created_at", "updated_at", "status"]);
const listOf = (query, name) => query.getAll(name);

export class Library {
  constructor(count) {
    this.videos = makeVideos(count);
    this.byId = new Map(this.videos.map((video) => [video.id, video]));
    this.tags = allTags.map((tag) => ({ ...tag }));
    this.changed();
  }

  changed() {
    this.lists = new Map();
    this.facetsKept = null;
  }

  add(video) {
    this.videos.push(video);
    this.byId.set(video.id, video);
    this.changed();
  }

  matches(video, query) {
    if (video.is_deleted && query.get("include_deleted") !== "true") return false;
    for (const name of ["title", "artist", "album"]) if (query.get(name) && !fold(video[name]).includes(fold(query.get(name)))) return false;
    const director = query.get("director");
    if (director && !(director === "__none__" ? !video.director : fold(video.director).includes(fold(director)))) return false;
    const genres = listOf(query, "genre");
    if (genres.length && !genres.some((genre) => (genre === "__none__" ? !video.genre : fold(video.genre).includes(fold(genre))))) return false;
    const years = listOf(query, "year").map(Number);
    if (years.length && !years.includes(video.year ?? -1)) return false;
    const tags = listOf(query, "tag_name");
    if (tags.length && !tags.some((name) => (name === "__none__" ? video.tags.length === 0 : video.tags.some((tag) => fold(tag.name).includes(fold(name)))))) return false;
    if (query.get("status") && video.status !== query.get("status")) return false;
    const text = query.get("search") ?? query.get("q");
    return !text || this.hasWords(video, text);
  }

  /** Every word must begin a word of the video. */
  hasWords(video, text) {
    const words = fold([video.title, video.artist, video.album, video.director, video.genre, ...video.tags.map((tag) => tag.name)].join(" ")).split(/[^\p{L}\p{N}]+/u);
    return (fold(text).match(/[\p{L}\p{N}]+/gu) ?? [" "]).every((wanted) => words.some((word) => word.startsWith(wanted)));
  }

  list(query) {
    const key = new URLSearchParams([...query].filter(([name]) => !["page", "page_size", "token"].includes(name))).toString();
    let list = this.lists.get(key);
    if (!list) {
      list = this.videos.filter((video) => this.matches(video, query));
      const field = query.get("sort_by") ?? "created_at";
      const direction = (query.get("sort_order") ?? "desc") === "desc" ? -1 : 1;
      if (sortable.has(field)) {
        const keyed = list.map((video) => [typeof video[field] === "number" ? video[field] : fold(video[field]), video]);
        keyed.sort((a, b) => (a[0] < b[0] ? -direction : a[0] > b[0] ? direction : a[1].id - b[1].id));
        list = keyed.map((pair) => pair[1]);
      }
      this.lists.set(key, list);
    }
    return list;
  }

  page(list, query) {
    const page = Number(query.get("page") ?? 1);
    const size = Number(query.get("page_size") ?? 20);
    if (!(page >= 1) || !(size >= 1 && size <= 100)) return null;
    return { items: list.slice((page - 1) * size, page * size), total: list.length, page, page_size: size, total_pages: Math.max(1, Math.ceil(list.length / size)) };
  }

  facets() {
    if (this.facetsKept) return this.facetsKept;
    const live = this.videos.filter((video) => !video.is_deleted);
    const count = (valuesOf, byValue) => {
      const counts = new Map();
      for (const video of live) {
        const values = valuesOf(video);
        for (const value of values.length ? values : ["__none__"]) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const none = counts.get("__none__");
      counts.delete("__none__");
      const list = [...counts].map(([value, number]) => ({ value: String(value), count: number }));
      list.sort(byValue ? (a, b) => b.value - a.value : (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
      return none ? [{ value: "__none__", count: none }, ...list] : list;
    };
    const one = (name) => (video) => (video[name] === null ? [] : [video[name]]);
    this.facetsKept = { tags: count((video) => video.tags.map((tag) => tag.name)), genres: count(one("genre")), years: count(one("year"), true), directors: count(one("director")), total_videos: live.length };
    return this.facetsKept;
  }

  suggestions(text, limit) {
    const wanted = fold(text);
    const distinct = (name) => {
      const found = new Set();
      for (const video of this.videos) {
        if (found.size >= limit) break;
        if (!video.is_deleted && fold(video[name]).includes(wanted)) found.add(video[name]);
      }
      return [...found];
    };
    return { titles: distinct("title"), artists: distinct("artist"), albums: distinct("album") };
  }

  artists(name) {
    const found = new Map();
    for (const video of this.videos) {
      if (fold(video.artist).includes(fold(name))) found.set(video.artist, (found.get(video.artist) ?? 0) + 1);
    }
    return [...found].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([artist, count], index) => ({ id: index + 1, name: artist, biography: null, image_url: null, video_count: count }));
  }

  tagNamed(name) {
    let tag = this.tags.find((one) => one.normalized_name === name.toLowerCase());
    if (!tag) this.tags.push((tag = { id: this.tags.length + 1, name, normalized_name: name.toLowerCase(), created_at: new Date().toISOString() }));
    return tag;
  }

  tagList(name) {
    const counts = new Map(this.facets().tags.map((facet) => [facet.value, facet.count]));
    return this.tags.filter((tag) => fold(tag.name).includes(fold(name))).map((tag) => ({ ...tag, usage_count: counts.get(tag.name) ?? 0 }))
      .sort((a, b) => b.usage_count - a.usage_count);
  }
}
