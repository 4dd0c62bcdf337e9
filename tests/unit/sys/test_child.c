/* sys/: running other programs. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sys/child.h"

/* What the program said: "o:" and "e:" lines. */
struct heard {
    struct buf text;
    int lines;
    size_t longest;
};

static void listen_to(void *data, enum child_stream stream, char *line, size_t len)
{
    struct heard *heard = data;
    assert_int_equal(strlen(line), len);
    if (heard->text.len < 4000)
        buf_printf(&heard->text, "%s:%.100s\n", stream == CHILD_OUTPUT ? "o" : "e", line);
    heard->lines++;
    heard->longest = len > heard->longest ? len : heard->longest;
}

/* A shell is what is run here, because it can do everything; child_run itself never starts one. */
static struct err run_script(struct arena *a, const char *script, struct child_options options,
                             struct heard *heard, struct child_result *ret_result)
{
    const char *const argv[] = {"sh", "-c", script, "name", "first arg; $(exit 3)", NULL};
    *heard = (struct heard){0};
    options.argv = argv;
    options.on_line = listen_to;
    options.data = heard;
    return child_run(a, &options, ret_result);
}

static void output_comes_by_line_and_stream(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct child_result result;
    assert_ok(run_script(&a, "echo one; echo; printf 'two\\rthree\\n' >&2; printf end; exit 7",
                         (struct child_options){0}, &heard, &result));
    assert_int_equal(result.exit_status, 7);
    assert_int_equal(result.signal, 0);
    assert_int_equal(heard.lines, 4);
    assert_non_null(strstr(heard.text.data, "o:one\n"));
    assert_non_null(strstr(heard.text.data, "e:two\ne:three\n"));
    assert_non_null(strstr(heard.text.data, "o:end\n"));
    buf_finish(&heard.text);
}

static void arguments_arrive_unchanged_and_input_is_empty(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    assert_ok(run_script(&a, "echo \"[$1]\"; cat; echo $0; pwd", (struct child_options){0}, &heard,
                         NULL));
    assert_string_equal(heard.text.data, "o:[first arg; $(exit 3)]\no:name\no:/\n");
    buf_finish(&heard.text);
}

static void only_listed_variables_and_descriptors_are_seen(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    int pair[2];
    setenv("MEDLEY_SECRET", "hidden", 1);
    setenv("MEDLEY_SHOWN", "shown", 1);
    assert_int_equal(pipe(pair), 0); /* without close-on-exec on purpose */
    const char *const environment[] = {"MEDLEY_SHOWN", "EXTRA=a b", "MEDLEY_UNSET", NULL};
    assert_ok(run_script(&a,
                         "env | grep -E '^(MEDLEY|EXTRA|HOME)' | sort; ls /proc/self/fd | wc -l;"
                         "echo kept >&3",
                         (struct child_options){
                             .environment = environment, .keep_fds = &pair[1], .keep_fd_count = 1},
                         &heard, NULL));
    /* 0, 1, 2, 3 and the one that ls itself opens */
    assert_string_equal(heard.text.data, "o:EXTRA=a b\no:MEDLEY_SHOWN=shown\no:5\n");
    char text[16] = "";
    assert_int_equal(read(pair[0], text, sizeof(text) - 1), 5);
    close(pair[0]);
    close(pair[1]);
    buf_finish(&heard.text);
}

static void signals_are_normal_again(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct child_result result;
    signal(SIGPIPE, SIG_IGN);
    assert_ok(
        run_script(&a, "kill -PIPE $$; echo survived", (struct child_options){0}, &heard, &result));
    assert_int_equal(result.signal, SIGPIPE);
    assert_int_equal(result.exit_status, -1);
    assert_int_equal(heard.lines, 0);
    buf_finish(&heard.text);
}

static void missing_program_is_not_found(void **state)
{
    (void)state;
    SCRATCH(a);
#ifdef __SANITIZE_THREAD__
    skip(); /* it turns vfork into fork, and the reason stays in the copy */
#endif
    const char *const missing[] = {"no-such-program-here", NULL};
    const char *const folder[] = {"/", NULL};
    const char *const no_program[] = {"/etc/passwd", NULL};
    assert_fails(child_run(&a, &(struct child_options){.argv = missing}, NULL), ERR_NOT_FOUND);
    assert_true(failed(child_run(&a, &(struct child_options){.argv = folder}, NULL)));
    assert_fails(child_run(&a, &(struct child_options){.argv = no_program}, NULL), ERR_NOT_FOUND);
    const char *const sh[] = {"sh", "-c", ":", NULL};
    assert_fails(child_run(&a, &(struct child_options){.argv = sh, .folder = "/nowhere"}, NULL),
                 ERR_NOT_FOUND);
    assert_null(child_find_program(&a, ""));
}

static void deadline_ends_the_whole_group(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct child_result result;
    int64_t before = time_monotonic_us();
    /* It ignores SIGTERM and has a grandchild that does too and keeps the output open. */
    struct err e =
        run_script(&a, "trap '' TERM; (trap '' TERM; sleep 60) & echo $!; sleep 60; sleep 60",
                   (struct child_options){.timeout_ms = 200}, &heard, &result);
    int64_t took_ms = (time_monotonic_us() - before) / 1000;
    assert_int_equal(e.kind, ERR_TIMEOUT);
    assert_int_equal(result.signal, SIGKILL);
    assert_true(took_ms >= 200 && took_ms < 200 + CHILD_GRACE_MS + 900);
    int grandchild = 0;
    assert_int_equal(sscanf(heard.text.data, "o:%d", &grandchild), 1);
    for (int i = 0; i < 50 && kill(grandchild, 0) == 0; i++)
        usleep(20000); /* its new parent has to reap it */
    char path[64], stat[256] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", grandchild);
    FILE *file = fopen(path, "r");
    if (file) { /* where nobody reaps, a zombie is as dead as it gets */
        assert_non_null(fgets(stat, sizeof(stat), file));
        fclose(file);
        assert_non_null(strstr(stat, ") Z"));
    }
    buf_finish(&heard.text);
}

static void *raise_soon(void *data)
{
    usleep(150000);
    stop_raise(data);
    return NULL;
}

static void raised_stop_cancels_quickly(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct stop stop;
    struct child_result result;
    pthread_t thread;
    stop_init(&stop);
    assert_int_equal(pthread_create(&thread, NULL, raise_soon, &stop), 0);
    struct err e = run_script(&a, "while :; do echo working; done",
                              (struct child_options){.stop = &stop}, &heard, &result);
    pthread_join(thread, NULL);
    assert_int_equal(e.kind, ERR_CANCELLED);
    assert_int_equal(result.signal, SIGTERM);
    assert_true(result.duration_ms < 1000);
    buf_finish(&heard.text);
    assert_fails(run_script(&a, "echo never", (struct child_options){.stop = &stop}, &heard, NULL),
                 ERR_CANCELLED);
    assert_int_equal(heard.lines, 0);
    stop_finish(&stop);
}

static int asked;

static bool third_time(void *data)
{
    (void)data;
    return ++asked >= 3;
}

static void cancel_callback_is_asked(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    asked = 0;
    assert_fails(
        run_script(&a, "sleep 60", (struct child_options){.cancelled = third_time}, &heard, NULL),
        ERR_CANCELLED);
    assert_int_equal(asked, 3);
    buf_finish(&heard.text);
}

static void background_grandchild_does_not_hold_the_caller(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct child_result result;
    assert_ok(run_script(&a, "sleep 60 & echo done", (struct child_options){0}, &heard, &result));
    assert_string_equal(heard.text.data, "o:done\n");
    assert_int_equal(result.exit_status, 0);
    assert_true(result.duration_ms < 3000);
    buf_finish(&heard.text);
}

static void limits_hold(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    struct child_result result;
    assert_ok(
        run_script(&a, "ulimit -f; ulimit -n; ulimit -c; nice",
                   (struct child_options){.file_max_bytes = 1 << 20, .files_max = 32, .nice = 5},
                   &heard, &result));
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "o:2048\no:32\no:0\no:%d\n", getpriority(PRIO_PROCESS, 0) + 5);
    assert_string_equal(heard.text.data, wanted);
    buf_finish(&heard.text);
    assert_ok(run_script(&a, "while :; do :; done", (struct child_options){.cpu_max_s = 1}, &heard,
                         &result));
    assert_true(result.signal == SIGXCPU || result.signal == SIGKILL);
    buf_finish(&heard.text);
}

static void endless_lines_come_in_pieces(void **state)
{
    (void)state;
    SCRATCH(a);
    struct heard heard;
    assert_ok(run_script(&a, "head -c 200000 /dev/zero | tr '\\0' x", (struct child_options){0},
                         &heard, NULL));
    assert_int_equal(heard.longest, CHILD_LINE_MAX_BYTES);
    assert_int_equal(heard.lines, 4);
    buf_finish(&heard.text);
}

static void *run_many(void *data)
{
    const char *const argv[] = {"true", NULL};
    int *wrong = data;
    for (int i = 0; i < 10; i++) {
        SCRATCH(a);
        struct child_result result = {.exit_status = -1};
        *wrong += failed(child_run(&a, &(struct child_options){.argv = argv}, &result)) ||
                  result.exit_status != 0;
    }
    return NULL;
}

static void many_threads_run_programs_at_once(void **state)
{
    (void)state;
    pthread_t threads[8];
    int wrong[8] = {0};
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_many, &wrong[i]), 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_comes_by_line_and_stream),
        cmocka_unit_test(arguments_arrive_unchanged_and_input_is_empty),
        cmocka_unit_test(only_listed_variables_and_descriptors_are_seen),
        cmocka_unit_test(signals_are_normal_again),
        cmocka_unit_test(missing_program_is_not_found),
        cmocka_unit_test(deadline_ends_the_whole_group),
        cmocka_unit_test(raised_stop_cancels_quickly),
        cmocka_unit_test(cancel_callback_is_asked),
        cmocka_unit_test(background_grandchild_does_not_hold_the_caller),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(endless_lines_come_in_pieces),
        cmocka_unit_test(many_threads_run_programs_at_once),
    };
    return cmocka_run_group_tests_name("sys/child", tests, NULL, NULL);
}
