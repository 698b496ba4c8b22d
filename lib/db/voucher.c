/* Vouchers: see voucher.h. */
#include "lib/db/voucher.h"

#include "lib/base/sort.h"
#include "lib/base/text.h"
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_CHARACTERS = 12, GROUP = 4 };

static const char alphabet[] = "23456789ABCDEFGHJKMNPQRTVWXYZ";
enum { ALPHABET_SIZE = sizeof alphabet - 1 };
_Static_assert(ALPHABET_SIZE == 29, "the check needs a prime");
enum { FAIR = 256 / ALPHABET_SIZE * ALPHABET_SIZE }; /* bytes from there on favour some digits */

/* ---- codes ---- */

/* The last character brings the weighted sum of all to a multiple of 29. */
static unsigned weigh(const unsigned char *digits, int count)
{
    unsigned sum = 0;
    for (int i = 0; i < count; i++)
        sum += (unsigned)(CODE_CHARACTERS - i) * digits[i];
    return sum % ALPHABET_SIZE;
}

static void write_code(const unsigned char *digits, char to[VIP_VOUCHER_TEXT])
{
    for (int i = 0; i < CODE_CHARACTERS; i++) {
        if (i && i % GROUP == 0)
            *to++ = '-';
        *to++ = alphabet[digits[i]];
    }
    *to = '\0';
}

int vip_voucher_code(char to[VIP_VOUCHER_TEXT], struct vip_diag *diag)
{
    unsigned char digits[CODE_CHARACTERS], bytes[2 * CODE_CHARACTERS];
    size_t next = sizeof bytes;
    if (sodium_init() < 0)
        return vip_fail(diag, VIP_EIO, "the system gives no random numbers");
    for (int i = 0; i < CODE_CHARACTERS - 1;) {
        if (next == sizeof bytes) { /* one call of the system for some two codes' worth */
            randombytes_buf(bytes, sizeof bytes);
            next = 0;
        }
        if (bytes[next++] < FAIR)
            digits[i++] = bytes[next - 1] % ALPHABET_SIZE;
    }
    unsigned sum = weigh(digits, CODE_CHARACTERS - 1);
    digits[CODE_CHARACTERS - 1] = (unsigned char)((ALPHABET_SIZE - sum) % ALPHABET_SIZE);
    write_code(digits, to);
    return VIP_OK;
}

bool vip_voucher_read(const char *typed, char to[VIP_VOUCHER_TEXT])
{
    char narrow[64];
    unsigned char digits[CODE_CHARACTERS];
    int count = 0;
    if (!vip_text_narrow(typed, narrow, sizeof narrow))
        return false;
    for (const char *at = narrow; *at; at++) {
        if (*at == '-' || *at == ' ')
            continue;
        const char *found = strchr(alphabet, toupper((unsigned char)*at));
        if (!found || count == CODE_CHARACTERS)
            return false;
        digits[count++] = (unsigned char)(found - alphabet);
    }
    if (count < CODE_CHARACTERS || weigh(digits, CODE_CHARACTERS) != 0)
        return false;
    write_code(digits, to);
    return true;
}

/* ---- rows ---- */

/* In the order of their codes. */
struct writing {
    const struct vip_voucher *vouchers;
    const uint64_t *order;
    size_t count, next;
};

static const char *code_at(const void *context, size_t index)
{
    const struct vip_voucher *vouchers = context;
    return vouchers[index].voucher;
}

static bool next_voucher(void *context, struct vip_value *values)
{
    struct writing *writing = context;
    if (writing->next == writing->count)
        return false;
    const struct vip_voucher *voucher = &writing->vouchers[writing->order[writing->next++]];
    values[0] = vip_text(voucher->voucher);
    values[1] = vip_int(voucher->member);
    values[2] = vip_text(voucher->reward);
    values[3] = vip_money(voucher->value);
    values[4] = vip_date(voucher->issued);
    values[5] = vip_date(voucher->expires);
    values[6] = vip_text(voucher->request);
    return true;
}

int vip_vouchers_write(struct vip_batch *batch, const struct vip_voucher *vouchers, size_t count,
                       struct vip_diag *diag)
{
    const struct vip_sort_texts codes = {code_at, vouchers, count};
    uint64_t *order = calloc(2 * count + 1, sizeof *order);
    struct writing writing = {vouchers, order, count, 0};
    const struct vip_bulk bulk = {next_voucher, &writing};
    if (!order)
        return vip_fail_memory(diag);
    vip_sort_texts(&codes, order);
    int error = vip_db_bulk(batch->db, VIP_SQL_voucher_bulk, &bulk, diag);
    free(order);
    if (error == VIP_OK && vip_db_changes(batch->db) != (int64_t)count)
        return vip_fail(diag, VIP_EDATABASE,
                        "the code of a new voucher is one that was drawn before: nothing of the "
                        "batch was kept, post it again");
    return error;
}

int vip_voucher_load(struct vip_db *db, const char *code, struct vip_arena *arena,
                     struct vip_voucher *voucher, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_voucher_get, &row, diag, vip_text(code));
    if (found <= 0)
        return found;
    *voucher = (struct vip_voucher){
        .voucher = vip_arena_text(arena, code),
        .member = vip_column_integer(row, 0),
        .reward = vip_arena_text(arena, vip_column_text(row, 1)),
        .value = vip_column_integer(row, 2),
        .issued = vip_column_day(row, 3),
        .expires = vip_column_day(row, 4),
        .state = (enum vip_voucher_state)vip_column_integer(row, 5),
        .request = vip_arena_text(arena, vip_column_text(row, 6)),
        .used = vip_arena_text(arena, vip_column_text(row, 7)),
    };
    vip_reset(row);
    if (!voucher->voucher || !voucher->reward || !voucher->request || !voucher->used)
        return vip_fail_memory(diag);
    return 1;
}

int vip_voucher_set(struct vip_batch *batch, const char *code, enum vip_voucher_state state,
                    const char *used, struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(batch->db, VIP_SQL_voucher_set, diag, vip_text(code), vip_int(state),
                      vip_text(used));
}
