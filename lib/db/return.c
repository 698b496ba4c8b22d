/* What a return does to its member: it finds the original lines, stored or earlier in the batch,
 * and takes back what their part of the amount had earned. */
#include "lib/db/poster.h"

#include "lib/db/redeem.h"
#include <stdlib.h>
#include <string.h>

enum { RECEIPT_LINES = 512 }; /* of one original receipt; more is refused with a word */

/* A line of the original receipt: stored, or earlier in this batch. */
struct original {
    struct vip_posting *row; /* in this batch; NULL: stored */
    int64_t line, member, entry;
    vip_day day;
    vip_fen amount, returned;
    vip_points points, returned_points;
    int64_t category, brand;
    bool counts; /* its amount counted towards tiers */
};

struct originals {
    const char *receipt;
    struct original lines[RECEIPT_LINES];
    size_t count;
};

static int too_many_lines(struct visit *visit, const char *receipt)
{
    return vip_refuse(visit->diag, "unknown-original", "original",
                      "receipt %s has more than %d lines: name one as %s/LINE", receipt,
                      RECEIPT_LINES, receipt);
}

static int stored_originals(struct visit *visit, uint32_t store, struct originals *originals)
{
    struct vip_statement *row = NULL;
    int64_t id = visit->poster->codes[store].id;
    if (!id)
        return VIP_OK;
    int more = vip_db_query(poster_db(visit->poster), VIP_SQL_purchase_of_receipt, &row,
                            visit->diag, vip_int(id), vip_text(originals->receipt));
    for (; more > 0; more = vip_step(row, visit->diag)) {
        if (originals->count == RECEIPT_LINES) {
            vip_reset(row);
            return too_many_lines(visit, originals->receipt);
        }
        originals->lines[originals->count++] = (struct original){
            .line = vip_column_integer(row, 0),
            .day = vip_column_day(row, 1),
            .amount = vip_column_integer(row, 2),
            .member = vip_column_integer(row, 3),
            .entry = vip_column_integer(row, 4),
            .points = vip_column_integer(row, 5),
            .counts = vip_earn_counts((enum vip_earn_reason)vip_column_integer(row, 6)),
            .returned = vip_column_integer(row, 7),
            .returned_points = vip_column_integer(row, 8),
            .category = vip_column_integer(row, 9),
            .brand = vip_column_integer(row, 10),
        };
    }
    return more;
}

/* Only rows before this one: what comes later in the file has not happened yet. */
static bool is_original(const struct vip_posting *candidate, const struct vip_posting *before)
{
    return candidate->kind == VIP_SALE && candidate < before && !candidate->claim &&
           (candidate->state == VIP_POSTING_POSTED || candidate->state == VIP_POSTING_NEW);
}

static int batch_originals(struct visit *visit, struct vip_posting *before,
                           struct originals *originals)
{
    struct vip_poster *poster = visit->poster;
    size_t at = poster_lower_bound(poster, before->store, originals->receipt, INT64_MIN);
    for (; at < poster->part_count; at++) {
        struct vip_posting *row = poster->by_key[at];
        if (row->store != before->store || strcmp(row->receipt, originals->receipt) != 0)
            break;
        if (row->claim && row->state == VIP_POSTING_NEW)
            poster_cut_before(poster, row < before ? before : row);
        if (!is_original(row, before))
            continue;
        if (originals->count == RECEIPT_LINES)
            return too_many_lines(visit, originals->receipt);
        originals->lines[originals->count++] = (struct original){
            .row = row,
            .line = row->line,
            .day = row->day,
            .amount = row->amount,
            .member = row->member,
            .entry = row->entry,
            .points = row->points,
            .counts = vip_earn_counts((enum vip_earn_reason)row->reason),
            .returned = poster_rest(row)->returned,
            .returned_points = poster_rest(row)->returned_points,
            .category = poster->codes[row->category].id,
            .brand = poster->codes[row->brand].id,
        };
    }
    return VIP_OK;
}

/* Line by line, wherever the lines were found: which part of a return falls on which must not
 * depend on how the input was cut into batches. */
static int by_line(const void *left, const void *right)
{
    const struct original *a = left, *b = right;
    return (a->line > b->line) - (a->line < b->line);
}

static int receipt_lines(struct visit *visit, struct vip_posting *row, const char *receipt,
                         struct originals *originals)
{
    originals->receipt = receipt;
    originals->count = 0;
    int error = stored_originals(visit, row->store, originals);
    if (error == VIP_OK)
        error = batch_originals(visit, row, originals);
    qsort(originals->lines, originals->count, sizeof *originals->lines, by_line);
    return error;
}

static void keep_line(struct originals *originals, int64_t line)
{
    size_t kept = 0;
    for (size_t i = 0; i < originals->count; i++)
        if (originals->lines[i].line == line)
            originals->lines[kept++] = originals->lines[i];
    originals->count = kept;
}

/* "R1" is the whole receipt, "R1/2" its line 2; a receipt may itself contain a slash, so the whole
 * text is tried first. */
static int find_originals(struct visit *visit, struct vip_posting *row, struct originals *originals)
{
    const char *original = poster_rest(row)->original;
    originals->count = 0;
    if (!original)
        return VIP_OK;
    int error = receipt_lines(visit, row, original, originals);
    const char *slash = strrchr(original, '/');
    if (error != VIP_OK || originals->count || !slash || !slash[1] ||
        slash[1 + strspn(slash + 1, "0123456789")])
        return error;
    char *receipt = vip_arena_copy(&visit->poster->arena, original, (size_t)(slash - original));
    if (!receipt)
        return vip_fail_memory(visit->diag);
    error = receipt_lines(visit, row, receipt, originals);
    keep_line(originals, strtoll(slash + 1, NULL, 10));
    return error;
}

static int check_left(const struct visit *visit, const struct vip_posting *row,
                      const struct originals *originals)
{
    vip_fen left = 0;
    char want[VIP_MONEY_TEXT], have[VIP_MONEY_TEXT];
    for (size_t i = 0; i < originals->count; i++)
        left += originals->lines[i].amount - originals->lines[i].returned;
    if (row->amount <= left)
        return VIP_OK;
    vip_fen_format(row->amount, want);
    vip_fen_format(left, have);
    return vip_refuse(visit->diag, "exceeds-original", "amount",
                      "%s comes back, but only %s of %s is left", want, have,
                      poster_rest(row)->original);
}

static int note_returned(struct visit *visit, const struct vip_posting *row,
                         const struct originals *originals, const struct original *line,
                         vip_fen part)
{
    if (line->row) {
        struct vip_posting_more *more = poster_more(visit->poster, line->row);
        if (!more)
            return vip_fail_memory(visit->diag);
        more->returned = line->returned;
        more->returned_points = line->returned_points;
        return VIP_OK;
    }
    const struct vip_store_line sold = {.store = visit->poster->codes[row->store].id,
                                        .day = line->day,
                                        .member = line->member,
                                        .counts = line->counts};
    int error = vip_store_days_return(visit->poster->days, &sold, part, visit->diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(poster_db(visit->poster), VIP_SQL_purchase_set_returned, visit->diag,
                      vip_int(visit->poster->codes[row->store].id), vip_text(originals->receipt),
                      vip_int(line->line), vip_int(line->returned), vip_int(line->returned_points));
}

int visit_take(struct visit *visit, struct vip_entry *entry, int64_t own)
{
    struct vip_poster *poster = visit->poster;
    int error = vip_rebates_settle(&poster->batch, poster->programs, &visit->account, entry->day,
                                   visit->diag);
    return error != VIP_OK ? error
                           : vip_ledger_take(&poster->batch, &visit->account, entry, own, true,
                                             &poster->scratch, visit->diag);
}

/* Takes back what part of one original line earned: from its own lot first, then from the others.
 */
static int take_back(struct visit *visit, struct vip_posting *row, struct original *line,
                     vip_fen part)
{
    vip_points points =
        vip_return_points(line->points, line->amount, line->returned_points, line->returned, part);
    struct vip_entry entry;
    line->returned += part;
    line->returned_points += points;
    if (!line->member || (!points && !line->counts)) /* nobody had anything of it */
        return VIP_OK;
    int error = visit_entry(visit, row, &entry);
    if (error != VIP_OK)
        return error;
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -points;
    entry.amount = line->counts ? -part : 0;
    entry.spend_day = line->day;
    entry.category = line->category;
    entry.brand = line->brand;
    error = points ? visit_take(visit, &entry, line->entry)
                   : vip_ledger_post(&visit->poster->batch, &visit->account, &entry, visit->diag);
    row->entry = (int32_t)entry.entry;
    row->points -= points;
    return error;
}

static int return_originals(struct visit *visit, struct vip_posting *row,
                            struct originals *originals)
{
    vip_fen rest = row->amount;
    int error = check_left(visit, row, originals);
    for (size_t i = 0; error == VIP_OK && i < originals->count && rest > 0; i++) {
        struct original *line = &originals->lines[i];
        vip_fen left = line->amount - line->returned, part = left < rest ? left : rest;
        if (part <= 0)
            continue;
        error = take_back(visit, row, line, part);
        if (error == VIP_OK)
            error = note_returned(visit, row, originals, line, part);
        rest -= part;
    }
    return error;
}

/* --blind-returns: the original is not known; what the amount would earn on its date goes back. */
static int return_blind(struct visit *visit, struct vip_posting *row)
{
    const struct vip_program *program = vip_programs_on(visit->poster->programs, row->day);
    struct vip_purchase purchase;
    struct vip_earner earner;
    struct vip_earning earning;
    struct vip_entry entry;
    if (!visit->account.member)
        return VIP_OK;
    int error = visit_purchase(visit, row, &purchase);
    if (error == VIP_OK)
        error = visit_earner(visit, program, row, &earner);
    if (error == VIP_OK)
        error = vip_earn(program, &purchase, &earner, row->day, &earning, visit->diag);
    if (error == VIP_OK)
        error = visit_entry(visit, row, &entry);
    if (error != VIP_OK || (!earning.points && !earning.counts))
        return error;
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -earning.points;
    entry.amount = earning.counts ? -row->amount : 0;
    error = visit_take(visit, &entry, 0);
    row->points = -earning.points;
    row->entry = (int32_t)entry.entry;
    return error;
}

static int note_debt(struct visit *visit, struct vip_posting *row)
{
    struct vip_posting_more *more = poster_more(visit->poster, row);
    if (!more)
        return vip_fail_memory(visit->diag);
    more->owed = -visit->account.balance;
    return VIP_OK;
}

int visit_return(struct visit *visit, struct vip_posting *row)
{
    const char *original = poster_rest(row)->original;
    struct originals originals;
    int error = find_originals(visit, row, &originals);
    if (error != VIP_OK)
        return error;
    if (originals.count)
        error = return_originals(visit, row, &originals);
    else if (visit->poster->blind_returns)
        error = return_blind(visit, row);
    else
        error = vip_refuse(visit->diag, "unknown-original", "original",
                           original ? "receipt %s was never posted in this store"
                                    : "a return needs its original receipt%s (or --blind-returns)",
                           original ? original : "");
    if (error == VIP_OK && visit->account.balance < 0)
        return note_debt(visit, row);
    return error;
}

/* The member whose lines they are. Lines of the receipt that are nobody's, because only a part of
 * it was claimed so far, say nothing: they come back without points, and a claim that comes later
 * takes that into account. */
static int find_owner(const struct originals *originals, int64_t *owner, bool *nobody,
                      struct vip_diag *diag)
{
    *owner = 0;
    *nobody = false;
    for (size_t i = 0; i < originals->count; i++) {
        int64_t member = originals->lines[i].member;
        *nobody = *nobody || !member;
        if (*owner && member && member != *owner)
            return vip_refuse(diag, "other-member", "original",
                              "receipt %s has lines of two members: name one as %s/LINE",
                              originals->receipt, originals->receipt);
        if (member)
            *owner = member;
    }
    return VIP_OK;
}

/* A return belongs to whom the original belongs to, whether the row says so or not. */
int poster_settle_return(struct vip_poster *poster, struct vip_posting *row, struct vip_diag *diag)
{
    struct visit visit = {.poster = poster, .diag = diag};
    struct originals originals;
    int error = find_originals(&visit, row, &originals);
    if (error != VIP_OK || !originals.count)
        return error;
    int64_t owner;
    bool nobody;
    error = find_owner(&originals, &owner, &nobody, diag);
    if (error != VIP_OK)
        return error;
    if (owner && nobody) /* other rows of either may mean the same lines: it is posted alone */
        poster_cut_before(poster, row > poster->part ? row : row + 1);
    if (row->member && owner && row->member != owner)
        return vip_refuse(diag, "other-member", "original",
                          "receipt %s is another member's purchase", originals.receipt);
    row->member = owner;
    return VIP_OK;
}
