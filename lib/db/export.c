/* Every table as CSV: see export.h. What a column is follows from its name, in one table. */
#include "lib/db/export.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/db/account.h"
#include "lib/db/stored.h"
#include "lib/rules/contact.h"
#include "lib/rules/earn.h"
#include "lib/table/writer.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct table {
    const char *name;
    enum vip_sql sql;
} tables[] = {
    {"batch", VIP_SQL_export_batch},
    {"event", VIP_SQL_export_event},
    {"program_version", VIP_SQL_export_program_version},
    {"program_cell", VIP_SQL_export_program_cell},
    {"code", VIP_SQL_export_code},
    {"member", VIP_SQL_export_member},
    {"consultant_history", VIP_SQL_export_consultant_history},
    {"dossier", VIP_SQL_export_dossier},
    {"account", VIP_SQL_export_account},
    {"merged", VIP_SQL_export_merged},
    {"bought", VIP_SQL_export_bought},
    {"card", VIP_SQL_export_card},
    {"sequence", VIP_SQL_export_sequence},
    {"purchase", VIP_SQL_export_purchase},
    {"ledger", VIP_SQL_export_ledger},
    {"lot_use", VIP_SQL_export_lot_use},
    {"stored_ledger", VIP_SQL_export_stored_ledger},
    {"stored_account", VIP_SQL_export_stored_account},
    {"bonus", VIP_SQL_export_bonus},
    {"touched", VIP_SQL_export_touched},
    {"tier_state", VIP_SQL_export_tier_state},
    {"tier_change", VIP_SQL_export_tier_change},
    {"tier_grant", VIP_SQL_export_tier_grant},
    {"redemption", VIP_SQL_export_redemption},
    {"voucher", VIP_SQL_export_voucher},
    {"reminder", VIP_SQL_export_reminder},
    {"staff_post", VIP_SQL_export_staff_post},
    {"target", VIP_SQL_export_target},
    {"attendance", VIP_SQL_export_attendance},
    {"contact", VIP_SQL_export_contact},
    {"unreached", VIP_SQL_export_unreached},
    {"complaint", VIP_SQL_export_complaint},
    {"complaint_step", VIP_SQL_export_complaint_step},
};

enum { TABLES = sizeof tables / sizeof tables[0], COLUMN_LIMIT = 40 };

enum kind { RAW, DAY, MONEY, HUNDREDTHS, CODE, APPLICATION, PHONE, ID_NO, ADDRESS, EMAIL, WORD };

struct column {
    const char *table; /* NULL: in any */
    const char *name;
    enum kind kind;
    const char *(*word)(int64_t number); /* of WORD: for numbers below words */
    int64_t words;
};

struct export
{
    struct vip_db *db;
    const char *folder;
    bool reveal;
    const char **codes; /* by number */
    size_t code_capacity;
    struct vip_arena arena; /* code texts */
    struct vip_arena row;
    int64_t rows;
    struct vip_diag *diag;
};

/* ---- what columns are ---- */

static const char *purchase_kind(int64_t kind)
{
    return kind == 1 ? "return" : "sale";
}

static const char *earn_reason(int64_t reason)
{
    return vip_earn_word((enum vip_earn_reason)reason);
}

static const char *entry_kind(int64_t kind)
{
    return vip_entry_word((enum vip_entry_kind)kind);
}

static const char *stored_kind(int64_t kind)
{
    return vip_stored_word((enum vip_stored_kind)kind);
}

static const char *account_status(int64_t status)
{
    return vip_status_word((enum vip_status)status);
}

static const char *complaint_step(int64_t step)
{
    return vip_contact_word(VIP_CONTACT_STEPS, (int)step);
}

static const struct column known_columns[] = {
    {NULL, "again", DAY, NULL, 0},
    {NULL, "as_of", DAY, NULL, 0},
    {NULL, "available", DAY, NULL, 0},
    {NULL, "closed", DAY, NULL, 0},
    {NULL, "day", DAY, NULL, 0},
    {NULL, "due", DAY, NULL, 0},
    {NULL, "effective", DAY, NULL, 0},
    {NULL, "enrolled", DAY, NULL, 0},
    {NULL, "expires", DAY, NULL, 0},
    {NULL, "first_purchase", DAY, NULL, 0},
    {NULL, "issued", DAY, NULL, 0},
    {NULL, "last_purchase", DAY, NULL, 0},
    {NULL, "marked", DAY, NULL, 0},
    {NULL, "next_expiry", DAY, NULL, 0},
    {NULL, "opened", DAY, NULL, 0},
    {"unreached", "last", DAY, NULL, 0},
    {NULL, "run", DAY, NULL, 0},
    {NULL, "since", DAY, NULL, 0},
    {NULL, "spend_day", DAY, NULL, 0},
    {NULL, "until", DAY, NULL, 0},
    {NULL, "amount", MONEY, NULL, 0},
    {NULL, "list_price", MONEY, NULL, 0},
    {NULL, "returned", MONEY, NULL, 0},
    {NULL, "spent", MONEY, NULL, 0},
    {"stored_ledger", "principal", MONEY, NULL, 0},
    {"stored_ledger", "bonus", MONEY, NULL, 0},
    {"stored_account", "principal", MONEY, NULL, 0},
    {"stored_account", "bonus", MONEY, NULL, 0},
    {"redemption", "value", MONEY, NULL, 0},
    {"voucher", "value", MONEY, NULL, 0},
    {"purchase", "quantity", HUNDREDTHS, NULL, 0},
    {"attendance", "days", HUNDREDTHS, NULL, 0},
    {NULL, "month", DAY, NULL, 0},
    {NULL, "benefit", CODE, NULL, 0},
    {NULL, "brand", CODE, NULL, 0},
    {NULL, "category", CODE, NULL, 0},
    {NULL, "consultant", CODE, NULL, 0},
    {NULL, "pay", CODE, NULL, 0},
    {NULL, "promo", CODE, NULL, 0},
    {NULL, "seller", CODE, NULL, 0},
    {NULL, "store", CODE, NULL, 0},
    {NULL, "staff", CODE, NULL, 0},
    {"member", "address", ADDRESS, NULL, 0},
    {"member", "address_key", ADDRESS, NULL, 0},
    {"member", "application", APPLICATION, NULL, 0},
    {"member", "email", EMAIL, NULL, 0},
    {"member", "id_no", ID_NO, NULL, 0},
    {"member", "phone", PHONE, NULL, 0},
    {"account", "status", WORD, account_status, VIP_STATUS_MERGED + 1},
    {NULL, "step", WORD, complaint_step, VIP_STEP_FOLLOWED_UP + 1},
    {"ledger", "kind", WORD, entry_kind, VIP_ENTRY_OPENING + 1},
    {"stored_ledger", "kind", WORD, stored_kind, VIP_STORED_MERGE + 1},
    {"purchase", "kind", WORD, purchase_kind, 2},
    {"purchase", "reason", WORD, earn_reason, VIP_EARN_CLAIM + 1},
    {NULL, NULL, RAW, NULL, 0},
};

static const struct column *find_column(const char *table, const char *name)
{
    const struct column *column = known_columns;
    while (column->name && (strcmp(column->name, name) != 0 ||
                            (column->table && strcmp(column->table, table) != 0)))
        column++;
    return column;
}

static enum vip_type column_type(enum kind kind)
{
    switch (kind) {
    case DAY:
        return VIP_DAY;
    case MONEY:
        return VIP_FEN;
    case HUNDREDTHS:
        return VIP_RATIO;
    default:
        return VIP_TEXT;
    }
}

/* ---- one value ---- */

static struct vip_value bytes_value(struct export *export, int index, struct vip_statement *row)
{
    static const char digits[] = "0123456789abcdef";
    size_t size;
    const unsigned char *bytes = vip_column_bytes(row, index, &size);
    char *text = vip_arena_take(&export->row, 2 * size + 1);
    if (!bytes || !text)
        return vip_null();
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    return vip_text(text);
}

static struct vip_value masked(struct export *export, enum kind kind, const char *text)
{
    if (export->reveal || !*text)
        return vip_text(text);
    switch (kind) {
    case PHONE:
        return vip_text(vip_mask_phone(&export->row, text));
    case ID_NO:
        return vip_text(vip_mask_id(&export->row, text));
    case EMAIL:
        return vip_text(vip_mask_email(&export->row, text));
    default:
        return vip_text(vip_mask_address(&export->row, text));
    }
}

/* The key of an application without a number of its own is made of the phone: "phone:138…". */
static struct vip_value application(struct export *export, const char *text)
{
    const char *colon = strrchr(text, ':'), *tail = colon ? colon + 1 : text;
    size_t digits = strspn(tail, "+-0123456789");
    if (export->reveal || digits < 11 || tail[digits])
        return vip_text(text);
    const char *mask = vip_mask_phone(&export->row, tail);
    return mask ? vip_text(vip_arena_format(&export->row, "%.*s%s", (int)(tail - text), text, mask))
                : vip_null();
}

static struct vip_value export_value(struct export *export, const struct column *column,
                                     struct vip_statement *row, int index)
{
    if (vip_column_is_null(row, index))
        return vip_null();
    int64_t number = vip_column_integer(row, index);
    switch (column->kind) {
    case DAY:
        return vip_date((vip_day)number);
    case MONEY:
        return vip_money(number);
    case HUNDREDTHS:
        return (struct vip_value){.type = VIP_RATIO, .number = number};
    case CODE:
        return number > 0 && (size_t)number < export->code_capacity
                   ? vip_text(export->codes[number])
                   : vip_null();
    case WORD:
        if (number >= 0 && number < column->words)
            return vip_text(column->word(number));
        break;
    case APPLICATION:
        return application(export, vip_column_text(row, index));
    case PHONE:
    case ID_NO:
    case ADDRESS:
    case EMAIL:
        return masked(export, column->kind, vip_column_text(row, index));
    case RAW:
        break;
    }
    struct vip_value value = vip_column_value(row, index);
    return value.type == VIP_NULL ? bytes_value(export, index, row) : value;
}

/* ---- one table ---- */

static int write_rows(struct export *export, struct vip_writer *writer, struct vip_statement *row,
                      const struct column *const *columns, int count, int more)
{
    struct vip_value values[COLUMN_LIMIT];
    for (; more > 0; more = vip_step(row, export->diag)) {
        vip_arena_reset(&export->row);
        for (int i = 0; i < count; i++)
            values[i] = export_value(export, columns[i], row, i);
        int error = vip_writer_row(writer, values, export->diag);
        if (error != VIP_OK) {
            vip_reset(row);
            return error;
        }
        export->rows++;
    }
    return more;
}

static int export_table(struct export *export, const struct table *table)
{
    char path[4096];
    struct vip_column headings[COLUMN_LIMIT];
    const struct column *columns[COLUMN_LIMIT];
    struct vip_writer *writer = NULL;
    const struct vip_writer_options options = {.path = path, .format = VIP_OUTPUT_CSV};
    struct vip_statement *row = vip_db_prepare(export->db, table->sql, export->diag);
    if (!row)
        return VIP_EDATABASE;
    int count = vip_column_count(row);
    if (count > COLUMN_LIMIT)
        return vip_fail(export->diag, VIP_EUSAGE, "%s has more columns than this build exports",
                        table->name);
    for (int i = 0; i < count; i++) {
        columns[i] = find_column(table->name, vip_column_name(row, i));
        headings[i] = (struct vip_column){vip_column_name(row, i), column_type(columns[i]->kind)};
    }
    snprintf(path, sizeof path, "%s/%s.csv", export->folder, table->name);
    int error = vip_writer_open(&writer, &options, headings, (size_t)count, export->diag);
    if (error == VIP_OK)
        error = write_rows(export, writer, row, columns, count, vip_step(row, export->diag));
    if (error == VIP_OK)
        return vip_writer_close(writer, export->diag);
    if (writer)
        vip_writer_abandon(writer);
    return error;
}

static int read_codes(struct export *export)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query_values(export->db, VIP_SQL_code_all, &row, export->diag, NULL, 0);
    for (; more > 0; more = vip_step(row, export->diag)) {
        size_t number = (size_t)vip_column_integer(row, 0), before = export->code_capacity;
        void *codes = export->codes;
        int error = vip_array_grow(&codes, &export->code_capacity, number + 1, sizeof(char *));
        export->codes = codes;
        if (error == VIP_OK && export->code_capacity > before)
            memset(export->codes + before, 0,
                   (export->code_capacity - before) * sizeof *export->codes);
        if (error != VIP_OK ||
            !(export->codes[number] = vip_arena_text(&export->arena, vip_column_text(row, 1)))) {
            vip_reset(row);
            return vip_fail_memory(export->diag);
        }
    }
    return more;
}

/* ---- the folder ---- */

static bool is_used(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return errno != ENOENT;
    int entries = 0;
    while (entries <= 2 && readdir(directory))
        entries++;
    closedir(directory);
    return entries > 2; /* . and .. */
}

static void remove_folder(const char *folder)
{
    char path[4096];
    for (size_t i = 0; i < TABLES; i++) {
        snprintf(path, sizeof path, "%s/%s.csv", folder, tables[i].name);
        unlink(path);
    }
    rmdir(folder);
}

static int export_tables(struct export *export)
{
    if (mkdir(export->folder, 0700) != 0)
        return vip_fail_errno(export->diag, errno, "cannot make the folder %s", export->folder);
    int error = vip_db_snapshot(export->db, export->diag);
    if (error == VIP_OK)
        error = read_codes(export);
    for (size_t i = 0; i < TABLES && error == VIP_OK; i++)
        error = export_table(export, &tables[i]);
    return error;
}

int vip_export(struct vip_db *db, const char *folder, bool reveal, int64_t *rows,
               struct vip_diag *diag)
{
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/')
        size--;
    if (is_used(folder))
        return vip_fail(diag, VIP_EUSAGE,
                        "%s is there already and not an empty folder: name a new one", folder);
    struct export export = {.db = db, .reveal = reveal, .diag = diag};
    char *part =
        vip_arena_format(&export.arena, "%.*s.part-%ld", (int)size, folder, (long)getpid());
    int error = part ? VIP_OK : vip_fail_memory(diag);
    export.folder = part;
    if (error == VIP_OK)
        error = export_tables(&export);
    if (error == VIP_OK && rename(part, folder) != 0)
        error = vip_fail_errno(diag, errno, "cannot rename %s to %s", part, folder);
    if (error != VIP_OK && part)
        remove_folder(part);
    *rows = export.rows;
    free(export.codes);
    vip_arena_free(&export.arena);
    vip_arena_free(&export.row);
    return error;
}
