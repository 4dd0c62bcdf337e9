/*
 * What every call and every job can reach: the parts of the running server, made by app/wiring.c and
 * alive until the process ends. Each pointer's own header says which threads may use it.
 */
#ifndef MEDLEY_CORE_CORE_H
#define MEDLEY_CORE_CORE_H

#include <stdint.h>

struct db;
struct settings;
struct auth;
struct bus;
struct jobs;
struct media_pool;
struct roots;
struct limiter;
struct net;
struct surface;

struct core {
    struct db *db;
    struct settings *settings;
    struct auth *auth;
    struct bus *bus;
    struct jobs *jobs;
    struct media_pool *media;
    struct limiter *limiter;
    struct net *net;          /* the client for outside services */
    struct roots *roots;      /* the media folders given at start; every path from outside lies beneath one */
    struct surface *surface;  /* the routes, for OpenAPI */
    const char *web_dir;      /* folder of the built web page; NULL: none */
    const char *data_dir;     /* absolute; config.yaml, medley.db, thumbnails/, backups/, tmp/ */
    const char *version;
    int64_t started_us;       /* wall clock */
    /* Ends this process in order and starts it again with the same command line; returns at once. Any thread. */
    void (*restart)(void);
};

#endif
