/* Voucher codes: their alphabet, their check, how they are read; one drawn twice. */
#include "lib/db/voucher.h"
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLES = 300 };

static void make(char code[VIP_VOUCHER_TEXT])
{
    struct vip_diag diag;
    vip_diag_clear(&diag);
    assert_int_equal(vip_voucher_code(code, &diag), VIP_OK);
}

static void codes_have_no_look_alikes(void **state)
{
    char code[VIP_VOUCHER_TEXT], read[VIP_VOUCHER_TEXT];
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        make(code);
        assert_int_equal(strlen(code), 14);
        assert_int_equal(strspn(code, "23456789ABCDEFGHJKMNPQRTVWXYZ-"), 14);
        assert_int_equal(code[4], '-');
        assert_int_equal(code[9], '-');
        assert_true(vip_voucher_read(code, read));
        assert_string_equal(read, code);
    }
}

static void codes_differ(void **state)
{
    char codes[SAMPLES][VIP_VOUCHER_TEXT];
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        make(codes[i]);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(codes[i], codes[j]);
    }
}

static void codes_are_read_as_people_type_them(void **state)
{
    char code[VIP_VOUCHER_TEXT], typed[64] = "", read[VIP_VOUCHER_TEXT];
    size_t length = 0;
    (void)state;
    make(code);
    for (const char *at = code; *at; at++) {
        typed[length++] = *at == '-' ? ' ' : (char)tolower((unsigned char)*at);
        typed[length] = '\0';
    }
    assert_true(vip_voucher_read(typed, read));
    assert_string_equal(read, code);
    assert_false(vip_voucher_read("", read));
    assert_false(vip_voucher_read("ABC", read));
    typed[length++] = '2';
    typed[length] = '\0';
    assert_false(vip_voucher_read(typed, read));
}

/* Every single wrong character, and every two neighbours that are swapped. */
static void slips_are_found(void **state)
{
    static const char alphabet[] = "23456789ABCDEFGHJKMNPQRTVWXYZ0O1ILSU";
    char code[VIP_VOUCHER_TEXT], slip[VIP_VOUCHER_TEXT], read[VIP_VOUCHER_TEXT];
    (void)state;
    make(code);
    for (size_t i = 0; code[i]; i++) {
        for (const char *other = alphabet; code[i] != '-' && *other; other++) {
            memcpy(slip, code, sizeof slip);
            slip[i] = *other;
            assert_true(vip_voucher_read(slip, read) == (*other == code[i]));
        }
        size_t next = i + 1 + (code[i + 1] == '-');
        if (code[i] == '-' || !code[i + 1] || code[next] == code[i])
            continue;
        memcpy(slip, code, sizeof slip);
        slip[i] = code[next];
        slip[next] = code[i];
        assert_false(vip_voucher_read(slip, read));
    }
}

/* Nobody gets the voucher of another. */
static void a_code_is_written_once(void **state)
{
    char path[] = "/tmp/vip-voucher-XXXXXX";
    int file = mkstemp(path);
    struct vip_diag diag;
    struct vip_voucher vouchers[] = {
        {.voucher = "2222-2222-222A", .member = 1, .reward = "cash", .request = "q1"},
        {.voucher = "2222-2222-2222", .member = 2, .reward = "cash", .request = "q2"},
        {.voucher = "2222-2222-222A", .member = 3, .reward = "cash", .request = "q3"},
    };
    (void)state;
    vip_diag_clear(&diag);
    assert_true(file >= 0 && close(file) == 0 && unlink(path) == 0);
    struct vip_batch batch = {.command = "test", .login = "tester"};
    assert_int_equal(vip_db_open(&batch.db, path, VIP_DB_CREATE, &diag), VIP_OK);
    assert_int_equal(vip_batch_begin(&batch, &diag), VIP_OK);
    assert_int_equal(vip_vouchers_write(&batch, vouchers, 2, &diag), VIP_OK);
    assert_int_equal(vip_vouchers_write(&batch, vouchers + 2, 1, &diag), VIP_EDATABASE);
    assert_non_null(strstr(diag.text, "drawn before"));
    vip_batch_rollback(&batch);
    assert_int_equal(vip_batch_begin(&batch, &diag), VIP_OK);
    assert_int_equal(vip_vouchers_write(&batch, vouchers, 3, &diag), VIP_EDATABASE);
    vip_batch_rollback(&batch);
    vip_db_close(batch.db);
    vip_db_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_no_look_alikes),
        cmocka_unit_test(codes_differ),
        cmocka_unit_test(codes_are_read_as_people_type_them),
        cmocka_unit_test(slips_are_found),
        cmocka_unit_test(a_code_is_written_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
