/* Arenas, buffers, arrays, and the small table and file look-ups that stand on nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/embedded.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/sheet.h"
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

static void arena_gives_aligned_memory_of_its_own(void **state)
{
    (void)state;
    enum { PIECES = 2000 };
    struct vip_arena arena = {0};
    unsigned char *piece[PIECES];
    size_t total = 0;
    for (size_t i = 0; i < PIECES; i++) {
        piece[i] = vip_arena_take(&arena, i % 97);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
        memset(piece[i], (int)(i & 0xFF), i % 97);
        total += i % 97;
        vip_arena_copy(&arena, "odd", 3); /* upsets the alignment */
        total += 4;
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < i % 97; k++)
            assert_int_equal(piece[i][k], i & 0xFF);
    assert_int_equal(arena.used, total);
    vip_arena_free(&arena);
    assert_null(arena.current);
    assert_int_equal(arena.used, 0);
}

static void arena_takes_more_than_a_block(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    size_t size = (size_t)5 << 20;
    char *small = vip_arena_text(&arena, "small");
    char *big = vip_arena_take(&arena, size);
    assert_non_null(big);
    memset(big, 'b', size);
    assert_string_equal(small, "small");
    vip_arena_free(&arena);
}

static void arena_zero_clears_used_memory_and_refuses_overflow(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    memset(vip_arena_take(&arena, 4000), 0xAA, 4000);
    vip_arena_reset(&arena);
    const unsigned char *zero = vip_arena_zero(&arena, 100, 40);
    for (size_t i = 0; i < 4000; i++)
        assert_int_equal(zero[i], 0);
    assert_null(vip_arena_zero(&arena, SIZE_MAX / 2, 3));
    assert_null(vip_arena_take(&arena, SIZE_MAX));
    assert_null(vip_arena_take(&arena, SIZE_MAX - 64));
    assert_null(vip_arena_copy(&arena, "x", SIZE_MAX));
    vip_arena_free(&arena);
}

static void arena_copies_texts(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    assert_string_equal(vip_arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(vip_arena_copy(&arena, NULL, 0), "");
    assert_string_equal(vip_arena_text(&arena, "会员"), "会员");
    assert_null(vip_arena_text(&arena, NULL));
    assert_string_equal(vip_arena_format(&arena, "%s-%04d", "K", 7), "K-0007");
    char *padded = vip_arena_format(&arena, "%10000d", 1);
    assert_int_equal(strlen(padded), 10000);
    vip_arena_free(&arena);
}

static void arena_reset_keeps_the_largest_block(void **state)
{
    (void)state;
    struct vip_arena arena = {0};
    vip_arena_take(&arena, 100);
    char *large = vip_arena_take(&arena, 3 << 20);
    vip_arena_take(&arena, 1 << 20);
    vip_arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    assert_ptr_equal(vip_arena_take(&arena, 3 << 20), large);
    vip_arena_free(&arena);
}

static void buffer_grows_and_ends_with_nul(void **state)
{
    (void)state;
    struct vip_buffer buffer = {0};
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(vip_buffer_byte(&buffer, (char)('a' + i % 26)), VIP_OK);
        assert_int_equal(strlen(buffer.data), buffer.size);
    }
    assert_int_equal(buffer.size, 1000);
    assert_int_equal(buffer.data[999], 'a' + 999 % 26);
    vip_buffer_clear(&buffer);
    assert_string_equal(buffer.data, "");
    assert_int_equal(vip_buffer_text(&buffer, "ab"), VIP_OK);
    assert_int_equal(vip_buffer_add(&buffer, "c\0d", 3), VIP_OK);
    assert_int_equal(vip_buffer_format(&buffer, "%d|%s", 42, "x"), VIP_OK);
    assert_int_equal(buffer.size, 9);
    assert_memory_equal(buffer.data, "abc\0d42|x", 10);
    vip_buffer_free(&buffer);
    assert_null(buffer.data);
}

static void buffer_reserves_and_refuses_overflow(void **state)
{
    (void)state;
    struct vip_buffer buffer = {0};
    assert_int_equal(vip_buffer_reserve(&buffer, 5000), VIP_OK);
    assert_true(buffer.capacity > 5000);
    assert_int_equal(buffer.size, 0);
    assert_string_equal(buffer.data, "");
    const char *before = buffer.data;
    vip_buffer_format(&buffer, "%5000d", 1);
    assert_ptr_equal(buffer.data, before);
    assert_int_equal(vip_buffer_reserve(&buffer, SIZE_MAX), VIP_EMEMORY);
    assert_int_equal(vip_buffer_reserve(&buffer, SIZE_MAX - 5001), VIP_EMEMORY);
    assert_int_equal(buffer.size, 5000);
    vip_buffer_free(&buffer);
}

static void array_doubles_and_refuses_overflow(void **state)
{
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    size_t growths = 0;
    for (size_t need = 1; need <= 10000; need++) {
        size_t before = capacity;
        assert_int_equal(vip_array_grow(&items, &capacity, need, sizeof(long)), VIP_OK);
        assert_true(capacity >= need);
        growths += capacity != before;
        ((long *)items)[need - 1] = (long)need;
    }
    assert_true(growths < 20);
    for (long i = 0; i < 10000; i++)
        assert_int_equal(((long *)items)[i], i + 1);
    void *same = items;
    size_t kept = capacity;
    assert_int_equal(vip_array_grow(&items, &capacity, SIZE_MAX / 2, sizeof(long)), VIP_EMEMORY);
    assert_int_equal(vip_array_grow(&items, &capacity, SIZE_MAX, 1), VIP_EMEMORY);
    assert_ptr_equal(items, same);
    assert_int_equal(capacity, kept);
    free(items);
}

static void sheet_finds_cells_by_column(void **state)
{
    (void)state;
    static const char *const columns[] = {"tier", "rank"};
    static const char *const cells[] = {"silver", "1", "gold", "2"};
    static const size_t lines[] = {2, 4};
    const struct vip_sheet sheet = {"tiers.csv", "x/tiers.csv", columns, 2, cells, lines, 2};
    assert_int_equal(vip_sheet_column(&sheet, "rank"), 1);
    assert_int_equal(vip_sheet_column(&sheet, "discount"), -1);
    assert_string_equal(vip_sheet_cell(&sheet, 1, "tier"), "gold");
    assert_string_equal(vip_sheet_cell(&sheet, 0, "rank"), "1");
    assert_string_equal(vip_sheet_cell(&sheet, 0, "discount"), "");
    assert_string_equal(vip_sheet_cell(&sheet, 2, "tier"), "");
}

/* Whatever files travel inside: in order, whole, found by path and by prefix. */
static void embedded_files_are_found(void **state)
{
    (void)state;
    size_t count = 0;
    const struct vip_embedded *walked = NULL;
    for (const struct vip_embedded *file = vip_embedded_files; file->path; file++, count++) {
        if (count > 0)
            assert_true(strcmp(file[-1].path, file->path) < 0);
        assert_ptr_equal(vip_embedded_find(file->path), file);
        assert_true(file->end > file->data);
        assert_int_equal(file->end[-1], '\0');
        walked = vip_embedded_next("", walked);
        assert_ptr_equal(walked, file);
        assert_ptr_equal(vip_embedded_next(file->path, NULL), file);
    }
    if (walked)
        assert_null(vip_embedded_next("", walked));
    assert_null(vip_embedded_find("no/such.file"));
    assert_null(vip_embedded_next("no/such", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_aligned_memory_of_its_own),
        cmocka_unit_test(arena_takes_more_than_a_block),
        cmocka_unit_test(arena_zero_clears_used_memory_and_refuses_overflow),
        cmocka_unit_test(arena_copies_texts),
        cmocka_unit_test(arena_reset_keeps_the_largest_block),
        cmocka_unit_test(buffer_grows_and_ends_with_nul),
        cmocka_unit_test(buffer_reserves_and_refuses_overflow),
        cmocka_unit_test(array_doubles_and_refuses_overflow),
        cmocka_unit_test(sheet_finds_cells_by_column),
        cmocka_unit_test(embedded_files_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
