/*
 * Locks the calling process in, for good. Called once, before the first untrusted byte is read.
 *
 *   no privileges   no_new_privs, all capabilities dropped, not dumpable (no ptrace, no core)
 *   limits          1.25 GiB of address space, 10 minutes of CPU in all, 8 descriptors, nothing to
 *                   write, no processes
 *   Landlock        no file, no directory, and where the kernel knows it no TCP port and no
 *                   abstract socket or signal to others
 *   seccomp         memory, time, reading descriptors, the socket; what libraries ask out of habit
 *                   gets "not permitted"; anything else (execve, socket, ptrace, kill, fork ...)
 *                   ends the process
 *
 * Missing seccomp is a failure: the worker must not run. Missing Landlock (an old kernel) is
 * tolerated and shows in the features. Under AddressSanitizer and ThreadSanitizer the memory limit
 * is off and what their runtimes need is allowed; WIRE_RELAXED says so.
 */
#ifndef MEDLEY_MEDIA_WORKER_SANDBOX_H
#define MEDLEY_MEDIA_WORKER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/* Measured: the codec libraries map 190 MB; decoding one 8192x4320 10-bit key frame and scaling it
 * takes about 600 MB more. */
#define SANDBOX_MEMORY_BYTES (1280ll << 20)
/* For the whole life of a worker, at most 500 requests of a few milliseconds each. */
#define SANDBOX_CPU_S 600
/* 0-2, the socket, the file in hand, one spare while passing; the rest is for nothing. */
#define SANDBOX_DESCRIPTORS 8

/* Keeps descriptors 0-2 and `socket_fd`. False when the process must not go on. */
bool sandbox_enter(int socket_fd, uint32_t *ret_features);

#endif
