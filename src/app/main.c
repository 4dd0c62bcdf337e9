/* The program: one command each. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "app/healthcheck.h"
#include "app/wiring.h"
#include "base/log.h"
#include "core/events.h"
#include "core/jobs.h"
#include "core/settings.h"
#include "domain/backup/backup.h"
#include "domain/backup/restore.h"
#include "work/kinds.h"

#define DESCRIPTORS_MAX 65536 /* 10,000 connections of each listener, and room */

static char **command_line; /* as this process got it */

/* --- serve -------------------------------------------------------------------------------------------- */

/* Signals are taken by sigwait alone, so no handler runs in the middle of anything. */
static void block_signals(sigset_t *ret_set)
{
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(ret_set);
    sigaddset(ret_set, SIGTERM);
    sigaddset(ret_set, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret_set, NULL);
}

static _Atomic bool starts_again;

static void restart(void)
{
    starts_again = true;
    kill(getpid(), SIGTERM);
}

/* The same program and arguments in the same process; descriptors are closed by it. */
static void start_again(const sigset_t *signals)
{
    LOG(LOG_INFO, "app", "restart", "pid=%d", (int)getpid());
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    execv("/proc/self/exe", command_line);
    LOG(LOG_ERROR, "app", "restart", "msg=\"cannot start again\"");
}

/* What somebody asked for before the server was started again. When it fails nothing has changed. */
static void restore_as_requested(struct arena *a, const struct options *options)
{
    const char *file = restore_requested(a, options->data_dir);
    struct restored done;
    if (!file)
        return;
    struct err e = restore_run(a, &(struct restore){options->data_dir, options->database, file}, &done);
    if (failed(e))
        log_err(LOG_ERROR, "app", "restore", e);
    else
        LOG(LOG_INFO, "app", "restore", "videos=%lld kept=%s", (long long)done.videos, done.kept ? done.kept : "-");
    restore_settle(a, options->data_dir);
}

/* A descriptor for each connection and each file on its way: as many as we may have. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS_MAX ? limit.rlim_max : DESCRIPTORS_MAX;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static struct err serve(struct arena *a, const struct options *options)
{
    struct wiring *w = NULL;
    sigset_t signals;
    int received;
    block_signals(&signals);
    allow_descriptors();
    restore_as_requested(a, options);
    struct err e = wiring_create(a, options, &w);
    if (!failed(e)) {
        wiring_core(w)->restart = restart;
        e = wiring_first_start(w);
    }
    if (!failed(e))
        e = wiring_start(w);
    if (!failed(e)) {
        sigwait(&signals, &received);
        LOG(LOG_INFO, "app", "stop", "signal=%d", received);
    }
    bool apart = wiring_destroy(w);
    if (starts_again)
        start_again(&signals);
    if (!apart)
        _exit(failed(e) ? EXIT_FAILURE : EXIT_SUCCESS); /* threads still run */
    return e;
}

/* --- backup, restore ---------------------------------------------------------------------------------- */

static struct err backup(struct arena *a, const struct options *options)
{
    struct wiring *w = NULL;
    struct backup made;
    struct err e = wiring_create(a, options, &w);
    if (!failed(e))
        e = backup_create(wiring_core(w), a, NULL, &made);
    if (!failed(e))
        puts(made.path);
    wiring_destroy(w);
    return e;
}

/* The lock keeps a server from starting, or tells that one runs; then it is let go. */
static struct err restore(struct arena *a, const struct options *options)
{
    const char *file = options->operands[0];
    struct restored done;
    if (!file)
        return err_make(ERR_INVALID, "usage", "restore FILE");
    if (!options->database)
        TRY(wiring_lock_data_folder(a, options->data_dir));
    TRY(restore_run(a, &(struct restore){options->data_dir, options->database, file}, &done));
    printf("restored: %lld videos, %lld pictures%s%s%s\n", (long long)done.videos, (long long)done.pictures,
           done.config ? ", settings" : "", done.kept ? "; the database before: " : "", done.kept ? done.kept : "");
    return OK;
}

/* --- user --------------------------------------------------------------------------------------------- */

/* From the terminal without echo, or the first line of standard input. */
static struct err read_password(struct arena *a, const char **ret_password)
{
    struct termios before;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    char line[1100];
    if (terminal) {
        struct termios silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        fputs("Password: ", stderr);
    }
    char *got = fgets(line, sizeof(line), stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (!got)
        return err_make(ERR_INVALID, "usage", "no password on standard input");
    line[strcspn(line, "\r\n")] = 0;
    *ret_password = arena_strdup(a, line);
    return OK;
}

static struct err user_list(struct arena *a, struct auth *auth)
{
    struct user_list users = {0};
    TRY(auth_users(auth, a, &users));
    for (size_t i = 0; i < users.count; i++) {
        const struct user *u = &users.items[i];
        printf("%lld\t%s\t%s%s%s\n", (long long)u->id, u->name, u->admin == 1 ? "admin" : "user",
               u->disabled == 1 ? " disabled" : "", u->must_change == 1 ? " must-change" : "");
    }
    return OK;
}

static struct err user_key(struct arena *a, struct auth *auth, const char *name)
{
    struct user_list users = {0};
    struct api_key key;
    const char *secret;
    TRY(auth_users(auth, a, &users));
    if (!users.count)
        return err_make(ERR_NOT_FOUND, "user_not_found", "there is no user yet: start the server once");
    TRY(auth_key_create(auth, a, users.items[0].id, name, &key, &secret));
    printf("%s\n", secret);
    return OK;
}

static struct err user_command(struct arena *a, const struct options *o, struct auth *auth)
{
    const char *verb = o->operands[0];
    const char *name = verb ? o->operands[1] : NULL;
    const char *password;
    int64_t id;
    if (verb && strcmp(verb, "list") == 0)
        return user_list(a, auth);
    if (verb && name && strcmp(verb, "api-key") == 0)
        return user_key(a, auth, name);
    if (verb && name && strcmp(verb, "add") == 0) {
        TRY(read_password(a, &password));
        return auth_user_add(auth, a, name, password, false, &id);
    }
    if (verb && name && strcmp(verb, "set-password") == 0) {
        TRY(read_password(a, &password));
        return auth_set_password(auth, a, name, password);
    }
    return err_make(ERR_INVALID, "usage", "user add NAME | set-password NAME | list | api-key NAME");
}

static struct err user(struct arena *a, const struct options *options)
{
    struct wiring *w = NULL;
    struct err e = wiring_create(a, options, &w);
    if (!failed(e))
        e = user_command(a, options, wiring_core(w)->auth);
    wiring_destroy(w);
    return e;
}

/* --- openapi, dump -------------------------------------------------------------------------------------- */

static struct err make_surface(struct arena *a, struct core *core, struct surface **ret)
{
    core->version = "0.1.0";
    return surface_create(a, core, wiring_apis, NULL, ret);
}

static struct err openapi(struct arena *a, const struct options *options)
{
    struct core core = {0};
    struct surface *surface;
    BUF(out);
    TRY(make_surface(a, &core, &surface));
    const struct api *only = NULL;
    for (const struct api *const *api = wiring_apis; options->api && *api; api++) {
        if (strcmp((*api)->name, options->api) == 0)
            only = *api;
    }
    if (options->api && !only)
        return err_f(a, ERR_INVALID, "usage", "no API is called %s", options->api);
    surface_openapi(surface, only, &out);
    printf("%s\n", out.data);
    return OK;
}

static void dump_settings(void)
{
    static const char *const safety[] = {"safe", "requires_reload", "affects_state"};
    for (size_t i = 0; i < setting_row_count; i++) {
        const struct setting *s = &setting_rows[i];
        printf("%s\t%s\t%s\t%s\t%s\n", s->key, s->fallback ? s->fallback : "null", safety[s->safety],
               s->environment ? s->environment : "-", s->help);
    }
}

static struct err dump(struct arena *a, const struct options *options)
{
    const char *what = options->operands[0] ? options->operands[0] : "";
    if (strcmp(what, "routes") == 0) {
        struct core core = {0};
        struct surface *surface;
        BUF(out);
        TRY(make_surface(a, &core, &surface));
        surface_dump(surface, &out);
        fputs(out.data ? out.data : "", stdout);
    } else if (strcmp(what, "settings") == 0) {
        dump_settings();
    } else if (strcmp(what, "jobs") == 0) {
        for (const struct job_kind *const *k = job_kinds; *k; k++)
            printf("%s\t%d\t%s\n", (*k)->name, (*k)->max_attempts ? (*k)->max_attempts : 1, (*k)->help);
    } else if (strcmp(what, "events") == 0) {
#define EVENT(symbol, word, help) printf("%s\t%s\n", word, help);
#include "core/events.def"
#undef EVENT
    } else {
        return err_make(ERR_INVALID, "usage", "dump routes | settings | jobs | events");
    }
    return OK;
}

static struct err version(struct arena *a, const struct options *options)
{
    (void)a;
    (void)options;
    puts("medley 0.1.0");
    return OK;
}

static const struct command {
    const char *name;
    struct err (*run)(struct arena *a, const struct options *options);
} commands[] = {
    {"serve", serve},     {"user", user},
    {"backup", backup},   {"restore", restore}, {"openapi", openapi},
    {"dump", dump},
    {"healthcheck", healthcheck},
    {"version", version}, {"--version", version},
};

static struct err run(struct arena *a, int argc, char **argv)
{
    struct options options;
    TRY(options_parse(a, argc, argv, &options));
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, options.command) == 0)
            return commands[i].run(a, &options);
    }
    return err_f(a, ERR_INVALID, "usage", "no command is called %s", options.command);
}

int main(int argc, char **argv)
{
    SCRATCH(a);
    command_line = argv;
    struct err e = run(&a, argc, argv);
    if (!failed(e))
        return 0;
    if (e.msg)
        fprintf(stderr, "medley: %s\n", e.msg);
    if (e.code && strcmp(e.code, "usage") == 0) {
        options_usage();
        return 2;
    }
    return 1;
}
