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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_threshold_is_met_at_its_figure),
        cmocka_unit_test(below_it_the_virtual_card_opens),
        cmocka_unit_test(conditions_hold),
        cmocka_unit_test(points_and_visits),
        cmocka_unit_test(without_rules_everybody_comes_in),
        cmocka_unit_test(the_card_is_of_the_best_tier),
    };
    return cmocka_run_group_tests_name("admission", tests, NULL, NULL);
}
