/* Money, points and decimals: what is read, what is refused and why, and arithmetic at the edges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/base/money.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fen_reads(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        vip_fen want;
    } cases[] = {
        {"0", 0},
        {"12", 1200},
        {"12.3", 1230},
        {"12.34", 1234},
        {"-12.34", -1234},
        {"+5", 500},
        {"-0.01", -1},
        {"12.340", 1234},
        {"12.34000000", 1234},
        {"0012.30", 1230},
        {".5", 50},
        {"¥1,280.00", 128000},
        {"￥1,280.00", 128000},
        {"-¥12", -1200},
        {"¥-12", -1200},
        {"¥ 12.5", 1250},
        {"1280元", 128000},
        {"1280 元", 128000},
        {"1,280.00", 128000},
        {"1,234,567.89", 123456789},
        {"１２．５", 1250},
        {"－１，２８０．００", -128000},
        {"\xE2\x88\x92"
         "12",
         -1200},
        {"  12.5\t", 1250},
        {"\xE3\x80\x80"
         "12.5\xC2\xA0",
         1250},
        {"10000000000000", VIP_FEN_MAX},
        {"-10000000000000.00", -VIP_FEN_MAX},
        {"9999999999999.99", VIP_FEN_MAX - 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_fen fen = 99;
        const char *why = "";
        if (vip_fen_parse(cases[i].text, &fen, &why) != VIP_OK || fen != cases[i].want)
            fail_msg("'%s' gives %" PRId64 " %s", cases[i].text, fen, why);
    }
}

static void fen_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "is empty"},
        {"  ", "is empty"},
        {"1e3", "scientific"},
        {"1.38E+10", "scientific"},
        {"12.345", "has more than two decimals"},
        {"0.001", "has more than two decimals"},
        {"-0", "is minus zero: write 0"},
        {"-0.00", "is minus zero: write 0"},
        {"99999999999999999999", "is too large"},
        {"99999999999999999999.99", "is too large"},
        {"10000000000000.01", "is too large"},
        {"-10000000000000.01", "is too large"},
        {"92233720368547758.07", "is too large"},
        {"12,80", "comma"},
        {"1,2800", "comma"},
        {"1280,000", "comma"},
        {",280", "comma"},
        {"1,,280", "comma"},
        {"1,280,", "comma"},
        {"-", "is not a number"},
        {".", "is not a number"},
        {"12.", "is not a number"},
        {"1.2.3", "is not a number"},
        {"--5", "is not a number"},
        {"+-5", "is not a number"},
        {"¥¥5", "is not a number"},
        {"¥", "is not a number"},
        {"元", "is not a number"},
        {"12元5", "is not a number"},
        {"12 5", "is not a number"},
        {"12a", "is not a number"},
        {"abc", "is not a number"},
        {"0x10", "is not a number"},
        {"NaN", "is not a number"},
        {"1.280,00", "is not a number"},
        {"0.0000000000000000000000000000000000000000000000000000000000000000001",
         "is not a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_fen fen = 99;
        const char *why = NULL;
        if (vip_fen_parse(cases[i].text, &fen, &why) != VIP_EREFUSED || fen != 99 || !why ||
            !strstr(why, cases[i].why))
            fail_msg("'%s' gives %" PRId64 " %s", cases[i].text, fen, why ? why : "no reason");
        assert_int_equal(vip_fen_parse(cases[i].text, &fen, NULL), VIP_EREFUSED);
    }
}

static void fen_formats_with_two_decimals(void **state)
{
    (void)state;
    static const struct {
        vip_fen fen;
        const char *want;
    } cases[] = {
        {0, "0.00"},
        {1, "0.01"},
        {-1, "-0.01"},
        {100, "1.00"},
        {-1234, "-12.34"},
        {128000, "1280.00"},
        {INT64_MAX, "92233720368547758.07"},
        {INT64_MIN, "-92233720368547758.08"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char to[VIP_MONEY_TEXT];
        assert_int_equal(vip_fen_format(cases[i].fen, to), strlen(cases[i].want));
        assert_string_equal(to, cases[i].want);
    }
}

/* A small generator, so that a failure can be repeated. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Out and in gives the same, by the short way and, with a blank before it, by the long one; and
 * the text is what the C library would have printed. */
static void fen_and_integers_come_back(void **state)
{
    (void)state;
    uint64_t seed = 20261121;
    for (int i = 0; i < 100000; i++) {
        int64_t want = (int64_t)(next_random(&seed) >> (next_random(&seed) % 60 + 1));
        char to[VIP_MONEY_TEXT + 1] = " ";
        char printed[40];
        int64_t got;
        if (want > VIP_FEN_MAX)
            want %= VIP_FEN_MAX;
        if (next_random(&seed) & 1)
            want = -want;
        vip_fen_format(want, to + 1);
        snprintf(printed, sizeof printed, "%s%lld.%02lld", want < 0 ? "-" : "", llabs(want) / 100,
                 llabs(want) % 100);
        assert_string_equal(to + 1, printed);
        assert_int_equal(vip_fen_parse(to + 1, &got, NULL), VIP_OK);
        assert_int_equal(got, want);
        assert_int_equal(vip_fen_parse(to, &got, NULL), VIP_OK);
        assert_int_equal(got, want);
        vip_integer_format(want, to + 1);
        snprintf(printed, sizeof printed, "%" PRId64, want);
        assert_string_equal(to + 1, printed);
        assert_int_equal(vip_integer_parse(to + 1, &got, NULL), VIP_OK);
        assert_int_equal(got, want);
        assert_int_equal(vip_integer_parse(to, &got, NULL), VIP_OK);
        assert_int_equal(got, want);
    }
}

static void integers_read_and_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        int64_t want;
        const char *why;
    } cases[] = {
        {"-12", VIP_OK, -12, ""},
        {"1,200", VIP_OK, 1200, ""},
        {"12.00", VIP_OK, 12, ""},
        {"１２", VIP_OK, 12, ""},
        {"9223372036854775807", VIP_OK, INT64_MAX, ""},
        {"9223372036854775808", VIP_EREFUSED, 0, "is too large"},
        {"99999999999999999999", VIP_EREFUSED, 0, "is too large"},
        {"12.5", VIP_EREFUSED, 0, "is not a whole number"},
        {"-0", VIP_EREFUSED, 0, "is minus zero: write 0"},
        {"1e3", VIP_EREFUSED, 0, "scientific"},
        {"12元", VIP_EREFUSED, 0, "is not a number"},
        {"¥12", VIP_EREFUSED, 0, "is not a number"},
        {"12,00", VIP_EREFUSED, 0, "comma"},
        {"", VIP_EREFUSED, 0, "is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t number = 0;
        const char *why = "";
        int code = vip_integer_parse(cases[i].text, &number, &why);
        if (code != cases[i].code || number != cases[i].want || !strstr(why, cases[i].why))
            fail_msg("'%s' gives %d %" PRId64 " %s", cases[i].text, code, number, why);
    }
}

static void decimals_are_scaled(void **state)
{
    (void)state;
    int64_t scaled = 0;
    const char *why;
    assert_int_equal(vip_decimal_parse("1.5", 2, &scaled, &why), VIP_OK);
    assert_int_equal(scaled, 150);
    assert_int_equal(vip_decimal_parse("-0.125", 3, &scaled, &why), VIP_OK);
    assert_int_equal(scaled, -125);
    assert_int_equal(vip_decimal_parse("7", 0, &scaled, &why), VIP_OK);
    assert_int_equal(scaled, 7);
    assert_int_equal(vip_decimal_parse("1.5000", 1, &scaled, &why), VIP_OK);
    assert_int_equal(scaled, 15);
    assert_int_equal(vip_decimal_parse("1.25", 1, &scaled, &why), VIP_EREFUSED);
    assert_string_equal(why, "has too many decimals");
    assert_int_equal(vip_decimal_parse("9223372036854775807", 2, &scaled, &why), VIP_EREFUSED);
    assert_string_equal(why, "is too large");
    assert_int_equal(scaled, 15);
}

static void integers_format_at_the_edges(void **state)
{
    (void)state;
    char to[VIP_MONEY_TEXT];
    assert_int_equal(vip_integer_format(INT64_MIN, to), 20);
    assert_string_equal(to, "-9223372036854775808");
    vip_integer_format(0, to);
    assert_string_equal(to, "0");
}

static void sums_and_products_are_checked(void **state)
{
    (void)state;
    int64_t result;
    assert_true(vip_add(INT64_MAX - 1, 1, &result));
    assert_int_equal(result, INT64_MAX);
    assert_false(vip_add(INT64_MAX, 1, &result));
    assert_false(vip_add(INT64_MIN, -1, &result));
    assert_true(vip_multiply(-3, 4, &result));
    assert_int_equal(result, -12);
    assert_false(vip_multiply(INT64_MAX / 2 + 1, 2, &result));
    assert_false(vip_multiply(INT64_MIN, -1, &result));
}

static void scale_rounds_down_and_is_checked(void **state)
{
    (void)state;
    int64_t result = -1;
    assert_true(vip_scale(7, 3, 2, &result));
    assert_int_equal(result, 10);
    assert_true(vip_scale(0, 5, 3, &result));
    assert_int_equal(result, 0);
    assert_true(vip_scale(INT64_MAX, INT64_MAX, INT64_MAX, &result));
    assert_int_equal(result, INT64_MAX);
    assert_true(vip_scale(INT64_MAX, 99, 100, &result));
    assert_int_equal(result, INT64_C(9131138316486228048)); /* 2^63 - 1 less a hundredth, down */
    assert_false(vip_scale(INT64_MAX, 2, 1, &result));
    assert_false(vip_scale(1, 1, 0, &result));
    assert_false(vip_scale(-1, 1, 1, &result));
    assert_false(vip_scale(1, -1, 1, &result));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fen_reads),
        cmocka_unit_test(fen_refuses),
        cmocka_unit_test(fen_formats_with_two_decimals),
        cmocka_unit_test(fen_and_integers_come_back),
        cmocka_unit_test(integers_read_and_refuse),
        cmocka_unit_test(decimals_are_scaled),
        cmocka_unit_test(integers_format_at_the_edges),
        cmocka_unit_test(sums_and_products_are_checked),
        cmocka_unit_test(scale_rounds_down_and_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
