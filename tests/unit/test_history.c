/* Random histories of one member, played over the rules alone: what is earned, how long it is good,
 * which lots a debit takes from, what a return, a cancellation and a debt do to them.
 *
 * A history is a list of steps made from a seed. VIP_HISTORIES=N plays so many (default 100,000;
 * millions take seconds); the seed of one that fails is printed, and VIP_SEED=N plays it again. */
#include "lib/rules/earn.h"
#include "lib/rules/lots.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* In a loop of millions the cheap test comes first. */
#define SAME(a, b)                                                                                 \
    do {                                                                                           \
        if ((a) != (b))                                                                            \
            assert_int_equal(a, b);                                                                \
    } while (0)
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            assert_true(condition);                                                                \
    } while (0)

enum { STEPS = 14, ENTRIES = 8 * STEPS, FIRST_DAY = 20000 };

/* ---- chance ---- */

static uint64_t next_random(uint64_t *random)
{
    uint64_t x = *random += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static int64_t below(uint64_t *random, int64_t limit)
{
    return (int64_t)(next_random(random) % (uint64_t)limit);
}

/* ---- the member as the ledger keeps him ---- */

enum kind { EARN, RETURN, REDEEM, CANCEL, EXPIRE, ADJUST };

struct entry {
    enum kind kind;
    vip_day day;
    vip_points points;
    struct vip_lot_use uses[STEPS];
    size_t use_count;
    bool undone; /* of a redemption */
};

struct sale {
    vip_fen amount, returned;
    vip_points points, taken;
    int64_t entry;
};

struct ledger {
    const struct vip_program *program;
    vip_points balance;
    struct entry entries[ENTRIES + 1]; /* by number, from 1 */
    int64_t entry_count;
    struct vip_lot lots[STEPS + 1]; /* sorted; those that are used up too */
    size_t lot_count;
    struct vip_put_back backs[ENTRIES + 1][STEPS]; /* into a lot, the newest first */
    size_t back_count[ENTRIES + 1];
    struct sale sales[STEPS];
    size_t sale_count;
    int64_t redemptions[STEPS + 1]; /* their entries */
    size_t redemption_count;
};

static struct entry *post(struct ledger *ledger, enum kind kind, vip_day day, vip_points points)
{
    HOLDS(ledger->entry_count < ENTRIES);
    struct entry *entry = &ledger->entries[++ledger->entry_count];
    entry->kind = kind;
    entry->day = day;
    entry->points = points;
    entry->use_count = 0;
    entry->undone = false;
    ledger->back_count[ledger->entry_count] = 0;
    ledger->balance += points;
    return entry;
}

static void credit(struct ledger *ledger, enum kind kind, vip_day day, vip_points points)
{
    vip_points paid = vip_credit_pays(ledger->balance, points);
    post(ledger, kind, day, points);
    ledger->lots[ledger->lot_count++] = (struct vip_lot){
        .entry = ledger->entry_count,
        .earned = day,
        .available = vip_day_add_span(day, ledger->program->redeemable_after),
        .expires = vip_points_expiry(ledger->program, day, FIRST_DAY + 40),
        .left = points - paid,
    };
    vip_lots_sort(ledger->lots, ledger->lot_count);
}

static void post_lapse(struct ledger *ledger, const struct vip_lapse *lapse)
{
    struct vip_lapse parts[STEPS + 1];
    vip_points sum = 0;
    size_t count =
        vip_lapse_part(lapse, ledger->backs[lapse->lot], ledger->back_count[lapse->lot], parts);
    for (size_t i = 0; i < count; i++) {
        HOLDS(parts[i].points > 0 && parts[i].day > lapse->expires);
        sum += parts[i].points;
        post(ledger, EXPIRE, parts[i].day, -parts[i].points);
    }
    SAME(sum, lapse->points);
}

static void expire(struct ledger *ledger, vip_day day)
{
    struct vip_lapse lapses[STEPS + 1];
    struct vip_lot before[STEPS + 1];
    memcpy(before, ledger->lots, sizeof before);
    size_t count = vip_lots_lapse(ledger->lots, ledger->lot_count, day, lapses);
    for (size_t i = 0; i < ledger->lot_count; i++) /* never from a live lot, all of the others */
        SAME(ledger->lots[i].left, before[i].expires < day ? 0 : before[i].left);
    for (size_t i = 0; i < count; i++)
        post_lapse(ledger, &lapses[i]);
    HOLDS(vip_lots_next_expiry(ledger->lots, ledger->lot_count) >= day);
}

/* What is written down as used is what the lots lost (or, negative, got). */
static void assert_uses(const struct ledger *ledger, const struct vip_lot *before,
                        const struct vip_lot_use *uses, size_t count)
{
    for (size_t i = 0; i < ledger->lot_count; i++) {
        vip_points used = 0;
        for (size_t u = 0; u < count; u++)
            if (uses[u].lot == before[i].entry)
                used += uses[u].points;
        SAME(before[i].left - ledger->lots[i].left, used);
    }
}

static struct entry *debit(struct ledger *ledger, enum kind kind, vip_day day, vip_points points,
                           int64_t own, bool pending)
{
    struct vip_lot_use uses[STEPS + 1];
    struct vip_lot before[STEPS + 1];
    size_t used;
    memcpy(before, ledger->lots, sizeof before);
    vip_points missing =
        vip_lots_debit(ledger->lots, ledger->lot_count, points, day, own, pending, uses, &used);
    assert_uses(ledger, before, uses, used);
    if (missing > 0)
        expire(ledger, day);
    struct entry *entry = post(ledger, kind, day, -points);
    memcpy(entry->uses, uses, used * sizeof *uses);
    entry->use_count = used;
    return entry;
}

static void note_put_back(struct ledger *ledger, int64_t lot, struct vip_put_back back)
{
    struct vip_put_back *backs = ledger->backs[lot];
    memmove(backs + 1, backs, ledger->back_count[lot]++ * sizeof *backs);
    backs[0] = back;
}

static void put_back(struct ledger *ledger, vip_day day, struct entry *undone)
{
    vip_points debt = ledger->balance < 0 ? -ledger->balance : 0;
    struct vip_lot_use uses[STEPS];
    struct vip_lot before[STEPS + 1];
    memcpy(before, ledger->lots, sizeof before);
    memcpy(uses, undone->uses, undone->use_count * sizeof *uses);
    undone->undone = true;
    post(ledger, CANCEL, day, -undone->points);
    debt = vip_lots_put_back(ledger->lots, ledger->lot_count, uses, undone->use_count, debt, day);
    assert_uses(ledger, before, uses, undone->use_count);
    for (size_t i = 0; i < undone->use_count; i++)
        if (uses[i].points < 0)
            note_put_back(ledger, uses[i].lot, (struct vip_put_back){day, -uses[i].points});
    if (debt > 0)
        expire(ledger, day);
}

/* ---- what always holds ---- */

static vip_points left_in_lots(const struct ledger *ledger)
{
    vip_points sum = 0;
    for (size_t i = 0; i < ledger->lot_count; i++) {
        HOLDS(ledger->lots[i].left >= 0);
        sum += ledger->lots[i].left;
    }
    return sum;
}

/* The balance is the sum of the ledger, and what is left in the lots; or there is a debt, and then
 * no lot has anything left. */
static void assert_sound(const struct ledger *ledger)
{
    vip_points sum = 0;
    for (int64_t i = 1; i <= ledger->entry_count; i++)
        sum += ledger->entries[i].points;
    SAME(ledger->balance, sum);
    SAME(left_in_lots(ledger), sum > 0 ? sum : 0);
}

/* ---- steps ---- */

struct step {
    enum { SALE, TAKE_BACK, SPEND, UNDO, RUN_EXPIRE, CORRECT, STEP_KINDS } kind;
    vip_day day;
    int64_t which, size; /* 0 to 999: which of those that there are, how much of what there is */
};

struct script {
    struct vip_program program;
    struct vip_earn_rule rules[2];
    struct step steps[STEPS];
};

static void sell(struct ledger *ledger, const struct step *step)
{
    const struct vip_purchase purchase = {.day = step->day,
                                          .amount = 1 + step->size * 977,
                                          .store = "0101",
                                          .category = step->which < 300 ? "shoes" : "",
                                          .brand = "",
                                          .promo = "",
                                          .benefit = ""};
    const struct vip_earner earner = {.enrolled = FIRST_DAY};
    struct vip_earning earning;
    struct vip_diag diag;
    SAME(vip_earn(ledger->program, &purchase, &earner, step->day, &earning, &diag), VIP_OK);
    struct sale *sale = &ledger->sales[ledger->sale_count++];
    *sale = (struct sale){.amount = purchase.amount, .points = earning.points};
    if (earning.points)
        credit(ledger, EARN, step->day, earning.points);
    sale->entry = earning.points ? ledger->entry_count : 0;
}

/* Of what has been returned the share of the points has been taken, rounded down. */
static void return_part(struct ledger *ledger, struct sale *sale, vip_day day, vip_fen part)
{
    vip_points points =
        vip_return_points(sale->points, sale->amount, sale->taken, sale->returned, part);
    HOLDS(points >= 0);
    sale->returned += part;
    sale->taken += points;
    SAME(sale->taken, sale->points * sale->returned / sale->amount);
    if (points)
        debit(ledger, RETURN, day, points, sale->entry, true);
}

static void take_back(struct ledger *ledger, const struct step *step)
{
    if (!ledger->sale_count)
        return;
    struct sale *sale = &ledger->sales[(size_t)step->which % ledger->sale_count];
    vip_fen left = sale->amount - sale->returned;
    vip_fen part = step->size < 300 ? left : left * step->size / 1000;
    if (part > 0)
        return_part(ledger, sale, step->day, part);
}

/* What is called spendable can be spent, in the order of use, and by nothing else. */
static void spend(struct ledger *ledger, const struct step *step)
{
    struct vip_lot before[STEPS + 1];
    vip_points most = vip_lots_spendable(ledger->lots, ledger->lot_count, step->day);
    vip_points points = step->size < 200 ? most : most * step->size / 1000;
    if (points <= 0)
        return;
    memcpy(before, ledger->lots, sizeof before);
    const struct entry *entry = debit(ledger, REDEEM, step->day, points, 0, false);
    bool enough = false;
    for (size_t i = 0; i < ledger->lot_count; i++) {
        bool good = before[i].available <= step->day && before[i].expires >= step->day;
        if (!good || enough)
            SAME(ledger->lots[i].left, before[i].left);
        else
            enough = ledger->lots[i].left > 0;
    }
    SAME(entry->points, -points);
    ledger->redemptions[ledger->redemption_count++] = ledger->entry_count;
}

static void undo(struct ledger *ledger, const struct step *step)
{
    if (!ledger->redemption_count)
        return;
    size_t place = (size_t)step->which % ledger->redemption_count;
    struct entry *entry = &ledger->entries[ledger->redemptions[place]];
    if (!entry->undone)
        put_back(ledger, step->day, entry);
}

static void correct(struct ledger *ledger, const struct step *step)
{
    if (step->which < 500)
        credit(ledger, ADJUST, step->day, 1 + step->size);
    else
        debit(ledger, ADJUST, step->day, 1 + step->size / 4, 0, true);
}

static void take_step(struct ledger *ledger, const struct step *step)
{
    switch (step->kind) {
    case SALE:
        sell(ledger, step);
        break;
    case TAKE_BACK:
        take_back(ledger, step);
        break;
    case SPEND:
        spend(ledger, step);
        break;
    case UNDO:
        undo(ledger, step);
        break;
    case CORRECT:
        correct(ledger, step);
        break;
    case RUN_EXPIRE:
    case STEP_KINDS:
        expire(ledger, step->day);
        break;
    }
    assert_sound(ledger);
}

/* ---- scripts ---- */

static void write_program(struct script *script, uint64_t *random)
{
    static const enum vip_expiry_mode modes[] = {VIP_EXPIRE_NEVER, VIP_EXPIRE_MONTHS,
                                                 VIP_EXPIRE_MONTHS, VIP_EXPIRE_CARD};
    script->rules[0] = (struct vip_earn_rule){.rule = "base",
                                              .effect = VIP_EFFECT_EARN,
                                              .points = 1 + below(random, 3),
                                              .per = 100 * (1 + below(random, 3)),
                                              .from = VIP_DAY_NONE,
                                              .until = VIP_DAY_NONE};
    script->rules[1] = (struct vip_earn_rule){.rule = "shoes",
                                              .effect = VIP_EFFECT_TIMES,
                                              .points = 150, /* hundredths */
                                              .category = "shoes",
                                              .from = VIP_DAY_NONE,
                                              .until = VIP_DAY_NONE};
    script->program = (struct vip_program){
        .points_expire = {.mode = modes[below(random, 4)], .months = 1 + (int)below(random, 2)},
        .redeemable_after = {VIP_SPAN_DAYS, (int)below(random, 2) * 7},
        .posting_deadline = {VIP_SPAN_NEVER, 0},
        .qualifying_earns = true,
        .earns = script->rules,
        .earn_count = 2,
    };
}

static void write_script(struct script *script, uint64_t *random)
{
    vip_day day = FIRST_DAY;
    write_program(script, random);
    for (int i = 0; i < STEPS; i++) {
        static const int kinds[] = {SALE,  SALE,  SALE, TAKE_BACK,  TAKE_BACK,
                                    SPEND, SPEND, UNDO, RUN_EXPIRE, CORRECT};
        uint64_t chance = next_random(random);
        day += (vip_day)(chance >> 50 & 15);
        script->steps[i] = (struct step){.kind = (unsigned)kinds[chance % 10],
                                         .day = day,
                                         .which = (int64_t)(chance >> 8 & 0xFFFF) % 1000,
                                         .size = (int64_t)(chance >> 24 & 0xFFFF) % 1000};
    }
}

static void begin(struct ledger *ledger, const struct script *script)
{
    ledger->program = &script->program;
    ledger->balance = 0;
    ledger->entry_count = 0;
    ledger->lot_count = ledger->sale_count = ledger->redemption_count = 0;
}

/* ---- properties ---- */

static vip_points sum_of(const struct ledger *ledger, enum kind kind, vip_day until)
{
    vip_points sum = 0;
    for (int64_t i = 1; i <= ledger->entry_count; i++)
        if (ledger->entries[i].kind == kind && ledger->entries[i].day <= until)
            sum += ledger->entries[i].points;
    return sum;
}

/* Returning all that was bought, each in three parts, leaves exactly what was not earned with it.
 */
static void return_everything(struct ledger *ledger, vip_day day)
{
    for (size_t i = 0; i < ledger->sale_count; i++) {
        struct sale *sale = &ledger->sales[i];
        vip_fen left = sale->amount - sale->returned, third = left / 3;
        if (left) {
            return_part(ledger, sale, day, third);
            return_part(ledger, sale, day, third / 2);
            return_part(ledger, sale, day, left - third - third / 2);
        }
        SAME(sale->taken, sale->points);
    }
    assert_sound(ledger);
    SAME(sum_of(ledger, EARN, VIP_DAY_NONE), -sum_of(ledger, RETURN, VIP_DAY_NONE));
    SAME(ledger->balance,
         sum_of(ledger, REDEEM, VIP_DAY_NONE) + sum_of(ledger, CANCEL, VIP_DAY_NONE) +
             sum_of(ledger, EXPIRE, VIP_DAY_NONE) + sum_of(ledger, ADJUST, VIP_DAY_NONE));
}

/* Redeeming and cancelling on the spot leaves every lot as it was. */
static void redeem_and_cancel(struct ledger *ledger, const struct step *step)
{
    struct vip_lot before[STEPS + 1];
    vip_points balance = ledger->balance;
    int64_t last = ledger->entry_count;
    memcpy(before, ledger->lots, sizeof before);
    spend(ledger, step);
    if (ledger->entry_count == last)
        return;
    put_back(ledger, step->day, &ledger->entries[ledger->entry_count]);
    SAME(ledger->balance, balance);
    for (size_t i = 0; i < ledger->lot_count; i++)
        SAME(ledger->lots[i].left, before[i].left);
    assert_sound(ledger);
}

/* Of one ledger, the points that each credit has left: by its place among the credits, since
 * entries have other numbers where ends were posted at other times. */
static void left_by_credit(const struct ledger *ledger, vip_points *left)
{
    size_t place = 0;
    for (int64_t entry = 1; entry <= ledger->entry_count; entry++)
        for (size_t i = 0; i < ledger->lot_count; i++)
            if (ledger->lots[i].entry == entry)
                left[place++] = ledger->lots[i].left;
}

static void assert_alike(const struct ledger *a, const struct ledger *b,
                         const struct script *script)
{
    vip_points left_a[STEPS + 1] = {0}, left_b[STEPS + 1] = {0};
    SAME(a->balance, b->balance);
    SAME(a->lot_count, b->lot_count);
    left_by_credit(a, left_a);
    left_by_credit(b, left_b);
    for (size_t i = 0; i < a->lot_count; i++)
        SAME(left_a[i], left_b[i]);
    for (int i = 0; i < STEPS; i++) { /* and on each day as much had run out */
        vip_day day = script->steps[i].day;
        SAME(sum_of(a, EXPIRE, day), sum_of(b, EXPIRE, day));
    }
}

/* One run at the end gives what a run on every day would have given. */
static void late_run_is_nightly_run(struct ledger *ledger, struct ledger *nightly,
                                    const struct script *script)
{
    vip_day last = script->steps[STEPS - 1].day + 1;
    begin(ledger, script);
    begin(nightly, script);
    for (int i = 0; i < STEPS; i++) {
        const struct step *step = &script->steps[i];
        expire(nightly, step->day);
        take_step(nightly, step);
        if (step->kind != RUN_EXPIRE)
            take_step(ledger, step);
    }
    expire(nightly, last);
    expire(ledger, last);
    assert_alike(ledger, nightly, script);
}

/* Sales and returns of them are independent, as long as each return comes after its sale. */
static void any_order_ends_alike(struct ledger *ledger, struct ledger *other,
                                 const struct script *script, uint64_t *random)
{
    const struct step *steps = script->steps;
    size_t order[STEPS / 2] = {0};
    begin(ledger, script);
    begin(other, script);
    for (size_t i = 0; i < STEPS / 2; i++) {
        size_t at = (size_t)below(random, (int64_t)i + 1);
        order[i] = order[at];
        order[at] = i;
        sell(ledger, &steps[i]);
    }
    for (size_t i = 0; i < STEPS / 2; i++) /* dated on the first day: nothing has run out */
        return_part(ledger, &ledger->sales[i], FIRST_DAY, ledger->sales[i].amount / 7);
    for (size_t i = 0; i < STEPS / 2; i++) {
        sell(other, &steps[order[i]]);
        return_part(other, &other->sales[i], FIRST_DAY, other->sales[i].amount / 7);
    }
    assert_sound(other);
    SAME(ledger->balance, other->balance);
    for (size_t i = 0; i < STEPS / 2; i++) {
        const struct sale *one = &ledger->sales[order[i]], *two = &other->sales[i];
        SAME(one->points, two->points);
        SAME(one->taken, two->taken);
        for (size_t l = 0; l < ledger->lot_count; l++)
            for (size_t m = 0; m < other->lot_count; m++)
                if (ledger->lots[l].entry == one->entry && other->lots[m].entry == two->entry)
                    SAME(ledger->lots[l].left, other->lots[m].left);
    }
}

/* ---- histories by number ---- */

static uint64_t current_seed;

static int say_seed(void **state)
{
    (void)state;
    if (current_seed)
        fprintf(stderr, "# the history of VIP_SEED=%llu failed\n",
                (unsigned long long)current_seed);
    return 0;
}

typedef void player(const struct script *script, uint64_t *random);

static void play_all(player *play)
{
    const char *seed = getenv("VIP_SEED"), *histories = getenv("VIP_HISTORIES");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
    uint64_t count = seed ? 1 : histories ? strtoull(histories, NULL, 10) : 100000;
    for (current_seed = first; current_seed < first + count; current_seed++) {
        uint64_t random = current_seed;
        struct script script;
        write_script(&script, &random);
        play(&script, &random);
    }
    current_seed = 0;
}

static struct ledger one, two;

static void play_history(const struct script *script, uint64_t *random)
{
    begin(&one, script);
    for (int i = 0; i < STEPS - 1; i++)
        take_step(&one, &script->steps[i]);
    redeem_and_cancel(&one, &script->steps[STEPS - 1]);
    return_everything(&one, script->steps[STEPS - 1].day + (vip_day)below(random, 40));
}

static void any_history_is_sound(void **state)
{
    (void)state;
    play_all(play_history);
}

static void play_late(const struct script *script, uint64_t *random)
{
    (void)random;
    late_run_is_nightly_run(&one, &two, script);
}

static void a_late_run_of_expiry_is_as_good_as_nightly_ones(void **state)
{
    (void)state;
    play_all(play_late);
}

static void play_orders(const struct script *script, uint64_t *random)
{
    any_order_ends_alike(&one, &two, script, random);
}

static void any_order_of_independent_postings_ends_alike(void **state)
{
    (void)state;
    play_all(play_orders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(any_history_is_sound, say_seed),
        cmocka_unit_test_teardown(a_late_run_of_expiry_is_as_good_as_nightly_ones, say_seed),
        cmocka_unit_test_teardown(any_order_of_independent_postings_ends_alike, say_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
