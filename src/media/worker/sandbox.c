/* Takes everything away from this process that a media parser does not need. */
#include "media/worker/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "media/wire.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RELAXED 1
#else
#define RELAXED 0
#endif

/* -- limits ----------------------------------------------------------------------------------- */

static bool limit(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(what, &now))
        return false;
    if (now.rlim_max < value)
        value = now.rlim_max;
    return setrlimit(what, &(struct rlimit){.rlim_cur = value, .rlim_max = value}) == 0;
}

static bool limit_all(void)
{
    return (RELAXED || limit(RLIMIT_AS, SANDBOX_MEMORY_BYTES)) &&
           limit(RLIMIT_CPU, SANDBOX_CPU_S) && limit(RLIMIT_NOFILE, SANDBOX_DESCRIPTORS) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0);
}

static bool drop_privileges(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct nothing[2] = {0};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           syscall(SYS_capset, &header, nothing) == 0;
}

/* -- Landlock --------------------------------------------------------------------------------- */

/* Debian 12's headers know only the first version, so the words of the kernel are repeated here. */
struct landlock_attributes {
    uint64_t files;
    uint64_t network; /* from version 4 */
    uint64_t scoped;  /* from version 6 */
};
#define LANDLOCK_VERSION_FLAG 1u
#define LANDLOCK_NETWORK_ALL  3u /* bind and connect TCP */
#define LANDLOCK_SCOPED_ALL   3u /* abstract sockets, signals */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self  446
#endif

/* All rights over files that this version of Landlock can take away. */
static uint64_t landlock_file_rights(long version)
{
    static const int count_by_version[] = {0, 13, 14, 15, 15, 16};
    int last = sizeof(count_by_version) / sizeof(*count_by_version) - 1;
    return (UINT64_C(1) << count_by_version[version > last ? last : version]) - 1;
}

/* A ruleset that handles everything and allows nothing. Returns the features it brought. */
static uint32_t enter_landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);
    if (version < 1)
        return 0;
    struct landlock_attributes attributes = {
        .files = landlock_file_rights(version),
        .network = version >= 4 ? LANDLOCK_NETWORK_ALL : 0,
        .scoped = version >= 6 ? LANDLOCK_SCOPED_ALL : 0,
    };
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0u);
    if (ruleset < 0)
        return 0;
    long result = syscall(SYS_landlock_restrict_self, ruleset, 0u);
    close(ruleset);
    if (result)
        return 0;
    return WIRE_LANDLOCK | (version >= 4 ? (uint32_t)WIRE_LANDLOCK_NET : 0);
}

/* -- seccomp ---------------------------------------------------------------------------------- */

/* What decoding needs. */
static const int allowed[] = {
    SCMP_SYS(read),          SCMP_SYS(pread64),        SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),       SCMP_SYS(close),          SCMP_SYS(munmap),
    SCMP_SYS(mremap),        SCMP_SYS(madvise),        SCMP_SYS(brk),
    SCMP_SYS(futex),         SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),   SCMP_SYS(getrandom),
    SCMP_SYS(setitimer),     SCMP_SYS(sched_yield),    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
};

/* What libraries ask out of habit and can do without. They hear EPERM, the worker lives on. */
static const int refused[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(openat2),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(lseek),
    SCMP_SYS(fcntl),
    SCMP_SYS(ioctl),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(clone),
    SCMP_SYS(clone3),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(prctl),
};

/* What the sanitizers' runtimes do behind the program's back. */
static const int relaxed[] = {
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(readlink),
    SCMP_SYS(write),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(prctl),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(tgkill),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
};

static bool add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool known_here = calls[i] >= 0; /* this machine may lack open() or fork() as calls */
        if (known_here && seccomp_rule_add(filter, action, calls[i], 0))
            return false;
    }
    return true;
}

/* Memory, but never code. */
static bool add_memory(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool is_relaxed(int call)
{
    for (size_t i = 0; RELAXED && i < sizeof(relaxed) / sizeof(*relaxed); i++)
        if (relaxed[i] == call)
            return true;
    return false;
}

static bool fill_filter(scmp_filter_ctx filter)
{
    if (!add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(*allowed)))
        return false;
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
        if (!is_relaxed(refused[i]) && !add_all(filter, SCMP_ACT_ERRNO(EPERM), &refused[i], 1))
            return false;
    if (RELAXED)
        return add_all(filter, SCMP_ACT_ALLOW, relaxed, sizeof(relaxed) / sizeof(*relaxed));
    return add_memory(filter);
}

static bool enter_seccomp(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return false;
    bool entered = fill_filter(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return entered;
}

bool sandbox_enter(int socket_fd, uint32_t *ret_features)
{
    if (close_range((unsigned)socket_fd + 1, ~0u, 0) ||
        (socket_fd > STDERR_FILENO + 1 &&
         close_range(STDERR_FILENO + 1, (unsigned)socket_fd - 1, 0)))
        return false;
    if (!drop_privileges())
        return false;
    uint32_t features = WIRE_SECCOMP | WIRE_LIMITS | enter_landlock();
    if (RELAXED)
        features |= WIRE_RELAXED;
    if (!limit_all() || !enter_seccomp())
        return false;
    *ret_features = features;
    return true;
}
