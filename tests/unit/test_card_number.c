/* Card numbers: formats, sequences, Luhn digits. */
#include "lib/rules/card_number.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void formats_are_judged(void **state)
{
    (void)state;
    static const char *const good[] = {"{seq:8}", "K{seq:6}", "{store}-{seq:4}{check}",
                                       "VIP-{seq:18}-x", "{seq:1}"};
    static const char *const bad[] = {"",
                                      "K",
                                      "K{seq}",
                                      "{seq:0}",
                                      "{seq:19}",
                                      "{seq:6",
                                      "{check}{seq:6}",
                                      "{seq:3}{seq:3}",
                                      "{store}{store}{seq:3}",
                                      "卡{seq:6}",
                                      "K {seq:6}",
                                      "{shop}{seq:2}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(vip_card_format_fault(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(vip_card_format_fault(bad[i]));
}

static void check_number(const char *format, const char *store, int64_t sequence, const char *want)
{
    char card[VIP_CARD_TEXT];
    struct vip_diag diag;
    vip_diag_clear(&diag);
    assert_int_equal(vip_card_number(format, store, sequence, card, &diag), VIP_OK);
    assert_string_equal(card, want);
}

static void numbers_follow_the_format(void **state)
{
    (void)state;
    check_number("K{seq:6}", "", 1, "K000001");
    check_number("K{seq:6}", NULL, 999999, "K999999");
    check_number("K{seq:6}", "", 1000000, "K1000000"); /* full: it grows, nothing is cut */
    check_number("{store}-{seq:4}", "0101", 42, "0101-0042");
    check_number("{seq:10}{check}", "", 7992739871, "79927398713");
}

static void a_store_is_needed_where_it_is_named(void **state)
{
    (void)state;
    char card[VIP_CARD_TEXT];
    struct vip_diag diag;
    vip_diag_clear(&diag);
    assert_int_equal(vip_card_number("{store}{seq:4}", "", 1, card, &diag), VIP_EREFUSED);
    assert_string_equal(diag.reason, "missing-field");
    char store[200];
    memset(store, '7', sizeof store - 1);
    store[sizeof store - 1] = '\0';
    assert_int_equal(vip_card_number("{store}{seq:4}", store, 1, card, &diag), VIP_EREFUSED);
    assert_string_equal(diag.reason, "card-too-long");
}

static void each_store_has_a_sequence(void **state)
{
    (void)state;
    char name[64];
    assert_true(vip_card_sequence("K{seq:6}", "0101", name, sizeof name));
    assert_string_equal(name, "card:K");
    assert_true(vip_card_sequence("K{store}{seq:6}", "0101", name, sizeof name));
    assert_string_equal(name, "card:K:0101");
    assert_false(vip_card_sequence("K{store}{seq:6}", "0101", name, 8));
}

static bool checks(const char *card)
{
    size_t size = strlen(card) - 1;
    return card[size] == vip_luhn_digit(card, size);
}

static void luhn_finds_slips(void **state)
{
    (void)state;
    assert_true(checks("4539148803436467"));
    assert_true(checks("79927398713"));
    /* Every single wrong digit is found. */
    for (int64_t sequence = 0; sequence < 500; sequence++) {
        char card[VIP_CARD_TEXT];
        struct vip_diag diag;
        assert_int_equal(vip_card_number("K{seq:9}{check}", "", sequence * 1999993, card, &diag),
                         0);
        assert_true(checks(card));
        for (size_t i = 1; card[i]; i++) {
            char kept = card[i];
            card[i] = kept == '9' ? '0' : (char)(kept + 1);
            assert_false(checks(card));
            card[i] = kept;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_judged),
        cmocka_unit_test(numbers_follow_the_format),
        cmocka_unit_test(a_store_is_needed_where_it_is_named),
        cmocka_unit_test(each_store_has_a_sequence),
        cmocka_unit_test(luhn_finds_slips),
    };
    return cmocka_run_group_tests_name("card_number", tests, NULL, NULL);
}
