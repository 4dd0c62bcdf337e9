/* The worker's life: lock in, say hello, answer until nobody asks any more. */
#include "media/worker/worker.h"

#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "media/worker/sandbox.h"

/* Beyond this much CPU a worker asks to be replaced, long before its hard limit kills it. */
#define RETIRE_CPU_S (SANDBOX_CPU_S / 2)
/* The pool kills at the deadline. When the pool itself is gone, this does. */
#define ALARM_MARGIN_MS 3000

void answer_fail(struct answer *answer, enum wire_status status, const char *reason)
{
    answer->reply.status = status;
    snprintf(answer->reply.message, sizeof(answer->reply.message), "%s", reason);
}

void answer_fail_av(struct answer *answer, int number)
{
    char words[AV_ERROR_MAX_STRING_SIZE];
    av_strerror(number, words, sizeof(words));
    answer_fail(answer, WIRE_BROKEN, words);
}

/* The next request and its descriptor. False when the socket is closed or talks nonsense. */
static bool next_request(int socket, struct wire_request *request, int *fd)
{
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = request, .iov_len = sizeof(*request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof(control.space)};
    ssize_t len;
    do
        len = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (len < 0 && errno == EINTR);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (len != (ssize_t)sizeof(*request) || request->magic != WIRE_MAGIC || !header ||
        header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int)))
        return false;
    memcpy(fd, CMSG_DATA(header), sizeof(*fd));
    return true;
}

static bool send_packet(int socket, const void *data, size_t len)
{
    struct iovec part = {.iov_base = (void *)data, .iov_len = len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)len;
}

static bool send_answer(int socket, struct answer *answer)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    answer->reply.magic = WIRE_MAGIC;
    answer->reply.retire = cpu.tv_sec > RETIRE_CPU_S;
    if (answer->reply.status != WIRE_OK)
        answer->reply.payload_bytes = 0;
    bool sent = send_packet(socket, &answer->reply, sizeof(answer->reply));
    for (size_t at = 0; sent && at < answer->reply.payload_bytes; at += WIRE_PACKET_BYTES) {
        size_t rest = answer->reply.payload_bytes - at;
        sent = send_packet(socket, (const char *)answer->payload + at,
                           rest < WIRE_PACKET_BYTES ? rest : WIRE_PACKET_BYTES);
    }
    free(answer->payload);
    return sent;
}

static void set_alarm(uint32_t time_ms)
{
    struct itimerval timer = {
        .it_value = {.tv_sec = time_ms / 1000, .tv_usec = (suseconds_t)(time_ms % 1000) * 1000}
    };
    setitimer(ITIMER_REAL, &timer, NULL); /* SIGALRM's default is death, which is meant */
}

static void answer_request(const struct wire_request *request, int fd, media_worker_extra *extra,
                           struct answer *answer)
{
    switch (request->kind) {
    case WIRE_PROBE:
        worker_probe(request, fd, answer);
        break;
    case WIRE_FRAME:
        worker_frame(request, fd, answer);
        break;
    case WIRE_IMAGE:
        worker_image(request, fd, answer);
        break;
    default:
        if (extra)
            extra(request, fd, answer);
        else
            answer_fail(answer, WIRE_BROKEN, "Unknown request");
    }
}

int media_worker_run(int socket_fd, media_worker_extra *extra)
{
    struct wire_hello hello = {.magic = WIRE_MAGIC};
    av_log_set_level(AV_LOG_QUIET);
    tzset(); /* reads its file now or never */
    if (!sandbox_enter(socket_fd, &hello.features))
        return 3;
    if (!send_packet(socket_fd, &hello, sizeof(hello)))
        return 4;
    struct wire_request request;
    int fd;
    while (next_request(socket_fd, &request, &fd)) {
        struct answer answer = {0};
        set_alarm(request.time_limit_ms + ALARM_MARGIN_MS);
        answer_request(&request, fd, extra, &answer);
        close(fd);
        if (!send_answer(socket_fd, &answer))
            break;
        set_alarm(0);
    }
    return 0;
}

int media_worker_main(int socket_fd)
{
    return media_worker_run(socket_fd, NULL);
}
