/* API keys: named, hashed, shown once. */
#include "api/web/web.h"
#include "core/auth.h"
#include "json/encode.h"

struct key_name {
    const char *name;
};
SHAPE(key_name_shape, "ApiKeyCreate", struct key_name, "A name for the new key",
      F(struct key_name, T_TEXT, name, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, BETWEEN(1, 100)));

struct keys {
    struct list keys;
};
SHAPE(keys_shape, "ApiKeys", struct keys, "The keys of this account",
      F(struct keys, T_LIST, keys, .item = T_OBJECT, .shape = &api_key_shape, .flags = FIELD_EMPTY_LIST));

static struct err list_keys(struct call *call)
{
    struct api_key_list list = {0};
    TRY(auth_keys(call->core->auth, call->arena, call->who.user_id, &list));
    struct keys reply = {{list.items, list.count}};
    return call_reply(call, &reply);
}

static struct err create_key(struct call *call)
{
    const struct key_name *body = call->body;
    struct api_key key;
    const char *secret;
    TRY(auth_key_create(call->core->auth, call->arena, call->who.user_id, body->name, &key, &secret));
    struct jw *w = call_json(call);
    jw_object(w);
    shape_encode_members(w, &api_key_shape, &key);
    jw_kv_text(w, "key", secret);
    jw_end(w);
    return OK;
}

static struct err delete_key(struct call *call)
{
    TRY(auth_key_delete(call->core->auth, call->arena, call->who.user_id, call_id(call, "id")));
    return call_empty(call, 204);
}

ROUTES(web_key_routes,
       {HTTP_GET, "/auth/api-keys", "API keys", "The account's keys", list_keys, .reply = &keys_shape},
       {HTTP_POST, "/auth/api-keys", "API keys", "Makes a key; shown this once", create_key,
        .body = &key_name_shape, .status = 201, .flags = ROUTE_ANY_JSON},
       {HTTP_DELETE, "/auth/api-keys/{id:int}", "API keys", "Takes a key back", delete_key, .status = 204});
