/* The bounded cache of prepared statements that each link keeps, by SQL text. */
#include <stdlib.h>
#include <string.h>

#include "db/driver.h"

/* FNV, but eight bytes a step: a statement has up to a thousand. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t len = strlen(text);
    for (; len >= 8; text += 8, len -= 8) {
        uint64_t eight;
        memcpy(&eight, text, sizeof(eight));
        hash = (hash ^ eight) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; len; text++, len--)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static struct db_stmt **bucket_of(struct statements *s, uint64_t hash)
{
    return &s->buckets[(hash ^ hash >> 32) % DB_STATEMENTS_MAX];
}

static void age_unlink(struct statements *s, struct db_stmt *stmt)
{
    *(stmt->newer ? &stmt->newer->older : &s->newest) = stmt->older;
    *(stmt->older ? &stmt->older->newer : &s->oldest) = stmt->newer;
}

static void age_push(struct statements *s, struct db_stmt *stmt)
{
    stmt->newer = NULL;
    stmt->older = s->newest;
    *(s->newest ? &s->newest->newer : &s->oldest) = stmt;
    s->newest = stmt;
}

struct db_stmt *statements_find(struct statements *s, const char *sql)
{
    uint64_t hash = hash_text(sql);
    for (struct db_stmt *stmt = *bucket_of(s, hash); stmt; stmt = stmt->hash_next) {
        if (stmt->hash != hash || strcmp(stmt->sql, sql) != 0)
            continue;
        if (stmt != s->newest) {
            age_unlink(s, stmt);
            age_push(s, stmt);
        }
        return stmt;
    }
    return NULL;
}

struct db_stmt *statement_make(struct statements *s, const char *sql)
{
    struct db_stmt *stmt = calloc(1, sizeof(*stmt));
    CHECK(stmt != NULL);
    stmt->sql = strdup(sql);
    CHECK(stmt->sql != NULL);
    stmt->hash = hash_text(sql);
    stmt->number = ++s->numbered;
    return stmt;
}

void statements_add(struct statements *s, struct db_stmt *stmt)
{
    struct db_stmt **bucket = bucket_of(s, stmt->hash);
    stmt->hash_next = *bucket;
    *bucket = stmt;
    stmt->cached = true;
    age_push(s, stmt);
    s->count++;
}

void statements_remove(struct statements *s, struct db_stmt *stmt)
{
    struct db_stmt **at = bucket_of(s, stmt->hash);
    while (*at != stmt)
        at = &(*at)->hash_next;
    *at = stmt->hash_next;
    age_unlink(s, stmt);
    stmt->cached = false;
    s->count--;
}

struct db_stmt *statements_evict(struct statements *s)
{
    if (s->count < DB_STATEMENTS_MAX)
        return NULL;
    for (struct db_stmt *stmt = s->oldest; stmt; stmt = stmt->newer) {
        if (!stmt->busy) {
            statements_remove(s, stmt);
            return stmt;
        }
    }
    return NULL; /* all are being read: grow for a while */
}

struct db_stmt *statements_pop(struct statements *s)
{
    struct db_stmt *stmt = s->oldest;
    if (stmt)
        statements_remove(s, stmt);
    return stmt;
}

void statement_free(struct db_stmt *stmt)
{
    free(stmt->sql);
    free(stmt);
}
