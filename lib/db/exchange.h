/* Private to export.c and import.c: how each column is written in a file and read back.
 *
 * A cell is written as people read it: days, yuan, words, the text of a code. What a form cannot
 * say begins with a backslash: "\" alone is an empty text where an empty cell would be nothing at
 * all, "\\…" a text that begins with a backslash, "\7" a number that has no word, no code, or is no
 * date or amount. So reading a cell gives the very value from which it was written. */
#ifndef VIP_DB_EXCHANGE_H
#define VIP_DB_EXCHANGE_H

#include "lib/base/map.h"
#include "lib/db/engine.h"
#include "lib/db/export.h"
#include "lib/db/tables.h"
#include <sodium.h>

#define VIP_EXCHANGE_LIST "manifest.csv" /* what was written, and how to know it again */

enum { VIP_DIGEST_BYTES = 16, VIP_DIGEST_TEXT = 2 * VIP_DIGEST_BYTES + 1 };

/* The columns of the list. */
enum {
    VIP_LIST_SCHEMA,
    VIP_LIST_TABLE,
    VIP_LIST_COLUMN,
    VIP_LIST_FORM,
    VIP_LIST_ROWS,
    VIP_LIST_DIGEST, /* of the values of the column, row by row; empty: masked */
    VIP_LIST_COLUMNS
};
extern const char *const vip_list_columns[VIP_LIST_COLUMNS];

struct vip_form; /* what a column is, from its name */

struct vip_exchange_column {
    const struct vip_table_column *column;
    const struct vip_form *form;
    crypto_generichash_state digest;
};

struct vip_exchange {
    struct vip_db *db;
    const struct vip_progress *progress; /* NULL: nobody looks */
    struct vip_diag *diag;
    struct vip_tables tables;
    struct vip_exchange_column columns[VIP_BULK_COLUMNS]; /* of the table at hand */
    const char **codes;                                   /* their texts, by number */
    size_t code_capacity;
    struct vip_map code_numbers;
    struct vip_arena arena, row; /* of all; of a row */
    int64_t schema;
    int64_t rows;
};

/* Learns the schema. Close in any case. */
int vip_exchange_open(struct vip_exchange *exchange);
void vip_exchange_close(struct vip_exchange *exchange);

/* The codes, once the table of them is there. */
int vip_exchange_read_codes(struct vip_exchange *exchange);

/* Sets exchange->columns up for a table. */
void vip_exchange_begin(struct vip_exchange *exchange, const struct vip_table *table);

const char *vip_exchange_form(const struct vip_exchange_column *column);
bool vip_exchange_is_mask(const struct vip_exchange_column *column);

/* The cell for a value; without `reveal` masked where the form says so. Lives as long as the row,
 * or is borrowed from the value. */
int vip_exchange_write(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                       const struct vip_value *value, bool reveal, struct vip_value *cell);

/* The value of a cell, borrowed from it or living as long as the row. VIP_EINPUT with the column
 * in diag. */
int vip_exchange_read(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                      const char *cell, struct vip_value *value);

/* Adds the next value of a column; the digest of all of them, which ends it. */
void vip_exchange_add(struct vip_exchange_column *column, const struct vip_value *value);
void vip_exchange_digest(struct vip_exchange_column *column, char to[VIP_DIGEST_TEXT]);

/* Counts a row of the table at hand, and says so now and then. */
void vip_exchange_count(struct vip_exchange *exchange, const char *table);

#endif
