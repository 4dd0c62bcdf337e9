/*
 * Tiny durable writes per second, one thread against many, side by side in one run:
 *
 *     meson test -C build --benchmark -v db_group_commit
 *
 * The file lies in TMPDIR: choose a real disk, memory file systems sync for nothing.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "db/db.h"

#define RUN_US (2 * SECONDS_US)

struct writer {
    struct db *db;
    int64_t until_us;
    int64_t count;
    int64_t worst_us;
};

static void write_one(struct db *db)
{
    TX(tx);
    struct err e = db_begin(db, &tx);
    if (!failed(e))
        e = db_exec(tx.conn, "INSERT INTO tiny (word) VALUES ($1)", "t", "a short text");
    if (!failed(e))
        e = db_commit(&tx);
    CHECK(!failed(e));
}

static void *write_on(void *data)
{
    struct writer *writer = data;
    for (int64_t now = time_monotonic_us(); now < writer->until_us; writer->count++) {
        write_one(writer->db);
        int64_t after = time_monotonic_us();
        if (after - now > writer->worst_us)
            writer->worst_us = after - now;
        now = after;
    }
    return NULL;
}

static double measure(struct db *db, int threads)
{
    pthread_t ids[64];
    struct writer writers[64];
    struct db_stats before, after;
    int64_t count = 0, worst_us = 0;
    db_stats(db, &before);
    for (int i = 0; i < threads; i++) {
        writers[i] = (struct writer){.db = db, .until_us = time_monotonic_us() + RUN_US};
        CHECK(pthread_create(&ids[i], NULL, write_on, &writers[i]) == 0);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        count += writers[i].count;
        worst_us = writers[i].worst_us > worst_us ? writers[i].worst_us : worst_us;
    }
    db_stats(db, &after);
    double rate = (double)count * SECONDS_US / RUN_US;
    printf("threads=%d writes_per_s=%.0f writes_per_sync=%.1f mean_ms=%.2f worst_ms=%.1f\n",
           threads, rate, (double)count / (double)(after.flushes - before.flushes),
           threads * 1000 / rate, (double)worst_us / 1000);
    return rate;
}

int main(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[256];
    snprintf(path, sizeof(path), "%.200s/medley-bench-%d.db", tmp ? tmp : "/tmp", getpid());
    struct db_options options = {.url = getenv("MEDLEY_BENCH_DATABASE")};
    if (!options.url)
        options.url = path;
    struct db *db;
    CHECK(!failed(db_open(&options, &db)));
    TX(tx);
    CHECK(!failed(db_begin(db, &tx)));
    CHECK(!failed(db_script(tx.conn, "CREATE TABLE tiny (word TEXT)")));
    CHECK(!failed(db_commit(&tx)));
    measure(db, 16); /* the log file reaches its size; a growing file syncs slower */
    double one = measure(db, 1);
    double four = measure(db, 4);
    double many = measure(db, 16);
    printf("ratio 4/1=%.2f 16/1=%.2f\n", four / one, many / one);
    db_close(db);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char file[300];
        snprintf(file, sizeof(file), "%s%s", path, endings[i]);
        unlink(file);
    }
    return 0;
}
