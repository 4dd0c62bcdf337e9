/* config.yaml: nested maps on disk, dotted keys in memory, replaced atomically. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "core/settings_private.h"
#include "sys/atomic_file.h"

#define MAX_DEPTH      12
#define MAX_FILE_BYTES (1u << 20)

/* --- reading ------------------------------------------------------------------------------------------- */

static json_t *scalar_value(const yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;
    int64_t number;
    if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return json_string(text);
    if (!*text || strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
        return json_null();
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    if (text_to_int(text, &number))
        return json_integer(number);
    char *end;
    double real = strtod(text, &end);
    if (!*end && strspn(text, "+-.0123456789eE") == strlen(text))
        return json_real(real);
    return json_string(text);
}

static json_t *node_value(yaml_document_t *doc, const yaml_node_t *node, int depth)
{
    if (!node || depth > MAX_DEPTH)
        return json_null();
    if (node->type == YAML_SEQUENCE_NODE) {
        json_t *list = json_array();
        for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++)
            json_array_append_new(list, node_value(doc, yaml_document_get_node(doc, *i), depth + 1));
        return list;
    }
    if (node->type == YAML_MAPPING_NODE) {
        json_t *map = json_object();
        for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
            const yaml_node_t *key = yaml_document_get_node(doc, p->key);
            if (key && key->type == YAML_SCALAR_NODE)
                json_object_set_new(map, (const char *)key->data.scalar.value,
                                    node_value(doc, yaml_document_get_node(doc, p->value), depth + 1));
        }
        return map;
    }
    return node->type == YAML_SCALAR_NODE ? scalar_value(node) : json_null();
}

/* A map that is not itself a setting is a level of the key. */
static void flatten(struct arena *a, const char *prefix, const json_t *value, json_t *flat)
{
    const char *key;
    json_t *member;
    const struct setting *row = *prefix ? setting_find(prefix) : NULL;
    if (row || !json_is_object(value)) {
        json_t *kept = json_incref((json_t *)(uintptr_t)value);
        if (row && json_is_string(kept) == 0 && !json_is_null(kept) &&
            (row->type == SETTING_STRING || row->type == SETTING_PATH || row->type == SETTING_CRON) &&
            (json_is_number(kept) || json_is_boolean(kept))) {
            /* app_key: 12345 is a text that looks like a number. */
            char *text = json_dumps(kept, JSON_ENCODE_ANY);
            json_decref(kept);
            kept = json_string(text);
            free(text);
        }
        json_object_set_new(flat, prefix, kept);
        return;
    }
    json_object_foreach ((json_t *)(uintptr_t)value, key, member)
        flatten(a, *prefix ? arena_printf(a, "%s.%s", prefix, key) : key, member, flat);
}

static struct err parse_stream(struct arena *a, FILE *file, const char *path, json_t *flat)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &doc)) {
        struct err e = err_f(a, ERR_INVALID, "bad_config_file", "%s line %zu: %s", path,
                             parser.problem_mark.line + 1, parser.problem ? parser.problem : "not YAML");
        yaml_parser_delete(&parser);
        return e;
    }
    json_t *root = node_value(&doc, yaml_document_get_root_node(&doc), 0);
    bool good = json_is_object(root) || json_is_null(root);
    if (json_is_object(root))
        flatten(a, "", root, flat);
    json_decref(root);
    yaml_document_delete(&doc);
    yaml_parser_delete(&parser);
    return good ? OK : err_f(a, ERR_INVALID, "bad_config_file", "%s: must be a map", path);
}

struct err yaml_read(struct arena *a, const char *path, json_t *flat)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? OK : err_errno(a, errno, path);
    struct stat st;
    struct err e = OK;
    if (fstat(fileno(file), &st) == 0 && st.st_size > (off_t)MAX_FILE_BYTES)
        e = err_f(a, ERR_TOO_LARGE, "bad_config_file", "%s is too large", path);
    else
        e = parse_stream(a, file, path, flat);
    fclose(file);
    return e;
}

/* --- writing ------------------------------------------------------------------------------------------- */

static json_t *nest(const json_t *flat)
{
    json_t *root = json_object();
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)flat, key, value) {
        json_t *at = root;
        const char *p = key;
        for (const char *dot; (dot = strchr(p, '.')); p = dot + 1) {
            char name[128];
            snprintf(name, sizeof(name), "%.*s", (int)(dot - p), p);
            json_t *next = json_object_get(at, name);
            if (!json_is_object(next)) {
                next = json_object();
                json_object_set_new(at, name, next);
            }
            at = next;
        }
        json_object_set(at, p, value);
    }
    return root;
}

/* A JSON string is a YAML double-quoted scalar, so scalars are written as JSON. */
static void write_node(struct buf *out, const json_t *value, int indent)
{
    const char *key;
    json_t *member;
    if (!json_is_object(value) || json_object_size(value) == 0) {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        buf_printf(out, " %s\n", text);
        free(text);
        return;
    }
    if (indent)
        buf_putc(out, '\n');
    json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
        buf_printf(out, "%*s%s:", indent, "", key);
        write_node(out, member, indent + 2);
    }
}

struct err yaml_write(struct arena *a, const char *path, const json_t *flat)
{
    BUF(out);
    json_t *root = nest(flat);
    buf_puts(&out, "# Written by Medley: what differs from the defaults. `medley dump settings` lists all.\n");
    if (json_object_size(root))
        write_node(&out, root, 0);
    json_decref(root);
    return atomic_file_write(a, NULL, path, out.data, out.len, 0600);
}
