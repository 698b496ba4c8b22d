/* Whole tables, known by the schema alone: part of the one door to the engine (engine.h). */
#ifndef VIP_DB_TABLES_H
#define VIP_DB_TABLES_H

#include "lib/base/memory.h"
#include "lib/db/engine.h"

/* The tables of the schema, in the order in which it makes them, for what goes over all of them and
 * knows none by name (vip-db export and import). */
enum { VIP_TABLES_MAX = 64 };
struct vip_table_column {
    const char *name;
    enum vip_type type; /* TEXT, INTEGER or BYTES */
    bool required;      /* NOT NULL */
};
struct vip_table {
    const char *name;
    struct vip_table_column *columns;
    size_t count;
};
struct vip_tables {
    struct vip_table tables[VIP_TABLES_MAX];
    size_t count;
};
int vip_db_tables(struct vip_db *db, struct vip_tables *tables, struct vip_arena *arena,
                  struct vip_diag *diag);

/* All rows of a table in the order of its key (the caller finishes the statement); and a table
 * filled with the rows of bulk, one value for each column (VIP_EINPUT: the last row that was drawn
 * does not fit, or is there already). */
int vip_db_table_scan(struct vip_db *db, const struct vip_table *table,
                      struct vip_statement **statement, struct vip_diag *diag);
int vip_db_table_fill(struct vip_db *db, const struct vip_table *table, const struct vip_bulk *bulk,
                      struct vip_diag *diag);

/* For a file that has no name yet and is thrown away when anything fails: no log, no sync, no
 * references checked until it is closed. */
int vip_db_loosen(struct vip_db *db, struct vip_diag *diag);

#endif
