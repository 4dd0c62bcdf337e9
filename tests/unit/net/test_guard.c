/* Which addresses are the server's own neighbourhood. */
#include "unit.h"

#include "net/guard.h"

struct row {
    const char *url;
    enum err_kind kind;
};

static const struct row rows[] = {
    {"http://127.0.0.1/x", ERR_DENIED},
    {"http://127.1/x", ERR_DENIED},
    {"http://2130706433/", ERR_DENIED},
    {"http://0x7f000001/", ERR_DENIED},
    {"http://localhost:8000/", ERR_DENIED},
    {"http://10.0.0.1/", ERR_DENIED},
    {"http://172.16.9.9/", ERR_DENIED},
    {"http://192.168.1.1/", ERR_DENIED},
    {"http://169.254.169.254/latest/meta-data", ERR_DENIED},
    {"http://100.64.0.1/", ERR_DENIED},
    {"http://0.0.0.0/", ERR_DENIED},
    {"http://224.0.0.1/", ERR_DENIED},
    {"http://[::1]/", ERR_DENIED},
    {"http://[::]/", ERR_DENIED},
    {"http://[fe80::1]/", ERR_DENIED},
    {"http://[fd00::1]/", ERR_DENIED},
    {"http://[::ffff:10.0.0.1]/", ERR_DENIED},
    {"http://user@127.0.0.1/", ERR_DENIED},
    {"https://8.8.8.8/", ERR_NONE},
    {"https://[2001:4860:4860::8888]/", ERR_NONE},
    {"https://172.32.0.1/", ERR_NONE},
    {"file:///etc/passwd", ERR_INVALID},
    {"ftp://8.8.8.8/", ERR_INVALID},
    {"gopher://8.8.8.8/", ERR_INVALID},
    {"8.8.8.8", ERR_INVALID},
    {"--exec=sh", ERR_INVALID},
    {"", ERR_INVALID},
};

static void private_addresses_are_refused_however_they_are_spelled(void **state)
{
    (void)state;
    SCRATCH(a);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err e = url_guard(&a, rows[i].url);
        if (e.kind != rows[i].kind)
            print_error("%s: %s\n", rows[i].url, err_kind_name(e.kind));
        assert_int_equal(e.kind, rows[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_addresses_are_refused_however_they_are_spelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
