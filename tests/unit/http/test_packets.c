/* http/: Socket.IO packets. */
#include "unit.h"

#include <string.h>

#include "http/socketio_packet.h"
#include "http/token.h"

struct packet_row {
    const char *text;
    const char *wanted; /* "type namespace id data", NULL: refused */
};

static const struct packet_row rows[] = {
    {"0", "0 / -1 -"},
    {"0{\"token\":\"abc\"}", "0 / -1 {\"token\":\"abc\"}"},
    {"0/adm,", "0 /adm -1 -"},
    {"0/adm", "0 /adm -1 -"},
    {"0/adm,{}", "0 /adm -1 {}"},
    {"1", "1 / -1 -"},
    {"1/adm,", "1 /adm -1 -"},
    {"2[\"a\"]", "2 / -1 [\"a\"]"},
    {"2[\"a\",{\"b\":[1]},null]", "2 / -1 [\"a\",{\"b\":[1]},null]"},
    {"20[\"a\"]", "2 / 0 [\"a\"]"},
    {"2/adm,456[\"a\"]", "2 /adm 456 [\"a\"]"},
    {"312[1]", "3 / 12 [1]"},
    {"", NULL},
    {"0[]", NULL},
    {"0\"x\"", NULL},
    {"0{", NULL},
    {"1{}", NULL},
    {"2", NULL},
    {"2{}", NULL},
    {"2[]", NULL},
    {"2[1]", NULL},
    {"2[\"a\"]x", NULL},
    {"2[\"disconnect\"]", NULL},
    {"2[\"connect\"]", NULL},
    {"299999999999999999999[\"a\"]", NULL},
    {"3[1]", NULL},
    {"4{\"message\":\"no\"}", NULL},
    {"51-[\"a\",{\"_placeholder\":true,\"num\":0}]", NULL},
    {"6", NULL},
    {"x", NULL},
    {"2/\xff,[\"a\"]", NULL},
};

static void packets_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        SCRATCH(a);
        struct sio_packet packet;
        struct err e = sio_parse(&a, rows[i].text, strlen(rows[i].text), &packet);
        if (failed(e) != !rows[i].wanted)
            fail_msg("%s: %s", rows[i].text, failed(e) ? e.msg : "taken");
        if (failed(e))
            continue;
        char *data = packet.data ? json_dumps(packet.data, JSON_COMPACT) : strdup("-");
        char *text = arena_printf(&a, "%c %s %lld %s", (int)packet.type, packet.name_space,
                                  (long long)packet.ack_id, data);
        free(data);
        assert_string_equal(text, rows[i].wanted);
    }
}

static void heads_name_namespace_and_id_when_there_are(void **state)
{
    (void)state;
    BUF(out);
    sio_head(&out, SIO_EVENT, "/", -1);
    buf_putc(&out, ' ');
    sio_head(&out, SIO_ACK, "/", 7);
    buf_putc(&out, ' ');
    sio_head(&out, SIO_CONNECT_ERROR, "/adm", -1);
    assert_string_equal(out.data, "42 437 44/adm,");
}

static void tokens_are_url_safe_and_differ(void **state)
{
    (void)state;
    char one[TOKEN_TEXT_BYTES], two[TOKEN_TEXT_BYTES];
    assert_int_equal(strlen(token_make(one)), 24);
    assert_int_equal(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     24);
    assert_string_not_equal(one, token_make(two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_read_strictly),
        cmocka_unit_test(heads_name_namespace_and_id_when_there_are),
        cmocka_unit_test(tokens_are_url_safe_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
