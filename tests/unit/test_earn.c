/* Earning: every effect, condition and reason of earn.csv, and how returns take back.
 *
 * The random returns are made from a seed that is printed when one fails; VIP_SEED=N plays those
 * again, VIP_HISTORIES=N plays so many (default 100,000). */
#include "lib/rules/earn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NEVER VIP_DAY_NONE

static vip_day on(int year, int month, int day)
{
    return vip_day_from_civil(year, month, day);
}

/* ---- a programme of given rules, a member and a purchase ---- */

static struct vip_earn_rule rule(const char *name, enum vip_effect effect, int64_t points)
{
    return (struct vip_earn_rule){
        .rule = name,
        .effect = effect,
        .points = points,
        .per = effect == VIP_EFFECT_EARN ? 100 : 0,
        .category = "",
        .brand = "",
        .store = "",
        .tier = "",
        .pay = "",
        .promo = "",
        .from = NEVER,
        .until = NEVER,
    };
}

static struct vip_program with(const struct vip_earn_rule *rules, size_t count)
{
    return (struct vip_program){
        .name = "test",
        .qualifying_earns = true,
        .posting_deadline = {0, VIP_SPAN_NEVER},
        .earns = rules,
        .earn_count = count,
    };
}

/* A Friday: 2026-11-20. */
static struct vip_purchase buys(vip_fen amount)
{
    return (struct vip_purchase){
        .day = on(2026, 11, 20),
        .amount = amount,
        .store = "S1",
        .category = "coat",
        .brand = "north",
        .promo = "",
        .benefit = "",
    };
}

static struct vip_earner member(void)
{
    return (struct vip_earner){.enrolled = on(2026, 1, 1)};
}

static struct vip_earning earn_of(const struct vip_program *program, struct vip_purchase purchase,
                                  struct vip_earner earner, vip_day posted)
{
    struct vip_earning earning;
    struct vip_diag diag;
    vip_diag_clear(&diag);
    if (vip_earn(program, &purchase, &earner, posted, &earning, &diag) != VIP_OK)
        fail_msg("refused: %s: %s", diag.reason, diag.text);
    return earning;
}

/* What one rule beside a point a yuan gives on 100 yuan: 100 where it does not fit. */
static vip_points beside(struct vip_earn_rule second, struct vip_purchase purchase,
                         struct vip_earner earner)
{
    const struct vip_earn_rule rules[] = {rule("base", VIP_EFFECT_EARN, 1), second};
    const struct vip_program program = with(rules, 2);
    return earn_of(&program, purchase, earner, purchase.day).points;
}

/* ---- effects ---- */

static void a_full_unit_at_a_time(void **state)
{
    static const struct {
        vip_fen amount, per;
        int64_t points;
        vip_points earned;
    } cases[] = {
        {10000, 100, 1, 100},   {99, 100, 1, 0},      {199, 100, 1, 1},    {10099, 100, 2, 200},
        {10000, 1000, 1, 10},   {9999, 1000, 1, 9},   {9999, 1000, 5, 45}, {0, 100, 1, 0},
        {100000, 20000, 3, 15}, {19999, 20000, 3, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_earn_rule base = rule("base", VIP_EFFECT_EARN, cases[i].points);
        base.per = cases[i].per;
        const struct vip_program program = with(&base, 1);
        struct vip_earning earning =
            earn_of(&program, buys(cases[i].amount), member(), on(2026, 11, 20));
        assert_int_equal(earning.points, cases[i].earned);
        assert_int_equal(earning.reason, VIP_EARN_PLAIN);
        assert_true(earning.counts);
    }
}

static void the_first_row_that_fits_is_the_base(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("shoes", VIP_EFFECT_EARN, 3),
                                    rule("coats", VIP_EFFECT_EARN, 2),
                                    rule("all", VIP_EFFECT_EARN, 1)};
    rules[0].category = "shoes";
    rules[1].category = "coat";
    const struct vip_program program = with(rules, 3);
    struct vip_purchase purchase = buys(10000);
    assert_int_equal(earn_of(&program, purchase, member(), purchase.day).points, 200);
    purchase.category = "shoes";
    assert_int_equal(earn_of(&program, purchase, member(), purchase.day).points, 300);
    purchase.category = "";
    assert_int_equal(earn_of(&program, purchase, member(), purchase.day).points, 100);
}

static void the_largest_factor_that_fits_and_rounding_after_it(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {
        rule("base", VIP_EFFECT_EARN, 1), rule("half more", VIP_EFFECT_TIMES, 150),
        rule("double", VIP_EFFECT_TIMES, 200), rule("triple shoes", VIP_EFFECT_TIMES, 300)};
    rules[3].category = "shoes";
    const struct vip_program program = with(rules, 4);
    struct vip_purchase purchase = buys(10150);
    assert_int_equal(earn_of(&program, purchase, member(), purchase.day).points, 202);
    purchase.category = "shoes";
    assert_int_equal(earn_of(&program, purchase, member(), purchase.day).points, 303);
    /* 3 yuan at 1.5 are 4.5 points: rounded down after the factor, not before. */
    const struct vip_program small = with(rules, 2);
    assert_int_equal(earn_of(&small, buys(300), member(), purchase.day).points, 4);
    assert_int_equal(earn_of(&small, buys(399), member(), purchase.day).points, 4);
    assert_int_equal(earn_of(&small, buys(400), member(), purchase.day).points, 6);
}

static void a_factor_below_one_is_none(void **state)
{
    (void)state;
    struct vip_purchase purchase = buys(10000);
    assert_int_equal(beside(rule("less", VIP_EFFECT_TIMES, 50), purchase, member()), 100);
}

static void what_none_fits_earns_nothing_and_still_counts(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {
        rule("base", VIP_EFFECT_EARN, 1), rule("plus", VIP_EFFECT_PLUS, 5),
        rule("once", VIP_EFFECT_ONCE, 50), rule("none", VIP_EFFECT_NONE, 0)};
    rules[3].promo = "*";
    const struct vip_program program = with(rules, 4);
    struct vip_purchase purchase = buys(10000);
    purchase.promo = "sale";
    struct vip_earning earning = earn_of(&program, purchase, member(), purchase.day);
    assert_int_equal(earning.points, 0);
    assert_int_equal(earning.reason, VIP_EARN_PROMOTION);
    assert_true(earning.counts);
    assert_int_equal(earning.plus_count + earning.once_count, 0);
    rules[3].promo = "";
    rules[3].category = "coat";
    purchase.promo = "";
    earning = earn_of(&program, purchase, member(), purchase.day);
    assert_int_equal(earning.reason, VIP_EARN_EXCLUDED);
    purchase.category = "shoes";
    earning = earn_of(&program, purchase, member(), purchase.day);
    assert_int_equal(earning.reason, VIP_EARN_PLAIN);
    assert_int_equal(earning.points, 100);
}

static void bonuses_are_named_apart(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {
        rule("base", VIP_EFFECT_EARN, 1),  rule("plus", VIP_EFFECT_PLUS, 5),
        rule("coats", VIP_EFFECT_PLUS, 7), rule("once", VIP_EFFECT_ONCE, 50),
        rule("join", VIP_EFFECT_ONCE, 90), rule("refer", VIP_EFFECT_ONCE, 90)};
    rules[2].category = "shoes";
    rules[4].when = VIP_WHEN_ENROLMENT; /* no purchase earns these two */
    rules[5].when = VIP_WHEN_REFERRAL;
    const struct vip_program program = with(rules, 6);
    struct vip_purchase purchase = buys(10000);
    struct vip_earning earning = earn_of(&program, purchase, member(), purchase.day);
    assert_int_equal(earning.points, 100);
    assert_int_equal(earning.plus_count, 1);
    assert_ptr_equal(earning.plus[0], &rules[1]);
    assert_int_equal(earning.once_count, 1);
    assert_ptr_equal(earning.once[0], &rules[3]);
}

static void more_bonuses_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    struct vip_earn_rule rules[VIP_EARN_EXTRAS + 1];
    struct vip_purchase purchase = buys(100);
    struct vip_earner earner = member();
    struct vip_earning earning;
    struct vip_diag diag;
    for (size_t i = 0; i <= VIP_EARN_EXTRAS; i++)
        rules[i] = rule("plus", VIP_EFFECT_PLUS, 1);
    struct vip_program program = with(rules, VIP_EARN_EXTRAS);
    assert_int_equal(earn_of(&program, purchase, earner, purchase.day).plus_count, VIP_EARN_EXTRAS);
    program.earn_count++;
    vip_diag_clear(&diag);
    assert_int_equal(vip_earn(&program, &purchase, &earner, purchase.day, &earning, &diag),
                     VIP_EREFUSED);
    assert_string_equal(diag.reason, "overflow");
}

static void without_a_rule_nothing_is_earned(void **state)
{
    (void)state;
    struct vip_earn_rule shoes = rule("shoes", VIP_EFFECT_EARN, 1);
    shoes.category = "shoes";
    const struct vip_program program = with(&shoes, 1), empty = with(NULL, 0);
    struct vip_earning earning = earn_of(&program, buys(10000), member(), on(2026, 11, 20));
    assert_int_equal(earning.reason, VIP_EARN_NO_RULE);
    assert_int_equal(earning.points, 0);
    assert_true(earning.counts);
    assert_int_equal(earn_of(&empty, buys(100), member(), on(2026, 11, 20)).reason,
                     VIP_EARN_NO_RULE);
    /* A gift of 0 yuan asks no question. */
    assert_int_equal(earn_of(&empty, buys(0), member(), on(2026, 11, 20)).reason, VIP_EARN_PLAIN);
}

/* ---- conditions ---- */

static void category_brand_and_store(void **state)
{
    static const struct {
        const char *list, *value;
        bool fits;
    } cases[] = {{"", "coat", true},           {"coat", "coat", true},   {"coat", "shoes", false},
                 {"shoes|coat", "coat", true}, {"coats", "coat", false}, {"coat", "", false},
                 {"!shoes", "coat", true},     {"!coat", "coat", false}, {"!coat|shoes", "", true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vip_points wanted = cases[i].fits ? 200 : 100;
        struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
        struct vip_purchase purchase = buys(10000);
        twice.category = cases[i].list;
        purchase.category = cases[i].value;
        assert_int_equal(beside(twice, purchase, member()), wanted);
        twice.category = "";
        twice.brand = cases[i].list;
        purchase.brand = cases[i].value;
        assert_int_equal(beside(twice, purchase, member()), wanted);
        twice.brand = "";
        twice.store = cases[i].list;
        purchase.store = cases[i].value;
        assert_int_equal(beside(twice, purchase, member()), wanted);
    }
}

static void all_conditions_of_a_row_must_fit(void **state)
{
    (void)state;
    struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
    struct vip_purchase purchase = buys(10000);
    twice.category = "coat";
    twice.brand = "north";
    twice.store = "S1";
    assert_int_equal(beside(twice, purchase, member()), 200);
    twice.brand = "south";
    assert_int_equal(beside(twice, purchase, member()), 100);
}

static void tiers_of_any_ladder(void **state)
{
    (void)state;
    static const char *const held[] = {"elite", "knight"};
    struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
    struct vip_earner earner = member();
    twice.tier = "diamond|knight";
    assert_int_equal(beside(twice, buys(10000), earner), 100);
    earner.tiers = held;
    earner.tier_count = 1;
    assert_int_equal(beside(twice, buys(10000), earner), 100);
    earner.tier_count = 2;
    assert_int_equal(beside(twice, buys(10000), earner), 200);
}

static void promotions(void **state)
{
    static const struct {
        const char *list, *promo;
        vip_fen list_price;
        bool fits;
    } cases[] = {
        {"", "", 0, true},
        {"", "sale", 20000, true},
        {"*", "sale", 0, true},
        {"*", "", 0, false},
        {"*", "", 20000, false},
        {"-", "", 0, true},
        {"-", "sale", 0, false},
        {"-", "", 20000, false}, /* marked down is no full price */
        {"-", "", 10000, true},
        {"sale", "sale", 0, true},
        {"sale|spring", "spring", 0, true},
        {"sale", "spring", 0, false},
        {"sale", "", 0, false},
        {"marked-down", "", 10001, true},
        {"marked-down", "", 10000, false},
        {"marked-down", "", 0, false},
        {"marked-down", "sale", 0, false},
        {"marked-down|sale", "sale", 0, true},
        {"marked-down|sale", "", 20000, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
        struct vip_purchase purchase = buys(10000);
        twice.promo = cases[i].list;
        purchase.promo = cases[i].promo;
        purchase.list_price = cases[i].list_price;
        if (beside(twice, purchase, member()) != (cases[i].fits ? 200 : 100))
            fail_msg("promo '%s' on '%s' at %lld", cases[i].list, cases[i].promo,
                     (long long)cases[i].list_price);
    }
}

static void weekdays(void **state)
{
    (void)state;
    for (int weekday = 0; weekday < 7; weekday++) {
        struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
        twice.when = (unsigned)VIP_WHEN_MONDAY << weekday;
        for (int day = 0; day < 7; day++) {
            struct vip_purchase purchase = buys(10000);
            purchase.day = on(2026, 11, 16) + day; /* a Monday and on */
            assert_int_equal(beside(twice, purchase, member()), day == weekday ? 200 : 100);
        }
    }
}

static bool doubles(unsigned when, vip_day day, struct vip_birthday birthday)
{
    struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
    struct vip_purchase purchase = buys(10000);
    struct vip_earner earner = member();
    twice.when = when;
    purchase.day = day;
    earner.enrolled = on(2000, 1, 1);
    earner.birthday = birthday;
    return beside(twice, purchase, earner) == 200;
}

static void solar_birthdays(void **state)
{
    (void)state;
    const struct vip_birthday leap = {.year = 1980, .month = 2, .day = 29}, none = {0};
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2024, 2, 29), leap));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2024, 2, 28), leap));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2026, 2, 28), leap));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2026, 3, 1), leap));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 2, 1), leap));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 2, 28), leap));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 3, 1), leap));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 1, 31), leap));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_DAY | VIP_WHEN_BIRTHDAY_MONTH, on(2026, 2, 28), none));
    const struct vip_birthday yearless = {.month = 12, .day = 31};
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2026, 12, 31), yearless));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 12, 1), yearless));
}

/* The 15th of the eighth lunar month: 2026-09-25. The first of the twelfth fell on 11 January and
 * on 31 December 2024, and then not before 19 January 2026. */
static void lunar_birthdays(void **state)
{
    (void)state;
    const struct vip_birthday autumn = {.month = 8, .day = 15, .lunar = true};
    const struct vip_birthday twelfth = {.month = 12, .day = 1, .lunar = true};
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2026, 9, 25), autumn));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2026, 8, 15), autumn));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 9, 1), autumn));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2025, 10, 31), autumn));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 10, 1), autumn));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2024, 1, 11), twelfth));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_DAY, on(2024, 12, 31), twelfth));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2024, 12, 5), twelfth));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2025, 1, 5), twelfth));
    assert_false(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2025, 12, 31), twelfth));
    assert_true(doubles(VIP_WHEN_BIRTHDAY_MONTH, on(2026, 1, 1), twelfth));
}

static void first_purchase_and_any_of_several_days(void **state)
{
    (void)state;
    struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
    struct vip_purchase purchase = buys(10000);
    twice.when = VIP_WHEN_FIRST_PURCHASE;
    assert_int_equal(beside(twice, purchase, member()), 100);
    purchase.first = true;
    assert_int_equal(beside(twice, purchase, member()), 200);
    purchase.first = false;
    twice.when = VIP_WHEN_FIRST_PURCHASE | (unsigned)VIP_WHEN_MONDAY << 4; /* or on a Friday */
    assert_int_equal(beside(twice, purchase, member()), 200);
    purchase.day++;
    assert_int_equal(beside(twice, purchase, member()), 100);
}

static void from_and_until_are_whole_days(void **state)
{
    (void)state;
    struct vip_earn_rule twice = rule("twice", VIP_EFFECT_TIMES, 200);
    struct vip_purchase purchase = buys(10000);
    twice.from = on(2026, 11, 18);
    twice.until = on(2026, 11, 20);
    for (int day = 17; day <= 21; day++) {
        purchase.day = on(2026, 11, day);
        assert_int_equal(beside(twice, purchase, member()), day >= 18 && day <= 20 ? 200 : 100);
    }
    twice.until = NEVER;
    assert_int_equal(beside(twice, purchase, member()), 200);
}

/* ---- how it was paid ---- */

static struct vip_purchase paid(vip_fen cash, vip_fen voucher)
{
    struct vip_purchase purchase = buys(cash + voucher);
    purchase.pay[0] = (struct vip_pay_part){"cash", cash};
    purchase.pay[1] = (struct vip_pay_part){"voucher", voucher};
    purchase.pay_count = 2;
    return purchase;
}

static void the_part_that_was_paid_so(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("cash", VIP_EFFECT_EARN, 2),
                                    rule("rest", VIP_EFFECT_EARN, 1)};
    rules[0].pay = "cash|card";
    const struct vip_program program = with(rules, 2);
    vip_day today = on(2026, 11, 20);
    assert_int_equal(earn_of(&program, paid(7050, 2950), member(), today).points, 140);
    assert_int_equal(earn_of(&program, paid(10000, 0), member(), today).points, 200);
    assert_int_equal(earn_of(&program, paid(0, 10000), member(), today).points, 100);
    /* How it was paid is not known: no rule that names a payment fits. */
    assert_int_equal(earn_of(&program, buys(10000), member(), today).points, 100);
}

static void the_part_that_earns_nothing(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("base", VIP_EFFECT_EARN, 1),
                                    rule("none", VIP_EFFECT_NONE, 0)};
    rules[1].pay = "voucher|points";
    const struct vip_program program = with(rules, 2);
    vip_day today = on(2026, 11, 20);
    assert_int_equal(earn_of(&program, paid(7050, 2950), member(), today).points, 70);
    assert_int_equal(earn_of(&program, paid(10000, 0), member(), today).points, 100);
    struct vip_earning earning = earn_of(&program, paid(0, 10000), member(), today);
    assert_int_equal(earning.points, 0);
    assert_int_equal(earning.reason, VIP_EARN_EXCLUDED);
    assert_true(earning.counts);
    rules[1].category = "shoes"; /* what it excludes is excluded under its conditions only */
    assert_int_equal(earn_of(&program, paid(0, 10000), member(), today).points, 100);
}

static void factors_and_bonuses_of_a_payment(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("base", VIP_EFFECT_EARN, 1),
                                    rule("twice", VIP_EFFECT_TIMES, 200),
                                    rule("plus", VIP_EFFECT_PLUS, 5)};
    rules[1].pay = rules[2].pay = "voucher";
    const struct vip_program program = with(rules, 3);
    struct vip_earning earning = earn_of(&program, paid(5000, 5000), member(), on(2026, 11, 20));
    assert_int_equal(earning.points, 200);
    assert_int_equal(earning.plus_count, 1);
    earning = earn_of(&program, paid(10000, 0), member(), on(2026, 11, 20));
    assert_int_equal(earning.points, 100);
    assert_int_equal(earning.plus_count, 0);
}

/* ---- what bars a purchase whatever the rules say ---- */

static void barred_in_the_order_in_which_a_clerk_would_name_it(void **state)
{
    (void)state;
    const struct vip_benefit benefits[] = {{.benefit = "birthday", .tier = "", .earns = false},
                                           {.benefit = "lounge", .tier = "", .earns = true}};
    struct vip_earn_rule base = rule("base", VIP_EFFECT_EARN, 1);
    struct vip_program program = with(&base, 1);
    program.posting_deadline = (struct vip_span){30, VIP_SPAN_DAYS};
    program.qualifying_earns = false;
    program.benefits = benefits;
    program.benefit_count = 2;
    struct vip_purchase purchase = buys(10000);
    struct vip_earner earner = member();
    purchase.benefit = "birthday";
    earner.cancelled = earner.qualifying = true;
    earner.enrolled = on(2026, 11, 21);
    vip_day late = on(2026, 12, 21), timely = on(2026, 12, 20);
    struct vip_earning earning = earn_of(&program, purchase, earner, late);
    assert_int_equal(earning.reason, VIP_EARN_CANCELLED);
    assert_false(earning.counts);
    earner.cancelled = false;
    earning = earn_of(&program, purchase, earner, late);
    assert_int_equal(earning.reason, VIP_EARN_BEFORE_ENROLMENT);
    assert_false(earning.counts);
    earner.enrolled = on(2026, 11, 20);
    earning = earn_of(&program, purchase, earner, late);
    assert_int_equal(earning.reason, VIP_EARN_DEADLINE);
    assert_true(earning.counts);
    earning = earn_of(&program, purchase, earner, timely);
    assert_int_equal(earning.reason, VIP_EARN_QUALIFYING);
    assert_true(earning.counts);
    earner.qualifying = false;
    earning = earn_of(&program, purchase, earner, timely);
    assert_int_equal(earning.reason, VIP_EARN_BENEFIT);
    assert_true(earning.counts);
    purchase.benefit = "lounge";
    assert_int_equal(earn_of(&program, purchase, earner, timely).points, 100);
    purchase.benefit = "unknown";
    assert_int_equal(earn_of(&program, purchase, earner, timely).points, 100);
    program.qualifying_earns = true;
    earner.qualifying = true;
    assert_int_equal(earn_of(&program, purchase, earner, timely).points, 100);
}

static void every_reason_has_a_word(void **state)
{
    static const char *const words[] = {"",        "before-enrolment", "deadline",   "promotion",
                                        "benefit", "excluded",         "qualifying", "cancelled",
                                        "no-rule", "missing-points"};
    (void)state;
    for (int i = 0; i <= VIP_EARN_CLAIM; i++)
        assert_string_equal(vip_earn_word((enum vip_earn_reason)i), words[i]);
}

static void what_must_be_known_of_a_member(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("base", VIP_EFFECT_EARN, 1),
                                    rule("more", VIP_EFFECT_ONCE, 10)};
    struct vip_program program = with(rules, 2);
    rules[1].when = VIP_WHEN_FIRST_PURCHASE;
    struct vip_earn_needs needs = vip_earn_needs(&program);
    assert_false(needs.tiers || needs.birthday || needs.receipt || needs.first);
    rules[1].effect = VIP_EFFECT_TIMES;
    rules[1].points = 200;
    assert_true(vip_earn_needs(&program).first);
    rules[1].tier = "elite";
    assert_true(vip_earn_needs(&program).tiers);
    rules[1].when = VIP_WHEN_BIRTHDAY_MONTH;
    assert_true(vip_earn_needs(&program).birthday);
    program.qualifying_earns = false;
    assert_true(vip_earn_needs(&program).receipt);
}

static void points_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct vip_earn_rule rules[] = {rule("base", VIP_EFFECT_EARN, 1000000000),
                                    rule("times", VIP_EFFECT_TIMES, 100000)};
    struct vip_earner earner = member();
    struct vip_purchase purchase = buys(VIP_FEN_MAX);
    struct vip_earning earning;
    struct vip_diag diag;
    rules[0].per = 1;
    for (size_t count = 1; count <= 2; count++) { /* the product; the factor */
        const struct vip_program program = with(rules, count);
        vip_diag_clear(&diag);
        assert_int_equal(vip_earn(&program, &purchase, &earner, purchase.day, &earning, &diag),
                         VIP_EREFUSED);
        assert_string_equal(diag.reason, "overflow");
        assert_string_equal(diag.column, "amount");
        rules[0].points = 5000;
    }
}

/* ---- returns ---- */

static void three_parts_take_what_was_earned(void **state)
{
    (void)state;
    /* 10 points on 10.01: 3.326…, 6.653…, 10 */
    assert_int_equal(vip_return_points(10, 1001, 0, 0, 333), 3);
    assert_int_equal(vip_return_points(10, 1001, 3, 333, 333), 3);
    assert_int_equal(vip_return_points(10, 1001, 6, 666, 335), 4);
    assert_int_equal(vip_return_points(10, 1001, 0, 0, 1001), 10);
    assert_int_equal(vip_return_points(0, 1001, 0, 0, 500), 0);
    assert_int_equal(vip_return_points(7, 0, 0, 0, 0), 7); /* a bonus on a gift */
}

static uint64_t seed_of_run;

static uint64_t draw(uint64_t below)
{
    seed_of_run += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed_of_run;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static long from_environment(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

/* Any amount in any number of parts: never more than what was earned, never a part that gives
 * points, after each part points × share rounded down, and in the end all of it. */
static void any_parts_take_exactly_what_was_earned(void **state)
{
    (void)state;
    long runs = from_environment("VIP_HISTORIES", 100000);
    uint64_t seed = (uint64_t)from_environment("VIP_SEED", 20261121);
    seed_of_run = seed;
    for (long run = 0; run < runs; run++) {
        bool large = draw(50) == 0;
        vip_fen amount = 1 + (vip_fen)draw(large ? (uint64_t)VIP_FEN_MAX : 500000), returned = 0;
        vip_points points = (vip_points)draw(large ? UINT64_C(1) << 60 : 20000), taken = 0;
        uint64_t parts = 1 + draw(5);
        for (uint64_t i = 1; returned < amount; i++) {
            vip_fen left = amount - returned;
            vip_fen part = i >= parts ? left : 1 + (vip_fen)draw((uint64_t)left);
            vip_points back = vip_return_points(points, amount, taken, returned, part);
            returned += part;
            taken += back;
            int64_t share;
            assert_true(vip_scale(points, returned, amount, &share));
            if (back < 0 || taken != share)
                fail_msg("VIP_SEED=%llu run %ld: %lld of %lld after %lld of %lld",
                         (unsigned long long)seed, run, (long long)taken, (long long)points,
                         (long long)returned, (long long)amount);
        }
        assert_int_equal(taken, points);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_unit_at_a_time),
        cmocka_unit_test(the_first_row_that_fits_is_the_base),
        cmocka_unit_test(the_largest_factor_that_fits_and_rounding_after_it),
        cmocka_unit_test(a_factor_below_one_is_none),
        cmocka_unit_test(what_none_fits_earns_nothing_and_still_counts),
        cmocka_unit_test(bonuses_are_named_apart),
        cmocka_unit_test(more_bonuses_than_there_is_room_for_are_refused),
        cmocka_unit_test(without_a_rule_nothing_is_earned),
        cmocka_unit_test(category_brand_and_store),
        cmocka_unit_test(all_conditions_of_a_row_must_fit),
        cmocka_unit_test(tiers_of_any_ladder),
        cmocka_unit_test(promotions),
        cmocka_unit_test(weekdays),
        cmocka_unit_test(solar_birthdays),
        cmocka_unit_test(lunar_birthdays),
        cmocka_unit_test(first_purchase_and_any_of_several_days),
        cmocka_unit_test(from_and_until_are_whole_days),
        cmocka_unit_test(the_part_that_was_paid_so),
        cmocka_unit_test(the_part_that_earns_nothing),
        cmocka_unit_test(factors_and_bonuses_of_a_payment),
        cmocka_unit_test(barred_in_the_order_in_which_a_clerk_would_name_it),
        cmocka_unit_test(every_reason_has_a_word),
        cmocka_unit_test(what_must_be_known_of_a_member),
        cmocka_unit_test(points_that_do_not_fit_are_refused),
        cmocka_unit_test(three_parts_take_what_was_earned),
        cmocka_unit_test(any_parts_take_exactly_what_was_earned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
