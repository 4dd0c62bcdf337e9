/* Pictures of videos. */
#include "domain/catalog/thumbnail.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/core.h"
#include "core/settings.h"
#include "media/pool.h"
#include "sys/atomic_file.h"

/* Few sizes, so that nobody fills the disk by asking for every width. */
static const int64_t widths[] = {160, 320, THUMBNAIL_WIDTH, 1280, 1920};
#define WIDTH_COUNT (sizeof(widths) / sizeof(widths[0]))

static int64_t round_width(int64_t width)
{
    for (size_t i = 0; i < WIDTH_COUNT; i++) {
        if (width <= widths[i])
            return width > 0 ? widths[i] : THUMBNAIL_WIDTH;
    }
    return widths[WIDTH_COUNT - 1];
}

/* --- where they are ------------------------------------------------------------------------------------- */

const char *thumbnail_folder(struct core *core, struct arena *a)
{
    const char *setting = settings_text(core->settings, a, "thumbnail.cache_dir");
    return *setting == '/' ? setting : arena_printf(a, "%s/%s", core->data_dir, setting);
}

static const char *path_of(struct core *core, struct arena *a, int64_t video_id, const char *kind)
{
    return arena_printf(a, "%s/%lld-%s.jpg", thumbnail_folder(core, a), (long long)video_id, kind);
}

static const char *sized_path(struct core *core, struct arena *a, const struct thumbnail_request *request)
{
    return path_of(core, a, request->video_id,
                   arena_printf(a, "%lld", (long long)round_width(request->width)));
}

static int64_t modified_us(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * SECONDS_US + st->st_mtim.tv_nsec / 1000;
}

/* A video file from the future would make every picture look old. */
static bool is_current(const char *path, int fd, int64_t *ret_made_at_s)
{
    struct stat picture;
    struct stat video;
    if (stat(path, &picture) || fstat(fd, &video))
        return false;
    *ret_made_at_s = (int64_t)picture.st_mtim.tv_sec;
    return modified_us(&video) <= modified_us(&picture) || modified_us(&video) > time_now_us();
}

static struct err keep(struct core *core, struct arena *a, const char *path, const void *data, size_t len)
{
    const char *dir = thumbnail_folder(core, a);
    if (mkdir(dir, 0700) && errno != EEXIST)
        return err_errno(a, errno, dir);
    return atomic_file_write(a, NULL, path, data, len, 0600);
}

/* --- making --------------------------------------------------------------------------------------------- */

static struct err make(struct core *core, struct arena *a, int fd, const struct thumbnail_request *request,
                       const char *path)
{
    struct media_picture picture;
    unsigned width = (unsigned)round_width(request->width);
    struct media_picture_request wanted = {
        .max_width = width,
        .max_height = width,
        .format = MEDIA_JPEG,
        .has_position = !isnan(request->position_s),
        .position_s = isnan(request->position_s) ? 0 : request->position_s,
    };
    TRY(media_pool_thumbnail(core->media, a, fd, &wanted, &picture));
    return keep(core, a, path, picture.data, picture.len);
}

struct err thumbnail_get(struct core *core, struct arena *a, int fd, const struct thumbnail_request *request,
                         struct thumbnail *ret_thumbnail)
{
    struct thumbnail t = {.path = sized_path(core, a, request)};
    if (request->again || !is_current(t.path, fd, &t.made_at_s)) {
        TRY(make(core, a, fd, request, t.path));
        t.made_at_s = time_now_us() / SECONDS_US;
        /* The other sizes show the old frame. */
        for (size_t i = 0; i < WIDTH_COUNT && request->again; i++) {
            struct thumbnail_request other = {.video_id = request->video_id, .width = widths[i]};
            if (widths[i] != round_width(request->width))
                unlink(sized_path(core, a, &other));
        }
    }
    *ret_thumbnail = t;
    return OK;
}

/* --- from outside --------------------------------------------------------------------------------------- */

struct err thumbnail_remote(struct core *core, struct arena *a, int64_t video_id,
                            struct thumbnail *ret_thumbnail)
{
    struct stat st;
    const char *path = path_of(core, a, video_id, "remote");
    if (stat(path, &st))
        return err_errno(a, errno, path);
    *ret_thumbnail = (struct thumbnail){path, (int64_t)st.st_mtim.tv_sec};
    return OK;
}

struct err thumbnail_keep_remote(struct core *core, struct arena *a, int64_t video_id, const void *jpeg,
                                 size_t len)
{
    return keep(core, a, path_of(core, a, video_id, "remote"), jpeg, len);
}

void thumbnail_forget_remote(struct core *core, int64_t video_id)
{
    SCRATCH(a);
    unlink(path_of(core, &a, video_id, "remote"));
}

void thumbnail_forget(struct core *core, int64_t video_id)
{
    SCRATCH(a);
    for (size_t i = 0; i < WIDTH_COUNT; i++) {
        struct thumbnail_request request = {.video_id = video_id, .width = widths[i]};
        unlink(sized_path(core, &a, &request));
    }
    unlink(path_of(core, &a, video_id, "remote"));
}
