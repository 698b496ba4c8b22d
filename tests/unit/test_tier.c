/* The replay of tiers: every basis at its threshold and one fen below, windows, returns, terms, the
 * ways to lapse, grants, versions; and that nights that were missed give the same as nights run. */
#include "lib/rules/tier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a programme and a member, in few words ---- */

enum { S1 = 1, S2, LEATHER, GOLF, BUSINESS, SECOND, TEXTS };
static const char *const texts[TEXTS] = {
    [S1] = "S1",
    [S2] = "S2",
    [LEATHER] = "leather",
    [GOLF] = "golf",
    [BUSINESS] = "business",
    [SECOND] = "second",
};

struct member {
    struct vip_tier tiers[6];
    struct vip_tier_rule entries[8], keeps[4];
    size_t tier_count, entry_count, keep_count;
    struct vip_program later; /* a second version, when effective is set */
    struct vip_tier_event events[64];
    struct vip_tier_grant grants[4];
    struct vip_tier_history history;
    struct vip_arena arena;
};

static vip_day date(const char *text)
{
    vip_day day;
    const char *why;
    assert_int_equal(vip_day_parse(text, &day, NULL, &why), 0);
    return day;
}

static int setup(void **state)
{
    struct member *member = calloc(1, sizeof *member);
    assert_non_null(member);
    member->history = (struct vip_tier_history){
        .enrolled = date("2026-01-01"),
        .qualifying = "",
        .events = member->events,
        .grants = member->grants,
    };
    *state = member;
    return 0;
}

static int teardown(void **state)
{
    struct member *member = *state;
    vip_arena_free(&member->arena);
    free(member);
    return 0;
}

static struct vip_tier *add_tier(struct member *member, const char *name, int rank)
{
    struct vip_tier *tier = &member->tiers[member->tier_count++];
    *tier = (struct vip_tier){.tier = name, .ladder = "", .rank = rank};
    return tier;
}

static struct vip_tier_rule *fill_rule(struct vip_tier_rule *rule, const char *tier,
                                       enum vip_basis basis, int64_t threshold, int months,
                                       size_t line)
{
    *rule = (struct vip_tier_rule){.tier = tier,
                                   .from_tier = "",
                                   .basis = basis,
                                   .threshold = threshold,
                                   .months = months,
                                   .category = "",
                                   .brand = "",
                                   .store = "",
                                   .line = line};
    return rule;
}

static struct vip_tier_rule *add_entry(struct member *member, const char *tier,
                                       enum vip_basis basis, int64_t threshold, int months)
{
    size_t place = member->entry_count++;
    return fill_rule(&member->entries[place], tier, basis, threshold, months, place + 2);
}

static struct vip_tier_rule *add_keep(struct member *member, const char *tier, enum vip_basis basis,
                                      int64_t threshold, int months)
{
    size_t place = member->keep_count++;
    return fill_rule(&member->keeps[place], tier, basis, threshold, months, place + 2);
}

static struct vip_tier_event *buy(struct member *member, const char *day, const char *receipt,
                                  vip_fen amount)
{
    struct vip_tier_event *event = &member->events[member->history.event_count++];
    *event = (struct vip_tier_event){.day = date(day),
                                     .dated = date(day),
                                     .posted = date(day),
                                     .amount = amount,
                                     .store = S1,
                                     .receipt = receipt,
                                     .original = ""};
    return event;
}

static void take_back(struct member *member, const char *day, const char *original,
                      const char *original_day, vip_fen amount)
{
    struct vip_tier_event *event = buy(member, original_day, "RETURN", -amount);
    event->dated = event->posted = date(day);
    event->original = original;
}

static void grant(struct member *member, const char *tier, const char *day, const char *until)
{
    member->grants[member->history.grant_count++] =
        (struct vip_tier_grant){.tier = tier,
                                .day = date(day),
                                .until = until ? date(until) : VIP_DAY_NONE,
                                .reason = "thanks",
                                .by = "boss"};
}

static struct vip_tier_plan *plan_of(struct member *member)
{
    static struct vip_program first;
    static const struct vip_program *versions[2];
    static struct vip_programs programs;
    struct vip_tier_plan *plan;
    struct vip_diag diag;
    first = (struct vip_program){.tiers = member->tiers,
                                 .tier_count = member->tier_count,
                                 .entries = member->entries,
                                 .entry_count = member->entry_count,
                                 .keeps = member->keeps,
                                 .keep_count = member->keep_count};
    versions[0] = &first;
    versions[1] = &member->later;
    programs = (struct vip_programs){versions, member->later.effective ? 2 : 1};
    assert_int_equal(vip_tier_plan_build(&plan, &programs, texts, TEXTS, &member->arena, &diag),
                     VIP_OK);
    return plan;
}

static struct vip_tier_timeline replay(struct member *member, struct vip_tier_plan *plan,
                                       vip_day as_of)
{
    struct vip_tier_timeline timeline;
    struct vip_diag diag;
    assert_int_equal(
        vip_tier_replay(plan, &member->history, as_of, &member->arena, &timeline, &diag), VIP_OK);
    return timeline;
}

/* "upgrade >gold 2026-03-01..2027-03-01", one a line. */
static const char *story(struct member *member, const char *as_of)
{
    static char text[4096];
    struct vip_tier_timeline timeline = replay(member, plan_of(member), date(as_of));
    size_t size = 0;
    *text = 0;
    for (size_t i = 0; i < timeline.count; i++) {
        const struct vip_tier_change *change = &timeline.changes[i];
        char from[VIP_DATE_TEXT], to[VIP_DATE_TEXT];
        vip_day_format(change->effective, from);
        vip_day_format(change->expires, to);
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s %s%s>%s %s..%s",
                                 i ? "\n" : "", vip_tier_word(change->word), change->ladder,
                                 change->from, change->to, from, to);
    }
    return text;
}

static const char *evidence(struct member *member, const char *as_of, size_t index)
{
    struct vip_tier_plan *plan = plan_of(member);
    struct vip_tier_timeline timeline = replay(member, plan, date(as_of));
    assert_true(index < timeline.count);
    return vip_tier_evidence(plan, &timeline.changes[index], &member->arena);
}

#define STORY(as_of, expected) assert_string_equal(story(member, as_of), expected)

/* ---- entry ---- */

static void whoever_enrols_has_the_tier(void **state)
{
    struct member *member = *state;
    add_tier(member, "member", 1);
    add_entry(member, "member", VIP_BASIS_ENROLMENT, 0, 0);
    STORY("2026-01-01", "enrolment >member 2026-01-01..");
    STORY("2025-12-31", "");
    assert_string_equal(evidence(member, "2026-01-01", 0), "whoever enrols (entry.csv:2)");
    assert_false(vip_tier_plan_needs_events(plan_of(member)));
}

static void one_receipt_at_its_very_figure(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 500000, 0);
    buy(member, "2026-02-01", "R1", 499999);
    STORY("2026-02-01", "");
    buy(member, "2026-02-02", "R2", 500000);
    STORY("2026-02-02", "upgrade >gold 2026-02-02..");
    assert_string_equal(evidence(member, "2026-02-02", 0),
                        "receipt S1/R2 of 2026-02-02: 5000.00, needed 5000.00 (entry.csv:2)");
    assert_true(vip_tier_plan_needs_events(plan_of(member)));
}

static void lines_of_one_receipt_are_one_receipt(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 500000, 0);
    buy(member, "2026-02-01", "R1", 250000);
    buy(member, "2026-02-01", "R2", 250000);             /* another receipt */
    buy(member, "2026-02-01", "R1", 249999)->store = S2; /* the same number of another store */
    STORY("2026-02-01", "");
    buy(member, "2026-02-01", "R1", 250000);
    STORY("2026-02-01", "upgrade >gold 2026-02-01..");
}

static void a_window_of_months_slides(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 800000, 12);
    buy(member, "2026-02-10", "R1", 400000);
    buy(member, "2027-02-09", "R2", 400000);
    STORY("2027-02-09", "upgrade >gold 2027-02-09..");
    assert_string_equal(evidence(member, "2027-02-09", 0),
                        "8000.00 from 2026-02-10 to 2027-02-09, needed 8000.00, "
                        "last receipt S1/R2 of 2027-02-09 (entry.csv:2)");
    member->events[1].day = member->events[1].posted = date("2027-02-10");
    STORY("2027-02-10", ""); /* the first one left the window that morning */
    member->events[1].day = member->events[1].posted = date("2027-02-09");
    member->events[1].amount = 399999;
    STORY("2027-02-10", "");
}

static void windows_end_with_the_month(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 200, 6);
    buy(member, "2026-02-28", "R1", 100);
    buy(member, "2026-08-31", "R2", 100); /* six months back is 28 February: from 1 March on */
    STORY("2026-08-31", "");
    member->events[0].day = member->events[0].posted = date("2026-03-01");
    STORY("2026-08-31", "upgrade >gold 2026-08-31..");
}

static void the_way_there_matters(void **state)
{
    struct member *member = *state;
    add_tier(member, "elite", 1);
    add_tier(member, "diamond", 2);
    add_entry(member, "elite", VIP_BASIS_SINGLE, 500000, 0);
    add_entry(member, "diamond", VIP_BASIS_PERIOD, 2000000, 12)->from_tier = "elite";
    buy(member, "2026-02-01", "R1", 2500000);
    STORY("2026-02-01", "upgrade >elite 2026-02-01..");
    buy(member, "2026-02-02", "R2", 100);
    STORY("2026-02-02", "upgrade >elite 2026-02-01..\nupgrade elite>diamond 2026-02-02..");
}

static void the_highest_tier_that_is_met(void **state)
{
    struct member *member = *state;
    add_tier(member, "silver", 1);
    add_tier(member, "gold", 2);
    add_entry(member, "silver", VIP_BASIS_SINGLE, 500000, 0);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1000000, 0);
    buy(member, "2026-02-01", "R1", 1000000);
    STORY("2026-02-01", "upgrade >gold 2026-02-01..");
    buy(member, "2026-02-02", "R2", 500000); /* silver again: nothing */
    STORY("2026-02-02", "upgrade >gold 2026-02-01..");
}

static void a_store_has_its_own_threshold(void **state)
{
    struct member *member = *state;
    add_tier(member, "vip", 1);
    add_entry(member, "vip", VIP_BASIS_SINGLE, 100000, 0);
    add_entry(member, "vip", VIP_BASIS_SINGLE, 80000, 0)->store = "S2";
    buy(member, "2026-02-01", "R1", 80000);
    STORY("2026-02-01", "");
    buy(member, "2026-02-02", "R2", 80000)->store = S2;
    STORY("2026-02-02", "upgrade >vip 2026-02-02..");
    member->events[1].amount = 79999;
    STORY("2026-02-02", "");
}

/* Of sums, visits and points, too, only what was bought there, or of that brand, counts. */
static void conditions_narrow_every_sum(void **state)
{
    static const struct {
        enum vip_basis basis;
        int64_t threshold;
    } cases[] = {{VIP_BASIS_PERIOD, 1000},
                 {VIP_BASIS_LIFETIME, 1000},
                 {VIP_BASIS_CARD_YEAR, 1000},
                 {VIP_BASIS_VISITS, 2},
                 {VIP_BASIS_POINTS, 10}};
    struct member *member = *state;
    add_tier(member, "vip", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        member->entry_count = member->history.event_count = 0;
        struct vip_tier_rule *rule =
            add_entry(member, "vip", cases[i].basis, cases[i].threshold, 0);
        rule->store = "S2";
        rule->brand = "second";
        struct vip_tier_event *event = buy(member, "2026-02-01", "R1", 999);
        event->store = S2, event->brand = SECOND, event->points = 9;
        event = buy(member, "2026-02-02", "R2", 5000); /* of another store */
        event->brand = SECOND, event->points = 50;
        event = buy(member, "2026-02-03", "R3", 5000); /* of another brand */
        event->store = S2, event->points = 50;
        STORY("2026-02-03", "");
        event = buy(member, "2026-02-04", "R4", 1);
        event->store = S2, event->brand = SECOND, event->points = 1;
        STORY("2026-02-04", "upgrade >vip 2026-02-04..");
    }
}

static void lists_of_categories_and_exceptions(void **state)
{
    struct member *member = *state;
    add_tier(member, "elite", 1);
    struct vip_tier_rule *rule = add_entry(member, "elite", VIP_BASIS_SINGLE, 300000, 0);
    rule->category = "leather|golf";
    rule->brand = "!second";
    buy(member, "2026-02-01", "R1", 300000)->category = BUSINESS;
    buy(member, "2026-02-02", "R2", 150000)->category = LEATHER;
    STORY("2026-02-02", "");
    struct vip_tier_event *golf = buy(member, "2026-02-02", "R2", 150000);
    golf->category = GOLF;
    STORY("2026-02-02", "upgrade >elite 2026-02-02..");
    golf->brand = SECOND;
    STORY("2026-02-02", "");
}

static void visits_are_receipts_with_something_left(void **state)
{
    struct member *member = *state;
    add_tier(member, "bronze", 1);
    add_entry(member, "bronze", VIP_BASIS_VISITS, 3, 12);
    buy(member, "2026-02-01", "R1", 100);
    buy(member, "2026-02-01", "R1", 100);
    buy(member, "2026-02-01", "R2", 100);
    buy(member, "2026-02-03", "R3", 0);
    STORY("2026-02-03", "");
    buy(member, "2026-02-04", "R4", 1);
    STORY("2026-02-04", "upgrade >bronze 2026-02-04..");
    assert_string_equal(evidence(member, "2026-02-04", 0),
                        "3 visits from 2025-02-05 to 2026-02-04, needed 3 visits, "
                        "last receipt S1/R4 of 2026-02-04 (entry.csv:2)");
    take_back(member, "2026-02-05", "R1", "2026-02-01", 200);
    STORY("2026-02-05", "");
}

static void points_earned_in_the_window(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_POINTS, 3000, 3);
    buy(member, "2026-02-01", "R1", 100)->points = 2000;
    buy(member, "2026-04-30", "R2", 100)->points = 999;
    STORY("2026-04-30", "");
    member->events[1].points = 1000;
    STORY("2026-04-30", "upgrade >gold 2026-04-30..");
}

static void a_life_long(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_LIFETIME, 300, 0);
    buy(member, "2026-02-01", "R1", 100);
    buy(member, "2036-02-01", "R2", 100);
    STORY("2036-02-01", "");
    buy(member, "2046-02-01", "R3", 100);
    STORY("2046-02-01", "upgrade >gold 2046-02-01..");
}

static void the_card_year_begins_with_the_tier(void **state)
{
    struct member *member = *state;
    add_tier(member, "card", 1)->valid_months = 12;
    add_tier(member, "gold", 2);
    add_entry(member, "card", VIP_BASIS_SINGLE, 1000, 0);
    add_entry(member, "gold", VIP_BASIS_CARD_YEAR, 5000, 0);
    buy(member, "2026-02-01", "R1", 900);
    buy(member, "2026-03-01", "R2", 1000);
    buy(member, "2026-04-01", "R3", 3999);
    STORY("2026-04-01", "upgrade >card 2026-03-01..2027-03-01");
    member->events[2].amount = 4000;
    STORY("2026-04-01", "upgrade >card 2026-03-01..2027-03-01\nupgrade card>gold 2026-04-01..");
}

static void ladders_stand_alone(void **state)
{
    struct member *member = *state;
    add_tier(member, "elite", 1)->ladder = "first:";
    add_tier(member, "knight", 1)->ladder = "second:";
    add_entry(member, "elite", VIP_BASIS_SINGLE, 500000, 0)->brand = "!second";
    add_entry(member, "knight", VIP_BASIS_SINGLE, 300000, 0)->brand = "second";
    buy(member, "2026-02-01", "R1", 500000)->brand = SECOND;
    STORY("2026-02-01", "upgrade second:>knight 2026-02-01..");
    buy(member, "2026-02-02", "R2", 500000);
    STORY("2026-02-02", "upgrade first:>elite 2026-02-02..\n"
                        "upgrade second:>knight 2026-02-01..");
}

/* ---- the purchase given with the application ---- */

static void the_qualifying_purchase_counts_once(void **state)
{
    struct member *member = *state;
    add_tier(member, "vip", 1);
    add_tier(member, "gold", 2);
    add_entry(member, "vip", VIP_BASIS_SINGLE, 100000, 0);
    add_entry(member, "gold", VIP_BASIS_LIFETIME, 200000, 0);
    member->history.qualifying = "Q1";
    member->history.spent = 100000;
    STORY("2026-01-01", "enrolment >vip 2026-01-01..");
    buy(member, "2025-12-31", "Q1", 100000); /* the till's file comes: the same purchase */
    STORY("2026-01-02", "enrolment >vip 2026-01-01..");
    buy(member, "2026-01-02", "R2", 99999);
    STORY("2026-01-02", "enrolment >vip 2026-01-01..");
    buy(member, "2026-01-02", "R3", 1);
    STORY("2026-01-02", "enrolment >vip 2026-01-01..\nupgrade vip>gold 2026-01-02..");
    take_back(member, "2026-01-05", "Q1/1", "2025-12-31", 1);
    STORY("2026-01-04", "enrolment >vip 2026-01-01..\nupgrade vip>gold 2026-01-02..");
    STORY("2026-01-05", "");
}

static void what_comes_later_that_day_goes_on_from_enrolment(void **state)
{
    struct member *member = *state;
    add_tier(member, "accumulation", 0);
    add_tier(member, "elite", 1);
    add_entry(member, "accumulation", VIP_BASIS_ENROLMENT, 0, 0);
    add_entry(member, "elite", VIP_BASIS_SINGLE, 500000, 0);
    buy(member, "2026-01-01", "R1", 500000);
    STORY("2026-01-01", "enrolment >accumulation 2026-01-01..\n"
                        "upgrade accumulation>elite 2026-01-01..");
}

/* ---- returns ---- */

static void a_returned_purchase_was_never_made(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 500000, 0);
    buy(member, "2026-02-01", "R1", 500000);
    buy(member, "2026-02-01", "R2", 500000);
    take_back(member, "2026-02-09", "R1", "2026-02-01", 1);
    STORY("2026-02-09", "upgrade >gold 2026-02-01.."); /* the other receipt still stands */
    take_back(member, "2026-02-10", "R2/1", "2026-02-01", 1);
    STORY("2026-02-09", "upgrade >gold 2026-02-01.."); /* not known on that day */
    STORY("2026-02-10", "");
}

static void a_blind_return_lowers_the_sum(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 500000, 12);
    buy(member, "2026-02-01", "R1", 400000);
    buy(member, "2026-02-03", "B1", -1);
    buy(member, "2026-02-04", "R2", 100000);
    STORY("2026-02-04", "");
    buy(member, "2026-02-05", "R3", 1);
    STORY("2026-02-05", "upgrade >gold 2026-02-05..");
}

/* ---- how long a tier lasts ---- */

static void valid_through_its_last_day(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1)->valid_months = 6;
    member->tiers[0].on_lapse = VIP_LAPSE_CLOSE;
    add_entry(member, "gold", VIP_BASIS_SINGLE, 100, 0);
    buy(member, "2026-08-31", "R1", 100);
    STORY("2027-02-28", "upgrade >gold 2026-08-31..2027-02-28");
    STORY("2027-03-01", "upgrade >gold 2026-08-31..2027-02-28\nlapse gold> 2027-03-01..");
    assert_string_equal(evidence(member, "2027-03-01", 1), "ran out on 2027-02-28");
    buy(member, "2027-05-01", "R2", 100); /* and it can be had again */
    STORY("2027-05-01", "upgrade >gold 2026-08-31..2027-02-28\nlapse gold> 2027-03-01..\n"
                        "upgrade >gold 2027-05-01..2027-11-01");
}

static void kept_by_what_was_bought(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1)->valid_months = 12;
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1000, 0);
    add_keep(member, "gold", VIP_BASIS_PERIOD, 2000, 12);
    buy(member, "2026-02-01", "R1", 1000);
    buy(member, "2027-02-01", "R2", 999);
    STORY("2027-02-02", "upgrade >gold 2026-02-01..2027-02-01\nlapse gold> 2027-02-02..");
    assert_string_equal(evidence(member, "2027-02-02", 1),
                        "ran out on 2027-02-01; not kept: 9.99 from 2026-02-02 to 2027-02-01, "
                        "needed 20.00 (keep.csv:2)");
    member->keeps[0].basis = VIP_BASIS_CARD_YEAR; /* the card's first day counts */
    member->keeps[0].threshold = 1999;
    STORY("2027-02-02", "upgrade >gold 2026-02-01..2027-02-01\n"
                        "renewal gold>gold 2027-02-02..2028-02-01");
    member->keeps[0].threshold = 2000;
    STORY("2027-02-02", "upgrade >gold 2026-02-01..2027-02-01\nlapse gold> 2027-02-02..");
}

static void the_receipt_that_brought_it_does_not_keep_it(void **state)
{
    struct member *member = *state;
    add_tier(member, "vip", 1)->valid_months = 12;
    add_entry(member, "vip", VIP_BASIS_SINGLE, 1000, 0);
    buy(member, "2026-02-01", "R1", 1000);
    STORY("2027-02-02", "upgrade >vip 2026-02-01..2027-02-01\nlapse vip> 2027-02-02..");
    buy(member, "2026-09-01", "R2", 1000);
    STORY("2027-02-02", "upgrade >vip 2026-02-01..2027-02-01\n"
                        "renewal vip>vip 2027-02-02..2028-02-01");
}

static void requalify_finds_the_highest_still_met(void **state)
{
    struct member *member = *state;
    add_tier(member, "member", 1);
    add_tier(member, "silver", 2)->valid_months = 12;
    add_tier(member, "gold", 3)->valid_months = 12;
    add_entry(member, "member", VIP_BASIS_ENROLMENT, 0, 0);
    add_entry(member, "silver", VIP_BASIS_PERIOD, 1000, 12);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 5000, 12);
    buy(member, "2026-02-01", "R1", 5000);
    buy(member, "2026-03-01", "R2", 1000);
    STORY("2028-02-02", "enrolment >member 2026-01-01..\n"
                        "upgrade member>gold 2026-02-01..2027-02-01\n"
                        "downgrade gold>silver 2027-02-02..2028-02-01\n"
                        "downgrade silver>member 2028-02-02..");
    assert_string_equal(evidence(member, "2028-02-02", 2),
                        "ran out on 2027-02-01; still met: 10.00 from 2026-02-02 to 2027-02-01, "
                        "needed 10.00, last receipt S1/R2 of 2026-03-01 (entry.csv:3)");
    member->events[1].amount = 999;
    STORY("2027-02-02", "enrolment >member 2026-01-01..\n"
                        "upgrade member>gold 2026-02-01..2027-02-01\n"
                        "downgrade gold>member 2027-02-02..");
}

static void step_down_by_one(void **state)
{
    struct member *member = *state;
    add_tier(member, "bronze", 1);
    add_tier(member, "silver", 2)->valid_months = 12;
    add_tier(member, "gold", 3)->valid_months = 12;
    member->tiers[1].on_lapse = member->tiers[2].on_lapse = VIP_LAPSE_STEP_DOWN;
    add_entry(member, "gold", VIP_BASIS_SINGLE, 100, 0);
    buy(member, "2026-02-01", "R1", 100);
    STORY("2030-01-01", "upgrade >gold 2026-02-01..2027-02-01\n"
                        "downgrade gold>silver 2027-02-02..2028-02-01\n"
                        "downgrade silver>bronze 2028-02-02..");
}

static void grace_gives_more_time(void **state)
{
    struct member *member = *state;
    struct vip_tier *gold = add_tier(member, "gold", 1);
    gold->valid_months = 12;
    gold->grace_months = 2;
    gold->on_lapse = VIP_LAPSE_CLOSE;
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1000, 0);
    add_keep(member, "gold", VIP_BASIS_PERIOD, 500, 12);
    buy(member, "2026-02-01", "R1", 1000);
    STORY("2027-02-02", "upgrade >gold 2026-02-01..2027-02-01\n"
                        "grace gold>gold 2027-02-02..2027-04-01");
    STORY("2027-04-02", "upgrade >gold 2026-02-01..2027-02-01\n"
                        "grace gold>gold 2027-02-02..2027-04-01\n"
                        "lapse gold> 2027-04-02..");
    buy(member, "2027-04-01", "R2", 500);
    STORY("2027-04-02", "upgrade >gold 2026-02-01..2027-02-01\n"
                        "grace gold>gold 2027-02-02..2027-04-01\n"
                        "renewal gold>gold 2027-04-01..2028-02-01");
}

/* ---- grants ---- */

static void a_grant_is_a_floor_until_its_day(void **state)
{
    struct member *member = *state;
    add_tier(member, "silver", 1);
    add_tier(member, "gold", 2);
    add_tier(member, "diamond", 3)->valid_months = 3;
    member->tiers[2].on_lapse = VIP_LAPSE_CLOSE;
    add_entry(member, "silver", VIP_BASIS_SINGLE, 100, 0);
    add_entry(member, "diamond", VIP_BASIS_SINGLE, 1000, 0);
    grant(member, "gold", "2026-02-01", "2026-12-31");
    STORY("2026-12-31", "grant >gold 2026-02-01..2026-12-31");
    STORY("2027-01-01", "grant >gold 2026-02-01..2026-12-31\nlapse gold> 2027-01-01..");
    assert_string_equal(evidence(member, "2027-01-01", 0),
                        "gold granted by boss until 2026-12-31: thanks");
    assert_string_equal(evidence(member, "2027-01-01", 1),
                        "granted by boss until 2026-12-31: this ended");
    buy(member, "2026-03-01", "R1", 100); /* silver, unseen below the floor */
    STORY("2027-01-01", "grant >gold 2026-02-01..2026-12-31\n"
                        "downgrade gold>silver 2027-01-01..");
    buy(member, "2026-04-01", "R2", 1000); /* above it, and back onto it */
    STORY("2027-01-01", "grant >gold 2026-02-01..2026-12-31\n"
                        "upgrade gold>diamond 2026-04-01..2026-07-01\n"
                        "downgrade diamond>gold 2026-07-02..2026-12-31\n"
                        "lapse gold> 2027-01-01..");
}

static void a_grant_without_end(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    grant(member, "gold", "2026-02-01", NULL);
    STORY("2040-01-01", "grant >gold 2026-02-01..");
}

static void a_grant_opens_the_way_up(void **state)
{
    struct member *member = *state;
    add_tier(member, "elite", 1);
    add_tier(member, "diamond", 2);
    add_entry(member, "diamond", VIP_BASIS_SINGLE, 100, 0)->from_tier = "elite";
    buy(member, "2026-01-15", "R1", 100);
    grant(member, "elite", "2026-02-01", "2026-12-31");
    buy(member, "2026-03-01", "R2", 100);
    STORY("2027-01-01", "grant >elite 2026-02-01..2026-12-31\n"
                        "upgrade elite>diamond 2026-03-01..");
}

/* ---- versions ---- */

static void a_new_version_counts_from_its_day(void **state)
{
    struct member *member = *state;
    add_tier(member, "gold", 1);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 500, 12);
    static const struct vip_tier tiers[] = {{.tier = "gold", .ladder = "", .rank = 1},
                                            {.tier = "diamond", .ladder = "", .rank = 2}};
    static struct vip_tier_rule rules[2];
    fill_rule(&rules[0], "gold", VIP_BASIS_PERIOD, 900, 12, 2);
    fill_rule(&rules[1], "diamond", VIP_BASIS_LIFETIME, 600, 0, 3);
    member->later = (struct vip_program){.effective = date("2026-06-01"),
                                         .tiers = tiers,
                                         .tier_count = 2,
                                         .entries = rules,
                                         .entry_count = 2};
    buy(member, "2026-02-01", "R1", 500);
    STORY("2026-06-01", "upgrade >gold 2026-02-01.."); /* what was granted stays */
    member->events[0].amount = 600;
    STORY("2026-05-31", "upgrade >gold 2026-02-01..");
    STORY("2026-06-01", "upgrade >gold 2026-02-01..\nupgrade gold>diamond 2026-06-01..");
}

/* ---- explain ---- */

static void explain_says_what_is_missing(void **state)
{
    struct member *member = *state;
    add_tier(member, "silver", 1)->valid_months = 12;
    add_tier(member, "gold", 2);
    add_entry(member, "silver", VIP_BASIS_SINGLE, 1000, 0);
    add_entry(member, "gold", VIP_BASIS_PERIOD, 5000, 12);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1100, 0)->from_tier = "gold";
    add_keep(member, "silver", VIP_BASIS_VISITS, 2, 12);
    buy(member, "2026-02-01", "R1", 1200);
    buy(member, "2026-02-02", "R2", 1100);
    struct vip_tier_figure *figures;
    size_t count;
    struct vip_diag diag;
    assert_int_equal(vip_tier_explain(plan_of(member), &member->history, date("2026-02-02"),
                                      &member->arena, &figures, &count, &diag),
                     VIP_OK);
    assert_int_equal(count, 3);
    assert_true(figures[0].keep);
    assert_int_equal(figures[0].to, date("2027-02-01"));
    assert_int_equal(figures[0].from, date("2026-02-02"));
    assert_int_equal(figures[0].reached, 1);
    assert_false(figures[0].met);
    assert_string_equal(figures[1].tier, "gold");
    assert_int_equal(figures[1].reached, 2300);
    assert_int_equal(figures[2].reached, 1100);
    assert_false(figures[2].from_fits);
    assert_false(figures[2].met);
}

/* ---- nights ---- */

/* A year of purchases, some returned; the story told on the last day must be told on every day up
 * to that day, as far as nothing looked back. */
static void missed_nights_tell_the_same(void **state)
{
    struct member *member = *state;
    add_tier(member, "bronze", 1);
    add_tier(member, "silver", 2)->valid_months = 3;
    add_tier(member, "gold", 3)->valid_months = 2;
    member->tiers[2].grace_months = 1;
    add_entry(member, "bronze", VIP_BASIS_VISITS, 2, 3);
    add_entry(member, "silver", VIP_BASIS_PERIOD, 2000, 2);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1700, 0);
    add_keep(member, "gold", VIP_BASIS_CARD_YEAR, 3000, 0);
    vip_day first = member->history.enrolled, last = date("2027-06-30");
    unsigned seed = 7;
    for (size_t i = 0; i < 60; i++) {
        struct vip_tier_event *event = buy(member, "2026-01-01", i % 2 ? "A" : "B", 0);
        seed = seed * 1103515245U + 12345U;
        event->day = event->posted = first + (vip_day)(i * 8) + (vip_day)(seed >> 16) % 8;
        event->amount = (seed >> 8) % 1800;
    }
    struct vip_tier_plan *plan = plan_of(member);
    struct vip_tier_timeline whole = replay(member, plan, last);
    size_t seen = 0;
    assert_true(whole.count > 8);
    for (vip_day day = first; day <= last; day++) {
        struct vip_tier_timeline night = replay(member, plan, day);
        assert_true(night.count >= seen);
        for (size_t i = 0; i < night.count; i++) {
            assert_int_equal(night.changes[i].effective, whole.changes[i].effective);
            assert_int_equal(night.changes[i].expires, whole.changes[i].expires);
            assert_string_equal(night.changes[i].to, whole.changes[i].to);
            assert_true(i < seen || night.changes[i].effective == day);
        }
        assert_int_equal(night.later, member->events[59].day > day);
        seen = night.count;
    }
    assert_int_equal(seen, whole.count);
}

static void turns_are_where_the_past_changed(void **state)
{
    struct member *member = *state;
    vip_day *days;
    size_t count;
    struct vip_diag diag;
    buy(member, "2026-02-01", "R1", 100);
    buy(member, "2026-02-02", "R2", 100)->posted = date("2026-02-03"); /* the morning after */
    take_back(member, "2026-02-10", "R1", "2026-02-01", 100);
    buy(member, "2026-02-04", "R3", 100)->posted = date("2026-02-10"); /* late */
    assert_int_equal(vip_tier_turns(&member->history, date("2026-02-01"), date("2026-03-01"),
                                    &member->arena, &days, &count, &diag),
                     VIP_OK);
    assert_int_equal(count, 2);
    assert_int_equal(days[0], date("2026-02-09"));
    assert_int_equal(days[1], date("2026-02-10"));
    assert_int_equal(vip_tier_turns(&member->history, date("2026-02-09"), date("2026-02-10"),
                                    &member->arena, &days, &count, &diag),
                     VIP_OK);
    assert_int_equal(count, 0);
}

/* ---- the screen ---- */

static bool seen_through(struct member *member, struct vip_tier_screen *screen)
{
    for (size_t i = 0; i < member->history.event_count; i++) {
        const struct vip_tier_event *event = &member->events[i];
        vip_tier_screen_add(screen, event->day, event->amount, event->points);
    }
    return vip_tier_screen_end(screen);
}

/* Does the coarse look say that a rule may concern him? And of the next one it knows nothing. */
static bool suspected(struct member *member, struct vip_tier_plan *plan)
{
    struct vip_tier_screen *screen;
    struct vip_diag diag;
    assert_int_equal(vip_tier_screen_build(&screen, plan, &member->arena, &diag), VIP_OK);
    bool may = seen_through(member, screen);
    assert_int_equal(seen_through(member, screen), may);
    return may;
}

/* What is bought on two days comes together up to the threshold, or a fen below it. */
static void the_screen_is_met_at_the_very_figure(void **state)
{
    static const struct {
        enum vip_basis basis;
        int64_t threshold;
        int months;
        const char *second;
        bool suspected;
    } cases[] = {
        {VIP_BASIS_SINGLE, 100, 0, "2026-02-01", true},
        {VIP_BASIS_SINGLE, 100, 0, "2026-02-02", false},
        {VIP_BASIS_SINGLE, 101, 0, "2026-02-01", false},
        {VIP_BASIS_PERIOD, 100, 12, "2027-01-31", true},
        {VIP_BASIS_PERIOD, 100, 12, "2027-03-01", false},
        {VIP_BASIS_PERIOD, 101, 12, "2026-02-02", false},
        {VIP_BASIS_PERIOD, 100, 0, "2036-02-01", true},
        {VIP_BASIS_CARD_YEAR, 100, 0, "2036-02-01", true},
        {VIP_BASIS_LIFETIME, 100, 0, "2036-02-01", true},
        {VIP_BASIS_LIFETIME, 101, 0, "2036-02-01", false},
        {VIP_BASIS_VISITS, 2, 3, "2026-04-30", true},
        {VIP_BASIS_VISITS, 2, 3, "2026-06-01", false},
        {VIP_BASIS_VISITS, 3, 3, "2026-02-01", false},
        {VIP_BASIS_POINTS, 100, 1, "2026-02-28", true},
        {VIP_BASIS_POINTS, 100, 1, "2026-04-01", false},
        {VIP_BASIS_POINTS, 101, 1, "2026-02-01", false},
    };
    struct member *member = *state;
    add_tier(member, "gold", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        member->history.event_count = member->entry_count = 0;
        add_entry(member, "gold", cases[i].basis, cases[i].threshold, cases[i].months);
        buy(member, "2026-02-01", "R1", 60)->points = 60;
        buy(member, cases[i].second, "R2", 40)->points = 40;
        struct vip_tier_plan *plan = plan_of(member);
        assert_int_equal(suspected(member, plan), cases[i].suspected);
    }
    member->history.event_count = member->entry_count = 0;
    buy(member, "2026-02-01", "X1", -1);
    add_entry(member, "gold", VIP_BASIS_SINGLE, 1, 0);
    assert_false(suspected(member, plan_of(member)));
    member->entries[0].threshold = 0;
    assert_true(suspected(member, plan_of(member)));
}

static unsigned chance(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245U + 12345U;
    return (*seed >> 8) % below;
}

static void any_rule(struct vip_tier_rule *rule, unsigned *seed)
{
    static const char *const stores[] = {"", "", "S1", "!S2"};
    static const char *const from[] = {"", "", "bronze", "silver"};
    static const int64_t thresholds[] = {[VIP_BASIS_VISITS] = 8, [VIP_BASIS_POINTS] = 900};
    enum vip_basis basis = VIP_BASIS_SINGLE + (enum vip_basis)chance(seed, VIP_BASIS_POINTS);
    const char *tier = rule->tier;
    bool counted = basis == VIP_BASIS_VISITS || basis == VIP_BASIS_POINTS;
    int64_t most = counted ? thresholds[basis] : basis == VIP_BASIS_SINGLE ? 600 : 2500;
    fill_rule(rule, tier, basis, 1 + chance(seed, (unsigned)most), (int)chance(seed, 5),
              rule->line);
    rule->store = stores[chance(seed, 4)];
    rule->from_tier = from[chance(seed, 4)];
}

/* Three tiers, entered and kept by rules of any kind. */
static void any_programme(struct member *member, unsigned *seed)
{
    static const char *const names[] = {"bronze", "silver", "gold"};
    member->tier_count = member->entry_count = member->keep_count = 0;
    for (size_t i = 0; i < 3; i++) {
        struct vip_tier *tier = add_tier(member, names[i], (int)i + 1);
        tier->valid_months = (int)chance(seed, 4);
        tier->grace_months = (int)chance(seed, 2);
        tier->on_lapse = (enum vip_on_lapse)chance(seed, 3);
        any_rule(add_entry(member, names[i], VIP_BASIS_SINGLE, 1, 0), seed);
        any_rule(add_keep(member, names[i], VIP_BASIS_SINGLE, 1, 0), seed);
    }
    if (chance(seed, 2))
        member->entries[0].basis = VIP_BASIS_ENROLMENT;
}

/* A year of few purchases, some posted late, some returned in part. */
static void any_history(struct member *member, unsigned *seed)
{
    member->history.event_count = 0;
    unsigned count = chance(seed, 20);
    for (unsigned i = 0; i < count; i++) {
        struct vip_tier_event *event = buy(member, "2026-01-01", i % 2 ? "A" : "B", 0);
        event->day = event->dated = event->posted = event->day + (vip_day)chance(seed, 365);
        event->posted += chance(seed, 4) ? 0 : (vip_day)chance(seed, 40);
        event->amount = 1 + chance(seed, 300);
        event->points = chance(seed, 200);
        event->store = S1 + chance(seed, 2);
        if (chance(seed, 6))
            continue;
        struct vip_tier_event *back = &member->events[member->history.event_count++];
        *back = *event;
        back->amount = -event->amount / 2;
        back->points = -event->points / 2;
        back->original = event->receipt;
        back->dated = back->posted = event->posted + (vip_day)chance(seed, 60);
    }
}

static void assert_same_story(const struct vip_tier_timeline *a, const struct vip_tier_timeline *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->changes[i].from, b->changes[i].from);
        assert_string_equal(a->changes[i].to, b->changes[i].to);
        assert_int_equal(a->changes[i].word, b->changes[i].word);
        assert_int_equal(a->changes[i].effective, b->changes[i].effective);
        assert_int_equal(a->changes[i].expires, b->changes[i].expires);
    }
}

/* Whom the screen does not suspect has the story of somebody who bought nothing, on every day. */
static void whom_the_screen_passes_over_bought_nothing(void **state)
{
    struct member *member = *state;
    unsigned seed = 3, passed = 0, moved = 0;
    for (unsigned round = 0; round < 4000; round++) {
        vip_arena_reset(&member->arena);
        any_programme(member, &seed);
        any_history(member, &seed);
        struct vip_tier_plan *plan = plan_of(member);
        bool may = suspected(member, plan);
        for (vip_day day = date("2026-02-01"); day < date("2027-06-01"); day += 97) {
            struct vip_tier_timeline with = replay(member, plan, day);
            size_t count = member->history.event_count;
            member->history.event_count = 0;
            struct vip_tier_timeline without = replay(member, plan, day);
            member->history.event_count = count;
            moved += with.count != without.count;
            if (!may)
                assert_same_story(&with, &without);
        }
        passed += !may;
    }
    assert_true(passed > 400 && moved > 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whoever_enrols_has_the_tier),
        TEST(one_receipt_at_its_very_figure),
        TEST(lines_of_one_receipt_are_one_receipt),
        TEST(a_window_of_months_slides),
        TEST(windows_end_with_the_month),
        TEST(the_way_there_matters),
        TEST(the_highest_tier_that_is_met),
        TEST(a_store_has_its_own_threshold),
        TEST(conditions_narrow_every_sum),
        TEST(lists_of_categories_and_exceptions),
        TEST(visits_are_receipts_with_something_left),
        TEST(points_earned_in_the_window),
        TEST(a_life_long),
        TEST(the_card_year_begins_with_the_tier),
        TEST(ladders_stand_alone),
        TEST(the_qualifying_purchase_counts_once),
        TEST(what_comes_later_that_day_goes_on_from_enrolment),
        TEST(a_returned_purchase_was_never_made),
        TEST(a_blind_return_lowers_the_sum),
        TEST(valid_through_its_last_day),
        TEST(kept_by_what_was_bought),
        TEST(the_receipt_that_brought_it_does_not_keep_it),
        TEST(requalify_finds_the_highest_still_met),
        TEST(step_down_by_one),
        TEST(grace_gives_more_time),
        TEST(a_grant_is_a_floor_until_its_day),
        TEST(a_grant_without_end),
        TEST(a_grant_opens_the_way_up),
        TEST(a_new_version_counts_from_its_day),
        TEST(explain_says_what_is_missing),
        TEST(missed_nights_tell_the_same),
        TEST(turns_are_where_the_past_changed),
        TEST(the_screen_is_met_at_the_very_figure),
        TEST(whom_the_screen_passes_over_bought_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
