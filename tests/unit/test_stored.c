/* Stored value: principal is spent first, the bonus comes back first, and nothing is lost. */
#include "lib/rules/stored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void is(struct vip_stored parts, vip_fen principal, vip_fen bonus)
{
    assert_int_equal(parts.principal, principal);
    assert_int_equal(parts.bonus, bonus);
}

static void principal_goes_first(void **state)
{
    const struct vip_stored balance = {1000, 300};
    (void)state;
    is(vip_stored_spend(&balance, 1), 1, 0);
    is(vip_stored_spend(&balance, 1000), 1000, 0);
    is(vip_stored_spend(&balance, 1001), 1000, 1);
    is(vip_stored_spend(&balance, 1300), 1000, 300);
}

static void the_bonus_comes_back_first(void **state)
{
    const struct vip_stored spent = {1000, 200};
    (void)state;
    is(vip_stored_refund(&spent, 1), 0, 1);
    is(vip_stored_refund(&spent, 200), 0, 200);
    is(vip_stored_refund(&spent, 201), 1, 200);
    is(vip_stored_refund(&spent, 1200), 1000, 200);
}

/* However a spending is given back in parts, each part is what it was. */
static void refunds_in_parts_end_where_they_began(void **state)
{
    (void)state;
    for (vip_fen spent = 1; spent <= 60; spent++) {
        for (vip_fen part = 1; part <= spent; part++) {
            struct vip_stored balance = {40, 20}, taken = vip_stored_spend(&balance, spent);
            struct vip_stored left = taken, back = {0, 0};
            while (vip_stored_total(&left) > 0) {
                vip_fen total = vip_stored_total(&left);
                struct vip_stored now = vip_stored_refund(&left, part < total ? part : total);
                assert_true(now.principal >= 0 && now.bonus >= 0);
                left.principal -= now.principal;
                left.bonus -= now.bonus;
                back.principal += now.principal;
                back.bonus += now.bonus;
                assert_true(left.principal >= 0 && left.bonus >= 0);
            }
            is(back, taken.principal, taken.bonus);
        }
    }
}

static void a_topup_is_given_the_row_that_it_reaches(void **state)
{
    const struct vip_topup rows[] = {{.amount = 2000, .bonus = 300, .tier = "gold"},
                                     {.amount = 1000, .bonus = 100, .tier = ""},
                                     {.amount = 5000, .bonus = 0, .tier = ""}};
    const struct vip_program program = {.topups = rows, .topup_count = 3}, none = {.name = "x"};
    (void)state;
    assert_null(vip_topup_row(&program, 999));
    assert_ptr_equal(vip_topup_row(&program, 1000), &rows[1]);
    assert_ptr_equal(vip_topup_row(&program, 1999), &rows[1]);
    assert_ptr_equal(vip_topup_row(&program, 2000), &rows[0]);
    assert_ptr_equal(vip_topup_row(&program, INT64_MAX), &rows[2]);
    assert_null(vip_topup_row(&none, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(principal_goes_first),
        cmocka_unit_test(the_bonus_comes_back_first),
        cmocka_unit_test(refunds_in_parts_end_where_they_began),
        cmocka_unit_test(a_topup_is_given_the_row_that_it_reaches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
