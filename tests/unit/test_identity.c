/* Papers and numbers of persons: phones, resident ID numbers, names, addresses, ages. */
#include "lib/rules/identity.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/lunar.h"

static void spoilt_numbers_are_seen(void **state)
{
    (void)state;
    static const char *const spoilt[] = {"1.38E+10", "1.38e+10",    "1E+17",     "5.1e-03",
                                         "1.E+10",   "5.10322E+17", "１.38E+10", "2E-05"};
    static const char *const fine[] = {
        "",  "13800000000", "E10",       "1.38",     "K1E", "12E+",   "1E5K",
        ".", "K1.38E+10",   "1.38E+10x", "1,38E+10", "1E5", "1.38E10"};
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++)
        assert_true(vip_number_spoilt(spoilt[i]));
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_false(vip_number_spoilt(fine[i]));
    assert_false(vip_number_spoilt(NULL));
}

static void phones_have_one_form(void **state)
{
    (void)state;
    static const char *const same[] = {
        "13812345678",     "138 1234 5678", "138-1234-5678",          "+86 138 1234 5678",
        "008613812345678", "8613812345678", "１３８１２３４５６７８", "(138)12345678"};
    char phone[VIP_PHONE_TEXT];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(vip_phone_normal(same[i], phone));
        assert_string_equal(phone, "13812345678");
    }
    assert_false(vip_phone_normal("138123456781381234567813812345678", phone));
}

static void the_end_of_a_phone_is_four_digits(void **state)
{
    (void)state;
    char tail[VIP_PHONE_TAIL + 1];
    assert_true(vip_phone_tail("5678", tail));
    assert_string_equal(tail, "5678");
    assert_true(vip_phone_tail("５６７８", tail));
    assert_string_equal(tail, "5678");
    assert_true(vip_phone_tail("138****5678", tail));
    assert_string_equal(tail, "5678");
    static const char *const none[] = {
        "", "567", "56789", "56x8", "***", "13812345678", "王5678", "138****567", "138****"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_false(vip_phone_tail(none[i], tail));
        assert_string_equal(tail, "");
    }
    assert_true(vip_phone_ends("13812345678", "5678"));
    assert_false(vip_phone_ends("13812345678", "4567"));
    assert_false(vip_phone_ends("678", "5678"));
    assert_true(vip_phone_ends("13812345678", ""));
}

static void only_mobile_numbers_pass(void **state)
{
    (void)state;
    assert_true(vip_phone_mobile("13000000000"));
    assert_true(vip_phone_mobile("19900000000"));
    assert_false(vip_phone_mobile("12000000000"));
    assert_false(vip_phone_mobile("1380000000"));
    assert_false(vip_phone_mobile("138000000000"));
    assert_false(vip_phone_mobile("02885551234"));
    assert_false(vip_phone_mobile("1380000000x"));
}

/* The examples that GB 11643-1999 prints itself. */
static void id_numbers_of_the_standard(void **state)
{
    (void)state;
    assert_null(vip_id_fault("11010519491231002X"));
    assert_null(vip_id_fault("440524188001010014"));
    assert_int_equal(vip_id_gender("11010519491231002X"), 'F');
    assert_int_equal(vip_id_gender("440524188001010014"), 'M');
    assert_int_equal(vip_id_birthday("11010519491231002X"), vip_day_from_civil(1949, 12, 31));
}

/* ISO 7064 MOD 11-2 finds each wrong digit and each swap of neighbours. */
static void id_check_digit_finds_slips(void **state)
{
    (void)state;
    char id_no[] = "11010519491231002X";
    for (int i = 0; i < 17; i++) {
        char kept = id_no[i];
        for (char digit = '0'; digit <= '9'; digit++) {
            id_no[i] = digit;
            assert_int_equal(vip_id_check_digit(id_no) == 'X', digit == kept);
        }
        id_no[i] = kept;
    }
    for (int i = 0; i < 16; i++) {
        if (id_no[i] == id_no[i + 1])
            continue;
        char swapped[sizeof id_no];
        memcpy(swapped, id_no, sizeof id_no);
        swapped[i] = id_no[i + 1];
        swapped[i + 1] = id_no[i];
        assert_true(vip_id_check_digit(swapped) != 'X');
    }
}

static void bad_id_numbers(void **state)
{
    (void)state;
    assert_non_null(vip_id_fault("110105491231002")); /* the 15 digits of before 1999 */
    assert_non_null(vip_id_fault("110105194912310021"));
    assert_non_null(vip_id_fault("110105194902300021"));
    assert_non_null(vip_id_fault("1101051949123100xX"));
    assert_non_null(vip_id_fault("11010519491231002x")); /* the normal form has a capital */
    char id_no[VIP_ID_TEXT];
    assert_true(vip_id_normal(" 110105 19491231 002x ", id_no));
    assert_string_equal(id_no, "11010519491231002X");
}

static void names_are_compared_folded(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    assert_string_equal(vip_name_fold(&arena, "张　三"), "张三");
    assert_string_equal(vip_name_fold(&arena, "买买提·吐尔逊"),
                        vip_name_fold(&arena, "买买提•吐尔逊"));
    assert_string_equal(vip_name_fold(&arena, "Ｌi  Ming"), "liming");
    assert_string_not_equal(vip_name_fold(&arena, "张三"), vip_name_fold(&arena, "张三丰"));
    vip_arena_free(&arena);
}

static void addresses_are_compared_folded(void **state)
{
    (void)state;
    static const char *const same[] = {
        "成都市武侯区中山路12号3单元501室",       "成都市武侯区中山路12号3单元501",
        "成都市武侯区中山路１２号３单元５０１",   "成都市 武侯区 中山路12-3-501",
        "成都市武侯区中山路12號，3单元，501室。", "成都市武侯区中山路12栋3-501"};
    static const char *const other[] = {
        "成都市武侯区中山路12号3单元502室", "成都市武侯区中山路123号501室",
        "成都市武侯区中山路1号23单元501室", "成都市锦江区中山路12号3单元501室"};
    struct vip_arena arena = {0};
    const char *key = vip_address_fold(&arena, same[0]);
    for (size_t i = 1; i < sizeof same / sizeof *same; i++)
        assert_string_equal(vip_address_fold(&arena, same[i]), key);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_string_not_equal(vip_address_fold(&arena, other[i]), key);
    /* A word for a building that is part of a name stays. */
    assert_string_equal(vip_address_fold(&arena, "华西大楼8层"), "华西大楼8");
    assert_string_equal(vip_address_fold(&arena, "号"), "号");
    assert_string_equal(vip_address_fold(&arena, ""), "");
    vip_arena_free(&arena);
}

static void birthdays_are_held_against_the_id(void **state)
{
    (void)state;
    vip_day born = vip_day_from_civil(1980, 9, 23); /* lunar 1980-08-15 */
    struct vip_birthday full = {.year = 1980, .month = 9, .day = 23};
    struct vip_birthday no_year = {.month = 9, .day = 23};
    struct vip_birthday lunar = {.month = 8, .day = 15, .lunar = true};
    struct vip_birthday lunar_year = {.year = 1980, .month = 8, .day = 15, .lunar = true};
    struct vip_birthday other = {.year = 1981, .month = 9, .day = 23};
    struct vip_birthday none = {0};
    assert_int_equal(vip_lunar_day(1980, 8, 0, 15), born);
    assert_true(vip_birthday_agrees(&full, born));
    assert_true(vip_birthday_agrees(&no_year, born));
    assert_true(vip_birthday_agrees(&lunar, born));
    assert_true(vip_birthday_agrees(&lunar_year, born));
    assert_true(vip_birthday_agrees(&none, born));
    assert_false(vip_birthday_agrees(&other, born));
    lunar.day = 16;
    assert_false(vip_birthday_agrees(&lunar, born));
    assert_true(vip_birthday_same(&full, &lunar_year));
    assert_true(vip_birthday_same(&full, &no_year));
    assert_false(vip_birthday_same(&full, &other));
}

/* ---- whole applications ---- */

static const vip_day today = 20778; /* 2026-11-21 */

static void expect(struct vip_applicant applicant, int minimum_age, const char *reason)
{
    struct vip_diag diag;
    vip_diag_clear(&diag);
    int error = vip_applicant_check(&applicant, minimum_age, today, &diag);
    assert_string_equal(diag.reason, reason);
    assert_int_equal(error, *reason ? VIP_EREFUSED : VIP_OK);
}

static void applications_are_judged(void **state)
{
    (void)state;
    struct vip_applicant good = {.phone = "13812345678", .id_no = "11010519491231002X"};
    expect(good, 0, "");
    expect(good, 18, "");
    struct vip_applicant bad = good;
    bad.phone = "12345";
    expect(bad, 0, "bad-phone");
    bad.phone = "1.38E+10";
    expect(bad, 0, "spoilt-number");
    bad = good;
    bad.id_no = "110105194912310021";
    expect(bad, 0, "bad-id-no");
    bad.id_no = "510322199001012000"; /* what a spreadsheet leaves of 18 digits */
    expect(bad, 0, "spoilt-number");
    bad = good;
    bad.birthday = (struct vip_birthday){.year = 1949, .month = 12, .day = 30};
    expect(bad, 0, "birthday-disagrees");
    bad = good;
    bad.gender = 'M';
    expect(bad, 0, "gender-disagrees");
}

static void ages_of_applicants(void **state)
{
    (void)state;
    struct vip_applicant young = {.phone = "", .id_no = ""};
    young.birthday = (struct vip_birthday){.year = 2008, .month = 11, .day = 22};
    expect(young, 18, "too-young");
    young.birthday.day = 21;
    expect(young, 18, "");
    young.birthday.year = 0; /* the year is not known: nothing to judge */
    expect(young, 18, "");
    young.birthday.year = 2027;
    expect(young, 0, "bad-date");
}

/* Who was born on 29 February is of age on 1 March. */
static void a_leap_day_makes_nobody_older(void **state)
{
    (void)state;
    struct vip_diag diag;
    struct vip_applicant applicant = {
        .phone = "", .id_no = "", .birthday = {.year = 2008, .month = 2, .day = 29}};
    assert_int_equal(vip_applicant_check(&applicant, 18, vip_day_from_civil(2026, 2, 28), &diag),
                     VIP_EREFUSED);
    assert_int_equal(vip_applicant_check(&applicant, 18, vip_day_from_civil(2026, 3, 1), &diag),
                     VIP_OK);
}

static void the_id_fills_what_was_not_given(void **state)
{
    (void)state;
    struct vip_diag diag;
    struct vip_applicant applicant = {.phone = "", .id_no = "11010519491231002X"};
    assert_int_equal(vip_applicant_check(&applicant, 0, today, &diag), VIP_OK);
    assert_int_equal(applicant.gender, 'F');
    assert_int_equal(applicant.birthday.year, 1949);
    assert_int_equal(applicant.birthday.month, 12);
    assert_int_equal(applicant.birthday.day, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spoilt_numbers_are_seen),
        cmocka_unit_test(phones_have_one_form),
        cmocka_unit_test(the_end_of_a_phone_is_four_digits),
        cmocka_unit_test(only_mobile_numbers_pass),
        cmocka_unit_test(id_numbers_of_the_standard),
        cmocka_unit_test(id_check_digit_finds_slips),
        cmocka_unit_test(bad_id_numbers),
        cmocka_unit_test(names_are_compared_folded),
        cmocka_unit_test(addresses_are_compared_folded),
        cmocka_unit_test(birthdays_are_held_against_the_id),
        cmocka_unit_test(applications_are_judged),
        cmocka_unit_test(ages_of_applicants),
        cmocka_unit_test(a_leap_day_makes_nobody_older),
        cmocka_unit_test(the_id_fills_what_was_not_given),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
