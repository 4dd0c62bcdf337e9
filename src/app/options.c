/* Parsing the command line. */
#include "app/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct list_of_text {
    VEC(const char *)
};

void options_usage(void)
{
    fputs("usage: medley COMMAND [options]\n"
          "\n"
          "  serve            --data-dir DIR --library-dir DIR ... [--listen ADDRESS:PORT]\n"
          "                   [--database postgresql://...] [--roles api,worker] [--set KEY=VALUE ...]\n"
          "  user             add NAME | set-password NAME | list | api-key NAME   (passwords from standard input)\n"
          "  backup           makes a backup and prints where it is\n"
          "  restore FILE     takes a backup back; no server may run on the data folder\n"
          "  openapi          [--api NAME]   the OpenAPI document\n"
          "  dump             routes | settings | jobs | events\n"
          "  healthcheck      [--listen ADDRESS:PORT]\n"
          "  version\n"
          "\n"
          "Also from the environment: MEDLEY_DATA_DIR, MEDLEY_LIBRARY_DIR (separated by ':'), MEDLEY_LISTEN,\n"
          "MEDLEY_DATABASE, MEDLEY_ROLES, MEDLEY_ADMIN_PASSWORD, and MEDLEY_<SETTING> for every setting.\n",
          stderr);
}

static const char *absolute(struct arena *a, const char *path)
{
    char folder[4096];
    if (path[0] == '/')
        return arena_strdup(a, path);
    if (!getcwd(folder, sizeof(folder)))
        return arena_strdup(a, path);
    return arena_printf(a, "%s/%s", folder, path);
}

static void add_library_dirs(struct arena *a, struct list_of_text *dirs, const char *list)
{
    for (const char *p = list; p && *p;) {
        size_t len = strcspn(p, ":");
        if (len)
            *arena_push(a, dirs) = absolute(a, arena_strndup(a, p, len));
        p += len + (p[len] == ':');
    }
}

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static const char *default_data_dir(struct arena *a)
{
    const char *home = from_environment("HOME");
    const char *data = from_environment("XDG_DATA_HOME");
    if (data)
        return arena_printf(a, "%s/medley", data);
    return home ? arena_printf(a, "%s/.local/share/medley", home) : "/var/lib/medley";
}

enum long_option { OPT_DATA = 256, OPT_LIBRARY, OPT_LISTEN, OPT_DATABASE, OPT_ROLES, OPT_SET, OPT_WEB, OPT_API, OPT_HELP };

static const struct option long_options[] = {
    {"data-dir", required_argument, NULL, OPT_DATA},
    {"library-dir", required_argument, NULL, OPT_LIBRARY},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"database", required_argument, NULL, OPT_DATABASE},
    {"roles", required_argument, NULL, OPT_ROLES},
    {"set", required_argument, NULL, OPT_SET},
    {"web-dir", required_argument, NULL, OPT_WEB},
    {"api", required_argument, NULL, OPT_API},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct parse {
    struct arena *arena;
    struct options *options;
    struct list_of_text libraries;
    struct list_of_text overrides;
};

static struct err take(struct parse *p, int option, const char *value)
{
    struct options *o = p->options;
    switch (option) {
    case OPT_DATA:
        o->data_dir = absolute(p->arena, value);
        break;
    case OPT_LIBRARY:
        *arena_push(p->arena, &p->libraries) = absolute(p->arena, value);
        break;
    case OPT_LISTEN:
        o->listen = value;
        break;
    case OPT_DATABASE:
        o->database = value;
        break;
    case OPT_ROLES:
        o->roles = value;
        break;
    case OPT_SET:
        if (!strchr(value, '='))
            return err_make(ERR_INVALID, "usage", "--set takes KEY=VALUE");
        *arena_push(p->arena, &p->overrides) = value;
        break;
    case OPT_WEB:
        o->web_dir = absolute(p->arena, value);
        break;
    case OPT_API:
        o->api = value;
        break;
    case OPT_HELP:
        return err_make(ERR_INVALID, "usage", NULL);
    default:
        return err_make(ERR_INVALID, "usage", "unknown option");
    }
    return OK;
}

static void add_override(struct parse *p, const char *key, const char *value)
{
    if (value)
        *arena_push(p->arena, &p->overrides) = arena_printf(p->arena, "%s=%s", key, value);
}

static void complete(struct parse *p)
{
    struct options *o = p->options;
    if (!o->data_dir)
        o->data_dir = from_environment("MEDLEY_DATA_DIR")
                          ? absolute(p->arena, from_environment("MEDLEY_DATA_DIR"))
                          : default_data_dir(p->arena);
    if (!p->libraries.count)
        add_library_dirs(p->arena, &p->libraries, from_environment("MEDLEY_LIBRARY_DIR"));
    if (!o->database)
        o->database = from_environment("MEDLEY_DATABASE");
    add_override(p, "config_dir", o->data_dir);
    if (p->libraries.count)
        add_override(p, "library_dir", p->libraries.items[0]);
    add_override(p, "server.listen", o->listen);
    add_override(p, "server.database", o->database);
    add_override(p, "server.roles", o->roles);
    *arena_push(p->arena, &p->libraries) = NULL;
    *arena_push(p->arena, &p->overrides) = NULL;
    o->library_dirs = p->libraries.items;
    o->overrides = p->overrides.items;
}

struct err options_parse(struct arena *a, int argc, char **argv, struct options *ret)
{
    struct parse p = {.arena = a, .options = ret};
    *ret = (struct options){0};
    if (argc < 2)
        return err_make(ERR_INVALID, "usage", NULL);
    ret->command = argv[1];
    opterr = 0;
    optind = 2;
    for (int option; (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        if (option == '?')
            return err_f(a, ERR_INVALID, "usage", "unknown or incomplete option %s", argv[optind - 1]);
        TRY(take(&p, option, optarg));
    }
    ret->operands = (const char *const *)(argv + optind);
    complete(&p);
    return OK;
}
