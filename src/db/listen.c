/* Waiting for other processes' news. */
#include "db/listen.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/postgres.h"

#define RECONNECT_US SECONDS_US

struct db_listener {
    struct db *db;
    char *command;    /* LISTEN channel */
    PGconn *handle;   /* NULL: not connected, or SQLite */
    int64_t tried_us; /* last attempt to connect */
};

struct db_listener *db_listen(struct db *db, const char *channel)
{
    struct db_listener *listener = calloc(1, sizeof(*listener));
    CHECK(listener != NULL);
    CHECK(asprintf(&listener->command, "LISTEN %s", channel) > 0);
    listener->db = db;
    return listener;
}

static void disconnect(struct db_listener *listener)
{
    PQfinish(listener->handle);
    listener->handle = NULL;
}

/* True when a connection was made: what happened before it is unknown, which is news. */
static bool reconnect(struct db_listener *listener)
{
    int64_t now = time_monotonic_us();
    if (listener->db->driver != DB_POSTGRES || listener->handle ||
        (listener->tried_us && now - listener->tried_us < RECONNECT_US))
        return false;
    listener->tried_us = now;
    listener->handle = pg_connect(pg_pool_url(listener->db->native));
    PGresult *result = PQexec(listener->handle, listener->command);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!ok)
        disconnect(listener);
    return ok;
}

/* Takes what has arrived, however many notifications it is. */
static bool take_news(struct db_listener *listener)
{
    bool news = false;
    if (!PQconsumeInput(listener->handle)) {
        disconnect(listener);
        return false;
    }
    for (PGnotify *note; (note = PQnotifies(listener->handle)) != NULL; news = true)
        PQfreemem(note);
    return news;
}

static int wait_part_ms(const struct db_listener *listener, int64_t until_us)
{
    int64_t left_us = until_us - time_monotonic_us();
    bool lost = listener->db->driver == DB_POSTGRES && !listener->handle;
    if (lost && left_us > RECONNECT_US)
        left_us = RECONNECT_US;
    if (left_us <= 0)
        return 0;
    return left_us > INT64_C(1000000000) ? 1000000 : (int)((left_us + 999) / 1000);
}

bool db_listener_wait(struct db_listener *listener, int wake_fd, int64_t ms)
{
    int64_t until_us = time_monotonic_us() + ms * 1000;
    for (;;) {
        if (reconnect(listener) || (listener->handle && take_news(listener)))
            return true;
        struct pollfd fds[2] = {
            {.fd = wake_fd,                                            .events = POLLIN},
            {.fd = listener->handle ? PQsocket(listener->handle) : -1, .events = POLLIN},
        };
        poll(fds, 2, wait_part_ms(listener, until_us));
        if (fds[0].revents)
            return listener->handle && take_news(listener);
        if (!fds[1].revents && time_monotonic_us() >= until_us)
            return false;
    }
}

void db_listener_close(struct db_listener *listener)
{
    if (!listener)
        return;
    disconnect(listener);
    free(listener->command);
    free(listener);
}
