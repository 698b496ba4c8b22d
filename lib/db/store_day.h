/* What each store sold on each day, kept by the postings themselves (table store_day): the sums of
 * its lines, and who bought. A report adds up days and stores and never walks the lines; vip-db
 * check adds the lines up anew.
 *
 * A day's buyers are a run of bytes: for each of them, in the order of `who`, the difference of
 * `who` to the one before and what was kept (zigzag), both as numbers of seven bits a byte, the
 * lowest first. `who` is twice the member's number, and 1 more for lines that count for nothing
 * (before the enrolment, of a cancelled member). What was kept is what was paid for sales, less
 * what came back of them, whenever that was. */
#ifndef VIP_DB_STORE_DAY_H
#define VIP_DB_STORE_DAY_H

#include "lib/db/engine.h"

struct vip_store_days; /* sums that are being made */

struct vip_store_line { /* a row of purchase */
    int64_t store;
    const char *receipt; /* borrowed for the call */
    bool fresh;          /* nothing of this receipt is stored: it need not be looked for */
    vip_day day;
    bool is_return;
    vip_fen amount, returned;
    int64_t member; /* 0: none */
    bool counts;    /* towards tiers */
};

/* `whole`: every line there is will be added, and what is stored is not looked at; else lines come
 * to what is stored. Close in any case. */
int vip_store_days_open(struct vip_store_days **days, struct vip_db *db, bool whole,
                        struct vip_diag *diag);
void vip_store_days_close(struct vip_store_days *days);

/* Adds a line that is not stored yet. Lines come in the order of store and receipt. */
int vip_store_days_add(struct vip_store_days *days, const struct vip_store_line *line,
                       struct vip_diag *diag);

/* Part of a stored sale comes back: line as it is stored. */
int vip_store_days_return(struct vip_store_days *days, const struct vip_store_line *line,
                          vip_fen part, struct vip_diag *diag);

/* A stored sale without a member is found to be that of line->member: before it is written there.
 */
int vip_store_days_claim(struct vip_store_days *days, const struct vip_store_line *line,
                         struct vip_diag *diag);

/* Adds what was gathered to what is stored, in the caller's transaction, and forgets it. Without
 * `whole` call it before the commit. */
int vip_store_days_write(struct vip_store_days *days, struct vip_diag *diag);
void vip_store_days_drop(struct vip_store_days *days); /* with a rollback: forgets it */

/* Whether what was gathered (`whole`) is what is stored: tells of each day and store that differs.
 * *count is how many there are. */
typedef int vip_store_days_differ(void *context, vip_day day, int64_t store);
int vip_store_days_compare(struct vip_store_days *days, vip_store_days_differ *tell, void *context,
                           int64_t *count, struct vip_diag *diag);

/* Members that were merged in a batch: what is kept under their number goes over to who stays. */
int vip_store_days_merge(struct vip_db *db, int64_t batch, struct vip_diag *diag);

/* Reading a day's buyers. */
struct vip_buyers {
    const unsigned char *at, *end;
    int64_t who;
    vip_fen kept;
};

static inline struct vip_buyers vip_buyers_of(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    return (struct vip_buyers){.at = at, .end = size ? at + size : at};
}

static inline uint64_t vip_buyers_number(struct vip_buyers *buyers)
{
    uint64_t number = 0;
    for (int shift = 0; buyers->at < buyers->end && shift < 64; shift += 7) {
        unsigned char byte = *buyers->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

/* Steps to the next buyer; false behind the last. */
static inline bool vip_buyers_next(struct vip_buyers *buyers)
{
    if (buyers->at >= buyers->end)
        return false;
    buyers->who = (int64_t)((uint64_t)buyers->who + vip_buyers_number(buyers));
    uint64_t kept = vip_buyers_number(buyers);
    buyers->kept = (int64_t)(kept >> 1 ^ (0 - (kept & 1)));
    return true;
}

#endif
