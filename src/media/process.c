/* Starts, asks and ends one media worker process. */
#include "media/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

/* After SIGKILL a process is normally gone in well under a millisecond. */
#define KILL_WAIT_STEPS 50
#define KILL_STEP_US    2000

/* Nothing of the server's environment (keys, tokens) reaches the worker, except what the loader
 * and the sanitizers need. */
static void collect_environment(struct arena *a, char *to[8])
{
    static const char *const kept[] = {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                       "TSAN_OPTIONS"};
    size_t count = 0;
    to[count++] = arena_strdup(a, "LC_ALL=C");
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
        const char *value = getenv(kept[i]);
        if (value)
            to[count++] = arena_printf(a, "%s=%s", kept[i], value);
    }
    to[count] = NULL;
}

static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    /* Its own group: Ctrl-C ends the server, which then ends its workers in order. */
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                             POSIX_SPAWN_SETPGROUP);
}

static int spawn(struct arena *a, const char *program, int socket, pid_t *ret_pid)
{
    char *arguments[] = {arena_strdup(a, program), arena_strdup(a, "media-worker"), NULL};
    char *environment[8];
    collect_environment(a, environment);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    posix_spawn_file_actions_adddup2(&actions, socket, MEDIA_WORKER_SOCKET);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
    int number = posix_spawn(ret_pid, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

/* Waits until the socket has something; false at the deadline. */
static bool wait_readable(int socket, int64_t deadline_us)
{
    for (;;) {
        int64_t left_us = deadline_us - time_monotonic_us();
        if (left_us <= 0)
            return false;
        struct pollfd poller = {.fd = socket, .events = POLLIN};
        int count = poll(&poller, 1, (int)((left_us + 999) / 1000));
        if (count > 0)
            return true;
        if (count < 0 && errno != EINTR)
            return true; /* let recv() report it */
    }
}

/* Plain recv(): descriptors that a captured worker might send along are closed by the kernel. */
static enum media_outcome receive(int socket, void *to, size_t size, int64_t deadline_us,
                                  size_t *ret_len)
{
    if (!wait_readable(socket, deadline_us))
        return MEDIA_TIMED_OUT;
    ssize_t len = recv(socket, to, size, 0);
    if (len <= 0)
        return MEDIA_DIED;
    *ret_len = (size_t)len;
    return MEDIA_ANSWERED;
}

struct err media_process_start(struct media_process *process, struct arena *a, const char *program,
                               int64_t deadline_us)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
        return err_f(a, ERR_INTERNAL, "media_worker", "No socket for a media worker: %s",
                     strerrordesc_np(errno));
    struct media_process started = {.socket = pair[0]};
    int number = spawn(a, program, pair[1], &started.pid);
    close(pair[1]);
    if (number) {
        close(pair[0]);
        return err_f(a, ERR_INTERNAL, "media_worker", "Cannot start %s: %s", program,
                     strerrordesc_np(number));
    }
    struct wire_hello hello = {0};
    size_t len = 0;
    enum media_outcome outcome = receive(pair[0], &hello, sizeof(hello), deadline_us, &len);
    if (outcome != MEDIA_ANSWERED || len != sizeof(hello) || hello.magic != WIRE_MAGIC) {
        media_process_kill(&started);
        return err_f(a, ERR_INTERNAL, "media_worker", "%s did not come up in its sandbox", program);
    }
    started.features = hello.features;
    *process = started;
    return OK;
}

bool media_process_gone(pid_t pid)
{
    pid_t found;
    do
        found = waitpid(pid, NULL, WNOHANG);
    while (found < 0 && errno == EINTR);
    return found != 0;
}

bool media_process_kill(struct media_process *process)
{
    pid_t pid = process->pid;
    close(process->socket);
    kill(pid, SIGKILL);
    *process = (struct media_process){.socket = -1};
    for (int i = 0; i < KILL_WAIT_STEPS; i++) {
        if (media_process_gone(pid))
            return true;
        usleep(i < 10 ? 100 : KILL_STEP_US);
    }
    return false;
}

static bool send_request(int socket, const struct wire_request *request, int fd)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {.iov_base = (void *)request, .iov_len = sizeof(*request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof(control.space)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof(*request);
}

enum media_outcome media_process_ask(struct media_process *process, struct arena *a,
                                     const struct wire_request *request, int fd,
                                     int64_t deadline_us, struct wire_reply *ret_reply,
                                     void **ret_payload)
{
    if (!send_request(process->socket, request, fd))
        return MEDIA_UNSENT;
    struct wire_reply reply = {0};
    size_t len = 0;
    enum media_outcome outcome = receive(process->socket, &reply, sizeof(reply), deadline_us, &len);
    if (outcome != MEDIA_ANSWERED)
        return outcome;
    uint32_t limit = request->kind == WIRE_PROBE ? (uint32_t)WIRE_PROBE_MAX : WIRE_PICTURE_MAX;
    if (len != sizeof(reply) || reply.magic != WIRE_MAGIC || reply.payload_bytes > limit)
        return MEDIA_DIED;
    char *payload = arena_alloc(a, reply.payload_bytes + 1);
    for (size_t have = 0; have < reply.payload_bytes; have += len) {
        outcome =
            receive(process->socket, payload + have, reply.payload_bytes - have, deadline_us, &len);
        if (outcome != MEDIA_ANSWERED)
            return outcome;
    }
    reply.message[sizeof(reply.message) - 1] = 0;
    *ret_reply = reply;
    *ret_payload = payload;
    return MEDIA_ANSWERED;
}
