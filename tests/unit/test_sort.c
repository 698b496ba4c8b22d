/* Sorted numbers and texts against qsort: few and many, equal ones, those that differ in few bytes,
 * texts that begin alike, end early or take no part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/sort.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 5000 };

static uint64_t random_state = 1;

static uint64_t draw(void)
{
    uint64_t x = random_state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static int by_size(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void check(size_t count, uint64_t mask, int shift)
{
    static uint64_t numbers[MOST], scratch[MOST], want[MOST];
    for (size_t i = 0; i < count; i++)
        numbers[i] = want[i] = (draw() & mask) << shift;
    qsort(want, count, sizeof *want, by_size);
    vip_sort_numbers(numbers, scratch, count);
    assert_memory_equal(numbers, want, count * sizeof *want);
}

static void numbers_of_any_width_come_in_order(void **state)
{
    static const size_t counts[] = {0, 1, 2, 31, 32, 33, 34, 255, 1000, MOST};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        check(counts[i], UINT64_MAX, 0);
        check(counts[i], 0xff, 0);
        check(counts[i], 0xff, 56); /* one pass: back from the scratch */
        check(counts[i], 0xffffff, 20);
        check(counts[i], 0x3, 40);
        check(counts[i], 0, 0);
    }
}

/* ---- texts ---- */

enum { LENGTH = 24 };

static char texts[MOST][LENGTH];

static const char *text_of(const void *context, size_t index)
{
    const char *hidden = context;
    return hidden && strcmp(texts[index], hidden) == 0 ? NULL : texts[index];
}

static int by_text(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    int order = strcmp(texts[*a], texts[*b]);
    return order ? order : by_size(left, right);
}

/* Of letters from `first` on, `kinds` of them, behind a beginning that all share; some end early. */
static void make_texts(size_t count, const char *beginning, unsigned char first, unsigned int kinds)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(strcpy(texts[i], beginning)), most = size + draw() % 12;
        for (; size < most; size++)
            texts[i][size] = (char)(first + draw() % kinds);
        texts[i][size] = '\0';
    }
}

static void check_texts(size_t count, const char *hidden)
{
    static uint64_t order[2 * MOST], want[MOST];
    const struct vip_sort_texts sorted = {text_of, hidden, count};
    size_t shown = 0;
    for (size_t i = 0; i < count; i++)
        if (text_of(hidden, i))
            want[shown++] = i;
    qsort(want, shown, sizeof *want, by_text);
    assert_int_equal(vip_sort_texts(&sorted, order), shown);
    assert_memory_equal(order, want, shown * sizeof *want);
}

static void texts_come_in_the_order_of_their_characters(void **state)
{
    static const size_t counts[] = {0, 1, 2, 32, 33, 255, MOST};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        make_texts(counts[i], "", '0', 10);
        check_texts(counts[i], NULL);
        make_texts(counts[i], "M000", 'a', 2);
        check_texts(counts[i], NULL);
        make_texts(counts[i], "M", 1, 255);
        check_texts(counts[i], "M");
        make_texts(counts[i], "the same", 'x', 1);
        check_texts(counts[i], "the same");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_any_width_come_in_order),
        cmocka_unit_test(texts_come_in_the_order_of_their_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
