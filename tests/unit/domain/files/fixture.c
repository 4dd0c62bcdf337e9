/* Media folders for tests. */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    close(fd);
}

static void add_root(struct media *m, const char *path)
{
    assert_ok(root_make(&m->arena, path, false, &m->items[m->roots.count]));
    m->roots.count++;
}

int media_start(void **state)
{
    struct media *m = calloc(1, sizeof(*m));
    snprintf(m->home, sizeof(m->home), "/tmp/medley-files-XXXXXX");
    if (!m || !mkdtemp(m->home))
        return -1;
    m->inside = arena_printf(&m->arena, "%s/media", m->home);
    m->outside = arena_printf(&m->arena, "%s/outside", m->home);
    mkdir(m->inside, 0755);
    mkdir(m->outside, 0755);
    const char *secret = arena_printf(&m->arena, "%s/secret.txt", m->outside);
    write_file(secret, "secret", 6);
    m->roots.items = m->items;
    add_root(m, m->inside);
    *state = m;
    return 0;
}

void media_second(struct media *m, const char *path)
{
    if (!path) {
        path = arena_printf(&m->arena, "%s/other/media", m->home);
        mkdir(arena_printf(&m->arena, "%s/other", m->home), 0755);
    }
    mkdir(path, 0755);
    add_root(m, path);
}

static void remove_all(const char *path)
{
    SCRATCH(a);
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        const char *name = arena_printf(&a, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlink(name) != 0)
            remove_all(name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

int media_finish(void **state)
{
    struct media *m = *state;
    if (m->roots.count > 1)
        remove_all(root_path(m->items[1]));
    for (size_t i = 0; i < m->roots.count; i++)
        root_free(m->items[i]);
    remove_all(m->home);
    arena_finish(&m->arena);
    free(m);
    return 0;
}

const char *full(struct media *m, const char *path)
{
    return arena_printf(&m->arena, "%s/%s", m->inside, path);
}

void put_folder(struct media *m, const char *path)
{
    assert_ok(root_mkdirs(m->items[0], &m->arena, path, 0755));
}

void put(struct media *m, const char *path, const char *text)
{
    const char *slash = strrchr(path, '/');
    if (slash)
        put_folder(m, arena_strndup(&m->arena, path, (size_t)(slash - path)));
    write_file(full(m, path), text, strlen(text));
}

void put_link(struct media *m, const char *path, const char *target)
{
    assert_int_equal(symlink(target, full(m, path)), 0);
}

bool is_there(struct media *m, const char *path)
{
    struct stat st;
    return lstat(full(m, path), &st) == 0;
}

static const char *read_file(struct arena *a, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char *text = arena_alloc(a, (size_t)st.st_size + 1);
    ssize_t got = read(fd, text, (size_t)st.st_size);
    close(fd);
    return got == st.st_size ? text : NULL;
}

const char *content(struct media *m, const char *path)
{
    return read_file(&m->arena, full(m, path));
}

static size_t count_entries(const char *path)
{
    size_t count = 0;
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (dir)
        closedir(dir);
    return count;
}

size_t entries(struct media *m, const char *path)
{
    return count_entries(full(m, path));
}

void assert_untouched(struct media *m)
{
    const char *secret = read_file(&m->arena, arena_printf(&m->arena, "%s/secret.txt", m->outside));
    assert_non_null(secret);
    assert_string_equal(secret, "secret");
    assert_int_equal(count_entries(m->outside), 1);
}

struct place at(struct media *m, const char *path)
{
    struct place place;
    assert_ok(place_find(&m->roots, &m->arena, path, &place));
    return place;
}
