/* Running another program with limits and an end. */
#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

/* How late a cancellation may be noticed. */
#define POLL_MS 100
/* After the program ended: how long a grandchild that kept its output open is listened to. */
#define LINGER_MS 300

/* Everything the new process needs, prepared before: between vfork and execve it may only make
 * system calls, because it borrows our memory. */
struct start {
    const char *path;
    char *const *argv;
    char *const *environment;
    const char *folder;
    int null_fd;
    int output_fd;
    int errors_fd;
    const int *keep_fds;
    size_t keep_fd_count;
    struct {
        int resource;
        struct rlimit limit;
    } limits[8];
    size_t limit_count;
    int nice;
    pid_t parent;
    volatile int failure; /* errno of the step that failed */
};

/* --- words ------------------------------------------------------------------------------------ */

const char *child_find_program(struct arena *a, const char *name)
{
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? arena_strdup(a, name) : NULL;
    const char *path = getenv("PATH");
    path = path ? path : "/usr/local/bin:/usr/bin:/bin";
    while (name[0] && *path) {
        size_t len = strcspn(path, ":");
        char *full = arena_printf(a, "%.*s/%s", (int)len, path, name);
        /* An empty entry would mean the current folder: never. */
        if (len > 0 && access(full, X_OK) == 0)
            return full;
        path += len + (path[len] == ':');
    }
    return NULL;
}

struct words_list {
    VEC(char *)
};

static void add_variable(struct arena *a, struct words_list *list, const char *word)
{
    const char *value = strchr(word, '=') ? NULL : getenv(word);
    if (strchr(word, '='))
        *arena_push(a, list) = arena_strdup(a, word);
    else if (value)
        *arena_push(a, list) = arena_printf(a, "%s=%s", word, value);
}

static char *const *make_environment(struct arena *a, const char *const *wanted)
{
    struct words_list list = {0};
    static const char *const always[] = {"PATH", "LANG", "TZ"};
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        add_variable(a, &list, always[i]);
    for (; wanted && *wanted; wanted++)
        add_variable(a, &list, *wanted);
    *arena_push(a, &list) = NULL;
    return list.items;
}

static char *const *copy_argv(struct arena *a, const char *const *argv)
{
    struct words_list list = {0};
    for (; *argv; argv++)
        *arena_push(a, &list) = arena_strdup(a, *argv);
    *arena_push(a, &list) = NULL;
    return list.items;
}

static void add_limit(struct start *start, int resource, uint64_t value)
{
    if (value == 0)
        return;
    start->limits[start->limit_count].resource = resource;
    start->limits[start->limit_count++].limit = (struct rlimit){value, value};
}

/* --- the new process -------------------------------------------------------------------------- */

static bool set_descriptors(const struct start *start)
{
    int kept[CHILD_KEEP_FDS_MAX];
    int count = (int)start->keep_fd_count;
    int low = 3 + CHILD_KEEP_FDS_MAX;
    /* First above all targets, so that none is overwritten before it is copied. */
    int in = fcntl(start->null_fd, F_DUPFD, low);
    int out = fcntl(start->output_fd, F_DUPFD, low);
    int err = fcntl(start->errors_fd, F_DUPFD, low);
    for (int i = 0; i < count; i++)
        kept[i] = fcntl(start->keep_fds[i], F_DUPFD, low);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        return false;
    for (int i = 0; i < count; i++) {
        if (dup2(kept[i], 3 + i) < 0)
            return false;
    }
    return syscall(SYS_close_range, 3 + count, ~0U, 0) == 0;
}

static void reset_signals(void)
{
    struct sigaction normal = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < 65; number++)
        sigaction(number, &normal, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(struct start *start)
{
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return;
    if (getppid() != start->parent) /* it died before the line above */
        _exit(127);
    if (!set_descriptors(start) || chdir(start->folder) != 0)
        return;
    for (size_t i = 0; i < start->limit_count; i++)
        setrlimit(start->limits[i].resource, &start->limits[i].limit);
    if (start->nice != 0)
        setpriority(PRIO_PROCESS, 0, start->nice);
    reset_signals();
    execve(start->path, start->argv, start->environment);
}

/* vfork: a server with much memory starts programs as quickly as a small one. All signals are
 * blocked until the child has reset them, so none of our handlers runs in borrowed memory. */
static __attribute__((noinline)) pid_t start_process(struct start *start)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = vfork();
    if (pid == 0) {
        become(start);
        start->failure = errno;
        _exit(127);
    }
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        start->failure = number;
    return pid;
}

/* --- its output ------------------------------------------------------------------------------- */

struct reader {
    int fd; /* -1 at its end */
    enum child_stream stream;
    struct buf line;
};

static void hand_over(const struct child_options *options, struct reader *reader)
{
    if (options->on_line && reader->line.len > 0)
        options->on_line(options->data, reader->stream, reader->line.data, reader->line.len);
    buf_clear(&reader->line);
}

static void take_bytes(const struct child_options *options, struct reader *reader, const char *data,
                       size_t len)
{
    for (const char *end = data + len; data < end;) {
        size_t part = 0, left = (size_t)(end - data);
        while (part < left && data[part] != '\n' && data[part] != '\r')
            part++;
        bool ended = part < left;
        size_t room = CHILD_LINE_MAX_BYTES - reader->line.len;
        if (part > room) {
            part = room;
            ended = false;
        }
        buf_append(&reader->line, data, part);
        if (ended || reader->line.len == CHILD_LINE_MAX_BYTES)
            hand_over(options, reader);
        data += part + ended;
    }
}

static void read_some(const struct child_options *options, struct reader *reader)
{
    char data[16384];
    ssize_t len = read(reader->fd, data, sizeof(data));
    if (len > 0) {
        take_bytes(options, reader, data, (size_t)len);
    } else if (len == 0 || (errno != EINTR && errno != EAGAIN)) {
        hand_over(options, reader); /* the last line had no end */
        close(reader->fd);
        reader->fd = -1;
    }
}

/* --- watching --------------------------------------------------------------------------------- */

struct watch {
    const struct child_options *options;
    pid_t pid;
    int pid_fd; /* readable when the program has ended; -1: no such kernel call, ask instead */
    struct reader readers[2];
    int64_t started_us;
    int64_t asked_us; /* when the cancel callback was last called */
    int64_t told_us;  /* when SIGTERM was sent; 0: not yet */
    int64_t ended_us; /* when the program was seen to have ended; 0: it runs */
    struct err verdict;
};

static bool wants_cancel(const struct child_options *options)
{
    return stop_raised(options->stop) || (options->cancelled && options->cancelled(options->data));
}

/* A chatty program must not make us ask at every line. */
static bool asks_to_cancel(struct watch *w, int64_t now)
{
    if (now - w->asked_us < POLL_MS * 1000 && !stop_raised(w->options->stop))
        return false;
    w->asked_us = now;
    return wants_cancel(w->options);
}

/* Reasons to end it, and the second, harder push. */
static void judge(struct watch *w)
{
    int64_t now = time_monotonic_us();
    const struct child_options *options = w->options;
    if (w->ended_us)
        return;
    if (!w->told_us) {
        bool late = options->timeout_ms > 0 && now - w->started_us >= options->timeout_ms * 1000;
        if (late)
            w->verdict = err_make(ERR_TIMEOUT, "child_timeout", "The program took too long.");
        else if (asks_to_cancel(w, now))
            w->verdict = err_make(ERR_CANCELLED, "child_cancelled", "The program was cancelled.");
        else
            return;
        w->told_us = now;
        kill(-w->pid, SIGTERM);
    } else if (now - w->told_us >= CHILD_GRACE_MS * INT64_C(1000)) {
        kill(-w->pid, SIGKILL);
    }
}

static int wait_ms(const struct watch *w)
{
    int64_t now = time_monotonic_us(), wait = POLL_MS;
    if (w->options->timeout_ms > 0 && !w->told_us) {
        int64_t left = w->options->timeout_ms - (now - w->started_us) / 1000;
        wait = left < wait ? left : wait;
    }
    return wait > 0 ? (int)wait : 1;
}

/* Without reaping it: as long as it is a zombie its process group keeps its number. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

static void poll_once(struct watch *w)
{
    struct pollfd fds[3] = {
        {.fd = w->readers[0].fd,             .events = POLLIN},
        {.fd = w->readers[1].fd,             .events = POLLIN},
        {.fd = w->ended_us ? -1 : w->pid_fd, .events = POLLIN},
    };
    poll(fds, 3, wait_ms(w));
    for (int i = 0; i < 2; i++) {
        if (fds[i].revents)
            read_some(w->options, &w->readers[i]);
    }
    if (!w->ended_us && has_ended(w->pid))
        w->ended_us = time_monotonic_us();
}

/* Until the program has ended and its output is read, or nobody who writes it is left to wait for.
 */
static void watch_until_end(struct watch *w)
{
    while (!w->ended_us || w->readers[0].fd >= 0 || w->readers[1].fd >= 0) {
        poll_once(w);
        judge(w);
        if (w->ended_us && time_monotonic_us() - w->ended_us > LINGER_MS * 1000)
            break;
    }
    kill(-w->pid, SIGKILL); /* what it left behind */
    for (int i = 0; i < 2; i++) {
        if (w->readers[i].fd >= 0) {
            hand_over(w->options, &w->readers[i]);
            close(w->readers[i].fd);
        }
        buf_finish(&w->readers[i].line);
    }
    if (w->pid_fd >= 0)
        close(w->pid_fd);
}

static struct err reap(struct watch *w, struct child_result *ret_result)
{
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (ret_result)
        *ret_result = (struct child_result){
            .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
            .duration_ms = (time_monotonic_us() - w->started_us) / 1000,
        };
    return w->verdict;
}

/* --- running ---------------------------------------------------------------------------------- */

static struct err prepare(struct arena *a, const struct child_options *options, struct start *start)
{
    CHECK(options->argv && options->argv[0] && options->keep_fd_count <= CHILD_KEEP_FDS_MAX);
    *start = (struct start){
        .path = child_find_program(a, options->argv[0]),
        .argv = copy_argv(a, options->argv),
        .environment = make_environment(a, options->environment),
        .folder = options->folder ? options->folder : "/",
        .keep_fds = options->keep_fds,
        .keep_fd_count = options->keep_fd_count,
        .nice = options->nice ? getpriority(PRIO_PROCESS, 0) + options->nice : 0,
        .parent = getpid(),
    };
    add_limit(start, RLIMIT_AS, options->memory_max_bytes);
    add_limit(start, RLIMIT_FSIZE, options->file_max_bytes);
    add_limit(start, RLIMIT_CPU, options->cpu_max_s);
    add_limit(start, RLIMIT_NOFILE, options->files_max);
    start->limits[start->limit_count++].resource = RLIMIT_CORE; /* never a core dump */
    if (!start->path)
        return err_f(a, ERR_NOT_FOUND, "program_missing", "There is no program %s.",
                     options->argv[0]);
    return OK;
}

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
    }
}

struct err child_run(struct arena *a, const struct child_options *options,
                     struct child_result *ret_result)
{
    struct start start;
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    TRY(prepare(a, options, &start));
    if (wants_cancel(options))
        return err_make(ERR_CANCELLED, "child_cancelled", "The program was cancelled.");
    start.null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool ready =
        start.null_fd >= 0 && pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0;
    start.failure = ready ? 0 : errno;
    start.output_fd = output[1];
    start.errors_fd = errors[1];
    struct watch w = {.options = options, .started_us = time_monotonic_us()};
    w.pid = ready ? start_process(&start) : -1;
    if (start.null_fd >= 0)
        close(start.null_fd);
    if (w.pid > 0 && start.failure) /* it could not become the program */
        waitpid(w.pid, NULL, 0);
    if (start.failure) {
        close_pair(output);
        close_pair(errors);
        return err_errno(a, start.failure, options->argv[0]);
    }
    close(output[1]);
    close(errors[1]);
    w.pid_fd = (int)syscall(SYS_pidfd_open, w.pid, 0);
    w.readers[0] = (struct reader){.fd = output[0], .stream = CHILD_OUTPUT};
    w.readers[1] = (struct reader){.fd = errors[0], .stream = CHILD_ERRORS};
    watch_until_end(&w);
    return reap(&w, ret_result);
}
