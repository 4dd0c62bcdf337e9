/* A media worker that has been taken over: the real one with the attempts of hostile.h added. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hostile.h"
#include "media/process.h"
#include "media/worker/worker.h"

/* Each returns 0 when it got what it wanted. */
typedef int attempt(int fd, struct answer *answer);

static int open_a_file(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return open("/etc/passwd", O_RDONLY) < 0;
}

static int open_relative_to_a_folder(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return syscall(SYS_openat2, AT_FDCWD, ".", &(uint64_t[3]){O_RDONLY}, (size_t)24) < 0;
}

static int create_a_file(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return open("/tmp/medley-hostile", O_WRONLY | O_CREAT, 0600) < 0;
}

static int write_to_the_passed_file(int fd, struct answer *answer)
{
    (void)answer;
    return write(fd, "x", 1) < 0;
}

static int look_at_a_file(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    struct stat status;
    return stat("/etc/passwd", &status) < 0;
}

static int fork_itself(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return fork() < 0;
}

static void *idle(void *data)
{
    return data;
}

static int start_a_thread(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    pthread_t thread;
    return pthread_create(&thread, NULL, idle, NULL) != 0;
}

static int allocate_4_gib(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return mmap(NULL, 4ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
           MAP_FAILED;
}

static int map_code(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED;
}

static int raise_its_limits(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}) < 0;
}

static int find_secrets_in_the_environment(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    for (char **entry = environ; *entry; entry++)
        if (strstr(*entry, "MEDLEY"))
            return 0;
    return 1;
}

static int find_other_descriptors(int fd, struct answer *answer)
{
    (void)answer;
    char byte;
    for (int other = MEDIA_WORKER_SOCKET + 1; other < 1024; other++)
        if (other != fd && (pread(other, &byte, 1, 0) >= 0 || errno != EBADF))
            return 0;
    return 1;
}

static int open_a_socket(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int execute_a_program(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    char *argv[] = {NULL};
    return execve("/bin/true", argv, argv);
}

static int trace_its_parent(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return ptrace(PTRACE_ATTACH, 1, NULL, NULL) < 0;
}

static int kill_its_parent(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return kill(getppid(), SIGTERM) < 0;
}

static int delete_a_file(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return unlink("/tmp/medley-hostile") < 0;
}

static int truncate_the_passed_file(int fd, struct answer *answer)
{
    (void)answer;
    return ftruncate(fd, 0) < 0;
}

static int change_the_passed_files_mode(int fd, struct answer *answer)
{
    (void)answer;
    return fchmod(fd, 0777) < 0;
}

static int use_io_uring(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    char parameters[256] = {0};
    return syscall(SYS_io_uring_setup, 4, parameters) < 0;
}

static int make_a_namespace(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    return unshare(CLONE_NEWUSER) < 0;
}

static int crash(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
    return 0;
}

static int leave_quietly(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    _exit(0);
}

static int use_up_all_memory(int fd, struct answer *answer)
{
    void *volatile block;
    while ((block = malloc(16 << 20)))
        ;
    return crash(fd, answer); /* as code that does not check malloc() would */
}

static int promise_too_much(int fd, struct answer *answer)
{
    (void)fd;
    answer->reply.payload_bytes = 4000000000u;
    return 0;
}

static int spin(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    for (volatile unsigned long turns = 0;; turns++)
        ;
    return 0;
}

static int sleep_forever(int fd, struct answer *answer)
{
    (void)fd, (void)answer;
    for (;;)
        sleep(1000);
    return 0;
}

static int promise_and_not_deliver(int fd, struct answer *answer)
{
    struct wire_reply reply = {.magic = WIRE_MAGIC, .payload_bytes = 100000};
    struct iovec part = {.iov_base = &reply, .iov_len = sizeof(reply)};
    sendmsg(MEDIA_WORKER_SOCKET, &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0);
    return sleep_forever(fd, answer);
}

static attempt *const attempts[] = {
#define HOSTILE(name, outcome) name,
    HOSTILE_ATTEMPTS
#undef HOSTILE
};

static void try_it(const struct wire_request *request, int fd, struct answer *answer)
{
    size_t row = request->kind - WIRE_TEST;
    if (row < sizeof(attempts) / sizeof(*attempts) && attempts[row](fd, answer))
        answer_fail(answer, WIRE_BROKEN, "refused");
}

int main(void)
{
    _exit(media_worker_run(MEDIA_WORKER_SOCKET, try_it));
}
