/* Lots: the order of use, what can be spent when, and random histories over the rules.
 *
 * The histories are made from a seed that is printed when one fails; VIP_SEED=N plays that one
 * again, VIP_HISTORIES=N plays so many (default 100,000). */
#include "lib/rules/lots.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    struct vip_lot_use use = {0, 0};
    assert_int_equal(vip_lots_take_from(lots, 2, 7, 4, &use), 4); /* no such lot */
    assert_int_equal(use.points, 0);
    assert_int_equal(vip_lots_take_from(lots, 2, 2, 8, &use), 3); /* whatever its dates */
    assert_int_equal(use.lot, 2);
    assert_int_equal(use.points, 5);
    use.points = 0;
    assert_int_equal(vip_lots_take_from(lots, 2, 2, 3, &use), 3); /* it is empty now */
    assert_int_equal(use.points, 0);
    assert_int_equal(lots[0].left, 5);
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

/* ---- random histories ---- */

enum { LOTS = 24, DEBITS = 40, STEPS = 60 };

struct debit {
    bool redemption, undone;
    struct vip_lot_use uses[LOTS];
    size_t use_count;
    vip_points points;
};

/* A member as the ledger keeps him: the sum of all entries, and the lots. */
struct history {
    uint64_t random;
    vip_day day;
    vip_points balance;
    struct vip_lot lots[LOTS]; /* sorted; lots that are used up stay, as in the ledger */
    size_t lot_count;
    struct debit debits[DEBITS];
    size_t debit_count;
    int64_t entries;
};

static uint64_t next_random(uint64_t *random)
{
    uint64_t x = *random += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static int64_t below(struct history *history, int64_t limit)
{
    return (int64_t)(next_random(&history->random) % (uint64_t)limit);
}

static vip_points left_in_lots(const struct history *history)
{
    vip_points sum = 0;
    for (size_t i = 0; i < history->lot_count; i++)
        sum += history->lots[i].left;
    return sum;
}

static struct vip_lot *find_lot(struct history *history, int64_t entry)
{
    for (size_t i = 0; i < history->lot_count; i++)
        if (history->lots[i].entry == entry)
            return &history->lots[i];
    return NULL;
}

/* A credit pays the debt first; only the rest can be spent. */
static void earn(struct history *history)
{
    vip_points points = 1 + below(history, 500);
    vip_points debt = history->balance < 0 ? -history->balance : 0;
    struct vip_lot lot = {
        .entry = ++history->entries,
        .earned = history->day,
        .available = history->day + (vip_day)below(history, 3),
        .expires = below(history, 4) ? history->day + (vip_day)below(history, 40) : NEVER,
        .left = points > debt ? points - debt : 0,
    };
    if (history->lot_count == LOTS)
        return;
    history->lots[history->lot_count++] = lot;
    history->balance += points;
    vip_lots_sort(history->lots, history->lot_count);
}

static struct debit *new_debit(struct history *history)
{
    if (history->debit_count == DEBITS)
        return NULL;
    struct debit *debit = &history->debits[history->debit_count++];
    *debit = (struct debit){.redemption = false};
    history->entries++;
    return debit;
}

/* Never from a lot while one that comes before it and can be spent still has points. */
static void assert_in_order(const struct history *history, const struct debit *debit)
{
    int64_t last = debit->uses[debit->use_count - 1].lot;
    for (size_t i = 0; history->lots[i].entry != last; i++)
        assert_int_equal(vip_lots_spendable(&history->lots[i], 1, history->day), 0);
}

static void redeem(struct history *history)
{
    vip_points spendable = vip_lots_spendable(history->lots, history->lot_count, history->day);
    struct debit *debit = spendable ? new_debit(history) : NULL;
    if (!debit)
        return;
    debit->redemption = true;
    debit->points = 1 + below(history, spendable);
    vip_points missing = vip_lots_take(history->lots, history->lot_count, debit->points,
                                       history->day, false, debit->uses, &debit->use_count);
    assert_int_equal(missing, 0); /* what is called spendable can be spent */
    for (size_t i = 0; i < debit->use_count; i++) {
        const struct vip_lot *lot = find_lot(history, debit->uses[i].lot);
        assert_true(lot->available <= history->day && history->day <= lot->expires);
    }
    assert_in_order(history, debit);
    history->balance -= debit->points;
}

/* A return: the original's own lot first, then the others, then debt. */
static void take_back(struct history *history)
{
    struct debit *debit = history->lot_count ? new_debit(history) : NULL;
    struct vip_lot_use own = {0, 0};
    if (!debit)
        return;
    int64_t entry = history->lots[below(history, (int64_t)history->lot_count)].entry;
    debit->points = 1 + below(history, 600);
    vip_points before = left_in_lots(history);
    vip_points missing =
        vip_lots_take_from(history->lots, history->lot_count, entry, debit->points, &own);
    missing = vip_lots_take(history->lots, history->lot_count, missing, history->day, true,
                            debit->uses, &debit->use_count);
    assert_int_equal(missing, debit->points > before ? debit->points - before : 0);
    history->balance -= debit->points;
}

static void expire(struct history *history)
{
    struct vip_lot before[LOTS];
    memcpy(before, history->lots, sizeof before);
    for (size_t i = 0; i < history->lot_count; i++) {
        struct vip_lot *lot = &history->lots[i];
        struct vip_lot_use use = {0, 0};
        if (lot->expires >= history->day)
            continue;
        history->balance -= lot->left;
        assert_int_equal(vip_lots_take_from(lot, 1, lot->entry, lot->left, &use), 0);
    }
    for (size_t i = 0; i < history->lot_count; i++) /* a live lot stays as it is */
        if (before[i].expires >= history->day)
            assert_int_equal(history->lots[i].left, before[i].left);
    vip_day next = vip_lots_next_expiry(history->lots, history->lot_count);
    assert_true(next >= history->day); /* nothing that has run out is left */
}

/* What a cancellation puts back pays a debt that arose meanwhile. */
static void cancel(struct history *history)
{
    struct vip_lot_use uses[LOTS];
    size_t used;
    if (!history->debit_count)
        return;
    struct debit *debit = &history->debits[below(history, (int64_t)history->debit_count)];
    if (!debit->redemption || debit->undone)
        return;
    vip_points debt = history->balance < 0 ? -history->balance : 0;
    for (size_t i = 0; i < debit->use_count; i++)
        find_lot(history, debit->uses[i].lot)->left += debit->uses[i].points;
    if (debt > debit->points)
        debt = debit->points;
    assert_int_equal(
        vip_lots_take(history->lots, history->lot_count, debt, history->day, true, uses, &used), 0);
    history->balance += debit->points;
    debit->undone = true;
    history->entries++;
}

/* Redeeming and cancelling on the spot leaves every lot as it was. */
static void there_and_back(struct history *history)
{
    struct vip_lot before[LOTS];
    vip_points balance = history->balance;
    size_t count = history->debit_count;
    memcpy(before, history->lots, sizeof before);
    redeem(history);
    if (history->debit_count == count)
        return;
    struct debit *debit = &history->debits[count];
    for (size_t i = 0; i < debit->use_count; i++)
        find_lot(history, debit->uses[i].lot)->left += debit->uses[i].points;
    history->balance += debit->points;
    debit->undone = true;
    assert_int_equal(history->balance, balance);
    for (size_t i = 0; i < history->lot_count; i++) {
        assert_int_equal(history->lots[i].entry, before[i].entry);
        assert_int_equal(history->lots[i].left, before[i].left);
        assert_int_equal(history->lots[i].expires, before[i].expires);
    }
}

/* What is left in the lots is the balance; or there is debt, and no lot has anything left. */
static void assert_sound(const struct history *history)
{
    vip_points left = left_in_lots(history);
    for (size_t i = 0; i < history->lot_count; i++)
        assert_true(history->lots[i].left >= 0);
    assert_int_equal(left, history->balance > 0 ? history->balance : 0);
}

static void play(uint64_t seed)
{
    static void (*const steps[])(struct history *) = {earn,   earn,   redeem,        take_back,
                                                      expire, cancel, there_and_back};
    struct history history = {.random = seed, .day = 20000};
    for (int step = 0; step < STEPS; step++) {
        history.day += (vip_day)below(&history, 4);
        steps[below(&history, (int64_t)COUNT(steps))](&history);
        assert_sound(&history);
    }
}

static uint64_t current_seed;

static void say_seed(void)
{
    if (current_seed)
        fprintf(stderr, "# the history of VIP_SEED=%llu failed\n",
                (unsigned long long)current_seed);
}

static void random_histories(void **state)
{
    const char *seed = getenv("VIP_SEED"), *histories = getenv("VIP_HISTORIES");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1;
    uint64_t count = seed ? 1 : histories ? strtoull(histories, NULL, 10) : 100000;
    (void)state;
    for (current_seed = first; current_seed < first + count; current_seed++)
        play(current_seed);
    current_seed = 0;
}

static int teardown(void **state)
{
    (void)state;
    say_seed();
    return 0;
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
        cmocka_unit_test_teardown(random_histories, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
