/* Text: strict UTF-8, terminal columns, blanks of every kind, lists and masks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include <string.h>

static int open_arena(void **state)
{
    static struct vip_arena arena;
    arena = (struct vip_arena){0};
    *state = &arena;
    return 0;
}

static int close_arena(void **state)
{
    vip_arena_free(*state);
    return 0;
}

/* ---- UTF-8 ------------------------------------------------------------------------------- */

static size_t encode(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static void every_code_point_decodes(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char text[4];
        uint32_t got = 0xABCDEF;
        size_t size = encode(c, text);
        size_t want = c >= 0xD800 && c <= 0xDFFF ? 0 : size; /* no surrogates */
        if (vip_utf8_decode(text, size, &got) != want || (want && got != c))
            fail_msg("U+%04X gives U+%04X", c, got);
        if (vip_utf8_decode(text, size - 1, &got) != 0)
            fail_msg("U+%04X cut short is taken", c);
    }
}

static void wrong_bytes_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC3(",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xE4(\xB8",
        "\xE4\xB8(",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xFE",
    };
    uint32_t got;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(vip_utf8_decode(wrong[i], strlen(wrong[i]), &got), 0);
    assert_int_equal(vip_utf8_decode("", 0, &got), 0);
}

static void valid_counts_up_to_the_first_wrong_byte(void **state)
{
    (void)state;
    char text[64];
    assert_int_equal(vip_utf8_valid("", 0), 0);
    assert_int_equal(vip_utf8_valid("会员abc", 9), 9);
    assert_int_equal(vip_utf8_valid("会员", 5), 3);
    assert_int_equal(vip_utf8_valid("a\0b", 3), 3);
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        text[at] = '\xFF';
        assert_int_equal(vip_utf8_valid(text, sizeof text), at);
    }
}

/* ---- width ------------------------------------------------------------------------------- */

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t want;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"é", 1},
        {"会员卡", 6},
        {"会员a卡", 7},
        {"《积分》，。", 12},
        {"１２．５", 8},
        {"ｱｲ", 2}, /* half-width kana */
        {"アイ", 4},
        {"한글", 4},
        {"\xE3\x80\x80", 2}, /* ideographic space */
        {"￥", 2},
        {"¥", 1},
        {"e\xCC\x81", 1},      /* combining acute */
        {"か\xE3\x82\x99", 2}, /* combining voiced mark */
        {"a\xE2\x80\x8B"
         "b",
         2},                  /* zero width space */
        {"\xEF\xBB\xBFx", 1}, /* byte-order mark */
        {"😀", 2},
        {"⌚", 2},
        {"𠮷", 2},           /* U+20BB7, plane 2 */
        {"①…", 2},           /* ambiguous: narrow */
        {"\xE4\x9D\x80", 2}, /* U+4740 */
        {"\xFF\xFE", 2},     /* not UTF-8: a column a byte */
        {"a\tb", 2},
        {"กำ", 2},
        {"क्", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (vip_text_width(cases[i].text) != cases[i].want)
            fail_msg("'%s' is %zu columns, not %zu", cases[i].text, vip_text_width(cases[i].text),
                     cases[i].want);
}

/* The tables are searched by halves, which needs their order: every ideograph is met. */
static void ideographs_are_wide_and_latin_is_not(void **state)
{
    (void)state;
    for (uint32_t c = 0x20; c < 0x7F; c++)
        assert_int_equal(vip_text_width((char[]){(char)c, 0}), 1);
    for (uint32_t c = 0x4E00; c <= 0x9FFF; c++) {
        char text[5] = "";
        encode(c, text);
        assert_int_equal(vip_text_width(text), 2);
    }
    for (uint32_t c = 0x300; c <= 0x36F; c++) {
        char text[5] = "";
        encode(c, text);
        assert_int_equal(vip_text_width(text), 0);
    }
    for (uint32_t c = 0x400; c <= 0x482; c++) {
        char text[5] = "";
        encode(c, text);
        assert_int_equal(vip_text_width(text), 1);
    }
}

/* ---- blanks and comparison --------------------------------------------------------------- */

static void same_ignores_ascii_case(void **state)
{
    (void)state;
    assert_true(vip_text_same("Name", "nAME"));
    assert_true(vip_text_same("", ""));
    assert_true(vip_text_same("姓名A", "姓名a"));
    assert_false(vip_text_same("name", "names"));
    assert_false(vip_text_same("names", "name"));
    assert_false(vip_text_same("[", "{")); /* 32 apart, but no letters */
    assert_false(vip_text_same("É", "é"));
}

static void blank_knows_every_blank(void **state)
{
    (void)state;
    assert_true(vip_text_blank(NULL));
    assert_true(vip_text_blank(""));
    assert_true(vip_text_blank(" \t\r\n\v\f"));
    assert_true(vip_text_blank("\xE3\x80\x80\xC2\xA0 "));
    assert_false(vip_text_blank(" x"));
    assert_false(vip_text_blank("\xE3\x80\x81")); /* ideographic comma */
    assert_false(vip_text_blank("\xC2"));
}

static void trim_cuts_both_ends_only(void **state)
{
    assert_string_equal(vip_text_trim(*state, "\xE3\x80\x80 张 三\t\xC2\xA0"), "张 三");
    assert_string_equal(vip_text_trim(*state, "abc"), "abc");
    assert_string_equal(vip_text_trim(*state, " \xE3\x80\x80 "), "");
    assert_string_equal(vip_text_trim(*state, ""), "");
    assert_string_equal(vip_text_trim(*state, "\xE3\x80\x81"), "\xE3\x80\x81");
}

static void fold_makes_typing_alike(void **state)
{
    assert_string_equal(vip_text_fold(*state, "Ｋ００1 ａＢ"), "k001ab");
    assert_string_equal(vip_text_fold(*state, " 姓\xE3\x80\x80名 "), "姓名");
    assert_string_equal(vip_text_fold(*state, "（１）～！"), "(1)~!");
    assert_string_equal(vip_text_fold(*state, "ＡＺａｚ＿｀｛｝"), "azaz_`{}");
    assert_string_equal(vip_text_fold(*state, "｟ｱ￥"), "｟ｱ￥"); /* beyond full-width ASCII */
    assert_string_equal(vip_text_fold(*state, ""), "");
    assert_string_equal(vip_text_fold(*state, "\xEF"), "\xEF");
    assert_string_equal(vip_text_fold(*state, "\xEF\xBC"), "\xEF\xBC");
}

static void narrow_fits_or_says_so(void **state)
{
    (void)state;
    char to[8];
    assert_true(vip_text_narrow("\xE3\x80\x80１２\xE3\x80\x80Ａb ", to, sizeof to));
    assert_string_equal(to, "12 Ab");
    assert_true(vip_text_narrow("1234567", to, sizeof to));
    assert_string_equal(to, "1234567");
    assert_false(vip_text_narrow("12345678", to, sizeof to));
    assert_true(vip_text_narrow("  ", to, sizeof to));
    assert_string_equal(to, "");
    assert_true(vip_text_narrow("１２３４５６７", to, sizeof to));
    assert_string_equal(to, "1234567");
    assert_false(vip_text_narrow("", to, 0));
}

/* ---- lists ------------------------------------------------------------------------------- */

/* The parts, each in brackets. */
static const char *parts(const char *list, char separator)
{
    static char joined[100];
    const char *part;
    size_t size;
    joined[0] = '\0';
    while (vip_text_split(&list, separator, &part, &size)) {
        strcat(joined, "[");
        strncat(joined, part, size);
        strcat(joined, "]");
    }
    return joined;
}

static void split_walks_trimmed_parts(void **state)
{
    (void)state;
    assert_string_equal(parts("3|8", '|'), "[3][8]");
    assert_string_equal(parts(" gold | 银卡\xE3\x80\x80|x", '|'), "[gold][银卡][x]");
    assert_string_equal(parts("one", '|'), "[one]");
    assert_string_equal(parts("a||b", '|'), "[a][][b]");
    assert_string_equal(parts("|a", '|'), "[][a]");
    assert_string_equal(parts("a|", '|'), "[a]");
    assert_string_equal(parts("", '|'), "");
    assert_string_equal(parts("  ", '|'), "");
    assert_string_equal(parts("a,b|c", ','), "[a][b|c]");
}

static void lists_hold_values(void **state)
{
    (void)state;
    assert_true(vip_list_has("gold|silver", "silver"));
    assert_true(vip_list_has(" gold | silver ", "silver"));
    assert_true(vip_list_has("", "anything"));
    assert_true(vip_list_has(NULL, "anything"));
    assert_true(vip_list_has(" ", "anything"));
    assert_false(vip_list_has("gold|silver", "sil"));
    assert_false(vip_list_has("gold|silver", "silver2"));
    assert_false(vip_list_has("gold|silver", "gold|silver"));
    assert_false(vip_list_has("gold|silver", ""));
    assert_false(vip_list_has("!gold|silver", "silver"));
    assert_false(vip_list_has(" ! gold | silver", "gold"));
    assert_true(vip_list_has("!gold|silver", "bronze"));
    assert_true(vip_list_has("!", "anything"));
}

/* ---- masks ------------------------------------------------------------------------------- */

static void phones_and_ids_are_masked(void **state)
{
    assert_string_equal(vip_mask_phone(*state, "13812341234"), "138****1234");
    assert_string_equal(vip_mask_phone(*state, "+8613812341234"), "+86****1234");
    assert_string_equal(vip_mask_phone(*state, "87654321"), "***");
    assert_string_equal(vip_mask_phone(*state, ""), "");
    assert_string_equal(vip_mask_phone(*state, NULL), "");
    assert_string_equal(vip_mask_id(*state, "510322199001011234"), "510322********1234");
    assert_string_equal(vip_mask_id(*state, "51032219900101123X"), "510322********123X");
    assert_string_equal(vip_mask_id(*state, "510322900101123"), "510322********1123");
    assert_string_equal(vip_mask_id(*state, "E12345678"), "***");
}

static void addresses_and_emails_are_masked(void **state)
{
    assert_string_equal(vip_mask_address(*state, "成都市武侯区人民南路四段1号"), "成都市武侯区***");
    assert_string_equal(vip_mask_address(*state, "成都市武侯区"), "***");
    assert_string_equal(vip_mask_address(*state, "成都市武侯区1"), "成都市武侯区***");
    assert_string_equal(vip_mask_email(*state, "lili@example.cn"), "l***@example.cn");
    assert_string_equal(vip_mask_email(*state, "l@example.cn"), "l***@example.cn");
    assert_string_equal(vip_mask_email(*state, "李丽@例子.cn"), "李***@例子.cn");
    assert_string_equal(vip_mask_email(*state, "@example.cn"), "***");
    assert_string_equal(vip_mask_email(*state, "no address"), "***");
    assert_string_equal(vip_mask_email(*state, ""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_decodes),
        cmocka_unit_test(wrong_bytes_are_refused),
        cmocka_unit_test(valid_counts_up_to_the_first_wrong_byte),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(ideographs_are_wide_and_latin_is_not),
        cmocka_unit_test(same_ignores_ascii_case),
        cmocka_unit_test(blank_knows_every_blank),
        cmocka_unit_test_setup_teardown(trim_cuts_both_ends_only, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(fold_makes_typing_alike, open_arena, close_arena),
        cmocka_unit_test(narrow_fits_or_says_so),
        cmocka_unit_test(split_walks_trimmed_parts),
        cmocka_unit_test(lists_hold_values),
        cmocka_unit_test_setup_teardown(phones_and_ids_are_masked, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(addresses_and_emails_are_masked, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
