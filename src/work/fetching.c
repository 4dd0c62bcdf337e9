/* One file through yt-dlp. */
#include "work/fetching.h"

#include <math.h>
#include <sys/stat.h>

#include "providers/ytdlp.h"

#define MIB 1048576.0

static void show(void *data, const struct ytdlp_progress *p)
{
    struct fetching *f = data;
    BUF(step);
    buf_printf(&step, "Downloading: %.1f%%", p->percent);
    if (!isnan(p->speed))
        buf_printf(&step, " at %.1f MB/s", p->speed / MIB);
    if (p->eta_s != INT_NONE)
        buf_printf(&step, " (ETA: %llds)", (long long)p->eta_s);
    job_rate(f->run, p->speed, p->eta_s);
    job_progress(f->run, f->done_before + (int64_t)p->percent, f->total, step.data);
}

static bool is_cancelled(void *data)
{
    const struct fetching *f = data;
    return job_cancelled(f->run);
}

struct err fetch_file(struct fetching *f, const char *id_or_url, const char *format, const char *path,
                             int64_t *ret_bytes)
{
    struct stat st;
    struct ytdlp_download download = {
        .id_or_url = id_or_url,
        .format = format,
        .path = path,
        .on_progress = show,
        .cancelled = is_cancelled,
        .data = f,
    };
    if (stat(path, &st) || st.st_size == 0)
        TRY(ytdlp_download(f->run->core, f->run->arena, &download));
    if (stat(path, &st))
        return err_make(ERR_STORAGE, "file_missing", "The downloaded file is gone");
    *ret_bytes = (int64_t)st.st_size;
    return OK;
}
