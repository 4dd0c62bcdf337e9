/* What every cmocka test file includes, in the order cmocka wants. */
#ifndef MEDLEY_TESTS_UNIT_H
#define MEDLEY_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The call must succeed; on failure the error's words are printed. */
#define assert_ok(expr)                                                                            \
    do {                                                                                           \
        struct err assert_err_ = (expr);                                                           \
        if (failed(assert_err_))                                                                   \
            fail_msg("%s: %s %s: %s", #expr, err_kind_name(assert_err_.kind), assert_err_.code,    \
                     assert_err_.msg);                                                             \
    } while (0)
/* The call must fail with this kind. */
#define assert_fails(expr, wanted_kind)                                                            \
    do {                                                                                           \
        struct err assert_err_ = (expr);                                                           \
        if (assert_err_.kind != (wanted_kind))                                                     \
            fail_msg("%s: got %s, wanted %s (%s)", #expr, err_kind_name(assert_err_.kind),         \
                     err_kind_name(wanted_kind), assert_err_.msg ? assert_err_.msg : "");          \
    } while (0)

#endif
