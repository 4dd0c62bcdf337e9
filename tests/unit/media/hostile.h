/*
 * What a captured media worker might try. HOSTILE(name, outcome) for each: REFUSED, the attempt
 * fails and the worker answers; DIES, the attempt ends the worker; HANGS, the deadline ends it.
 * hostile_worker.c holds one function per row; the request's kind is WIRE_TEST + row number.
 */
#define HOSTILE_ATTEMPTS                                                                           \
    HOSTILE(open_a_file, REFUSED)                                                                  \
    HOSTILE(open_relative_to_a_folder, REFUSED)                                                    \
    HOSTILE(create_a_file, REFUSED)                                                                \
    HOSTILE(write_to_the_passed_file, REFUSED)                                                     \
    HOSTILE(look_at_a_file, REFUSED)                                                               \
    HOSTILE(fork_itself, REFUSED)                                                                  \
    HOSTILE(start_a_thread, REFUSED)                                                               \
    HOSTILE(allocate_4_gib, REFUSED)                                                               \
    HOSTILE(map_code, DIES)                                                                        \
    HOSTILE(raise_its_limits, REFUSED)                                                             \
    HOSTILE(find_secrets_in_the_environment, REFUSED)                                              \
    HOSTILE(find_other_descriptors, REFUSED)                                                       \
    HOSTILE(open_a_socket, DIES)                                                                   \
    HOSTILE(execute_a_program, DIES)                                                               \
    HOSTILE(trace_its_parent, DIES)                                                                \
    HOSTILE(kill_its_parent, DIES)                                                                 \
    HOSTILE(delete_a_file, DIES)                                                                   \
    HOSTILE(truncate_the_passed_file, DIES)                                                        \
    HOSTILE(change_the_passed_files_mode, DIES)                                                    \
    HOSTILE(use_io_uring, DIES)                                                                    \
    HOSTILE(make_a_namespace, DIES)                                                                \
    HOSTILE(crash, DIES)                                                                           \
    HOSTILE(leave_quietly, DIES)                                                                   \
    HOSTILE(use_up_all_memory, DIES)                                                               \
    HOSTILE(promise_too_much, DIES)                                                                \
    HOSTILE(spin, HANGS)                                                                           \
    HOSTILE(sleep_forever, HANGS)                                                                  \
    HOSTILE(promise_and_not_deliver, HANGS)

enum hostile_attempt {
#define HOSTILE(name, outcome) HOSTILE_##name,
    HOSTILE_ATTEMPTS
#undef HOSTILE
};
