/* What vip-db export writes vip-db import reads as the very same value: every form of a column,
 * with any number and any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/db/exchange.h"
#include "lib/table/writer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A column of each form, by a name that has it; each twice, with and without NOT NULL. */
static struct vip_table_column columns[] = {
    {"entry", VIP_INTEGER, false}, {"entry", VIP_INTEGER, true},   {"day", VIP_INTEGER, false},
    {"day", VIP_INTEGER, true},    {"amount", VIP_INTEGER, false}, {"amount", VIP_INTEGER, true},
    {"store", VIP_INTEGER, false}, {"store", VIP_INTEGER, true},   {"kind", VIP_INTEGER, false},
    {"kind", VIP_INTEGER, true},   {"reason", VIP_INTEGER, false}, {"reason", VIP_INTEGER, true},
    {"note", VIP_TEXT, false},     {"note", VIP_TEXT, true},       {"hash", VIP_BYTES, false},
    {"hash", VIP_BYTES, true},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
static const struct vip_table table = {"purchase", columns, COLUMNS};

static struct vip_exchange exchange;
static struct vip_diag diag;

static uint64_t state = 88172645463325252U;

static uint64_t random_number(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int set_up(void **unused)
{
    static const char *texts[] = {NULL, "S1", "\\S1", "", "\\", "7", "\\7", NULL, "-"};
    enum { CODES = sizeof texts / sizeof texts[0] };
    (void)unused;
    exchange = (struct vip_exchange){.diag = &diag, .codes = texts, .code_capacity = CODES};
    for (int64_t i = 0; i < CODES; i++)
        if (texts[i])
            assert_int_equal(vip_map_put(&exchange.code_numbers, texts[i], i), VIP_OK);
    vip_exchange_begin(&exchange, &table);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    exchange.codes = NULL;
    vip_exchange_close(&exchange);
    return 0;
}

static bool same(const struct vip_value *a, const struct vip_value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == VIP_TEXT)
        return strcmp(a->text, b->text) == 0;
    if (a->type == VIP_BYTES)
        return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
    return a->type == VIP_NULL || a->number == b->number;
}

static void there_and_back(const struct vip_exchange_column *column, const struct vip_value *value)
{
    struct vip_value cell, back;
    char text[64];
    vip_arena_reset(&exchange.row);
    assert_int_equal(vip_exchange_write(&exchange, column, value, true, &cell), VIP_OK);
    const char *said = vip_value_text(&cell, text, sizeof text);
    if (vip_exchange_read(&exchange, column, said, &back) != VIP_OK || !same(value, &back))
        fail_msg("%s (%s): '%s' is not what was written: %s", column->column->name,
                 column->column->required ? "NOT NULL" : "or NULL", said, diag.text);
}

static int64_t any_integer(void)
{
    static const int64_t edges[] = {0,
                                    1,
                                    -1,
                                    7,
                                    INT64_MAX,
                                    INT64_MIN,
                                    20000,
                                    VIP_FEN_MAX,
                                    -VIP_FEN_MAX,
                                    VIP_FEN_MAX + 1,
                                    -25567,
                                    -25568,
                                    84005,
                                    84006,
                                    INT32_MAX};
    switch (random_number() % 4) {
    case 0:
        return edges[random_number() % (sizeof edges / sizeof edges[0])];
    case 1:
        return (int64_t)(random_number() % 20) - 5;
    case 2:
        return (int64_t)(random_number() % 200000) - 50000;
    default:
        return (int64_t)random_number();
    }
}

static const char *any_text(char *to)
{
    static const char *const parts[] = {"\\", "7",  "",   " ",  "\t", "\"",
                                        ",",  "\r", "\n", "王", "=",  "-"};
    *to = '\0';
    for (size_t i = random_number() % 6; i > 0; i--)
        strcat(to, parts[random_number() % (sizeof parts / sizeof parts[0])]);
    return to;
}

static struct vip_value any_value(const struct vip_table_column *column, char *room)
{
    if (!column->required && random_number() % 8 == 0)
        return vip_null();
    if (column->type == VIP_INTEGER)
        return vip_int(any_integer());
    if (column->type == VIP_TEXT)
        return (struct vip_value){.type = VIP_TEXT, .text = any_text(room)};
    size_t size = random_number() % 33;
    for (size_t i = 0; i < size; i++)
        room[i] = (char)random_number();
    return vip_bytes(room, size);
}

static void any_value_comes_back(void **unused)
{
    char room[64];
    (void)unused;
    for (int round = 0; round < 20000; round++)
        for (size_t i = 0; i < COLUMNS; i++) {
            const struct vip_value value = any_value(&columns[i], room);
            there_and_back(&exchange.columns[i], &value);
        }
}

/* People see what a value means, wherever that can be said. */
static void values_are_written_for_people(void **unused)
{
    static const struct {
        size_t column;
        int64_t number;
        const char *cell;
    } cases[] = {
        {0, -5, "-5"}, {2, 20000, "2024-10-04"}, {2, 84006, "\\84006"}, {4, -1250, "-12.50"},
        {6, 1, "S1"},  {6, 2, "\\\\S1"},         {6, 3, "\\3"},          {6, 0, "\\0"},
        {7, 0, ""},    {6, 99, "\\99"},          {8, 1, "return"},      {8, 2, "\\2"},
        {11, 0, ""},   {10, 0, "\\0"},           {11, 3, "promotion"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct vip_value value = vip_int(cases[i].number);
        struct vip_value cell;
        char text[64];
        assert_int_equal(
            vip_exchange_write(&exchange, &exchange.columns[cases[i].column], &value, true, &cell),
            VIP_OK);
        assert_string_equal(vip_value_text(&cell, text, sizeof text), cases[i].cell);
    }
}

static void digests_tell_values_apart(void **unused)
{
    const struct vip_value values[] = {
        vip_null(), {.type = VIP_TEXT, .text = ""}, vip_bytes("", 0), vip_int(0), vip_int(1)};
    enum { VALUES = sizeof values / sizeof values[0] };
    char digests[VALUES][VIP_DIGEST_TEXT];
    (void)unused;
    for (size_t i = 0; i < VALUES; i++) {
        vip_exchange_begin(&exchange, &table);
        vip_exchange_add(&exchange.columns[0], &values[i]);
        vip_exchange_digest(&exchange.columns[0], digests[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(digests[i], digests[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_value_comes_back),
        cmocka_unit_test(values_are_written_for_people),
        cmocka_unit_test(digests_tell_values_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
