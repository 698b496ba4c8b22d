/* Who becomes a member with which purchase. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/rules/admission.h"

static const struct vip_tier tiers[] = {
    {.tier = "saver", .ladder = "first", .rank = 0, .card_virtual = true},
    {.tier = "silver", .ladder = "first", .rank = 1},
    {.tier = "gold", .ladder = "first", .rank = 2},
    {.tier = "knight", .ladder = "second", .rank = 1},
};

#define RULE(t, b, amount)                                                                         \
    {                                                                                              \
        .tier = (t), .from_tier = "", .basis = (b), .threshold = (amount), .category = "",         \
        .brand = "", .store = ""                                                                   \
    }

static void expect(const struct vip_program *program, struct vip_first_purchase purchase,
                   bool admitted, const char *tier)
{
    const struct vip_tier *found = NULL;
    assert_int_equal(vip_program_admits(program, &purchase, &found), admitted);
    if (tier)
        assert_string_equal(found ? found->tier : "none", tier);
    else
        assert_null(found);
}

static struct vip_first_purchase spent(vip_fen fen)
{
    return (struct vip_first_purchase){.store = "S1", .category = "", .brand = "", .spent = fen};
}

static void a_threshold_is_met_at_its_figure(void **state)
{
    (void)state;
    const struct vip_tier_rule rules[] = {RULE("silver", VIP_BASIS_SINGLE, 100000),
                                          RULE("gold", VIP_BASIS_PERIOD, 300000)};
    struct vip_program program = {
        .tiers = tiers + 1, .tier_count = 2, .entries = rules, .entry_count = 2};
    expect(&program, spent(99999), false, NULL);
    expect(&program, spent(100000), true, "silver");
    expect(&program, spent(300000), true, "gold");
}

static void below_it_the_virtual_card_opens(void **state)
{
    (void)state;
    const struct vip_tier_rule rules[] = {RULE("silver", VIP_BASIS_SINGLE, 100000)};
    struct vip_program program = {
        .tiers = tiers, .tier_count = 3, .entries = rules, .entry_count = 1};
    expect(&program, spent(0), true, "saver");
    expect(&program, spent(100000), true, "silver");
}

static void conditions_hold(void **state)
{
    (void)state;
    struct vip_tier_rule rules[] = {RULE("silver", VIP_BASIS_SINGLE, 80000)};
    struct vip_program program = {
        .tiers = tiers + 1, .tier_count = 2, .entries = rules, .entry_count = 1};
    rules[0].brand = "JESSIE";
    expect(&program, spent(80000), false, NULL);
    struct vip_first_purchase jessie = spent(80000);
    jessie.brand = "JESSIE";
    expect(&program, jessie, true, "silver");
    rules[0].brand = "!second";
    expect(&program, spent(80000), true, "silver");
    rules[0].store = "S2";
    expect(&program, spent(80000), false, NULL);
    rules[0].store = "";
    rules[0].from_tier = "saver";
    expect(&program, spent(80000), false, NULL);
}

static void points_and_visits(void **state)
{
    (void)state;
    struct vip_tier_rule rules[] = {RULE("silver", VIP_BASIS_POINTS, 0)};
    struct vip_program program = {
        .tiers = tiers + 1, .tier_count = 2, .entries = rules, .entry_count = 1};
    expect(&program, spent(80000), false, NULL);
    rules[0].basis = VIP_BASIS_VISITS;
    rules[0].threshold = 1;
    expect(&program, spent(80000), true, "silver");
    expect(&program, spent(0), false, NULL);
    rules[0].threshold = 2;
    expect(&program, spent(80000), false, NULL);
    rules[0].basis = VIP_BASIS_ENROLMENT;
    expect(&program, spent(0), true, "silver");
}

static void without_rules_everybody_comes_in(void **state)
{
    (void)state;
    struct vip_program program = {.tiers = tiers + 1, .tier_count = 2};
    expect(&program, spent(0), true, NULL);
}

static void the_card_is_of_the_best_tier(void **state)
{
    (void)state;
    const struct vip_tier *saver = &tiers[0], *silver = &tiers[1], *gold = &tiers[2],
                          *knight = &tiers[3];
    assert_ptr_equal(vip_tier_of_card(NULL, saver), saver);
    assert_ptr_equal(vip_tier_of_card(saver, knight), knight);  /* physical before virtual */
    assert_ptr_equal(vip_tier_of_card(knight, silver), silver); /* the first ladder */
    assert_ptr_equal(vip_tier_of_card(gold, silver), gold);
    struct vip_program program = {.tiers = tiers, .tier_count = 4};
    assert_ptr_equal(vip_program_lowest_physical(&program), silver);
}

/* ---- what an application says ---- */

static void words_of_forms_are_known_in_both_languages(void **state)
{
    (void)state;
    struct vip_diag diag;
    const char *text;
    int consent;
    assert_int_equal(vip_consent_read("同意", "consent_sms", &consent, &diag), VIP_OK);
    assert_int_equal(consent, 1);
    assert_int_equal(vip_consent_read("NO", "consent_sms", &consent, &diag), VIP_OK);
    assert_int_equal(consent, 0);
    assert_int_equal(vip_consent_read("", "consent_sms", &consent, &diag), VIP_OK);
    assert_int_equal(consent, VIP_NOT_SAID);
    assert_int_equal(vip_consent_read("maybe", "consent_sms", &consent, &diag), VIP_EREFUSED);
    assert_string_equal(diag.reason, "bad-value");
    assert_string_equal(diag.column, "consent_sms");
    assert_int_equal(vip_gender_read("先生", &text, &diag), VIP_OK);
    assert_string_equal(text, "M");
    assert_int_equal(vip_gender_read("", &text, &diag), VIP_OK);
    assert_string_equal(text, "");
    assert_int_equal(vip_source_read("转介绍", &text, &diag), VIP_OK);
    assert_string_equal(text, "referral");
    assert_int_equal(vip_source_read("friend", &text, &diag), VIP_EREFUSED);
}

static void expect_papers(const char *source, struct vip_source_papers papers, const char *column)
{
    struct vip_diag diag;
    vip_diag_clear(&diag);
    assert_int_equal(vip_source_check(source, &papers, &diag), *column ? VIP_EREFUSED : VIP_OK);
    assert_string_equal(diag.column, column);
}

static void sources_come_with_their_papers(void **state)
{
    (void)state;
    const struct vip_source_papers none = {"", "", ""}, all = {"boss", "M1", "R1"};
    expect_papers("special", none, "by");
    expect_papers("referral", none, "referrer");
    expect_papers("group", none, "receipt");
    expect_papers("regular", none, "");
    expect_papers("", none, "");
    expect_papers("special", all, "");
    expect_papers("referral", all, "");
    expect_papers("group", all, "");
}

static void expect_field(const char *kind, const char *cell, const char *kept, const char *reason)
{
    struct vip_arena arena = {0};
    struct vip_diag diag;
    const struct vip_field field = {.field = "f", .kind = kind};
    vip_diag_clear(&diag);
    assert_int_equal(vip_field_judge(&field, &cell, &arena, &diag),
                     *reason ? VIP_EREFUSED : VIP_OK);
    assert_string_equal(diag.reason, reason);
    if (!*reason)
        assert_string_equal(cell, kept);
    vip_arena_free(&arena);
}

static void fields_are_judged_by_their_kind(void **state)
{
    (void)state;
    expect_field("text", "anything", "anything", "");
    expect_field("date", "2010年5月1日", "2010-05-01", "");
    expect_field("date", "2010-02-30", "", "bad-date");
    expect_field("number", "42.5", "42.5", "");
    expect_field("number", "large", "", "bad-value");
    expect_field("choice:东|西", "西", "西", "");
    expect_field("choice:东|西", "南", "", "bad-value");
    expect_field("date", "", "", "");
}

/* ---- who is let in ---- */

static void expect_admitted(const struct vip_program *program, const char *source, vip_fen fen,
                            const char *tier, const char *said)
{
    const struct vip_first_purchase purchase = spent(fen);
    const struct vip_tier *found = NULL;
    const char *told = NULL;
    struct vip_diag diag;
    assert_int_equal(vip_applicant_admit(program, source, &purchase, &found, &told, &diag), VIP_OK);
    assert_string_equal(found ? found->tier : "none", tier);
    assert_string_equal(told, said);
}

static void a_special_grant_lets_in_whoever_bought_too_little(void **state)
{
    (void)state;
    const struct vip_tier_rule rules[] = {RULE("silver", VIP_BASIS_SINGLE, 100000),
                                          RULE("gold", VIP_BASIS_SINGLE, 300000)};
    const struct vip_program strict = {
        .tiers = tiers + 1, .tier_count = 2, .entries = rules, .entry_count = 2};
    const struct vip_program saving = {
        .tiers = tiers, .tier_count = 3, .entries = rules, .entry_count = 2};
    const struct vip_first_purchase little = spent(99999);
    const struct vip_tier *tier;
    const char *said;
    struct vip_diag diag;
    assert_int_equal(vip_applicant_admit(&strict, "", &little, &tier, &said, &diag), VIP_EREFUSED);
    assert_string_equal(diag.reason, "below-threshold");
    expect_admitted(&strict, "", 100000, "silver", "");
    expect_admitted(&strict, "special", 99999, "silver", "special");
    expect_admitted(&strict, "special", 300000, "gold", "special");
    expect_admitted(&saving, "", 99999, "saver", "accumulation");
    expect_admitted(&saving, "special", 0, "silver", "special");
}

/* ---- bonuses ---- */

static void bonuses_of_joining_have_their_days_and_stores(void **state)
{
    (void)state;
    struct vip_earn_rule rule = {.rule = "join",
                                 .effect = VIP_EFFECT_ONCE,
                                 .store = "S1|S2",
                                 .when = VIP_WHEN_ENROLMENT,
                                 .from = 100,
                                 .until = 200};
    assert_true(vip_bonus_of_joining(&rule, 100, "S1"));
    assert_true(vip_bonus_of_joining(&rule, 200, "S2"));
    assert_false(vip_bonus_of_joining(&rule, 99, "S1"));
    assert_false(vip_bonus_of_joining(&rule, 201, "S1"));
    assert_false(vip_bonus_of_joining(&rule, 150, "S3"));
    rule.from = rule.until = VIP_DAY_NONE;
    assert_true(vip_bonus_of_joining(&rule, 1, "S1"));
    rule.when = VIP_WHEN_FIRST_PURCHASE;
    assert_false(vip_bonus_of_joining(&rule, 1, "S1"));
    rule.when = VIP_WHEN_REFERRAL;
    assert_true(vip_bonus_of_joining(&rule, 1, "S1"));
    rule.effect = VIP_EFFECT_TIMES;
    assert_false(vip_bonus_of_joining(&rule, 1, "S1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_is_met_at_its_figure),
        cmocka_unit_test(below_it_the_virtual_card_opens),
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(points_and_visits),
        cmocka_unit_test(without_rules_everybody_comes_in),
        cmocka_unit_test(the_card_is_of_the_best_tier),
        cmocka_unit_test(words_of_forms_are_known_in_both_languages),
        cmocka_unit_test(sources_come_with_their_papers),
        cmocka_unit_test(fields_are_judged_by_their_kind),
        cmocka_unit_test(a_special_grant_lets_in_whoever_bought_too_little),
        cmocka_unit_test(bonuses_of_joining_have_their_days_and_stores),
    };
    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
