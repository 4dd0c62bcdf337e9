/* The test's own server. */
#include "loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

#define PATHS_MAX   64
#define ANSWERS_MAX 8
#define HEAD_MAX    16384
#define CLIENTS_MAX 256

struct script {
    const char *path;
    struct answer answers[ANSWERS_MAX];
    int count;
    int next;
};

struct loopback {
    int fd;
    int port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    struct script scripts[PATHS_MAX];
    int script_count;
    int connections, requests, active, most;
    char last[HEAD_MAX];
    int clients[CLIENTS_MAX];
    pthread_t threads[CLIENTS_MAX];
    int client_count;
};

struct client {
    struct loopback *server;
    int fd;
};

static struct answer choose(struct loopback *s, const char *path)
{
    for (int i = 0; i < s->script_count; i++) {
        struct script *script = &s->scripts[i];
        if (strcmp(script->path, path) == 0)
            return script->answers[script->next + 1 < script->count ? script->next++ : script->next];
    }
    return (struct answer){.status = 404};
}

static int reply(int fd, const struct answer *a)
{
    char head[1024];
    size_t len = a->len ? a->len : a->body ? strlen(a->body) : 0;
    int size = snprintf(head, sizeof(head), "HTTP/1.1 %d Answer\r\nContent-Length: %zu\r\n%s\r\n", a->status, len,
                        a->headers ? a->headers : "");
    if (send(fd, head, (size_t)size, MSG_NOSIGNAL) < 0)
        return -1;
    return len && send(fd, a->body, len, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Head and body of one request; the head stays in `head`. */
static int receive(int fd, char *head)
{
    size_t len = 0;
    char *end = NULL;
    while (!end) {
        ssize_t got = recv(fd, head + len, HEAD_MAX - 1 - len, 0);
        if (got <= 0)
            return -1;
        len += (size_t)got;
        head[len] = 0;
        end = strstr(head, "\r\n\r\n");
    }
    const char *length = strcasestr(head, "content-length:");
    size_t body = length ? strtoul(length + 15, NULL, 10) : 0;
    for (size_t have = len - (size_t)(end + 4 - head); have < body;) {
        char rest[1024];
        ssize_t got = recv(fd, rest, sizeof(rest), 0);
        if (got <= 0)
            return -1;
        have += (size_t)got;
    }
    return 0;
}

static int serve_one(struct loopback *s, int fd, char *head)
{
    char path[256] = "";
    if (receive(fd, head))
        return -1;
    sscanf(head, "%*s %255s", path);
    pthread_mutex_lock(&s->lock);
    struct answer answer = choose(s, path);
    s->requests++;
    s->active++;
    s->most = s->active > s->most ? s->active : s->most;
    snprintf(s->last, sizeof(s->last), "%s", head);
    pthread_mutex_unlock(&s->lock);
    usleep((useconds_t)answer.delay_ms * 1000);
    pthread_mutex_lock(&s->lock);
    s->active--;
    pthread_mutex_unlock(&s->lock);
    return answer.drop ? -1 : reply(fd, &answer);
}

static void *serve(void *context)
{
    struct client *client = context;
    char *head = malloc(HEAD_MAX);
    CHECK(head != NULL);
    while (serve_one(client->server, client->fd, head) == 0)
        ;
    shutdown(client->fd, SHUT_RDWR);
    free(head);
    free(client);
    return NULL;
}

static void *accept_all(void *context)
{
    struct loopback *s = context;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
        struct client *client = malloc(sizeof(*client));
        CHECK(client && s->client_count < CLIENTS_MAX);
        *client = (struct client){s, fd};
        pthread_mutex_lock(&s->lock);
        s->connections++;
        s->clients[s->client_count] = fd;
        CHECK(pthread_create(&s->threads[s->client_count++], NULL, serve, client) == 0);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

struct loopback *loopback_start(void)
{
    struct loopback *s = calloc(1, sizeof(*s));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    CHECK(s != NULL);
    pthread_mutex_init(&s->lock, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(s->fd >= 0 && bind(s->fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(s->fd, 64) == 0);
    CHECK(getsockname(s->fd, (struct sockaddr *)&at, &len) == 0);
    s->port = ntohs(at.sin_port);
    CHECK(pthread_create(&s->acceptor, NULL, accept_all, s) == 0);
    return s;
}

void loopback_stop(struct loopback *s)
{
    shutdown(s->fd, SHUT_RDWR);
    close(s->fd);
    pthread_join(s->acceptor, NULL);
    for (int i = 0; i < s->client_count; i++) {
        shutdown(s->clients[i], SHUT_RDWR);
        pthread_join(s->threads[i], NULL);
        close(s->clients[i]);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int loopback_port(const struct loopback *s)
{
    return s->port;
}

void loopback_answer(struct loopback *s, const char *path, const struct answer *answer)
{
    pthread_mutex_lock(&s->lock);
    int i = 0;
    while (i < s->script_count && strcmp(s->scripts[i].path, path) != 0)
        i++;
    CHECK(i < PATHS_MAX && s->scripts[i].count < ANSWERS_MAX);
    s->script_count += i == s->script_count;
    s->scripts[i].path = path;
    s->scripts[i].answers[s->scripts[i].count++] = *answer;
    pthread_mutex_unlock(&s->lock);
}

static int read_locked(struct loopback *s, const int *value)
{
    pthread_mutex_lock(&s->lock);
    int now = *value;
    pthread_mutex_unlock(&s->lock);
    return now;
}

int loopback_connections(struct loopback *s)
{
    return read_locked(s, &s->connections);
}

int loopback_requests(struct loopback *s)
{
    return read_locked(s, &s->requests);
}

int loopback_most_at_once(struct loopback *s)
{
    return read_locked(s, &s->most);
}

const char *loopback_last(struct loopback *s)
{
    return s->last;
}
