/* Private to the purchase files: the batch as its files share it. */
#ifndef VIP_DB_POSTER_H
#define VIP_DB_POSTER_H

#include "lib/base/fetch.h"
#include "lib/base/map.h"
#include "lib/base/memory.h"
#include "lib/db/ahead.h"
#include "lib/db/code.h"
#include "lib/db/purchase.h"
#include "lib/db/store_day.h"

struct poster_code { /* place 0 is "": not given */
    const char *text;
    int64_t id;    /* 0: not in the database (yet) */
    int64_t order; /* of a store in by_key: a new one gets its id after the rows were sorted */
};

/* A batch is as large as memory allows, since each batch goes once over the pages of the ledger.
 * With the page cache and what the process needs besides, a command stays below 256 MiB. */
enum { POSTER_BATCH_BYTES = 160 << 20 };

/* Most rows name their member in one column. */
enum poster_key { KEY_NONE, KEY_MEMBER, KEY_CARD, KEY_PHONE, KEY_SEVERAL };

struct vip_poster {
    struct vip_batch batch;
    const struct vip_programs *programs;
    struct vip_earn_needs *needs; /* of each version in programs */
    bool blind_returns;

    size_t batch_rows; /* at most */
    struct vip_posting *rows;
    size_t count, capacity;
    struct vip_arena arena;   /* texts of the batch */
    struct vip_arena scratch; /* one member's lots */

    /* The rows that are being posted: most often the whole batch. Where what a row is depends on
     * what becomes of one before it, the part ends there, and the rest is a part of its own, so
     * that a batch of any size ends as if each row had been a batch. */
    struct vip_posting *part;
    size_t part_count;
    struct vip_posting *cut;     /* the first row that has to wait; NULL: none */
    struct vip_posting **by_key; /* the part by store, receipt, line, input */

    struct vip_map code_places; /* text → place */
    struct poster_code *codes;
    size_t code_count, code_capacity;
    struct vip_arena code_texts;
    struct vip_codes stored_codes;

    struct vip_map members; /* cache of vip_member_identify, for rows of KEY_SEVERAL */
    struct vip_ahead ahead; /* accounts of those who are visited next */

    struct vip_store_days *days; /* what the part adds to the sums of stores and days */
};

static inline struct vip_db *poster_db(struct vip_poster *poster)
{
    return poster->batch.db;
}

/* The row's rarer part; made when it has none yet, NULL when out of memory. */
struct vip_posting_more *poster_more(struct vip_poster *poster, struct vip_posting *row);

/* Its rarer part for reading: zeros when it has none. */
const struct vip_posting_more *poster_rest(const struct vip_posting *row);

/* The row for the sums of stores and days; its returned, member and reason as they are to be
 * stored. */
struct vip_store_line poster_store_line(const struct vip_poster *poster,
                                        const struct vip_posting *row);

/* Rows in another order than the input's: see fetch.h. */
__attribute__((always_inline)) static inline void poster_fetch(const struct vip_posting *soon,
                                                               const char *next_text)
{
    vip_fetch(soon, sizeof *soon);
    vip_fetch(next_text, 1);
}

__attribute__((always_inline)) static inline void poster_fetch_key(struct vip_posting **rows,
                                                                   size_t at, size_t count)
{
    if (at + VIP_SOON < count)
        poster_fetch(rows[at + VIP_SOON], rows[at + VIP_NEXT]->receipt);
}

/* Marks the row as refused with what diag says. Returns VIP_OK, or VIP_EMEMORY. */
int poster_refuse(struct vip_poster *poster, struct vip_posting *row, const struct vip_diag *diag);

/* The place of a text in codes, for a row that does not say it: 0 for "". */
int poster_code_place(struct vip_poster *poster, const char *text, uint32_t *place,
                      struct vip_diag *diag);

/* Gives the code at place an id, writing it when it is new. */
int poster_code_id(struct vip_poster *poster, uint32_t place, int64_t *id, struct vip_diag *diag);

/* The row waits for those before it: the part ends before it at the latest. */
static inline void poster_cut_before(struct vip_poster *poster, struct vip_posting *row)
{
    if (!poster->cut || row < poster->cut)
        poster->cut = row;
}

/* resolve.c: who each row means. A row that means nobody we know is refused, unless it turns out to
 * be known. */
int poster_resolve_members(struct vip_poster *poster, struct vip_diag *diag);

/* known.c: fills by_key; marks rows that are stored already as KNOWN, as claims, or as conflicts;
 * cuts the part before a row that says something else of a line than one before it. */
int poster_find_known(struct vip_poster *poster, struct vip_diag *diag);

/* known.c: after posting, a row that repeats one of its part shares its fate. */
int poster_settle_twins(struct vip_poster *poster, struct vip_diag *diag);

/* known.c: the first place in by_key that is not before that key. */
size_t poster_lower_bound(const struct vip_poster *poster, uint32_t store, const char *receipt,
                          int64_t line);

/* posting.c: finds whose purchase each return takes back; cuts the part between a return and the
 * claim of its original. */
int poster_settle_returns(struct vip_poster *poster, struct vip_diag *diag);

/* posting.c: asks the rules for each row that is NEW, in the order of members and of the input, and
 * writes the ledger. */
int poster_post_members(struct vip_poster *poster, struct vip_diag *diag);

/* The member whose rows are being posted. */
struct visit {
    struct vip_poster *poster;
    struct vip_account account; /* .member 0: a non-member, who has none */
    struct vip_member member;   /* read only when the rules ask for it */
    bool member_read;
    int64_t first_store;       /* code and number of the member's first receipt… */
    const char *first_receipt; /* …NULL: not read yet */
    struct vip_diag *diag;
};

/* The row and its member as the rules want them. */
int visit_purchase(struct visit *visit, const struct vip_posting *row,
                   struct vip_purchase *purchase);
int visit_earner(struct visit *visit, const struct vip_program *program,
                 const struct vip_posting *row, struct vip_earner *earner);

/* A credit of the row's day, without points yet. */
int visit_entry(struct visit *visit, const struct vip_posting *row, struct vip_entry *entry);

/* What each kind of row does to the member: sale.c, return.c. */
int visit_sale(struct visit *visit, struct vip_posting *row, vip_day posted);
int visit_claim(struct visit *visit, struct vip_posting *row);
int visit_return(struct visit *visit, struct vip_posting *row);

/* Posts the debit entry (points < 0), from the lot `own` first (0: none), then from the others. */
int visit_take(struct visit *visit, struct vip_entry *entry, int64_t own);

/* A return belongs to whom the original belongs to, whether the row says so or not. */
int poster_settle_return(struct vip_poster *poster, struct vip_posting *row, struct vip_diag *diag);

#endif
