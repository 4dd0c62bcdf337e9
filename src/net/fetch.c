/* One blocking HTTP request through libcurl. */
#include "net/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "net/guard.h"

#define DEFAULT_TIMEOUT_MS 30000

struct transfer {
    struct buf body;
    bool guard;
    bool refused;
};

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* --- the request ------------------------------------------------------------------------------------------- */

/* Asked with the resolved address, so that no name can turn into another one in between. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = context;
    (void)purpose;
    if (t->guard && address_is_private(&address->addr)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    buf_append(&t->body, data, size * count);
    return t->body.overflowed ? 0 : size * count;
}

static struct err explain(struct arena *a, CURLcode code, const struct transfer *t, const char *reason)
{
    if (t->refused)
        return err_make(ERR_DENIED, "address_refused", "The address is private; save it in the settings first");
    if (t->body.overflowed)
        return err_make(ERR_TOO_LARGE, "upstream_too_large", "The answer is too large");
    const char *text = *reason ? reason : curl_easy_strerror(code);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return err_f(a, ERR_TIMEOUT, "upstream_timeout", "%s", text);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_f(a, ERR_INVALID, "bad_url", "%s", text);
    default:
        return err_f(a, ERR_UPSTREAM, "upstream_away", "%s", text);
    }
}

static void set_options(CURL *curl, const struct fetch_request *r, struct transfer *t, char *reason,
                        struct curl_slist *headers)
{
    long timeout_ms = r->timeout_ms > 0 ? r->timeout_ms : DEFAULT_TIMEOUT_MS;
    curl_easy_setopt(curl, CURLOPT_URL, r->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Medley/0.1 (self-hosted media server)");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (r->guard)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (r->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(r->body));
    }
    if (r->method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
}

static void take_reply(CURL *curl, struct arena *a, struct transfer *t, struct fetch_reply *ret)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    *ret = (struct fetch_reply){
        .status = (int)status,
        .body = arena_strndup(a, t->body.data ? t->body.data : "", t->body.len),
        .len = t->body.len,
        .content_type = arena_strdup(a, type),
    };
}

struct err fetch(struct arena *a, const struct fetch_request *request, struct fetch_reply *ret_reply)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct transfer t = {.guard = request->guard, .body = {.limit = FETCH_MAX_BYTES}};
    struct curl_slist *headers = NULL;
    char reason[CURL_ERROR_SIZE] = "";
    pthread_once(&once, start_curl);
    CURL *curl = curl_easy_init();
    CHECK(curl != NULL);
    for (const char *const *h = request->headers; h && *h; h++)
        headers = curl_slist_append(headers, *h);
    set_options(curl, request, &t, reason, headers);
    CURLcode code = curl_easy_perform(curl);
    struct err e = OK;
    if (code == CURLE_OK)
        take_reply(curl, a, &t, ret_reply);
    else
        e = explain(a, code, &t, reason);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    buf_finish(&t.body);
    return e;
}
