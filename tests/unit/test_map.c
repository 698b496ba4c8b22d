/* The map against what it was told: many keys, close keys, replacing, clearing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include <stdio.h>
#include <string.h>

enum { MANY = 50000 };

static void an_empty_map_finds_nothing(void **state)
{
    (void)state;
    struct vip_map map = {0};
    int64_t value = 7;
    assert_false(vip_map_find(&map, "x", &value));
    assert_false(vip_map_find_number(&map, 0, &value));
    assert_int_equal(value, 7);
    vip_map_clear(&map);
    vip_map_free(&map);
}

static void many_texts_are_found_again(void **state)
{
    (void)state;
    struct vip_map map = {0};
    char key[40];
    int64_t value;
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "S%d-R%d", i % 200, i);
        assert_int_equal(vip_map_put(&map, key, i), VIP_OK);
    }
    assert_int_equal(map.count, MANY);
    assert_true((double)map.count <= 0.7 * (double)map.capacity);
    assert_int_equal(map.capacity & (map.capacity - 1), 0);
    memset(key, 0, sizeof key); /* the keys were copied */
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "S%d-R%d", i % 200, i);
        assert_true(vip_map_find(&map, key, &value));
        assert_int_equal(value, i);
        snprintf(key, sizeof key, "S%d-R%dx", i % 200, i);
        assert_false(vip_map_find(&map, key, &value));
    }
    vip_map_free(&map);
}

/* Every length around the eight bytes that are read at once, and texts that differ in one byte. */
static void lengths_and_single_bytes_count(void **state)
{
    (void)state;
    struct vip_map map = {0};
    char key[70];
    int64_t value;
    int64_t put = 0;
    for (size_t length = 0; length < 40; length++) {
        for (size_t at = 0; at <= length; at++) {
            memset(key, 'k', length);
            key[length] = '\0';
            if (at < length)
                key[at] = 'j';
            assert_int_equal(vip_map_put(&map, key, put++), VIP_OK);
        }
    }
    assert_int_equal(map.count, put);
    int64_t want = 0;
    for (size_t length = 0; length < 40; length++) {
        for (size_t at = 0; at <= length; at++, want++) {
            memset(key, 'k', length);
            key[length] = '\0';
            if (at < length)
                key[at] = 'j';
            assert_true(vip_map_find(&map, key, &value));
            assert_int_equal(value, want);
        }
    }
    vip_map_free(&map);
}

static void put_replaces(void **state)
{
    (void)state;
    struct vip_map map = {0};
    int64_t value;
    vip_map_put(&map, "会员", 1);
    vip_map_put(&map, "会员", -2);
    vip_map_put(&map, "", 5);
    assert_int_equal(map.count, 2);
    assert_true(vip_map_find(&map, "会员", &value));
    assert_int_equal(value, -2);
    assert_true(vip_map_find(&map, "", &value));
    assert_int_equal(value, 5);
    assert_true(vip_map_find(&map, "", NULL));
    vip_map_free(&map);
}

static void numbers_are_keys_too(void **state)
{
    (void)state;
    static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 32};
    enum { EDGES = sizeof edges / sizeof *edges };
    struct vip_map map = {0};
    int64_t value;
    for (int i = 0; i < EDGES; i++)
        assert_int_equal(vip_map_put_number(&map, edges[i], i + 100), VIP_OK);
    /* Strides of packed keys: low bits all alike. */
    for (int64_t i = 2; i < MANY; i++)
        assert_int_equal(vip_map_put_number(&map, i << 20, i), VIP_OK);
    for (int64_t i = 2; i < MANY; i++) {
        if (i == 4096) /* is the edge 1 << 32, replaced */
            continue;
        assert_true(vip_map_find_number(&map, i << 20, &value));
        assert_int_equal(value, i);
        assert_false(vip_map_find_number(&map, (i << 20) + 1, &value));
    }
    for (int i = 0; i < EDGES - 1; i++) {
        assert_true(vip_map_find_number(&map, edges[i], &value));
        assert_int_equal(value, i + 100);
    }
    assert_true(vip_map_find_number(&map, edges[EDGES - 1], &value));
    assert_int_equal(value, 4096);
    assert_int_equal(map.count, MANY - 2 + EDGES - 1);
    vip_map_free(&map);
}

static void clear_forgets_and_keeps_the_slots(void **state)
{
    (void)state;
    struct vip_map map = {0};
    char key[32];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            snprintf(key, sizeof key, "%d/%d", round, i);
            assert_int_equal(vip_map_put(&map, key, i), VIP_OK);
        }
        size_t capacity = map.capacity;
        assert_int_equal(map.count, 1000);
        vip_map_clear(&map);
        assert_int_equal(map.count, 0);
        assert_int_equal(map.capacity, capacity);
        assert_false(vip_map_find(&map, "0/1", NULL));
    }
    vip_map_free(&map);
    assert_null(map.slots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_finds_nothing),
        cmocka_unit_test(many_texts_are_found_again),
        cmocka_unit_test(lengths_and_single_bytes_count),
        cmocka_unit_test(put_replaces),
        cmocka_unit_test(numbers_are_keys_too),
        cmocka_unit_test(clear_forgets_and_keeps_the_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
