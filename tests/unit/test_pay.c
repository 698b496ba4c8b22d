/* How a line was paid: methods, splits, and what of them earns. */
#include "lib/rules/earn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vip_arena arena;
static struct vip_diag diag;
static struct vip_pay_part parts[VIP_PAY_PARTS];
static size_t count;

static int forget(void **state)
{
    (void)state;
    vip_arena_free(&arena);
    return 0;
}

static int parse(const char *pay, vip_fen amount)
{
    vip_diag_clear(&diag);
    return vip_pay_parse(pay, amount, &arena, parts, &count, &diag);
}

static void reads(const char *pay, vip_fen amount, const char *first, vip_fen first_amount)
{
    assert_int_equal(parse(pay, amount), VIP_OK);
    assert_string_equal(parts[0].method, first);
    assert_int_equal(parts[0].amount, first_amount);
}

static void refuses(const char *pay, vip_fen amount, const char *reason)
{
    assert_int_equal(parse(pay, amount), VIP_EREFUSED);
    assert_string_equal(diag.reason, reason);
    assert_string_equal(diag.column, "pay");
}

static void a_method_alone_paid_all(void **state)
{
    (void)state;
    assert_int_equal(parse("", 100), VIP_OK);
    assert_int_equal(count, 0);
    reads("stored", 12800, "stored", 12800);
    assert_int_equal(count, 1);
    reads("储值", 0, "储值", 0);
    reads("card:招行", 500, "card:招行", 500); /* a name with a colon is no split */
    reads("stored:5", 500, "stored", 500);
}

static void a_split_is_the_whole(void **state)
{
    (void)state;
    reads("stored:100.00|cash:28.00", 12800, "stored", 10000);
    assert_int_equal(count, 2);
    assert_string_equal(parts[1].method, "cash");
    assert_int_equal(parts[1].amount, 2800);
    reads("stored : -100 | cash:-28", 12800, "stored", 10000); /* as tills write a return */
    reads("a:1|a:2", 300, "a", 100);
    reads("a:1|a:1|a:1|a:1|a:1|a:1|a:1|a:1", 800, "a", 100);
    assert_int_equal(count, VIP_PAY_PARTS);
}

static void what_is_no_split_is_refused(void **state)
{
    (void)state;
    refuses("stored:100|cash:28", 12700, "split-sum");
    refuses("stored:100|cash:28", 12900, "split-sum");
    refuses("stored:4", 500, "split-sum");
    refuses("stored|cash:28", 2800, "bad-cell");
    refuses("stored:100|:28", 12800, "bad-cell");
    refuses("stored:100|cash:1e3", 12800, "bad-cell");
    refuses("stored:100|cash:", 10000, "bad-cell");
    refuses("a:1|a:1|a:1|a:1|a:1|a:1|a:1|a:1|a:1", 900, "bad-cell");
}

/* ---- what of it earns ---- */

static vip_points earn(const struct vip_earn_rule *rules, size_t rule_count, const char *pay)
{
    const struct vip_program program = {.earns = rules,
                                        .earn_count = rule_count,
                                        .qualifying_earns = true,
                                        .posting_deadline.unit = VIP_SPAN_NEVER};
    const struct vip_earner earner = {.enrolled = 0};
    struct vip_purchase purchase = {.day = 10,
                                    .amount = 12800,
                                    .store = "",
                                    .category = "",
                                    .brand = "",
                                    .promo = "",
                                    .benefit = ""};
    struct vip_earning earning;
    assert_int_equal(parse(pay, purchase.amount), VIP_OK);
    memcpy(purchase.pay, parts, sizeof parts);
    purchase.pay_count = count;
    assert_int_equal(vip_earn(&program, &purchase, &earner, 10, &earning, &diag), VIP_OK);
    return earning.points;
}

static const struct vip_earn_rule base = {.rule = "base",
                                          .effect = VIP_EFFECT_EARN,
                                          .points = 1,
                                          .per = 100,
                                          .from = VIP_DAY_NONE,
                                          .until = VIP_DAY_NONE};

static void the_part_that_earns_nothing_is_left_out(void **state)
{
    struct vip_earn_rule rules[2] = {base, base};
    (void)state;
    rules[1].effect = VIP_EFFECT_NONE;
    rules[1].pay = "stored|voucher";
    assert_int_equal(earn(rules, 2, "cash"), 128);
    assert_int_equal(earn(rules, 2, "stored"), 0);
    assert_int_equal(earn(rules, 2, "stored:100|cash:28"), 28);
    assert_int_equal(earn(rules, 2, "stored:100|voucher:27.50|cash:0.50"), 0);
    assert_int_equal(earn(rules, 2, ""), 128);
}

static void the_part_that_is_named_earns(void **state)
{
    struct vip_earn_rule rules[1] = {base};
    (void)state;
    rules[0].pay = "cash|card";
    assert_int_equal(earn(rules, 1, "stored:100|cash:20|card:8"), 28);
    assert_int_equal(earn(rules, 1, "stored"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_method_alone_paid_all),
        cmocka_unit_test(a_split_is_the_whole),
        cmocka_unit_test(what_is_no_split_is_refused),
        cmocka_unit_test(the_part_that_earns_nothing_is_left_out),
        cmocka_unit_test(the_part_that_is_named_earns),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
