/* Libraries for tests of domain/organize. */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/settings.h"
#include "model/schema.h"
#include "sys/atomic_file.h"

void write_at(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
}

void shop_open(struct shop *s, struct test_db *t, const char *library)
{
    *s = (struct shop){.t = t, .a = &t->arena};
    s->library = library ? library : arena_printf(s->a, "%s/library", t->folder);
    s->outside = arena_printf(s->a, "%s/outside", t->folder);
    mkdir(s->library, 0755);
    mkdir(s->outside, 0755);
    write_at(arena_printf(s->a, "%s/secret.txt", s->outside), "secret", 6);
    assert_ok(db_migrate(t->db, s->a, schema_migrations, schema_migration_count));
    assert_ok(root_make(s->a, s->library, false, &s->items[0]));
    s->roots = (struct roots){s->items, 1};
    s->core = (struct core){.db = t->db, .roots = &s->roots, .data_dir = t->folder, .version = "test"};
    assert_ok(settings_create(s->a, &(struct settings_options){.data_dir = t->folder, .db = t->db}, &s->core.settings));
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn,
                      "INSERT INTO library (uuid, kind, name, path, options, created_at, updated_at) VALUES"
                      " ('u1', 'music_videos', 'Videos', $1, '{}', 1, 1)",
                      "t", s->library));
    assert_ok(db_commit(&tx));
}

static void remove_all(const char *path)
{
    SCRATCH(a);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        const char *name = arena_printf(&a, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && unlink(name) != 0)
            remove_all(name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

void shop_close(struct shop *s)
{
    settings_destroy(s->core.settings);
    root_free(s->items[0]);
    remove_all(s->library);
    remove_all(s->outside);
}

const char *inside(struct shop *s, const char *path)
{
    return arena_printf(s->a, "%s/%s", s->library, path);
}

void put(struct shop *s, const char *path, const char *text)
{
    const char *slash = strrchr(path, '/');
    if (slash)
        assert_ok(root_mkdirs(s->items[0], s->a, arena_strndup(s->a, path, (size_t)(slash - path)), 0755));
    write_at(inside(s, path), text, strlen(text));
}

bool is_there(struct shop *s, const char *path)
{
    struct stat st;
    return lstat(inside(s, path), &st) == 0;
}

const char *content(struct shop *s, const char *path)
{
    struct stat st;
    int fd = open(inside(s, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return NULL;
    char *text = arena_alloc(s->a, (size_t)st.st_size + 1);
    assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
    close(fd);
    return text;
}

int64_t add_video(struct shop *s, const char *artist, const char *title, const char *file, const char *nfo)
{
    struct video v;
    int64_t id;
    video_clear(&v);
    v.artist = artist;
    v.title = title;
    v.video_file_path = file ? inside(s, file) : NULL;
    v.nfo_file_path = nfo ? inside(s, nfo) : NULL;
    TX(tx);
    assert_ok(db_begin(s->t->db, &tx));
    assert_ok(catalog_video_create(tx.conn, s->a, &v, &id));
    assert_ok(db_commit(&tx));
    return id;
}

struct video video_of(struct shop *s, int64_t id)
{
    struct video v;
    assert_ok(catalog_video_get(db_reader(s->t->db), s->a, id, true, &v));
    return v;
}

int64_t number(struct shop *s, const char *sql)
{
    return test_db_int(s->t, sql);
}

static void assert_no_temporary(const char *path)
{
    SCRATCH(a);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (atomic_file_is_temporary(entry->d_name))
            fail_msg("%s/%s was left", path, entry->d_name);
        if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            assert_no_temporary(arena_printf(&a, "%s/%s", path, entry->d_name));
    }
    if (dir)
        closedir(dir);
}

void assert_clean(struct shop *s)
{
    size_t count = 0;
    DIR *dir = opendir(s->outside);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    assert_int_equal(count, 3); /* ".", "..", secret.txt */
    assert_no_temporary(s->library);
}
