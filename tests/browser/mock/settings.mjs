// The stand-in's settings: a few rows of each kind, with history, undo and redo.

const row = (key, type, value, extra = {}) => ({
  key, group: key.split(".")[0], type, default: value, value, source: "default", safety: "safe", secret: false, help: "", environment: `MEDLEY_${key.toUpperCase().replaceAll(".", "_")}`, ...extra,
});

export class Settings {
  constructor(emit) {
    this.emit = emit;
    this.rows = [
      row("library_dir", "path", "/media/music-videos", { group: "library", safety: "affects_state", source: "environment", help: "The folder that holds the music videos." }),
      row("organizer.path_pattern", "string", "{artist}/{title}", { help: "Where a video is put when files are organised." }),
      row("organizer.normalize_filenames", "boolean", false, { help: "Use only plain letters in file names." }),
      row("logging.level", "enum", "INFO", { values: ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], help: "How much the log says." }),
      row("trash.retention_days", "integer", 30, { minimum: 1, maximum: 365, help: "Days until deleted things are gone for good." }),
      row("trash.enabled", "boolean", true, { help: "Deleted files go to the trash first." }),
      row("backup.enabled", "boolean", true, { help: "Back up by schedule." }),
      row("backup.schedule", "string", "0 2 * * *", { help: "When backups are made." }),
      row("backup.retention_count", "integer", 7, { minimum: 1, maximum: 365, help: "How many backups are kept." }),
      row("thumbnail.cache_dir", "path", ".thumbnails", { safety: "affects_state", help: "Where thumbnails are kept." }),
      row("http.threads", "integer", 4, { minimum: 1, maximum: 64, safety: "requires_reload", help: "Threads that answer requests." }),
      row("http.allowed_origins", "list", ["http://localhost:5173"], { help: "Other pages that may call the server." }),
      row("providers.tmdb.api_key", "string", "3f9a-not-a-real-key", { secret: true, source: "file", help: "Key for The Movie Database." }),
      ...["imvdb.auth.app_key", "discogs.auth.api_key", "discogs.auth.api_secret", "spotify.auth.client_id", "spotify.auth.client_secret"]
        .map((name) => row(`apis.${name}`, "string", "********", { secret: true, source: "file", nullable: true, help: "A key that the service gives." })),
      row("providers.tmdb.base_url", "string", "https://api.themoviedb.org", { help: "Address of The Movie Database." }),
    ];
    this.history = [{ timestamp: new Date().toISOString(), description: "Initial configuration", values: this.values() }];
    this.index = 0;
  }

  values() {
    return Object.fromEntries(this.rows.map((one) => [one.key, one.value]));
  }

  change(updates, force) {
    const touched = Object.entries(updates).map(([key, value]) => ({ row: this.rows.find((one) => one.key === key), key, value }));
    const unknown = touched.find((one) => !one.row);
    if (unknown) return [400, { detail: `Invalid config path: ${unknown.key}` }];
    const unsafe = touched.filter((one) => one.row.safety !== "safe");
    if (unsafe.length && !force) {
      const affected = unsafe.map((one) => ({ path: one.key, safety_level: one.row.safety, current_value: one.row.value, requested_value: one.value }));
      return [409, { detail: { detail: "Unsafe change", error_type: "config_conflict", affected_fields: affected, required_actions: [{ action_type: "restart_service", target: "application", description: "Restart the server" }], message: "This change needs a restart." } }];
    }
    for (const { row: one, key, value } of touched) {
      const low = one.minimum !== undefined && value < one.minimum;
      const high = one.maximum !== undefined && value > one.maximum;
      if (low || high || (one.type === "integer" && !Number.isInteger(value))) return [400, { detail: `Invalid value for ${key}: must be a whole number from ${one.minimum} to ${one.maximum}` }];
    }
    const [first] = touched;
    const description = `Changed ${first.key}: ${first.row.value} → ${first.value}`;
    for (const { row: one, value } of touched) Object.assign(one, { value, source: "here" });
    this.history.splice(this.index + 1);
    this.history.push({ timestamp: new Date().toISOString(), description, values: this.values() });
    this.index = this.history.length - 1;
    this.emit("config_changed", { path: first.key });
    return [200, { updated_fields: touched.map((one) => one.key), safety_level: first.row.safety, required_actions: [], message: "ok" }];
  }

  move(by) {
    const target = this.history[this.index + by];
    if (!target) return [400, { detail: "Nothing to restore" }];
    this.index += by;
    for (const one of this.rows) one.value = target.values[one.key];
    this.emit("config_changed", { path: "*" });
    return [200, { success: true, description: `Restored: ${target.description}`, timestamp: target.timestamp }];
  }

  historyReply() {
    const entries = this.history.map(({ timestamp, description }, index) => ({ timestamp, description, is_current: index === this.index })).reverse();
    return { entries, current_index: this.index, can_undo: this.index > 0, can_redo: this.index < this.history.length - 1 };
  }
}
