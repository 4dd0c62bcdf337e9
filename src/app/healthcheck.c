/* Asks a running server whether it answers. */
#include "app/healthcheck.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int fd = -1;
    if (getaddrinfo(host, port, &hints, &found))
        return -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        struct timeval limit = {.tv_sec = 5};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

struct err healthcheck(struct arena *a, const struct options *options)
{
    static const char request[] = "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const char *listen = options->listen ? options->listen : getenv("MEDLEY_LISTEN");
    char *host = arena_strdup(a, listen && *listen ? listen : "127.0.0.1:8000");
    char *colon = strrchr(host, ':');
    if (!colon)
        return err_make(ERR_INVALID, "usage", "--listen takes ADDRESS:PORT");
    *colon = 0;
    if (host[0] == '[') {
        host++;
        host[strcspn(host, "]")] = 0;
    }
    if (strcmp(host, "0.0.0.0") == 0)
        host = arena_strdup(a, "127.0.0.1");
    int fd = connect_to(host, colon + 1);
    char reply[64] = "";
    if (fd >= 0 && write(fd, request, sizeof(request) - 1) == (ssize_t)sizeof(request) - 1) {
        ssize_t got = read(fd, reply, sizeof(reply) - 1);
        reply[got > 0 ? got : 0] = 0;
    }
    if (fd >= 0)
        close(fd);
    if (strncmp(reply, "HTTP/1.1 200", 12) != 0)
        return err_f(a, ERR_UPSTREAM, "unhealthy", "no answer from %s:%s", host, colon + 1);
    puts("healthy");
    return OK;
}
