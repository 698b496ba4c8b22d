/* Purchases to points, in batches: a row is added, a full batch is posted in one transaction, and
 * then its outcomes are read in the order of the input (SPEC 5).
 *
 * The way of a batch: resolve members · sort by key and walk along the stored purchases, so that a
 * known line is found before anything else is looked up · member by member in the order of the
 * input, ask the rules and write the ledger · write the purchases in the order of their key.
 * Each page of each table is thereby touched once a batch; memory is that of a batch. */
#ifndef VIP_DB_PURCHASE_H
#define VIP_DB_PURCHASE_H

#include "lib/db/batch.h"
#include "lib/db/member.h"
#include "lib/rules/earn.h"

enum vip_purchase_kind { VIP_SALE = 0, VIP_RETURN = 1 };

/* One line as a till wrote it. Texts are borrowed until vip_poster_add returns; "" is not given. */
struct vip_purchase_row {
    const char *store, *receipt, *original, *category, *brand, *promo, *benefit, *seller, *pay;
    int32_t line; /* 1 or more */
    vip_day day;
    int minute; /* -1: not given */
    enum vip_purchase_kind kind;
    vip_fen amount;     /* never negative */
    int32_t quantity;   /* hundredths */
    vip_fen list_price; /* 0: not given */
    struct vip_identity identity;
    size_t source_line;
};

enum vip_posting_state {
    VIP_POSTING_NEW,
    VIP_POSTING_POSTED,
    VIP_POSTING_KNOWN,
    VIP_POSTING_REFUSED,
};

struct vip_refusal {
    const char *reason, *column, *text;
};

/* What few lines have: made when first needed. */
struct vip_posting_more {
    const char *original;
    const void *tag;                   /* the caller's, from vip_poster_add */
    const struct vip_refusal *refusal; /* state REFUSED */
    vip_fen list_price, returned;
    vip_points returned_points, owed; /* owed: debt after a return */
    uint32_t promo, benefit, seller, pay;
};

/* One line of the batch and what became of it: small, since a batch holds some hundred thousand.
 * Codes are places in the poster's table of codes. */
struct vip_posting {
    const char *receipt;
    const void *key; /* what names the member: a text or, when several do, a struct vip_identity */
    struct vip_posting_more *more; /* NULL: nothing of that */
    vip_fen amount;
    int64_t member; /* 0: none */
    vip_points points, balance;
    uint32_t store, category, brand, source_line;
    int32_t line, quantity, entry;
    vip_day day;
    int16_t minute;
    uint8_t kind, state, reason; /* enum vip_purchase_kind, vip_posting_state, vip_earn_reason */
    uint8_t key_kind;            /* enum in poster.h */
    bool claim : 1;              /* points for a line that was posted without a member */
    bool twin : 1;               /* known from a row before it in the same batch */
    bool fresh : 1;              /* its receipt lies behind all that are stored of its store */
};

struct vip_poster;

struct vip_poster_options {
    struct vip_batch batch; /* db, command, login, as_of set; file is given with each post */
    const struct vip_programs *programs;
    bool blind_returns;
    size_t batch_rows; /* rows a transaction; 0: as many as memory allows */
};

int vip_poster_open(struct vip_poster **poster, const struct vip_poster_options *options,
                    struct vip_diag *diag);
void vip_poster_close(struct vip_poster *poster);

/* Copies the row into the batch. tag comes back with the posting. */
int vip_poster_add(struct vip_poster *poster, const struct vip_purchase_row *row, const void *tag,
                   struct vip_diag *diag);

/* Memory that lives as long as the batch: for tags. */
struct vip_arena *vip_poster_arena(struct vip_poster *poster);

/* True when the batch should be posted before more is added. */
bool vip_poster_full(const struct vip_poster *poster);

/* Posts the batch in one transaction: all its rows are then posted, known or refused. On an error
 * nothing of the batch was kept. */
int vip_poster_post(struct vip_poster *poster, const char *file, struct vip_diag *diag);

/* The rows of the batch, in the order of the input. */
size_t vip_poster_count(const struct vip_poster *poster);
const struct vip_posting *vip_poster_row(const struct vip_poster *poster, size_t index);
const char *vip_poster_code(const struct vip_poster *poster, uint32_t code);

/* The programme in force on day. */
const struct vip_program *vip_poster_program(const struct vip_poster *poster, vip_day day);

/* The number of a member and of his current card ("" when there is none), in arena. */
int vip_poster_numbers(struct vip_poster *poster, int64_t member, struct vip_arena *arena,
                       const char **number, const char **card, struct vip_diag *diag);

/* Empties the batch. */
void vip_poster_reset(struct vip_poster *poster);

#endif
