/* Private addresses, and the hosts of URLs. */
#include "net/guard.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

static bool is_private_v4(uint32_t host_order)
{
    static const struct {
        uint32_t net;
        uint32_t mask;
    } nets[] = {
        {0x00000000, 0xff000000}, {0x0a000000, 0xff000000}, {0x64400000, 0xffc00000}, {0x7f000000, 0xff000000},
        {0xa9fe0000, 0xffff0000}, {0xac100000, 0xfff00000}, {0xc0000000, 0xffffff00}, {0xc0a80000, 0xffff0000},
        {0xc6120000, 0xfffe0000}, {0xe0000000, 0xe0000000},
    };
    for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
        if ((host_order & nets[i].mask) == nets[i].net)
            return true;
    }
    return false;
}

bool address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return is_private_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family != AF_INET6)
        return true;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    uint32_t last;
    memcpy(&last, v6->s6_addr + 12, sizeof(last));
    if (IN6_IS_ADDR_V4MAPPED(v6) || IN6_IS_ADDR_V4COMPAT(v6))
        return is_private_v4(ntohl(last));
    return (v6->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(v6) || IN6_IS_ADDR_MULTICAST(v6) ||
           IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_UNSPECIFIED(v6);
}

/* Without the brackets of an IPv6 address. */
static char *host_of(struct arena *a, const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL, *host = NULL, *kept = NULL;
    CHECK(parts != NULL);
    if (!curl_url_set(parts, CURLUPART_URL, url, 0) && !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
        (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
        !curl_url_get(parts, CURLUPART_HOST, &host, 0)) {
        size_t len = strlen(host);
        kept = len > 2 && host[0] == '[' ? arena_strndup(a, host + 1, len - 2) : arena_strdup(a, host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(parts);
    return kept;
}

struct err url_guard(struct arena *a, const char *url)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    bool private = false;
    const char *host = host_of(a, url);
    if (!host)
        return err_make(ERR_INVALID, "bad_url", "The address must begin with http:// or https://");
    int wrong = getaddrinfo(host, NULL, &hints, &found);
    if (wrong)
        return err_f(a, ERR_UPSTREAM, "upstream_away", "%s: %s", host, gai_strerror(wrong));
    for (const struct addrinfo *at = found; at; at = at->ai_next)
        private |= address_is_private(at->ai_addr);
    freeaddrinfo(found);
    return private ? err_make(ERR_DENIED, "address_refused", "The address is private") : OK;
}
