/* Reminders: when each contact is due, what names it, and who may be contacted. */
#include "lib/rules/remind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct vip_reminder rule(const char *kind, const char *anchor, const char *offset)
{
    struct vip_reminder made = {
        .kind = kind, .anchor = anchor, .channel = "sms", .consent = "", .tier = ""};

    made.month_list = strcmp(offset, "month-list") == 0;
    if (!made.month_list)
        assert_int_equal(vip_span_parse(offset, &made.offset), 0);
    return made;
}

static vip_day day(const char *text)
{
    vip_day parsed;

    assert_int_equal(vip_day_parse(text, &parsed, NULL, NULL), 0);
    return parsed;
}

static void assert_due(const char *offset, const char *event, const char *expected)
{
    struct vip_reminder made = rule("follow-up", "purchase", offset);
    char got[VIP_DATE_TEXT];

    vip_day_format(vip_remind_due(&made, day(event)), got);
    assert_string_equal(got, expected);
}

static void the_plan(void **state)
{
    (void)state;
    assert_due("3min", "2026-08-31", "2026-08-31");
    assert_due("3d", "2026-08-31", "2026-09-03");
    assert_due("2w", "2026-08-31", "2026-09-14");
    assert_due("1m", "2026-08-31", "2026-09-30");
    assert_due("4m", "2026-08-31", "2026-12-31");
    assert_due("6m", "2026-08-31", "2027-02-28");
    assert_due("9m", "2026-08-31", "2027-05-31");
    assert_due("-1m", "2026-12-31", "2026-11-30");
    assert_due("-7d", "2026-01-03", "2025-12-27");
}

static void month_list(void **state)
{
    struct vip_reminder list = rule("birthday", "birthday", "month-list");

    (void)state;
    assert_int_equal(vip_remind_due(&list, day("2026-12-31")), day("2026-11-01"));
    assert_int_equal(vip_remind_due(&list, day("2027-01-01")), day("2026-12-01"));
}

/* Whatever is due in a window has its event in the days that the window asks for. */
static void events_hold_all_that_is_due(void **state)
{
    static const char *const offsets[] = {"3min", "0d", "3d", "-7d", "2w",        "1m",
                                          "-1m",  "4m", "6m", "9m",  "month-list"};

    (void)state;
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct vip_reminder made = rule("birthday", "birthday", offsets[i]);
        for (vip_day event = day("2023-11-01"); event <= day("2025-04-30"); event++) {
            vip_day due = vip_remind_due(&made, event);
            struct vip_remind_window window =
                vip_remind_events(&made, (struct vip_remind_window){due, due});
            assert_true(vip_remind_within(window, event));
            assert_true(window.to - window.from <= 61);
        }
    }
}

static void a_new_purchase_starts_again(void **state)
{
    struct vip_reminder made = rule("follow-up", "purchase", "3d");
    vip_day bought = day("2026-11-18");

    (void)state;
    assert_true(vip_remind_stands(&made, bought, VIP_DAY_NONE));
    assert_true(vip_remind_stands(&made, bought, bought + 4));  /* due before: overdue */
    assert_false(vip_remind_stands(&made, bought, bought + 3)); /* due on its day: dropped */
    assert_false(vip_remind_stands(&made, bought, bought + 1));
}

static void assert_key(struct vip_reminder made, const char *detail, const char *expected)
{
    char key[VIP_REMIND_KEY];

    assert_string_equal(vip_remind_key(&made, day("2026-11-18"), detail, key), expected);
}

static void keys(void **state)
{
    (void)state;
    assert_key(rule("follow-up", "purchase", "3d"), NULL, "follow-up:3d:2026-11-18");
    assert_key(rule("follow-up", "purchase", "2w"), NULL, "follow-up:14d:2026-11-18");
    assert_key(rule("follow-up", "purchase", "3min"), NULL, "follow-up:3min:2026-11-18");
    assert_key(rule("birthday", "birthday", "month-list"), NULL, "birthday:month-list:2026-11-18");
    assert_key(rule("card-expiring", "expiry", "-1m"), "K000001",
               "card-expiring:-1m:K000001:2026-11-18");
    assert_key(rule("points-posted", "statement", "7d"), NULL,
               "points-posted:statement:7d:2026-11-18");
}

static const char *obstacle(const char *channel, const char *consent,
                            struct vip_remind_person person)
{
    struct vip_reminder made = rule("dormant", "purchase", "6m");

    made.channel = channel;
    made.consent = consent;
    return vip_remind_obstacle(&made, &person);
}

static void who_may_be_contacted(void **state)
{
    struct vip_remind_person person = {
        .active = true, .consent_sms = true, .consent_call = true, .phone = true};

    (void)state;
    assert_null(obstacle("sms", "sms", person));
    assert_null(obstacle("call", "call", person));
    assert_string_equal(obstacle("email", "", person), "no-email");
    assert_string_equal(obstacle("mail", "", person), "no-address");
    person.consent_sms = false;
    assert_string_equal(obstacle("sms", "sms", person), "no-consent");
    assert_null(obstacle("sms", "", person));
    assert_null(obstacle("call", "call", person));
    person.consent_call = false;
    assert_string_equal(obstacle("call", "call", person), "no-consent");
    person.phone = false;
    assert_string_equal(obstacle("call", "", person), "no-phone");
    assert_null(obstacle("visit", "", person));
    person.active = false;
    assert_string_equal(obstacle("visit", "", person), "inactive");
}

static void a_dossier_is_asked_for_without_a_phone(void **state)
{
    struct vip_reminder made = rule("dossier", "enrolment", "1m");
    struct vip_remind_person person = {.active = true};

    (void)state;
    made.channel = "call";
    assert_null(vip_remind_obstacle(&made, &person));
}

static void announcements(void **state)
{
    struct vip_program program = {.announce_months = 1U << 0 | 1U << 6};
    vip_day from, to;

    (void)state;
    assert_true(vip_remind_announced(&program, day("2026-07-01"), &from, &to));
    assert_int_equal(from, day("2026-01-01"));
    assert_int_equal(to, day("2026-06-30"));
    assert_true(vip_remind_announced(&program, day("2026-01-15"), &from, &to));
    assert_int_equal(from, day("2025-07-01"));
    assert_int_equal(to, day("2025-12-31"));
    assert_false(vip_remind_announced(&program, day("2026-08-01"), &from, &to));
    program.announce_months = 1U << 2;
    assert_true(vip_remind_announced(&program, day("2026-03-31"), &from, &to));
    assert_int_equal(from, day("2025-03-01"));
    assert_int_equal(to, day("2026-02-28"));
}

static void keys_name_their_rule(void **state)
{
    struct vip_reminder care = rule("follow-up", "purchase", "3d");
    char key[VIP_REMIND_KEY];
    vip_day event = 0;

    (void)state;
    vip_remind_key(&care, day("2026-11-18"), NULL, key);
    assert_true(vip_remind_key_is(&care, key, &event));
    assert_int_equal(event, day("2026-11-18"));
    vip_remind_key(&care, day("2026-11-18"), "0102/R1/1", key);
    assert_true(vip_remind_key_is(&care, key, &event));
    care = rule("follow-up", "purchase", "13d");
    assert_false(vip_remind_key_is(&care, key, &event));
    care = rule("dormant", "purchase", "3d");
    assert_false(vip_remind_key_is(&care, key, &event));
    assert_false(vip_remind_key_is(&care, "dormant:3d:", &event));
}

/* A rebate is not told apart from an expiry by its offset alone. */
static void rebates_have_keys_of_their_own(void **state)
{
    (void)state;
    assert_key(rule("points-expiring", "rebate", "1m"), NULL,
               "points-expiring:rebate:1m:2026-11-18");
    assert_key(rule("points-expiring", "expiry", "1m"), NULL, "points-expiring:1m:2026-11-18");
}

static void the_most_important_goes_first(void **state)
{
    struct vip_reminder rules[] = {rule("birthday", "birthday", "-7d"),
                                   rule("birthday", "birthday", "0d"),
                                   rule("follow-up", "purchase", "3d")};
    struct vip_program program = {.reminders = rules, .reminder_count = 3};
    struct vip_reminder other = rule("sale", "", "0d");
    vip_day today = day("2026-11-21");

    (void)state;
    rules[1].line = 3;
    assert_true(vip_remind_outranks(&program, &rules[1], today, &rules[2], today));
    assert_true(vip_remind_outranks(&program, &rules[1], today - 9, &rules[2], today));
    assert_false(vip_remind_outranks(&program, &rules[2], today, &rules[1], today));
    /* Of one kind what fell due last, then the row that stands first. */
    assert_true(vip_remind_outranks(&program, &rules[1], today, &rules[0], today - 1));
    assert_false(vip_remind_outranks(&program, &rules[0], today - 1, &rules[1], today));
    assert_true(vip_remind_outranks(&program, &rules[0], today, &rules[1], today));
    assert_false(vip_remind_outranks(&program, &rules[1], today, &rules[0], today));
    assert_true(vip_remind_outranks(&program, &rules[2], today, &other, today));
    assert_false(vip_remind_outranks(&program, &other, today, &other, today));
}

static void keys_say_what_they_are_about(void **state)
{
    struct vip_reminder complaint = rule("complaint", "complaint", "7d");
    char key[VIP_REMIND_KEY];
    vip_day closed = day("2026-11-10");

    (void)state;
    vip_remind_key(&complaint, closed, "C1", key);
    assert_true(vip_remind_key_about(key, "C1", closed));
    assert_false(vip_remind_key_about(key, "C1", closed + 1));
    assert_false(vip_remind_key_about(key, "1", closed));
    assert_false(vip_remind_key_about(key, "7d:C1", closed - 1));
    assert_false(vip_remind_key_about("C1:2026-11-10", "C1", closed));
}

static void quiet_days(void **state)
{
    struct vip_program program = {.quiet_days = "sunday | 11-23|L01-01"};

    (void)state;
    /* 22 November 2026 is a Sunday, the Spring Festival of 2027 on 6 February, a Saturday. */
    assert_int_equal(vip_remind_open_day(&program, day("2026-11-21")), day("2026-11-21"));
    assert_int_equal(vip_remind_open_day(&program, day("2026-11-22")), day("2026-11-24"));
    assert_int_equal(vip_remind_open_day(&program, day("2027-02-06")), day("2027-02-08"));
    program.quiet_days = "";
    assert_int_equal(vip_remind_open_day(&program, day("2026-11-22")), day("2026-11-22"));
    program.quiet_days = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
    assert_int_equal(vip_remind_open_day(&program, day("2026-11-22")), day("2026-11-22"));
    assert_true(vip_remind_quiet_part("Sunday", VIP_DAY_NONE));
    assert_false(vip_remind_quiet_part("sundays", VIP_DAY_NONE));
    assert_false(vip_remind_quiet_part("2026-11-22", VIP_DAY_NONE));
}

static void nobody_announces_what_is_over(void **state)
{
    struct vip_reminder ahead = rule("birthday", "birthday", "-7d");
    struct vip_reminder list = rule("birthday", "birthday", "month-list");
    struct vip_reminder greeting = rule("birthday", "birthday", "0d");
    struct vip_reminder card = rule("card-expiring", "expiry", "-1m");
    vip_day born = day("2026-11-21");

    (void)state;
    assert_false(vip_remind_is_stale(&ahead, born, born));
    assert_true(vip_remind_is_stale(&ahead, born, born + 1));
    assert_true(vip_remind_is_stale(&list, born, born + 1));
    assert_false(vip_remind_is_stale(&greeting, born, born + 7));
    assert_true(vip_remind_is_stale(&greeting, born, born + 8));
    assert_false(vip_remind_is_stale(&card, born, born));
    assert_true(vip_remind_is_stale(&card, born, born + 1));
}

/* What counts from a day that is over is never too late: it is overdue, not lost. */
static void what_comes_after_is_never_stale(void **state)
{
    struct vip_reminder call = rule("follow-up", "purchase", "3d");
    struct vip_reminder expired = rule("card-expiring", "expiry", "1m");
    vip_day bought = day("2026-01-21");

    (void)state;
    assert_false(vip_remind_is_stale(&call, bought, bought + 300));
    assert_false(vip_remind_is_stale(&expired, bought, bought + 300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plan),
        cmocka_unit_test(month_list),
        cmocka_unit_test(events_hold_all_that_is_due),
        cmocka_unit_test(a_new_purchase_starts_again),
        cmocka_unit_test(keys),
        cmocka_unit_test(who_may_be_contacted),
        cmocka_unit_test(a_dossier_is_asked_for_without_a_phone),
        cmocka_unit_test(announcements),
        cmocka_unit_test(keys_name_their_rule),
        cmocka_unit_test(rebates_have_keys_of_their_own),
        cmocka_unit_test(the_most_important_goes_first),
        cmocka_unit_test(keys_say_what_they_are_about),
        cmocka_unit_test(quiet_days),
        cmocka_unit_test(nobody_announces_what_is_over),
        cmocka_unit_test(what_comes_after_is_never_stale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
