/* Lots, rule by rule: the order of use, what can be spent when, debts, what has run out. Random
 * histories of them are in test_history.c. */
#include "lib/rules/lots.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NEVER        VIP_DAY_NONE
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- the rules one by one ---- */

static void the_order_of_use(void **state)
{
    (void)state;
    struct vip_lot lots[] = {
        {5, 10, 10, NEVER, 1},                     /* never ends: last */
        {4, 12, 12, 40, 1},                        /* same end as 3, earned later */
        {6, 11, 11, 40, 1},                        /* same end and day as 3, posted later */
        {3, 11, 11, 40, 1},    {9, 20, 20, 30, 1}, /* ends first, though the youngest */
        {1, 9, 9, NEVER, 1},                       /* never ends, older than 5 */
    };
    static const int64_t order[] = {9, 3, 6, 4, 1, 5};
    vip_lots_sort(lots, COUNT(lots));
    for (size_t i = 0; i < COUNT(lots); i++)
        assert_int_equal(lots[i].entry, order[i]);
    vip_lots_sort(lots, 0);
    vip_lots_sort(lots, 1);
}

static void good_through_the_whole_last_day(void **state)
{
    (void)state;
    vip_day earned = vip_day_from_civil(2024, 3, 10);
    vip_day last = vip_day_add_months(earned, 24);
    const struct vip_lot lot = {1, earned, earned, last, 100};
    assert_int_equal(last, vip_day_from_civil(2026, 3, 10));
    assert_int_equal(vip_lots_spendable(&lot, 1, earned - 1), 0);
    assert_int_equal(vip_lots_spendable(&lot, 1, earned), 100);
    assert_int_equal(vip_lots_spendable(&lot, 1, last), 100);
    assert_int_equal(vip_lots_spendable(&lot, 1, last + 1), 0);
}

static void pending_lots_wait_for_their_day(void **state)
{
    (void)state;
    const struct vip_lot lots[] = {{1, 10, 11, NEVER, 30}, {2, 5, 5, NEVER, 7}};
    assert_int_equal(vip_lots_spendable(lots, 2, 10), 7);
    assert_int_equal(vip_lots_spendable(lots, 2, 11), 37);
    assert_int_equal(vip_lots_spendable(lots, 0, 11), 0);
}

static void a_debit_goes_through_the_lots_in_order(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{2, 1, 1, 20, 10}, {1, 1, 1, NEVER, 10}, {3, 2, 2, NEVER, 10}};
    struct vip_lot_use uses[COUNT(lots)];
    size_t used;
    assert_int_equal(vip_lots_take(lots, COUNT(lots), 15, 5, false, uses, &used), 0);
    assert_int_equal(used, 2);
    assert_int_equal(uses[0].lot, 2);
    assert_int_equal(uses[0].points, 10);
    assert_int_equal(uses[1].lot, 1);
    assert_int_equal(uses[1].points, 5);
    assert_int_equal(lots[0].left, 0);
    assert_int_equal(lots[1].left, 5);
    assert_int_equal(lots[2].left, 10);
    /* Emptied lots are met again without a use. */
    assert_int_equal(vip_lots_take(lots, COUNT(lots), 40, 5, false, uses, &used), 25);
    assert_int_equal(used, 2);
    assert_int_equal(vip_lots_take(lots, COUNT(lots), 1, 5, false, uses, &used), 1);
    assert_int_equal(used, 0);
}

static void nothing_asked_nothing_taken(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, NEVER, 10}};
    struct vip_lot_use uses[1];
    size_t used = 9;
    assert_int_equal(vip_lots_take(lots, 1, 0, 5, false, uses, &used), 0);
    assert_int_equal(used, 0);
    assert_int_equal(vip_lots_take(NULL, 0, 4, 5, false, NULL, &used), 4);
    assert_int_equal(used, 0);
}

static void only_a_return_takes_what_is_pending(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 10, 17, NEVER, 50}};
    struct vip_lot_use uses[1];
    size_t used;
    assert_int_equal(vip_lots_take(lots, 1, 20, 10, false, uses, &used), 20);
    assert_int_equal(lots[0].left, 50);
    assert_int_equal(vip_lots_take(lots, 1, 20, 10, true, uses, &used), 0);
    assert_int_equal(used, 1);
    assert_int_equal(lots[0].left, 30);
}

static void a_redemption_passes_over_what_has_run_out(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 50}, {2, 1, 1, 10, 50}};
    struct vip_lot_use uses[2];
    size_t used;
    assert_int_equal(vip_lots_take(lots, 2, 60, 10, false, uses, &used), 10);
    assert_int_equal(used, 1);
    assert_int_equal(uses[0].lot, 2);
    assert_int_equal(lots[0].left, 50);
}

static void one_lot_can_be_named(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 5}, {2, 1, 90, 99, 5}};
    struct vip_lot_use uses[2];
    size_t used;
    assert_int_equal(vip_lots_debit(lots, 2, 3, 5, 7, true, uses, &used), 0); /* no such lot */
    assert_int_equal(used, 1);
    assert_int_equal(uses[0].lot, 1);
    assert_int_equal(vip_lots_debit(lots, 2, 6, 5, 2, true, uses, &used), 0);
    assert_int_equal(used, 2);
    assert_int_equal(uses[0].lot, 2);
    assert_int_equal(uses[0].points, 5);
    assert_int_equal(uses[1].lot, 1);
    assert_int_equal(uses[1].points, 1);
    assert_int_equal(vip_lots_debit(lots, 2, 3, 5, 2, true, uses, &used), 2); /* it is empty */
    assert_int_equal(used, 1);
    assert_int_equal(lots[0].left, 0);
}

static void a_return_finds_no_lot_that_has_run_out(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 50}, {2, 1, 1, 10, 50}};
    struct vip_lot_use uses[2];
    size_t used;
    /* Neither in the order of use nor by name; the lot's last day is still good. */
    assert_int_equal(vip_lots_debit(lots, 2, 60, 10, 1, true, uses, &used), 10);
    assert_int_equal(used, 1);
    assert_int_equal(uses[0].lot, 2);
    assert_int_equal(lots[0].left, 50);
    assert_int_equal(vip_lots_debit(lots, 2, 20, 9, 1, true, uses, &used), 0);
    assert_int_equal(lots[0].left, 30);
}

static void a_credit_pays_the_debt_first(void **state)
{
    (void)state;
    assert_int_equal(vip_credit_pays(10, 30), 0);
    assert_int_equal(vip_credit_pays(0, 30), 0);
    assert_int_equal(vip_credit_pays(-10, 30), 10);
    assert_int_equal(vip_credit_pays(-30, 30), 30);
    assert_int_equal(vip_credit_pays(-31, 30), 30);
}

static void what_has_run_out_is_told_by_its_day(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{4, 1, 1, 8, 5}, {1, 2, 2, 8, 7},  {2, 1, 1, 9, 0},
                             {5, 1, 1, 9, 3}, {3, 1, 1, 10, 9}, {6, 1, 1, NEVER, 9}};
    struct vip_lapse lapses[COUNT(lots)];
    assert_int_equal(vip_lots_lapse(lots, COUNT(lots), 10, lapses), 3);
    assert_int_equal(lapses[0].lot, 4);
    assert_int_equal(lapses[0].points, 5);
    assert_int_equal(lapses[0].expires, 8);
    assert_int_equal(lapses[0].day, 9);
    assert_int_equal(lapses[2].lot, 5);
    lapses[0].day = 20; /* points came back into it */
    vip_lapses_sort(lapses, 3);
    assert_int_equal(lapses[0].lot, 1);
    assert_int_equal(lapses[1].lot, 5);
    assert_int_equal(lapses[2].lot, 4);
    assert_int_equal(lots[4].left, 9); /* good through the whole last day */
    assert_int_equal(vip_lots_lapse(lots, COUNT(lots), 10, lapses), 0);
}

static void what_came_back_late_is_gone_on_its_day(void **state)
{
    (void)state;
    const struct vip_lapse lapse = {.lot = 7, .points = 10, .expires = 20, .day = 21};
    const struct vip_put_back backs[] = {{40, 3}, {30, 4}, {21, 9}, {15, 9}};
    struct vip_lapse parts[5];
    assert_int_equal(vip_lapse_part(&lapse, backs, 4, parts), 3);
    assert_int_equal(parts[0].day, 40);
    assert_int_equal(parts[0].points, 3);
    assert_int_equal(parts[1].day, 30);
    assert_int_equal(parts[1].points, 4);
    assert_int_equal(parts[2].day, 21);
    assert_int_equal(parts[2].points, 3);
    assert_int_equal(parts[2].lot, 7);
    const struct vip_lapse rest = {.lot = 7, .points = 2, .expires = 20, .day = 21};
    assert_int_equal(vip_lapse_part(&rest, backs, 4, parts), 1); /* the older went before */
    assert_int_equal(parts[0].day, 40);
    assert_int_equal(parts[0].points, 2);
    assert_int_equal(vip_lapse_part(&rest, NULL, 0, parts), 1);
    assert_int_equal(parts[0].day, 21);
}

static void a_cancellation_puts_back_what_was_taken(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 0}, {2, 1, 1, 12, 3}};
    struct vip_lot_use uses[] = {{1, 5}, {2, 4}};
    assert_int_equal(vip_lots_put_back(lots, 2, uses, 2, 0, 10), 0);
    assert_int_equal(uses[0].points, -5);
    assert_int_equal(uses[1].points, -4);
    assert_int_equal(lots[0].left, 5); /* over: it goes with the next run */
    assert_int_equal(lots[1].left, 7);
}

static void a_debt_takes_its_part_of_what_is_put_back(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{2, 1, 1, 12, 0}, {1, 1, 1, 19, 0}, {3, 1, 1, NEVER, 0}};
    struct vip_lot_use uses[] = {{1, 5}, {2, 4}};
    assert_int_equal(vip_lots_put_back(lots, 3, uses, 2, 6, 10), 0);
    assert_int_equal(uses[0].points, -3);
    assert_int_equal(uses[1].points, 0); /* the lot that ends first pays first */
    assert_int_equal(lots[0].left, 0);
    assert_int_equal(lots[1].left, 3);
}

static void a_lot_that_is_over_pays_no_debt(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 0}, {2, 1, 1, 12, 0}};
    struct vip_lot_use uses[] = {{1, 5}, {2, 4}};
    assert_int_equal(vip_lots_put_back(lots, 2, uses, 2, 6, 10), 2);
    assert_int_equal(uses[0].points, -5);
    assert_int_equal(uses[1].points, 0);
    assert_int_equal(lots[0].left, 5);
    assert_int_equal(lots[1].left, 0);
}

static void the_next_end_is_that_of_an_open_lot(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 9, 0}, {2, 1, 1, 12, 3}, {3, 1, 1, NEVER, 3}};
    assert_int_equal(vip_lots_next_expiry(lots, 3), 12);
    lots[1].left = 0;
    assert_int_equal(vip_lots_next_expiry(lots, 3), NEVER);
    assert_int_equal(vip_lots_next_expiry(lots, 0), NEVER);
}

/* ---- a debit that comes after the end was posted ---- */

static void an_end_comes_back_for_what_was_taken(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 20, 30}, {2, 1, 1, 30, 5}}; /* 100 and 15 were there */
    const struct vip_lot_use uses[] = {{1, 70}, {2, 10}};
    struct vip_end ends[] = {{.lot = 1, .day = 21, .ref = "", .points = 60},
                             {.lot = 1, .day = 25, .ref = "", .points = 40},
                             {.lot = 2, .day = 31, .ref = "", .points = 12}};
    vip_lots_revive(lots, COUNT(lots), uses, COUNT(uses), ends, COUNT(ends), 0);
    assert_int_equal(ends[0].back, 60); /* the first end first */
    assert_int_equal(ends[1].back, 10);
    assert_int_equal(ends[2].back, 10);
    assert_int_equal(lots[0].left, 0); /* 30 stay gone */
    assert_int_equal(lots[1].left, 3); /* which came into the lot after its end */
}

static void what_was_not_taken_stays_gone(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, 20, 100}};
    struct vip_end ends[] = {{.lot = 1, .day = 21, .ref = "", .points = 100}};
    vip_lots_revive(lots, 1, NULL, 0, ends, 1, 0);
    assert_int_equal(ends[0].back, 0);
    assert_int_equal(lots[0].left, 0);
}

static void unclaimed_rewards_come_back_as_a_whole(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, NEVER, 290}, {2, 1, 1, NEVER, 200}, {3, 1, 1, NEVER, 50}};
    const struct vip_lot_use uses[] = {{1, 10}};
    struct vip_end ends[] = {{.lot = 1, .day = 21, .ref = "rebate", .points = 300},
                             {.lot = 2, .day = 21, .ref = "rebate", .points = 200},
                             {.lot = 3, .day = 21, .ref = "lesser", .points = 40},
                             {.lot = 3, .day = 40, .ref = "", .points = 10}};
    vip_lots_revive(lots, COUNT(lots), uses, COUNT(uses), ends, COUNT(ends), 0);
    assert_int_equal(ends[0].back, 300);
    assert_int_equal(ends[1].back, 200);
    assert_int_equal(ends[2].back, 40);
    assert_int_equal(ends[3].back, 10); /* what has run out since was there, too */
    assert_int_equal(lots[0].left, 290);
    assert_int_equal(lots[1].left, 200);
    assert_int_equal(lots[2].left, 50);
}

static void a_debt_takes_its_part_of_what_comes_back(void **state)
{
    (void)state;
    struct vip_lot lots[] = {{1, 1, 1, NEVER, 10}, {2, 1, 1, NEVER, 200}};
    const struct vip_lot_use uses[] = {{1, 290}};
    struct vip_end ends[] = {{.lot = 1, .day = 21, .ref = "rebate", .points = 300},
                             {.lot = 2, .day = 21, .ref = "rebate", .points = 200}};
    vip_lots_revive(lots, COUNT(lots), uses, COUNT(uses), ends, COUNT(ends), 50);
    assert_int_equal(ends[0].paid, 10); /* of what the debit leaves, not of what it takes */
    assert_int_equal(ends[1].paid, 40);
    assert_int_equal(lots[0].left, 0);
    assert_int_equal(lots[1].left, 160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_use),
        cmocka_unit_test(good_through_the_whole_last_day),
        cmocka_unit_test(pending_lots_wait_for_their_day),
        cmocka_unit_test(a_debit_goes_through_the_lots_in_order),
        cmocka_unit_test(nothing_asked_nothing_taken),
        cmocka_unit_test(only_a_return_takes_what_is_pending),
        cmocka_unit_test(a_redemption_passes_over_what_has_run_out),
        cmocka_unit_test(one_lot_can_be_named),
        cmocka_unit_test(the_next_end_is_that_of_an_open_lot),
        cmocka_unit_test(a_return_finds_no_lot_that_has_run_out),
        cmocka_unit_test(a_credit_pays_the_debt_first),
        cmocka_unit_test(what_has_run_out_is_told_by_its_day),
        cmocka_unit_test(what_came_back_late_is_gone_on_its_day),
        cmocka_unit_test(a_cancellation_puts_back_what_was_taken),
        cmocka_unit_test(a_debt_takes_its_part_of_what_is_put_back),
        cmocka_unit_test(a_lot_that_is_over_pays_no_debt),
        cmocka_unit_test(an_end_comes_back_for_what_was_taken),
        cmocka_unit_test(what_was_not_taken_stays_gone),
        cmocka_unit_test(unclaimed_rewards_come_back_as_a_whole),
        cmocka_unit_test(a_debt_takes_its_part_of_what_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
