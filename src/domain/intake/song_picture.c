/* Pictures from outside. */
#include "domain/intake/song_picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/settings.h"
#include "domain/catalog/thumbnail.h"
#include "media/pool.h"

#define PICTURE_MAX_BYTES (5u << 20) /* contract 14.3 */
#define PICTURE_PIXELS    1280
#define TIMEOUT_MS        30000
#define REDIRECTS_MAX     5

static struct err fetch(const struct asker *by, const char *url, const char *trusted, struct net_reply *ret)
{
    struct net_request request = {
        .url = url,
        .timeout_ms = TIMEOUT_MS,
        .patience_ms = TIMEOUT_MS,
        .max_bytes = PICTURE_MAX_BYTES,
        .redirects = REDIRECTS_MAX,
        .guard = true,
        .trusted = trusted ? settings_text(by->core->settings, by->arena, trusted) : NULL,
        .cancelled = by->cancelled,
    };
    TRY(net_send(by->core->net, by->arena, &request, ret));
    if (ret->status != 200 || !ret->content_type || strncasecmp(ret->content_type, "image/", 6) != 0)
        return err_f(by->arena, ERR_UNSUPPORTED, "no_picture", "HTTP %d, %s is no picture", ret->status,
                     ret->content_type ? ret->content_type : "nothing");
    return OK;
}

/* The bytes as a file that is open for reading only: what media workers take. */
static struct err as_file(struct arena *a, const struct net_reply *reply, int *ret_fd)
{
    int written = memfd_create("picture", MFD_CLOEXEC);
    if (written < 0)
        return err_errno(a, errno, "memory file");
    bool whole = write(written, reply->body, reply->len) == (ssize_t)reply->len;
    *ret_fd = whole ? open(arena_printf(a, "/proc/self/fd/%d", written), O_RDONLY | O_CLOEXEC) : -1;
    int number = errno;
    close(written);
    return *ret_fd >= 0 ? OK : err_errno(a, number, "memory file");
}

static struct err decode(const struct asker *by, const struct net_reply *reply, struct media_picture *ret)
{
    struct media_picture_request wanted = {
        .max_width = PICTURE_PIXELS, .max_height = PICTURE_PIXELS, .format = MEDIA_JPEG};
    int fd = -1;
    TRY(as_file(by->arena, reply, &fd));
    struct err e = media_pool_image(by->core->media, by->arena, fd, &wanted, ret);
    close(fd);
    return e;
}

struct err song_fetch_picture(const struct asker *by, int64_t video_id, const char *url, const char *trusted,
                              int64_t *ret_made_at_s)
{
    struct net_reply reply;
    struct media_picture picture;
    TRY(fetch(by, url, trusted, &reply));
    TRY(decode(by, &reply, &picture));
    TRY(thumbnail_keep_remote(by->core, by->arena, video_id, picture.data, picture.len));
    *ret_made_at_s = time_now_us() / SECONDS_US;
    return OK;
}
