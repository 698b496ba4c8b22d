/* The rules of redeeming: every refusal by its reason word, and what is granted. */
#include "lib/rules/redeem.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NEVER        VIP_DAY_NONE
#define MONTH(m)     (1u << ((m)-1))

static vip_day on(int year, int month, int day)
{
    return vip_day_from_civil(year, month, day);
}

static struct vip_program program(void)
{
    return (struct vip_program){
        .name = "test",
        .card_valid = {12, VIP_SPAN_MONTHS},
        .rebate_claim = {3, VIP_SPAN_MONTHS},
    };
}

static struct vip_reward gift(void)
{
    return (struct vip_reward){
        .reward = "gift",
        .kind = VIP_REWARD_GIFT,
        .cost = 100,
        .value = 5000,
        .tier = "",
        .stock = -1,
        .limit = -1,
        .per = "",
    };
}

/* A member since 2025 with a card through 1 July 2026 and 250 points. */
static struct vip_lot lots[1];

static struct vip_redeemer member(void)
{
    lots[0] = (struct vip_lot){1, on(2025, 8, 1), on(2025, 8, 1), NEVER, 250};
    return (struct vip_redeemer){
        .status = "active",
        .enrolled = on(2025, 7, 1),
        .has_card = true,
        .card_issued = on(2025, 7, 1),
        .card_since = on(2025, 7, 1),
        .card_end = on(2026, 7, 1),
        .lots = lots,
        .lot_count = 1,
    };
}

static struct vip_redeem_ask ask(vip_day day, int64_t quantity)
{
    return (struct vip_redeem_ask){
        .day = day, .quantity = quantity, .by = "", .witness = "", .exception = ""};
}

static struct vip_redeem_answer grant(const struct vip_program *rules,
                                      const struct vip_reward *reward,
                                      const struct vip_redeemer *who, struct vip_redeem_ask asked)
{
    struct vip_redeem_answer answer;
    struct vip_diag diag;
    vip_diag_clear(&diag);
    if (vip_redeem_reward(rules, reward, who, &asked, &answer, &diag) != VIP_OK)
        fail_msg("refused: %s: %s", diag.reason, diag.text);
    return answer;
}

static void refuse(const char *reason, const struct vip_program *rules,
                   const struct vip_reward *reward, const struct vip_redeemer *who,
                   struct vip_redeem_ask asked)
{
    struct vip_redeem_answer answer;
    struct vip_diag diag;
    vip_diag_clear(&diag);
    assert_int_equal(vip_redeem_reward(rules, reward, who, &asked, &answer, &diag), VIP_EREFUSED);
    assert_string_equal(diag.reason, reason);
    assert_true(*diag.text);
}

/* ---- rewards ---- */

static void points_buy_a_gift(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    struct vip_redeem_answer answer = grant(&rules, &reward, &who, ask(on(2026, 5, 1), 2));
    assert_int_equal(answer.quantity, 2);
    assert_int_equal(answer.points, 200);
    assert_int_equal(answer.value, 10000);
    assert_false(answer.voucher);
    lots[0].left = 200; /* the very figure is enough */
    grant(&rules, &reward, &who, ask(on(2026, 5, 1), 2));
    lots[0].left = 199;
    refuse("too-few-points", &rules, &reward, &who, ask(on(2026, 5, 1), 2));
    refuse("no-such-reward", &rules, NULL, &who, ask(on(2026, 5, 1), 1));
}

static void numbers_beyond_counting_are_refused(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    refuse("too-few-points", &rules, &reward, &who, ask(on(2026, 5, 1), INT64_MAX));
    reward.cost = 0;
    refuse("overflow", &rules, &reward, &who, ask(on(2026, 5, 1), INT64_MAX));
    reward.value = 0;
    assert_int_equal(grant(&rules, &reward, &who, ask(on(2026, 5, 1), INT64_MAX)).points, 0);
}

static void clamp_cuts_to_what_there_is(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    struct vip_redeem_ask asked = ask(on(2026, 5, 1), 9);
    asked.clamp = true;
    assert_int_equal(grant(&rules, &reward, &who, asked).quantity, 2); /* by points */
    reward.limit = 3;
    reward.per = "year";
    who.used = 2;
    assert_int_equal(grant(&rules, &reward, &who, asked).quantity, 1); /* by the limit */
    who.used = 3;
    refuse("limit-reached", &rules, &reward, &who, asked);
    reward.limit = -1;
    reward.stock = 8;
    who.taken = 7;
    assert_int_equal(grant(&rules, &reward, &who, asked).quantity, 1); /* by the stock */
    who.taken = 8;
    refuse("out-of-stock", &rules, &reward, &who, asked);
    reward.stock = -1;
    lots[0].left = 99;
    refuse("too-few-points", &rules, &reward, &who, asked);
}

static void who_may_not(void **state)
{
    (void)state;
    static const char *const words[] = {"pending", "suspended", "cancelled", "forgotten", "merged"};
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    for (size_t i = 0; i < COUNT(words); i++) {
        who.status = words[i];
        refuse(words[i], &rules, &reward, &who, ask(on(2026, 5, 1), 1));
    }
    who = member();
    refuse("before-enrolment", &rules, &reward, &who, ask(on(2025, 6, 30), 1));
    grant(&rules, &reward, &who, ask(on(2026, 7, 1), 1)); /* the card's last day */
    refuse("card-expired", &rules, &reward, &who, ask(on(2026, 7, 2), 1));
    who.card_end = NEVER;
    grant(&rules, &reward, &who, ask(on(2036, 7, 2), 1));
    who.has_card = false; /* a programme without cards */
    grant(&rules, &reward, &who, ask(on(2036, 7, 2), 1));
}

static void tiers(void **state)
{
    (void)state;
    static const char *const held[] = {"silver", "knight"};
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    reward.tier = "gold|knight";
    refuse("wrong-tier", &rules, &reward, &who, ask(on(2026, 5, 1), 1));
    who.tiers = held;
    who.tier_count = 1;
    refuse("wrong-tier", &rules, &reward, &who, ask(on(2026, 5, 1), 1));
    who.tier_count = 2; /* on another ladder */
    grant(&rules, &reward, &who, ask(on(2026, 5, 1), 1));
}

static void seasons(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    reward.months = MONTH(3) | MONTH(8);
    grant(&rules, &reward, &who, ask(on(2026, 3, 1), 1));
    grant(&rules, &reward, &who, ask(on(2026, 3, 31), 1));
    refuse("out-of-season", &rules, &reward, &who, ask(on(2026, 4, 1), 1));
    refuse("out-of-season", &rules, &reward, &who, ask(on(2026, 2, 28), 1));
}

static void two_people_sign(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    struct vip_redeem_ask asked = ask(on(2026, 5, 1), 1);
    reward.witness = true;
    refuse("one-signature", &rules, &reward, &who, asked);
    asked.by = "Li";
    refuse("one-signature", &rules, &reward, &who, asked);
    asked.witness = "li"; /* the same person */
    refuse("one-signature", &rules, &reward, &who, asked);
    asked.witness = "Wang";
    grant(&rules, &reward, &who, asked);
    asked.by = "";
    refuse("one-signature", &rules, &reward, &who, asked);
}

static void limits_and_stock(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    reward.limit = 2;
    reward.per = "month";
    who.used = 1;
    grant(&rules, &reward, &who, ask(on(2026, 5, 1), 1));
    refuse("limit-reached", &rules, &reward, &who, ask(on(2026, 5, 1), 2));
    reward.limit = -1;
    reward.stock = 0;
    refuse("out-of-stock", &rules, &reward, &who, ask(on(2026, 5, 1), 1));
    reward.stock = 5;
    who.taken = 4;
    grant(&rules, &reward, &who, ask(on(2026, 5, 1), 1));
    who.taken = 9; /* the programme lowered the stock since */
    refuse("out-of-stock", &rules, &reward, &who, ask(on(2026, 5, 1), 1));
}

static void points_of_the_same_day(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    vip_day today = on(2026, 5, 1);
    struct vip_lot two[] = {{1, today - 9, today - 9, NEVER, 40}, {2, today, today + 1, NEVER, 60}};
    struct vip_redeemer who = member();
    who.lots = two;
    who.lot_count = 2;
    refuse("same-day-points", &rules, &reward, &who, ask(today, 1));
    grant(&rules, &reward, &who, ask(today + 1, 1));
    two[1].left = 59; /* they would not have sufficed anyway */
    refuse("too-few-points", &rules, &reward, &who, ask(today, 1));
    two[1].left = 60;
    two[1].earned = today + 1; /* not earned yet on the day of a late request */
    refuse("too-few-points", &rules, &reward, &who, ask(today, 1));
    two[0].left = 100; /* what can be spent suffices */
    grant(&rules, &reward, &who, ask(today, 1));
}

static void points_that_ran_out_buy_nothing(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    lots[0].expires = on(2026, 5, 1);
    grant(&rules, &reward, &who, ask(on(2026, 5, 1), 1));
    refuse("too-few-points", &rules, &reward, &who, ask(on(2026, 5, 2), 1));
}

static void vouchers_are_issued(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    reward.kind = VIP_REWARD_VOUCHER;
    struct vip_redeem_answer answer = grant(&rules, &reward, &who, ask(on(2026, 1, 31), 1));
    assert_true(answer.voucher);
    assert_int_equal(answer.expires, NEVER);
    reward.expires = (struct vip_span){1, VIP_SPAN_MONTHS};
    answer = grant(&rules, &reward, &who, ask(on(2026, 1, 31), 1));
    assert_int_equal(answer.expires, on(2026, 2, 28));
    reward.kind = VIP_REWARD_REBATE; /* with an end: a voucher; else it is paid at once */
    assert_true(grant(&rules, &reward, &who, ask(on(2026, 1, 31), 1)).voucher);
    reward.expires = (struct vip_span){0, VIP_SPAN_NEVER};
    assert_false(grant(&rules, &reward, &who, ask(on(2026, 1, 31), 1)).voucher);
}

/* ---- the rebate ladder ---- */

static struct vip_reward rebate(void)
{
    struct vip_reward reward = gift();
    reward.reward = "rebate-200";
    reward.kind = VIP_REWARD_REBATE;
    reward.cost = 5000;
    reward.value = 20000;
    reward.consume_all = true;
    reward.due_card_year = true;
    return reward;
}

static void a_rebate_clears_the_balance(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = rebate();
    struct vip_redeemer who = member();
    lots[0].left = 5001;
    struct vip_redeem_answer answer = grant(&rules, &reward, &who, ask(on(2026, 7, 1), 1));
    assert_int_equal(answer.points, 5001);
    assert_int_equal(answer.value, 20000);
    refuse("too-many-items", &rules, &reward, &who, ask(on(2026, 7, 1), 2));
    lots[0].left = 4999;
    refuse("too-few-points", &rules, &reward, &who, ask(on(2026, 7, 1), 1));
}

static void a_rebate_falls_due_and_can_be_claimed(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = rebate();
    struct vip_redeemer who = member(); /* the card year ends on 1 July 2026 */
    lots[0].left = 5000;
    refuse("not-due", &rules, &reward, &who, ask(on(2026, 6, 30), 1));
    grant(&rules, &reward, &who, ask(on(2026, 7, 1), 1));
    grant(&rules, &reward, &who, ask(on(2026, 7, 2), 1));   /* the card has run out: no matter */
    grant(&rules, &reward, &who, ask(on(2026, 10, 31), 1)); /* three months after its month */
    refuse("claim-ended", &rules, &reward, &who, ask(on(2026, 11, 1), 1));
    who.card_end = on(2027, 7, 1); /* renewed */
    grant(&rules, &reward, &who, ask(on(2026, 8, 1), 1));
    refuse("claim-ended", &rules, &reward, &who, ask(on(2027, 6, 30), 1));
    grant(&rules, &reward, &who, ask(on(2027, 7, 1), 1));
    who.card_end = NEVER;
    refuse("not-due", &rules, &reward, &who, ask(on(2027, 7, 1), 1));
}

static void a_card_that_was_issued_late_moves_no_year_end(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = rebate();
    struct vip_redeemer who = member(); /* the first card's year ended on 1 July 2026 */
    lots[0].left = 5000;
    who.card_issued = on(2026, 10, 31);
    who.card_end = on(2027, 10, 31);
    grant(&rules, &reward, &who, ask(on(2026, 10, 31), 1));
    refuse("claim-ended", &rules, &reward, &who, ask(on(2026, 11, 1), 1));
    grant(&rules, &reward, &who, ask(on(2027, 10, 31), 1));
}

static void what_was_not_claimed_goes_with_its_claim(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = rebate();
    struct vip_redeemer who = member();
    struct vip_window claims[4];
    struct vip_lot_use uses[3];
    size_t used;
    struct vip_lot three[] = {{1, on(2026, 6, 1), on(2026, 6, 1), on(2026, 9, 1), 700},
                              {2, on(2026, 7, 1), on(2026, 7, 1), NEVER, 5200},
                              {3, on(2026, 7, 2), on(2026, 7, 2), NEVER, 900}};
    who.card_end = on(2028, 7, 1); /* renewed twice: years ended in July 2026 and 2027 */
    who.lots = three;
    who.lot_count = 3;
    assert_int_equal(vip_redeem_ended(&rules, &who, on(2026, 10, 31), claims, 4), 0);
    assert_int_equal(vip_redeem_ended(&rules, &who, on(2026, 11, 1), claims, 4), 1);
    assert_int_equal(claims[0].from, on(2026, 7, 1));
    assert_int_equal(claims[0].to, on(2026, 10, 31));
    assert_int_equal(vip_redeem_ended(&rules, &who, on(2027, 12, 1), claims, 4), 2);
    assert_int_equal(claims[0].from, on(2026, 7, 1)); /* the oldest first */
    assert_int_equal(claims[1].from, on(2027, 7, 1));
    assert_int_equal(vip_redeem_ended(&rules, &who, on(2027, 12, 1), claims, 1), 1);
    assert_int_equal(claims[0].from, on(2027, 7, 1)); /* the newest, if there is no room for more */
    /* Neither what had run out by then, nor what belongs to the next year. */
    vip_redeem_ended(&rules, &who, on(2026, 11, 1), claims, 4);
    assert_int_equal(vip_redeem_unclaimed(&rules, &reward, &who, &claims[0], three, uses, &used),
                     5200);
    assert_int_equal(used, 1);
    assert_int_equal(uses[0].lot, 2);
    assert_int_equal(three[0].left + three[1].left, 700);
    assert_int_equal(three[2].left, 900);
    assert_int_equal(vip_redeem_unclaimed(&rules, &reward, &who, &claims[0], three, uses, &used),
                     0); /* once */
}

static void a_rebate_is_for_the_card_year(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = rebate();
    struct vip_redeemer who = member();
    struct vip_lot two[] = {{1, on(2026, 7, 1), on(2026, 7, 1), NEVER, 5200},
                            {2, on(2026, 7, 2), on(2026, 7, 2), NEVER, 900}};
    who.lots = two;
    who.lot_count = 2;
    /* What was earned after its last day belongs to the next year. */
    assert_int_equal(grant(&rules, &reward, &who, ask(on(2026, 8, 1), 1)).points, 5200);
    two[0].left = 4500;
    refuse("too-few-points", &rules, &reward, &who, ask(on(2026, 8, 1), 1));
}

static void what_could_be_had(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_reward reward = gift();
    struct vip_redeemer who = member();
    vip_day day = on(2026, 5, 1);
    assert_int_equal(vip_redeem_most(&rules, &reward, &who, day), 2);
    reward.witness = true; /* that two sign is seen at the counter */
    assert_int_equal(vip_redeem_most(&rules, &reward, &who, day), 2);
    reward.stock = 1;
    assert_int_equal(vip_redeem_most(&rules, &reward, &who, day), 1);
    reward.stock = -1;
    reward.cost = 0;
    assert_true(vip_redeem_most(&rules, &reward, &who, day) == INT64_MAX);
    who.status = "suspended";
    assert_int_equal(vip_redeem_most(&rules, &reward, &who, day), 0);
}

/* ---- windows ---- */

static void windows(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_redeemer who = member();
    who.birthday = (struct vip_birthday){.month = 6, .day = 15};
    const struct {
        const char *per;
        vip_day day, from, to;
    } cases[] = {
        {"month", on(2026, 2, 14), on(2026, 2, 1), on(2026, 2, 28)},
        {"month", on(2028, 2, 29), on(2028, 2, 1), on(2028, 2, 29)},
        {"year", on(2026, 12, 31), on(2026, 1, 1), on(2026, 12, 31)},
        {"birthday-month", on(2026, 6, 30), on(2026, 1, 1), on(2026, 12, 31)},
        {"birthday-month-1", on(2026, 12, 1), on(2026, 1, 1), on(2026, 12, 31)},
        {"card", on(2025, 7, 1), on(2025, 7, 1), on(2026, 7, 1)},
        {"card", on(2026, 7, 1), on(2025, 7, 1), on(2026, 7, 1)},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct vip_window window = vip_redeem_window(&rules, cases[i].per, &who, cases[i].day);
        assert_int_equal(window.from, cases[i].from);
        assert_int_equal(window.to, cases[i].to);
    }
    struct vip_window life = vip_redeem_window(&rules, "life", &who, 0);
    assert_true(life.from == INT32_MIN && life.to == NEVER);
}

static void a_renewed_card_begins_a_new_period(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_redeemer who = member();
    who.card_end = on(2027, 7, 1);
    struct vip_window window = vip_redeem_window(&rules, "card", &who, on(2026, 7, 1));
    assert_int_equal(window.from, on(2025, 7, 1));
    assert_int_equal(window.to, on(2026, 7, 1));
    window = vip_redeem_window(&rules, "card", &who, on(2026, 7, 2));
    assert_int_equal(window.from, on(2026, 7, 2));
    assert_int_equal(window.to, on(2027, 7, 1));
    who.card_end = NEVER;
    window = vip_redeem_window(&rules, "card", &who, on(2036, 7, 2));
    assert_int_equal(window.from, on(2025, 7, 1));
    assert_int_equal(window.to, NEVER);
}

static void a_january_birthday_begins_its_year_in_december(void **state)
{
    (void)state;
    struct vip_program rules = program();
    struct vip_redeemer who = member();
    who.birthday = (struct vip_birthday){.month = 1, .day = 31};
    struct vip_window window = vip_redeem_window(&rules, "birthday-month-1", &who, on(2025, 12, 1));
    assert_int_equal(window.from, on(2025, 12, 1));
    assert_int_equal(window.to, on(2026, 11, 30));
    window = vip_redeem_window(&rules, "birthday-month-1", &who, on(2026, 1, 31));
    assert_int_equal(window.from, on(2025, 12, 1));
    assert_int_equal(window.to, on(2026, 11, 30));
    window = vip_redeem_window(&rules, "birthday-month", &who, on(2025, 12, 1));
    assert_int_equal(window.from, on(2025, 1, 1));
}

/* ---- benefits ---- */

static const struct vip_benefit benefits[] = {
    {.benefit = "birthday", .tier = "elite", .quota = 1, .per = "birthday-month", .items = 2},
    {.benefit = "birthday", .tier = "diamond", .quota = 1, .per = "birthday-month", .items = 3},
    {.benefit = "shooting", .tier = "", .quota = 1, .per = "birthday-month-1", .items = 3},
    {.benefit = "lounge", .tier = "diamond", .quota = 4, .per = "month", .guests = 2},
    {.benefit = "parking", .tier = "", .quota = -1, .per = ""},
};

static const char *const elite[] = {"elite"}, *const diamond[] = {"diamond"};

/* "" when it is granted, else the reason. */
static const char *use(const char *benefit, const struct vip_redeemer *who,
                       struct vip_redeem_ask asked, struct vip_redeem_answer *answer)
{
    static struct vip_diag diag;
    struct vip_program rules = program();
    rules.benefits = benefits;
    rules.benefit_count = COUNT(benefits);
    vip_diag_clear(&diag);
    const struct vip_benefit *row = vip_redeem_benefit_row(&rules, benefit, who);
    int error = vip_redeem_benefit(&rules, benefit, row, who, &asked, answer, &diag);
    assert_int_equal(error, *diag.reason ? VIP_EREFUSED : VIP_OK);
    return diag.reason;
}

static struct vip_redeemer celebrant(void)
{
    struct vip_redeemer who = member();
    who.tiers = elite;
    who.tier_count = 1;
    who.birthday = (struct vip_birthday){.year = 1990, .month = 5, .day = 20};
    return who;
}

static void the_birthday_privilege(void **state)
{
    (void)state;
    struct vip_redeemer who = celebrant();
    struct vip_redeem_answer answer;
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 1), 2), &answer), "");
    assert_int_equal(answer.quantity, 2);
    assert_int_equal(answer.points, 0);
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 31), 1), &answer), "");
    assert_string_equal(use("birthday", &who, ask(on(2026, 6, 1), 1), &answer), "wrong-month");
    assert_string_equal(use("birthday", &who, ask(on(2026, 4, 30), 1), &answer), "wrong-month");
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 1), 3), &answer), "too-many-items");
    who.tiers = diamond;
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 1), 3), &answer), "");
    who.used = 1;
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 1), 1), &answer), "used-this-year");
    who.birthday.month = 0;
    assert_string_equal(use("birthday", &who, ask(on(2026, 5, 1), 1), &answer), "no-birthday");
}

static void an_exception_names_who_allowed_it(void **state)
{
    (void)state;
    struct vip_redeemer who = celebrant();
    struct vip_redeem_ask asked = ask(on(2026, 6, 1), 1);
    struct vip_redeem_answer answer;
    asked.exception = "Manager Zhao";
    assert_string_equal(use("birthday", &who, asked, &answer), "");
    asked.exception = " ";
    assert_string_equal(use("birthday", &who, asked, &answer), "wrong-month");
    asked.exception = "Manager Zhao";
    who.used = 1; /* another month may be allowed, a second time not */
    assert_string_equal(use("birthday", &who, asked, &answer), "used-this-year");
}

static void the_month_before_counts_where_it_says_so(void **state)
{
    (void)state;
    struct vip_redeemer who = celebrant();
    struct vip_redeem_answer answer;
    assert_string_equal(use("shooting", &who, ask(on(2026, 4, 1), 1), &answer), "");
    assert_string_equal(use("shooting", &who, ask(on(2026, 5, 31), 1), &answer), "");
    assert_string_equal(use("shooting", &who, ask(on(2026, 3, 31), 1), &answer), "wrong-month");
    assert_string_equal(use("shooting", &who, ask(on(2026, 6, 1), 1), &answer), "wrong-month");
    who.birthday = (struct vip_birthday){.month = 1, .day = 1};
    assert_string_equal(use("shooting", &who, ask(on(2025, 12, 31), 1), &answer), "");
}

static void lunar_birthdays_and_leap_days(void **state)
{
    (void)state;
    struct vip_redeemer who = celebrant();
    struct vip_redeem_answer answer;
    who.birthday = (struct vip_birthday){.month = 8, .day = 15, .lunar = true};
    /* The fifteenth of the eighth month of 2025 was 6 October. */
    assert_string_equal(use("birthday", &who, ask(on(2025, 10, 31), 1), &answer), "");
    assert_string_equal(use("birthday", &who, ask(on(2025, 9, 30), 1), &answer), "wrong-month");
    who.birthday = (struct vip_birthday){.month = 2, .day = 29};
    assert_string_equal(use("birthday", &who, ask(on(2026, 2, 1), 1), &answer), "");
}

static void quotas_guests_and_tiers(void **state)
{
    (void)state;
    struct vip_redeemer who = celebrant();
    struct vip_redeem_ask asked = ask(on(2026, 5, 1), 1);
    struct vip_redeem_answer answer;
    assert_string_equal(use("lounge", &who, asked, &answer), "wrong-tier");
    who.tiers = diamond;
    asked.guests = 2;
    assert_string_equal(use("lounge", &who, asked, &answer), "");
    asked.guests = 3;
    assert_string_equal(use("lounge", &who, asked, &answer), "too-many-guests");
    asked.guests = 0;
    who.used = 3;
    assert_string_equal(use("lounge", &who, asked, &answer), "");
    who.used = 4;
    assert_string_equal(use("lounge", &who, asked, &answer), "limit-reached");
    assert_string_equal(use("parking", &who, asked, &answer), "");
    assert_string_equal(use("sauna", &who, asked, &answer), "no-such-benefit");
    who.status = "suspended";
    assert_string_equal(use("parking", &who, asked, &answer), "suspended");
    who.status = "active";
    assert_string_equal(use("parking", &who, ask(on(2026, 7, 2), 1), &answer), "card-expired");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_buy_a_gift),
        cmocka_unit_test(numbers_beyond_counting_are_refused),
        cmocka_unit_test(clamp_cuts_to_what_there_is),
        cmocka_unit_test(who_may_not),
        cmocka_unit_test(tiers),
        cmocka_unit_test(seasons),
        cmocka_unit_test(two_people_sign),
        cmocka_unit_test(limits_and_stock),
        cmocka_unit_test(points_of_the_same_day),
        cmocka_unit_test(points_that_ran_out_buy_nothing),
        cmocka_unit_test(vouchers_are_issued),
        cmocka_unit_test(a_rebate_clears_the_balance),
        cmocka_unit_test(a_card_that_was_issued_late_moves_no_year_end),
        cmocka_unit_test(a_rebate_falls_due_and_can_be_claimed),
        cmocka_unit_test(what_was_not_claimed_goes_with_its_claim),
        cmocka_unit_test(a_rebate_is_for_the_card_year),
        cmocka_unit_test(what_could_be_had),
        cmocka_unit_test(windows),
        cmocka_unit_test(a_renewed_card_begins_a_new_period),
        cmocka_unit_test(a_january_birthday_begins_its_year_in_december),
        cmocka_unit_test(the_birthday_privilege),
        cmocka_unit_test(an_exception_names_who_allowed_it),
        cmocka_unit_test(the_month_before_counts_where_it_says_so),
        cmocka_unit_test(lunar_birthdays_and_leap_days),
        cmocka_unit_test(quotas_guests_and_tiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
