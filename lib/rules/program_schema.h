/* How the tables of a programme are read: each column is one line of a rule (name, kind, where its
 * value goes), so that a new column is a new line and every cell is judged the same way. */
#ifndef VIP_RULES_PROGRAM_SCHEMA_H
#define VIP_RULES_PROGRAM_SCHEMA_H

#include "lib/rules/program.h"

enum vip_cell_kind {
    VIP_CELL_TEXT,    /* const char *: any text */
    VIP_CELL_WORD,    /* const char *: a name that other cells may list: no blank, no | and no ! */
    VIP_CELL_WORDS,   /* const char *: one of words */
    VIP_CELL_CHOICE,  /* an enum or int: the index in words */
    VIP_CELL_FLAG,    /* bool: words[0] is false, words[1] true */
    VIP_CELL_LIST,    /* vip_list */
    VIP_CELL_TIERS,   /* vip_list of tiers that tiers.csv has */
    VIP_CELL_TIER,    /* const char *: one tier that tiers.csv has */
    VIP_CELL_INT,     /* int, low to high */
    VIP_CELL_COUNT,   /* int64_t, low to high */
    VIP_CELL_FEN,     /* vip_fen, low to high */
    VIP_CELL_DAY,     /* vip_day, VIP_DAY_NONE when empty */
    VIP_CELL_SPAN,    /* struct vip_span, 0 or more, never when empty */
    VIP_CELL_MONTHS,  /* unsigned: bit m-1 for month m */
    VIP_CELL_PERCENT, /* const char *: "15%", 0 to 100 */
    VIP_CELL_OWN,     /* read by the table's own function */
};

enum vip_cell_need {
    VIP_NEED_NOTHING,
    VIP_NEED_COLUMN = 1, /* the table must have the column */
    VIP_NEED_CELL = 3,   /* and no cell of it may be empty */
    VIP_NEED_UNIQUE = 7, /* and no two may be the same */
};

struct vip_cell_rule {
    const char *column; /* NULL ends a table; in program.csv a key */
    enum vip_cell_kind kind;
    unsigned need;
    size_t offset;
    const char *const *words; /* NULL-terminated */
    int64_t low, high;
    int64_t empty; /* what an empty cell means: INT, COUNT, FEN, CHOICE, FLAG */
};

/* Where reading stands: passed down so that every mistake can say its place. */
struct vip_cell_place {
    const struct vip_sheet *sheet;
    size_t row;
    struct vip_program *program; /* as far as it is built */
    struct vip_arena *arena;
    struct vip_diag *diag;
};

struct vip_table_rule {
    const char *name; /* "tiers.csv" */
    const struct vip_cell_rule *cells;
    size_t item_size;
    size_t items, count; /* offsets in struct vip_program */
    size_t line;         /* offset of an item's line, or VIP_NO_LINE */
    int (*item)(struct vip_cell_place *at, void *item); /* what cells mean together; may be NULL */
    int (*whole)(struct vip_cell_place *at, void *items, size_t count); /* may be NULL */
};

#define VIP_NO_LINE ((size_t)-1)

/* All tables but program.csv, in an order in which none needs a later one; ended by a NULL name. */
extern const struct vip_table_rule vip_table_rules[];

/* The keys of program.csv. */
extern const struct vip_cell_rule vip_key_rules[];

/* Reads one cell by its rule into item. An empty cell takes rule->empty, or fails when needed. */
int vip_cell_read(struct vip_cell_place *at, const struct vip_cell_rule *rule, const char *column,
                  const char *cell, void *item);

/* Holds the sheet's header to the rules: no column that they do not know, none missing that they
 * need. */
int vip_header_check(struct vip_cell_place *at, const struct vip_cell_rule *rules);

/* Notes a mistake in the header. Returns VIP_EUSAGE. */
int vip_header_fail(struct vip_cell_place *at, const char *column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes a mistake in the column of the row where reading stands. Returns VIP_EUSAGE. */
int vip_cell_fail(struct vip_cell_place *at, const char *column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The trimmed cell of the row where reading stands; "" when absent; NULL out of memory. */
const char *vip_cell_text(struct vip_cell_place *at, const char *column);

/* Money, whole number or per cent ("12.5%" → 1250) from a cell that depends on another one. */
int vip_cell_fen(struct vip_cell_place *at, const char *column, const char *cell, vip_fen *fen);
int vip_cell_integer(struct vip_cell_place *at, const char *column, const char *cell,
                     int64_t *number);
int vip_cell_percent(struct vip_cell_place *at, const char *column, const char *cell,
                     int64_t *percent);

/* "a, b or c" in arena, for messages; "" out of memory. */
const char *vip_words_text(struct vip_arena *arena, const char *const *words);

/* Reads program.csv into at->program, over what holds where a key is absent. */
int vip_keys_read(struct vip_cell_place *at);

/* Reads the sheet "templates/NAME.LANG.txt", judging its placeholders. */
int vip_template_read(struct vip_cell_place *at, struct vip_template *item);

#endif
