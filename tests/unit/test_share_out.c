/* Sharing members out: equal, as few moves as can be, in the store's order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/rules/share_out.h"
#include <string.h>

enum { MOST_PEOPLE = 9, MOST_MEMBERS = 60 };

static void share(int *holders, size_t members, size_t people)
{
    size_t room[2 * MOST_PEOPLE];
    vip_share_out(holders, members, people, room);
}

static void expect(const int *before, const int *after, size_t members, size_t people)
{
    int holders[MOST_MEMBERS];
    memcpy(holders, before, members * sizeof *holders);
    share(holders, members, people);
    for (size_t i = 0; i < members; i++)
        assert_int_equal(holders[i], after[i]);
}

static void nobody_is_dealt_out_in_turn(void **state)
{
    (void)state;
    expect((int[]){-1, -1, -1, -1, -1}, (int[]){0, 1, 2, 0, 1}, 5, 3);
    expect((int[]){-1, 7, -1}, (int[]){0, 0, 0}, 3, 1);
    expect((int[]){0}, (int[]){0}, 0, 3);
}

static void each_keeps_the_first_of_their_own(void **state)
{
    (void)state;
    expect((int[]){0, 0, 0, 0, 0, 0}, (int[]){0, 0, 0, 1, 1, 1}, 6, 2);
    expect((int[]){1, 1, 0, 1, 1, 1}, (int[]){1, 1, 0, 1, 0, 0}, 6, 2);
}

static void who_has_most_gets_the_one_more(void **state)
{
    (void)state;
    expect((int[]){1, 1, 1, 0, 0}, (int[]){1, 1, 1, 0, 0}, 5, 2);
    expect((int[]){2, 2, -1, 1}, (int[]){2, 2, 0, 1}, 4, 3);
}

static void who_left_is_nobody(void **state)
{
    (void)state;
    expect((int[]){5, 0, 5, 1}, (int[]){0, 0, 1, 1}, 4, 2);
}

static void count(const int *holders, size_t members, size_t people, size_t *counts)
{
    memset(counts, 0, people * sizeof *counts);
    for (size_t i = 0; i < members; i++) {
        assert_in_range(holders[i], 0, people - 1);
        counts[holders[i]]++;
    }
}

/* The same numbers in every run. */
static unsigned draw(unsigned below)
{
    static uint32_t state = 20261121;
    state = state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (state >> 8) % below;
}

/* The most that can stay: of everybody what fits into a share, the larger shares to those who can
 * use them. */
static size_t most_that_can_stay(const int *holders, size_t members, size_t people)
{
    size_t base = members / people, extra = members % people, stay = 0;
    for (size_t person = 0; person < people; person++) {
        size_t held = 0;
        for (size_t i = 0; i < members; i++)
            held += holders[i] == (int)person;
        stay += held < base ? held : base;
        if (held > base && extra) {
            stay++;
            extra--;
        }
    }
    return stay;
}

static void any_shop_is_shared_out_equally_with_the_fewest_moves(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t people = 1 + draw(MOST_PEOPLE), members = draw(MOST_MEMBERS);
        size_t counts[MOST_PEOPLE], least = members, most = 0, stayed = 0;
        int before[MOST_MEMBERS] = {0}, after[MOST_MEMBERS], again[MOST_MEMBERS];
        for (size_t i = 0; i < members; i++)
            before[i] = (int)draw((unsigned)people + 2) - 1;
        memcpy(after, before, sizeof after);
        share(after, members, people);
        count(after, members, people, counts);
        for (size_t i = 0; i < people; i++) {
            least = counts[i] < least ? counts[i] : least;
            most = counts[i] > most ? counts[i] : most;
        }
        assert_true(most - least <= 1);
        for (size_t i = 0; i < members; i++)
            stayed += before[i] == after[i];
        assert_int_equal(stayed, most_that_can_stay(before, members, people));
        memcpy(again, after, sizeof again);
        share(again, members, people);
        assert_memory_equal(again, after, members * sizeof *after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_dealt_out_in_turn),
        cmocka_unit_test(each_keeps_the_first_of_their_own),
        cmocka_unit_test(who_has_most_gets_the_one_more),
        cmocka_unit_test(who_left_is_nobody),
        cmocka_unit_test(any_shop_is_shared_out_equally_with_the_fewest_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
