#include "harness.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "base/arena.h"

/* --- routes ------------------------------------------------------------------------------------- */

static void on_open(struct ws *ws, void *user)
{
    struct harness *h = user;
    struct ws *before = atomic_exchange(&h->ws, ws_ref(ws));
    ws_unref(before);
    atomic_fetch_add(&h->ws_opened, 1);
}

static void on_text(struct ws *ws, void *user, const char *data, size_t len)
{
    (void)user;
    if (strcmp(data, "close") == 0)
        ws_close(ws, 4001, "asked");
    ws_send_text(ws, data, len);
}

static void on_closed(struct ws *ws, void *user)
{
    (void)ws;
    struct harness *h = user;
    atomic_fetch_add(&h->ws_closed, 1);
}

static const struct ws_callbacks echo_callbacks = {
    .open = on_open, .text = on_text, .closed = on_closed};

static void stream_open(struct http_stream *stream, void *user)
{
    struct harness *h = user;
    atomic_store(&h->stream, stream);
    atomic_fetch_add(&h->streams_opened, 1);
    http_stream_write(stream, "data: hello\n\n", 13);
}

static void stream_close(struct http_stream *stream, void *user)
{
    (void)stream;
    struct harness *h = user;
    pthread_mutex_lock(&h->stream_lock);
    atomic_store(&h->stream, NULL);
    pthread_mutex_unlock(&h->stream_lock);
    atomic_fetch_add(&h->streams_closed, 1);
}

static void text_reply(struct http_response *resp, int status, const char *text)
{
    resp->status = status;
    resp->content_type = "text/plain; charset=utf-8";
    buf_puts(&resp->body, text);
}

static void reply_error(struct http_response *resp, struct err e)
{
    static const int statuses[ERR_KIND_COUNT] = {
        [ERR_INVALID] = 400,   [ERR_NOT_FOUND] = 404, [ERR_TOO_LARGE] = 413,
        [ERR_RANGE] = 416,     [ERR_BUSY] = 503,      [ERR_PRECONDITION] = 412,
        [ERR_STORAGE] = 507,   [ERR_UNSUPPORTED] = 415,
    };
    text_reply(resp, statuses[e.kind] ? statuses[e.kind] : 500, e.code);
}

static void get_hello(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    (void)req;
    text_reply(resp, 200, "hello");
}

static void get_peer(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    text_reply(resp, 200, req->peer);
}

static void get_big(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    (void)req;
    resp->status = 200;
    resp->content_type = "application/json";
    buf_putc(&resp->body, '[');
    for (int i = 0; i < 1000; i++)
        buf_printf(&resp->body, "%d,", i);
    buf_puts(&resp->body, "0]");
}

static void get_etag(struct harness *h, struct http_request *req, struct http_response *resp)
{
    get_big(h, req, resp);
    resp->etag = "\"v1\"";
}

static void post_echo(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    resp->status = 200;
    resp->content_type = "application/octet-stream";
    buf_append(&resp->body, req->body, req->body_len);
}

static void get_query(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    text_reply(resp, 200, "");
    for (size_t i = 0; i < req->query_count; i++)
        buf_printf(&resp->body, "%s=%s\n", req->query[i].name, req->query[i].value);
    const char *cookie = http_cookie(req, "session");
    if (cookie)
        buf_printf(&resp->body, "cookie=%s\n", cookie);
}

static void get_file(struct harness *h, struct http_request *req, struct http_response *resp)
{
    int fd = open(h->file_path, O_RDONLY | O_CLOEXEC);
    struct err e = http_reply_file(req, resp, fd, "video/mp4");
    if (failed(e))
        reply_error(resp, e);
}

static void post_upload(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    text_reply(resp, 200, "");
    for (size_t i = 0; i < req->part_count; i++) {
        const struct http_part *p = &req->parts[i];
        buf_printf(&resp->body, "%s|%s|%s|%lld|%s\n", p->name, p->file_name ? p->file_name : "-",
                   p->content_type ? p->content_type : "-", (long long)p->size,
                   p->value ? p->value : "-");
        if (p->temp_path && access(p->temp_path, R_OK) != 0)
            resp->status = 500;
    }
}

static void get_slow(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)req;
    struct timespec pause = {.tv_sec = h->sleep_ms / 1000,
                             .tv_nsec = (long)(h->sleep_ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
    text_reply(resp, 200, "slow");
}

static void get_events(struct harness *h, struct http_request *req, struct http_response *resp)
{
    http_reply_stream(req, resp, stream_open, stream_close, h);
}

static void get_ws(struct harness *h, struct http_request *req, struct http_response *resp)
{
    struct err e = http_reply_websocket(req, resp, &echo_callbacks, "chat", h);
    if (failed(e))
        reply_error(resp, e);
}

static void get_empty(struct harness *h, struct http_request *req, struct http_response *resp)
{
    (void)h;
    http_add_header(req, resp, "X-Good", "yes");
    http_add_header(req, resp, "X-Bad", "no\r\nX-Injected: 1");
    resp->status = 204;
}

struct test_route {
    const char *path;
    void (*handle)(struct harness *h, struct http_request *req, struct http_response *resp);
    struct http_plan plan;
};

static const struct test_route routes[] = {
    {"/hello", get_hello, {0}},
    {"/peer", get_peer, {0}},
    {"/big", get_big, {0}},
    {"/etag", get_etag, {0}},
    {"/echo", post_echo, {.max_body = 1 << 20}},
    {"/small", post_echo, {.max_body = 16}},
    {"/query", get_query, {0}},
    {"/file", get_file, {0}},
    {"/slow-file", get_file, {.blocking = true}},
    {"/upload", post_upload, {.multipart = true, .max_upload = 200000}},
    {"/slow", get_slow, {.blocking = true}},
    {"/slow-echo", post_echo, {.blocking = true, .max_body = 1 << 20}},
    {"/events", get_events, {0}},
    {"/ws", get_ws, {0}},
    {"/empty", get_empty, {0}},
};

static struct http_plan on_begin(void *context, struct http_request *req,
                                 struct http_response *resp)
{
    struct harness *h = context;
    atomic_fetch_add(&h->begun, 1);
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
        if (strcmp(routes[i].path, req->raw_path) == 0) {
            req->user = (void *)&routes[i];
            return routes[i].plan;
        }
    text_reply(resp, 404, "no such page");
    return (struct http_plan){.answered = true};
}

static void on_handle(void *context, struct http_request *req, struct http_response *resp)
{
    struct harness *h = context;
    const struct test_route *route = req->user;
    atomic_fetch_add(&h->handled, 1);
    route->handle(h, req, resp);
}

static void on_refuse(void *context, struct http_request *req, struct http_response *resp,
                      struct err e)
{
    (void)context;
    (void)req;
    reply_error(resp, e);
}

static void on_finish(void *context, struct http_request *req, int status, int64_t bytes)
{
    (void)req;
    struct harness *h = context;
    atomic_store(&h->last_status, status);
    atomic_store(&h->last_bytes, bytes);
    atomic_fetch_add(&h->finished, 1);
}

/* --- fixtures ----------------------------------------------------------------------------------- */

int open_descriptors(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void write_file(struct harness *h)
{
    for (int i = 0; i < FILE_BYTES; i++)
        h->file[i] = (char)(i * 31 + i / 251);
    snprintf(h->file_path, sizeof(h->file_path), "%s/movie.mp4", h->temp_dir);
    FILE *f = fopen(h->file_path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(h->file, 1, FILE_BYTES, f), FILE_BYTES);
    fclose(f);
}

struct harness *harness_start(struct http_options options)
{
    struct harness *h = calloc(1, sizeof(*h));
    arena_init(&h->arena);
    snprintf(h->temp_dir, sizeof(h->temp_dir), "/tmp/http-test-XXXXXX");
    assert_non_null(mkdtemp(h->temp_dir));
    write_file(h);
    h->sleep_ms = 50;
    pthread_mutex_init(&h->stream_lock, NULL);
    options.name = "test";
    options.listen = "127.0.0.1:0";
    options.temp_dir = h->temp_dir;
    struct http_handler handler = {on_begin, on_handle, on_refuse, on_finish, h};
    assert_ok(http_server_create(&h->arena, &options, &handler, &h->server));
    return h;
}

void harness_stop(struct harness *h)
{
    if (h->server)
        http_server_destroy(h->server, 2000);
    ws_unref(atomic_load(&h->ws));
    unlink(h->file_path);
    /* Fails when an upload was left behind. */
    assert_int_equal(rmdir(h->temp_dir), 0);
    arena_finish(&h->arena);
    free(h);
}

static int descriptors_before;

int harness_setup(void **state)
{
    descriptors_before = open_descriptors();
    *state = harness_start((struct http_options){.threads = 2, .blocking_threads = 4});
    return 0;
}

int harness_teardown(void **state)
{
    harness_stop(*state);
    return open_descriptors() == descriptors_before ? 0 : -1;
}

bool wait_for_count(atomic_int *counter, int wanted)
{
    for (int i = 0; i < 1000 && atomic_load(counter) < wanted; i++)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return atomic_load(counter) == wanted;
}

/* --- the client --------------------------------------------------------------------------------- */

int client_connect(const struct harness *h)
{
    const char *colon = strrchr(http_server_address(h->server), ':');
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval timeout = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

void client_send(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len) {
        ssize_t sent = send(fd, p, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server may have closed on purpose */
        p += sent;
        len -= (size_t)sent;
    }
}

void client_text(int fd, const char *text)
{
    client_send(fd, text, strlen(text));
}

void client_printf(int fd, const char *format, ...)
{
    BUF(text);
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    client_send(fd, text.data, text.len);
}

size_t client_read(int fd, void *to, size_t len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = recv(fd, (char *)to + done, len - done, 0);
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return done;
}

bool client_closed(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

/* Up to and including `end`. */
static bool read_until(int fd, struct buf *to, const char *end)
{
    size_t end_len = strlen(end);
    for (;;) {
        char byte;
        if (recv(fd, &byte, 1, 0) != 1)
            return false;
        buf_putc(to, byte);
        if (to->len >= end_len && memcmp(to->data + to->len - end_len, end, end_len) == 0)
            return true;
    }
}

const char *reply_header(const struct reply *r, const char *name)
{
    static _Thread_local char value[1024];
    size_t len = strlen(name);
    for (const char *line = strstr(r->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            const char *start = line + 3 + len + strspn(line + 3 + len, " ");
            snprintf(value, sizeof(value), "%.*s", (int)strcspn(start, "\r"), start);
            return value;
        }
    }
    return NULL;
}

static void read_exactly(int fd, struct buf *to, size_t len)
{
    char *at = buf_reserve(to, len);
    size_t got = client_read(fd, at, len);
    to->len += got;
    to->data[to->len] = 0;
}

static void read_chunks(int fd, struct buf *to)
{
    for (;;) {
        BUF(line);
        if (!read_until(fd, &line, "\r\n"))
            return;
        size_t len = strtoul(line.data, NULL, 16);
        if (len)
            read_exactly(fd, to, len);
        BUF(end);
        read_until(fd, &end, "\r\n");
        if (len == 0)
            return;
    }
}

struct reply client_reply(int fd, bool head_request)
{
    struct reply r = {0};
    BUF(head);
    do {
        buf_clear(&head);
        if (!read_until(fd, &head, "\r\n\r\n")) {
            r.head = strdup("");
            return r;
        }
        r.status = (int)strtol(head.data + 9, NULL, 10);
    } while (r.status == 100);
    r.head = strndup(head.data, head.len);
    const char *length = reply_header(&r, "Content-Length");
    if (head_request || r.status == 304 || r.status == 204 || r.status == 101)
        return r;
    if (length)
        read_exactly(fd, &r.body, strtoul(length, NULL, 10));
    else
        read_chunks(fd, &r.body);
    return r;
}

void reply_finish(struct reply *r)
{
    free(r->head);
    buf_finish(&r->body);
}

struct reply request(const struct harness *h, const char *method, const char *target,
                     const char *headers, const char *body)
{
    int fd = client_connect(h);
    client_printf(fd, "%s %s HTTP/1.1\r\nHost: test\r\n%s", method, target, headers);
    if (body)
        client_printf(fd, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        client_text(fd, "\r\n");
    struct reply r = client_reply(fd, strcmp(method, "HEAD") == 0);
    close(fd);
    return r;
}
