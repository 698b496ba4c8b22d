/* How each column is written in a file and read back: see exchange.h. What a column is follows from
 * its name, in one table; what is not in it is written as it is. */
#include "lib/db/exchange.h"

#include "lib/base/text.h"
#include "lib/db/account.h"
#include "lib/db/stored.h"
#include "lib/rules/contact.h"
#include "lib/rules/earn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const vip_list_columns[VIP_LIST_COLUMNS] = {"schema", "table", "column",
                                                        "form",   "rows",  "digest"};

struct vip_form {
    const char *name;
    /* Of numbers: the cell, or false when this form cannot say it; the number of a cell, or 0 and
     * why there is none. */
    bool (*write)(const struct vip_exchange *exchange, const struct vip_form *form, int64_t number,
                  struct vip_value *cell);
    const char *(*read)(const struct vip_exchange *exchange, const struct vip_form *form,
                        const char *cell, int64_t *number);
    const char *(*word)(int64_t number); /* for numbers below words */
    int64_t words;
    char *(*mask)(struct vip_arena *arena, const char *text);
};

/* ---- numbers ---- */

static bool write_number(const struct vip_exchange *exchange, const struct vip_form *form,
                         int64_t number, struct vip_value *cell)
{
    (void)exchange, (void)form;
    *cell = vip_int(number);
    return true;
}

/* Nothing but digits: all 64 bits, and no guess at what a spreadsheet meant. */
static const char *read_number(const struct vip_exchange *exchange, const struct vip_form *form,
                               const char *cell, int64_t *number)
{
    (void)exchange, (void)form;
    const char *digits = cell + (*cell == '-');
    char *end;
    errno = 0;
    *number = strtoll(cell, &end, 10);
    return *digits >= '0' && *digits <= '9' && !*end && !errno ? NULL : "is not a whole number";
}

static bool write_day(const struct vip_exchange *exchange, const struct vip_form *form,
                      int64_t number, struct vip_value *cell)
{
    (void)exchange, (void)form;
    *cell = (struct vip_value){.type = VIP_DAY, .number = number};
    return number >= vip_day_from_civil(1900, 1, 1) && number <= vip_day_from_civil(2199, 12, 31);
}

static const char *read_day(const struct vip_exchange *exchange, const struct vip_form *form,
                            const char *cell, int64_t *number)
{
    (void)exchange, (void)form;
    const char *why = NULL;
    vip_day day;
    if (vip_day_parse(cell, &day, NULL, &why) == VIP_OK)
        *number = day;
    return why;
}

static bool write_yuan(const struct vip_exchange *exchange, const struct vip_form *form,
                       int64_t number, struct vip_value *cell)
{
    (void)exchange, (void)form;
    *cell = vip_money(number);
    return number >= -VIP_FEN_MAX && number <= VIP_FEN_MAX;
}

static const char *read_yuan(const struct vip_exchange *exchange, const struct vip_form *form,
                             const char *cell, int64_t *number)
{
    (void)exchange, (void)form;
    const char *why = NULL;
    return vip_fen_parse(cell, number, &why) == VIP_OK ? NULL : why;
}

static bool write_hundredths(const struct vip_exchange *exchange, const struct vip_form *form,
                             int64_t number, struct vip_value *cell)
{
    bool can = write_yuan(exchange, form, number, cell);
    cell->type = VIP_RATIO;
    return can;
}

/* ---- codes and words ---- */

/* A text of the database in a cell; NULL: out of memory. */
static const char *escaped(struct vip_arena *arena, const char *text)
{
    return *text && *text != '\\' ? text : vip_arena_format(arena, "\\%s", text);
}

static const char *code_text(const struct vip_exchange *exchange, int64_t number)
{
    return number > 0 && (size_t)number < exchange->code_capacity ? exchange->codes[number] : NULL;
}

static bool write_code(const struct vip_exchange *exchange, const struct vip_form *form,
                       int64_t number, struct vip_value *cell)
{
    (void)form;
    const char *text = code_text(exchange, number);
    *cell = text ? vip_text(text) : vip_null();
    return text ? *text != '\0' : number == 0; /* 0: none, where there must be a number */
}

static const char *read_code(const struct vip_exchange *exchange, const struct vip_form *form,
                             const char *cell, int64_t *number)
{
    (void)form;
    *number = 0;
    return !*cell || vip_map_find(&exchange->code_numbers, cell, number) ? NULL
                                                                         : "is not in code.csv";
}

static const char *read_word(const struct vip_exchange *exchange, const struct vip_form *form,
                             const char *cell, int64_t *number)
{
    (void)exchange;
    for (*number = 0; *number < form->words; ++*number)
        if (strcmp(form->word(*number), cell) == 0)
            return NULL;
    return "is none of the words that stand here";
}

static bool write_word(const struct vip_exchange *exchange, const struct vip_form *form,
                       int64_t number, struct vip_value *cell)
{
    int64_t first = -1;
    if (number < 0 || number >= form->words)
        return false;
    *cell = vip_text(form->word(number));
    read_word(exchange, form, form->word(number), &first);
    return first == number;
}

static const char *purchase_kind_word(int64_t kind)
{
    return kind == 1 ? "return" : "sale";
}

static const char *earn_reason_word(int64_t reason)
{
    return vip_earn_word((enum vip_earn_reason)reason);
}

static const char *entry_kind_word(int64_t kind)
{
    return vip_entry_word((enum vip_entry_kind)kind);
}

static const char *stored_kind_word(int64_t kind)
{
    return vip_stored_word((enum vip_stored_kind)kind);
}

static const char *account_status_word(int64_t status)
{
    return vip_status_word((enum vip_status)status);
}

static const char *complaint_step_word(int64_t step)
{
    return vip_contact_word(VIP_CONTACT_STEPS, (int)step);
}

/* ---- masks ---- */

/* The key of an application without a number of its own is made of the phone: "phone:138…". */
static char *mask_application(struct vip_arena *arena, const char *text)
{
    const char *colon = strrchr(text, ':'), *tail = colon ? colon + 1 : text;
    size_t digits = strspn(tail, "+-0123456789");
    if (digits < 11 || tail[digits])
        return vip_arena_text(arena, text);
    const char *mask = vip_mask_phone(arena, tail);
    return mask ? vip_arena_format(arena, "%.*s%s", (int)(tail - text), text, mask) : NULL;
}

/* ---- what columns are ---- */

static const struct vip_form text = {.name = "text"};
static const struct vip_form bytes = {.name = "hexadecimal"};
static const struct vip_form number = {
    .name = "number", .write = write_number, .read = read_number};
static const struct vip_form day = {.name = "day", .write = write_day, .read = read_day};
static const struct vip_form yuan = {.name = "yuan", .write = write_yuan, .read = read_yuan};
static const struct vip_form hundredths = {
    .name = "decimal", .write = write_hundredths, .read = read_yuan};
static const struct vip_form code = {.name = "code", .write = write_code, .read = read_code};

#define WORD(which, count)                                                                         \
    static const struct vip_form which = {.name = "word",                                          \
                                          .write = write_word,                                     \
                                          .read = read_word,                                       \
                                          .word = which##_word,                                    \
                                          .words = (count)}
WORD(account_status, VIP_STATUS_MERGED + 1);
WORD(complaint_step, VIP_STEP_FOLLOWED_UP + 1);
WORD(earn_reason, VIP_EARN_CLAIM + 1);
WORD(entry_kind, VIP_ENTRY_OPENING + 1);
WORD(purchase_kind, 2);
WORD(stored_kind, VIP_STORED_MERGE + 1);

static const struct vip_form address = {.name = "text", .mask = vip_mask_address};
static const struct vip_form application = {.name = "text", .mask = mask_application};
static const struct vip_form email = {.name = "text", .mask = vip_mask_email};
static const struct vip_form id_no = {.name = "text", .mask = vip_mask_id};
static const struct vip_form phone = {.name = "text", .mask = vip_mask_phone};

static const struct {
    const char *table; /* NULL: in any */
    const char *column;
    const struct vip_form *form;
} known_columns[] = {
    {NULL, "again", &day},
    {NULL, "as_of", &day},
    {NULL, "available", &day},
    {NULL, "closed", &day},
    {NULL, "day", &day},
    {NULL, "due", &day},
    {NULL, "effective", &day},
    {NULL, "enrolled", &day},
    {NULL, "expires", &day},
    {NULL, "first_purchase", &day},
    {NULL, "issued", &day},
    {NULL, "last_purchase", &day},
    {NULL, "marked", &day},
    {NULL, "next_expiry", &day},
    {NULL, "opened", &day},
    {"unreached", "last", &day},
    {NULL, "run", &day},
    {NULL, "since", &day},
    {NULL, "spend_day", &day},
    {NULL, "until", &day},
    {NULL, "amount", &yuan},
    {NULL, "list_price", &yuan},
    {NULL, "member_net", &yuan},
    {NULL, "net", &yuan},
    {NULL, "returned", &yuan},
    {NULL, "spent", &yuan},
    {"stored_ledger", "principal", &yuan},
    {"stored_ledger", "bonus", &yuan},
    {"stored_account", "principal", &yuan},
    {"stored_account", "bonus", &yuan},
    {"redemption", "value", &yuan},
    {"voucher", "value", &yuan},
    {"purchase", "quantity", &hundredths},
    {"attendance", "days", &hundredths},
    {NULL, "month", &day},
    {NULL, "benefit", &code},
    {NULL, "brand", &code},
    {NULL, "category", &code},
    {NULL, "consultant", &code},
    {NULL, "pay", &code},
    {NULL, "promo", &code},
    {NULL, "seller", &code},
    {NULL, "store", &code},
    {NULL, "staff", &code},
    {"member", "address", &address},
    {"member", "address_key", &address},
    {"member", "application", &application},
    {"member", "email", &email},
    {"member", "id_no", &id_no},
    {"member", "phone", &phone},
    {"account", "status", &account_status},
    {NULL, "step", &complaint_step},
    {"ledger", "kind", &entry_kind},
    {"stored_ledger", "kind", &stored_kind},
    {"purchase", "kind", &purchase_kind},
    {"purchase", "reason", &earn_reason},
};

static const struct vip_form *find_form(const struct vip_table *table,
                                        const struct vip_table_column *column)
{
    for (size_t i = 0; i < sizeof known_columns / sizeof known_columns[0]; i++)
        if (strcmp(known_columns[i].column, column->name) == 0 &&
            (!known_columns[i].table || strcmp(known_columns[i].table, table->name) == 0) &&
            !known_columns[i].form->write == (column->type != VIP_INTEGER))
            return known_columns[i].form;
    if (column->type == VIP_INTEGER)
        return &number;
    return column->type == VIP_BYTES ? &bytes : &text;
}

const char *vip_exchange_form(const struct vip_exchange_column *column)
{
    return column->form->name;
}

bool vip_exchange_is_mask(const struct vip_exchange_column *column)
{
    return column->form->mask != NULL;
}

/* ---- cells out ---- */

static int write_bytes(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                       const struct vip_value *value, struct vip_value *cell)
{
    size_t size = 2 * (size_t)value->size + 1;
    char *hex = vip_arena_take(&exchange->row, size);
    if (!hex)
        return vip_fail_memory(exchange->diag);
    sodium_bin2hex(hex, size, (const unsigned char *)value->text, value->size);
    *cell = vip_text(*hex || column->column->required ? hex : "\\");
    return VIP_OK;
}

static int write_text(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                      const char *from, bool reveal, struct vip_value *cell)
{
    if (!*from && column->column->required)
        *cell = vip_null();
    else if (column->form->mask && !reveal && *from)
        *cell = vip_text(column->form->mask(&exchange->row, from));
    else
        *cell = vip_text(escaped(&exchange->row, from));
    return cell->type == VIP_TEXT || !*from ? VIP_OK : vip_fail_memory(exchange->diag);
}

static int write_integer(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                         int64_t from, struct vip_value *cell)
{
    const char *said = NULL;
    if (!column->form->write(exchange, column->form, from, cell) ||
        (cell->type == VIP_NULL && !column->column->required))
        said = vip_arena_format(&exchange->row, "\\%" PRId64, from);
    else if (cell->type == VIP_TEXT)
        said = escaped(&exchange->row, cell->text);
    else
        return VIP_OK;
    *cell = vip_text(said);
    return said ? VIP_OK : vip_fail_memory(exchange->diag);
}

int vip_exchange_write(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                       const struct vip_value *value, bool reveal, struct vip_value *cell)
{
    *cell = vip_null();
    switch (value->type) {
    case VIP_NULL:
        return VIP_OK;
    case VIP_TEXT:
        return write_text(exchange, column, value->text, reveal, cell);
    case VIP_BYTES:
        return write_bytes(exchange, column, value, cell);
    default:
        return write_integer(exchange, column, value->number, cell);
    }
}

/* ---- cells in ---- */

static int fail_cell(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                     const char *cell, const char *why)
{
    vip_diag_place(exchange->diag, NULL, 0, column->column->name);
    if (!*cell)
        return vip_fail(exchange->diag, VIP_EINPUT,
                        "is empty, as it never was: the file was changed");
    return vip_fail(exchange->diag, VIP_EINPUT, "'%.80s' %s: the file was changed", cell, why);
}

static int read_bytes(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                      const char *cell, struct vip_value *value)
{
    size_t size = strlen(cell), got = 0;
    unsigned char *data = vip_arena_take(&exchange->row, size / 2 + 1);
    if (!data)
        return vip_fail_memory(exchange->diag);
    if (sodium_hex2bin(data, size / 2, cell, size, NULL, &got, NULL) != 0 || 2 * got != size)
        return fail_cell(exchange, column, cell, "is not hexadecimal");
    *value = vip_bytes(data, got);
    return VIP_OK;
}

/* Behind a backslash stands a number as it is, or a code's text that could not stand alone. */
static const char *read_integer(const struct vip_exchange *exchange,
                                const struct vip_exchange_column *column, const char *cell,
                                int64_t *to)
{
    const struct vip_form *form = column->form;
    if (*cell != '\\')
        return form->read(exchange, form, cell, to);
    if (form == &code && (!cell[1] || cell[1] == '\\'))
        return vip_map_find(&exchange->code_numbers, cell + 1, to) ? NULL : "is not in code.csv";
    return read_number(exchange, form, cell + 1, to);
}

int vip_exchange_read(struct vip_exchange *exchange, const struct vip_exchange_column *column,
                      const char *cell, struct vip_value *value)
{
    int64_t read = 0;
    *value = vip_null();
    if (!*cell && !column->column->required)
        return VIP_OK;
    if (column->column->type == VIP_BYTES)
        return read_bytes(exchange, column, cell + (*cell == '\\'), value);
    if (column->column->type == VIP_TEXT) {
        *value = (struct vip_value){.type = VIP_TEXT, .text = cell + (*cell == '\\')};
        return VIP_OK;
    }
    const char *why = read_integer(exchange, column, cell, &read);
    if (why)
        return fail_cell(exchange, column, cell, why);
    *value = vip_int(read);
    return VIP_OK;
}

/* ---- digests ---- */

void vip_exchange_add(struct vip_exchange_column *column, const struct vip_value *value)
{
    unsigned char plain[9] = {(unsigned char)value->type};
    uint64_t rest = value->type == VIP_BYTES     ? value->size
                    : value->type == VIP_INTEGER ? (uint64_t)value->number
                                                 : 0;
    for (size_t i = 1; i < sizeof plain; i++, rest >>= 8)
        plain[i] = (unsigned char)(rest & 0xFF);
    crypto_generichash_update(&column->digest, plain, sizeof plain);
    if (value->type == VIP_TEXT)
        crypto_generichash_update(&column->digest, (const unsigned char *)value->text,
                                  strlen(value->text) + 1);
    else if (value->type == VIP_BYTES)
        crypto_generichash_update(&column->digest, (const unsigned char *)value->text, value->size);
}

void vip_exchange_digest(struct vip_exchange_column *column, char to[VIP_DIGEST_TEXT])
{
    unsigned char digest[VIP_DIGEST_BYTES];
    crypto_generichash_final(&column->digest, digest, sizeof digest);
    sodium_bin2hex(to, VIP_DIGEST_TEXT, digest, sizeof digest);
}

/* ---- all together ---- */

void vip_exchange_begin(struct vip_exchange *exchange, const struct vip_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        struct vip_exchange_column *column = &exchange->columns[i];
        column->column = &table->columns[i];
        column->form = find_form(table, column->column);
        crypto_generichash_init(&column->digest, NULL, 0, VIP_DIGEST_BYTES);
    }
}

void vip_exchange_count(struct vip_exchange *exchange, const char *table)
{
    const struct vip_progress *progress = exchange->progress;
    exchange->rows++;
    if (progress && exchange->rows % 4096 == 0)
        progress->rows(progress->context, table, exchange->rows);
}

static int add_code(struct vip_exchange *exchange, int64_t key, const char *from)
{
    size_t place = (size_t)key, before = exchange->code_capacity;
    void *codes = exchange->codes;
    int error = vip_array_grow(&codes, &exchange->code_capacity, place + 1, sizeof(char *));
    exchange->codes = codes;
    if (error == VIP_OK && exchange->code_capacity > before)
        memset(exchange->codes + before, 0,
               (exchange->code_capacity - before) * sizeof *exchange->codes);
    if (error == VIP_OK && !(exchange->codes[place] = vip_arena_text(&exchange->arena, from)))
        error = VIP_EMEMORY;
    return error == VIP_OK ? vip_map_put(&exchange->code_numbers, from, key) : error;
}

int vip_exchange_read_codes(struct vip_exchange *exchange)
{
    enum { CODES_MAX = 1 << 24 }; /* one beyond it is no number that this program gave */
    struct vip_statement *row = NULL;
    int more = vip_db_query_values(exchange->db, VIP_SQL_code_all, &row, exchange->diag, NULL, 0);
    for (; more > 0; more = vip_step(row, exchange->diag)) {
        int64_t key = vip_column_integer(row, 0);
        if (key > 0 && key < CODES_MAX &&
            add_code(exchange, key, vip_column_text(row, 1)) != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(exchange->diag);
        }
    }
    return more;
}

int vip_exchange_open(struct vip_exchange *exchange)
{
    int error = vip_db_number(exchange->db, VIP_SQL_info_schema, &exchange->schema, 0,
                              exchange->diag, NULL, 0);
    if (error != VIP_OK)
        return error;
    return vip_db_tables(exchange->db, &exchange->tables, &exchange->arena, exchange->diag);
}

void vip_exchange_close(struct vip_exchange *exchange)
{
    free(exchange->codes);
    vip_map_free(&exchange->code_numbers);
    vip_arena_free(&exchange->arena);
    vip_arena_free(&exchange->row);
}
