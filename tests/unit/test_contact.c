/* Contacts and complaints: the fixed words, what an outcome means, the order of steps. */
#include "lib/rules/contact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct vip_program program = {.contact_tries = 3, .contact_retry = {2, VIP_SPAN_DAYS}};

static void words(void **state)
{
    (void)state;
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, "no-answer"), VIP_OUTCOME_NO_ANSWER);
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, "No-Answer"), VIP_OUTCOME_NO_ANSWER);
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, "空号"), VIP_OUTCOME_WRONG_NUMBER);
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, "号码错误"), VIP_OUTCOME_WRONG_NUMBER);
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, "空号|错号"), -1);
    assert_int_equal(vip_contact_find(VIP_CONTACT_OUTCOMES, ""), -1);
    assert_int_equal(vip_contact_find(VIP_CONTACT_STEPS, "结案"), VIP_STEP_CLOSED);
    assert_string_equal(vip_contact_word(VIP_CONTACT_STEPS, VIP_STEP_FOLLOWED_UP), "followed-up");
    assert_int_equal(vip_contact_find(VIP_CONTACT_CHURN, "reached"), -1);
}

/* Each word and each Chinese word finds the one index. */
static void words_are_told_apart(void **state)
{
    struct vip_arena arena = {0};

    (void)state;
    for (int list = VIP_CONTACT_OUTCOMES; list <= VIP_CONTACT_STEPS; list++) {
        static const int counts[] = {6, 6, 9, 8};
        for (int i = 0; i < counts[list]; i++)
            assert_int_equal(vip_contact_find((enum vip_contact_list)list,
                                              vip_contact_word((enum vip_contact_list)list, i)),
                             i);
    }
    assert_non_null(strstr(vip_contact_words(VIP_CONTACT_OUTCOMES, &arena),
                           "sent (已发送), reached (已联系), no-answer"));
    vip_arena_free(&arena);
}

static void what_is_tried_again(void **state)
{
    (void)state;
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_NO_ANSWER, 1, 100), 102);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_FAILED, 2, 100), 102);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_NO_ANSWER, 3, 100), VIP_DAY_NONE);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_REACHED, 1, 100), VIP_DAY_NONE);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_SENT, 1, 100), VIP_DAY_NONE);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_REFUSED, 1, 100), VIP_DAY_NONE);
    assert_int_equal(vip_contact_again(&program, VIP_OUTCOME_WRONG_NUMBER, 1, 100), VIP_DAY_NONE);
}

static void what_doubts_a_phone(void **state)
{
    (void)state;
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_WRONG_NUMBER, "call"), 1);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_FAILED, "sms"), 1);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_FAILED, "email"), 0);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_NO_ANSWER, "call"), 0);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_SENT, "sms"), 0);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_REACHED, "call"), -1);
    assert_int_equal(vip_contact_doubt(VIP_OUTCOME_REACHED, "visit"), 0);
}

static void steps_in_order(void **state)
{
    (void)state;
    for (int last = -1; last <= VIP_STEP_FOLLOWED_UP; last++)
        for (int step = 0; step <= VIP_STEP_FOLLOWED_UP; step++) {
            bool skips = last == VIP_STEP_REMEDY && step == VIP_STEP_CONFIRMED;
            assert_int_equal(vip_complaint_may(last, (enum vip_step)step),
                             step == last + 1 || skips);
        }
    assert_int_equal(vip_complaint_next(-1), VIP_STEP_HEARD);
    assert_int_equal(vip_complaint_next(VIP_STEP_FOLLOWED_UP), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(words_are_told_apart),
        cmocka_unit_test(what_is_tried_again),
        cmocka_unit_test(what_doubts_a_phone),
        cmocka_unit_test(steps_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
