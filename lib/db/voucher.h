/* Vouchers: their codes, and the rows that say whose they are and what became of them.
 *
 * A code is "7K3M-XQ4T-9WHP": eleven random characters (53 bits) of an alphabet of 29 without
 * look-alikes (no 0 O 1 I L S U), and a check character. 29 is a prime and each place weighs
 * differently, so that one wrong character or two neighbours swapped are always found. */
#ifndef VIP_DB_VOUCHER_H
#define VIP_DB_VOUCHER_H

#include "lib/base/memory.h"
#include "lib/db/batch.h"

enum { VIP_VOUCHER_TEXT = 15 }; /* room for a code and its NUL */

enum vip_voucher_state { /* stored numbers: add at the end, never renumber */
                         VIP_VOUCHER_OPEN = 0,
                         VIP_VOUCHER_USED = 1,
                         VIP_VOUCHER_EXPIRED = 2,
                         VIP_VOUCHER_VOID = 3,
};

struct vip_voucher {
    const char *voucher;
    int64_t member;
    const char *reward;
    vip_fen value;
    vip_day issued, expires; /* expires: last good day; VIP_DAY_NONE: never */
    enum vip_voucher_state state;
    const char *request; /* that it was issued with */
    const char *used;    /* the request that used it; "" */
};

/* A new code, in to. Unbiased and not to be guessed. */
int vip_voucher_code(char to[VIP_VOUCHER_TEXT], struct vip_diag *diag);

/* A code as typed (any case, with or without dashes and blanks, full-width) in its own form, in to.
 * False when it cannot be one: wrong length, a character of another alphabet, the check fails. */
bool vip_voucher_read(const char *typed, char to[VIP_VOUCHER_TEXT]);

/* Writes new vouchers, whose codes are drawn; their texts are borrowed. When a code has been drawn
 * before (once in some thousand million times with ten million of them) it fails, and the batch must
 * be done again. */
int vip_vouchers_write(struct vip_batch *batch, const struct vip_voucher *vouchers, size_t count,
                       struct vip_diag *diag);

/* 1 found (texts in arena), 0 none, negative. */
int vip_voucher_load(struct vip_db *db, const char *code, struct vip_arena *arena,
                     struct vip_voucher *voucher, struct vip_diag *diag);

/* Sets the state; used: the request that used it, NULL for none. */
int vip_voucher_set(struct vip_batch *batch, const char *code, enum vip_voucher_state state,
                    const char *used, struct vip_diag *diag);

#endif
