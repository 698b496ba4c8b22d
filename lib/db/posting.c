/* What each new line of a batch does to its member: sales earn, returns take back, claims earn
 * later. Member by member, each in the order of the input, so that the ledger is written in its own
 * order and each account is read and written once. */
#include "lib/db/poster.h"
#include "lib/db/tier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char *code_text(const struct visit *visit, uint32_t place)
{
    return visit->poster->codes[place].text;
}

/* ---- what the rules want to know ---- */

static void describe_purchase(const struct visit *visit, const struct vip_posting *row,
                              struct vip_purchase *purchase)
{
    const struct vip_posting_more *rest = poster_rest(row);
    *purchase = (struct vip_purchase){
        .day = row->day,
        .amount = row->amount,
        .list_price = rest->list_price,
        .store = code_text(visit, row->store),
        .category = code_text(visit, row->category),
        .brand = code_text(visit, row->brand),
        .promo = code_text(visit, rest->promo),
        .benefit = code_text(visit, rest->benefit),
    };
    if (rest->pay) {
        purchase->pay[0] = (struct vip_pay_part){code_text(visit, rest->pay), row->amount};
        purchase->pay_count = 1;
    }
}

static int describe_tiers(struct visit *visit, vip_day day, struct vip_earner *earner)
{
    struct vip_held_tier *held;
    size_t count;
    int error = vip_tiers_on(poster_db(visit->poster), visit->account.member, day,
                             &visit->poster->scratch, &held, &count, visit->diag);
    if (error != VIP_OK)
        return error;
    const char **tiers = vip_arena_zero(&visit->poster->scratch, count + 1, sizeof *tiers);
    if (!tiers)
        return vip_fail_memory(visit->diag);
    for (size_t i = 0; i < count; i++)
        tiers[i] = held[i].tier;
    earner->tiers = tiers;
    earner->tier_count = count;
    return VIP_OK;
}

static struct vip_earn_needs needs_of(const struct vip_poster *poster,
                                      const struct vip_program *program)
{
    size_t version = 0;
    while (poster->programs->versions[version] != program)
        version++;
    return poster->needs[version];
}

/* A first purchase is a receipt, with all its lines, whenever they come. */
static int describe_first(struct visit *visit, const struct vip_program *program,
                          const struct vip_posting *row, struct vip_purchase *purchase)
{
    struct vip_statement *first = NULL;
    purchase->first = visit->account.first_purchase == VIP_DAY_NONE;
    if (purchase->first || !needs_of(visit->poster, program).first)
        return VIP_OK;
    if (!visit->first_receipt) {
        int found = vip_db_query(poster_db(visit->poster), VIP_SQL_purchase_first, &first,
                                 visit->diag, vip_int(visit->account.member));
        if (found <= 0)
            return found;
        visit->first_store = vip_column_integer(first, 0);
        visit->first_receipt = vip_arena_text(&visit->poster->scratch, vip_column_text(first, 1));
        vip_reset(first);
    }
    if (!visit->first_receipt)
        return vip_fail_memory(visit->diag);
    purchase->first = visit->poster->codes[row->store].id == visit->first_store &&
                      strcmp(row->receipt, visit->first_receipt) == 0;
    return VIP_OK;
}

static int describe_earner(struct visit *visit, const struct vip_program *program,
                           const struct vip_posting *row, struct vip_earner *earner)
{
    struct vip_earn_needs needs = needs_of(visit->poster, program);
    struct vip_db *db = poster_db(visit->poster);
    *earner = (struct vip_earner){
        .enrolled = visit->account.enrolled,
        .cancelled = visit->account.status == VIP_STATUS_CANCELLED ||
                     visit->account.status == VIP_STATUS_FORGOTTEN,
    };
    if ((needs.birthday || needs.receipt) && !visit->member_read) {
        int found = vip_member_load(db, visit->account.member, &visit->poster->scratch,
                                    &visit->member, visit->diag);
        if (found < 0)
            return found;
        visit->member_read = true;
    }
    if (visit->member_read) {
        earner->birthday = visit->member.birthday;
        earner->qualifying = visit->member.qualifying && *visit->member.qualifying &&
                             strcmp(visit->member.qualifying, row->receipt) == 0;
    }
    return needs.tiers ? describe_tiers(visit, row->day, earner) : VIP_OK;
}

/* ---- credits ---- */

static int card_end(struct visit *visit, const struct vip_program *program, vip_day *end)
{
    *end = VIP_DAY_NONE;
    if (program->points_expire.mode != VIP_EXPIRE_CARD)
        return VIP_OK;
    int64_t day;
    int error =
        vip_db_number(poster_db(visit->poster), VIP_SQL_card_end_of_member, &day, VIP_DAY_NONE,
                      visit->diag, VIP_VALUES(vip_int(visit->account.member)));
    *end = (vip_day)day;
    return error;
}

/* Fills in when the credit can be spent and when it ends, by the programme of its day. */
static int date_credit(struct visit *visit, const struct vip_program *program,
                       struct vip_entry *entry)
{
    vip_day end;
    int error = card_end(visit, program, &end);
    entry->expires = vip_points_expiry(program, entry->day, end);
    if (program->redeemable_after.unit == VIP_SPAN_DAYS && program->redeemable_after.count > 0)
        entry->available = vip_day_add_span(entry->day, program->redeemable_after);
    return error;
}

static int entry_for(struct visit *visit, const struct vip_posting *row, struct vip_entry *entry)
{
    *entry = (struct vip_entry){
        .kind = VIP_ENTRY_EARN,
        .day = row->day,
        .spend_day = row->day,
        .available = VIP_DAY_NONE,
        .expires = VIP_DAY_NONE,
        .ref = row->receipt,
        .line = row->line,
    };
    int error = poster_code_id(visit->poster, row->store, &entry->store, visit->diag);
    if (error == VIP_OK)
        error = poster_code_id(visit->poster, row->category, &entry->category, visit->diag);
    if (error == VIP_OK)
        error = poster_code_id(visit->poster, row->brand, &entry->brand, visit->diag);
    return error;
}

/* ---- bonuses ---- */

/* True in *fresh when this bonus was not given before; it is then noted as given. */
static int note_bonus(struct visit *visit, const struct vip_earn_rule *rule, const char *ref,
                      bool *fresh)
{
    int error = vip_db_run(poster_db(visit->poster), VIP_SQL_bonus_insert, visit->diag,
                           vip_int(visit->account.member), vip_text(rule->rule),
                           (struct vip_value){.type = VIP_TEXT, .text = ref});
    *fresh = error == VIP_OK && vip_db_changes(poster_db(visit->poster)) > 0;
    return error;
}

/* Once a receipt: the points belong to the line that brings the first fit. */
static int add_plus(struct visit *visit, const struct vip_posting *row,
                    const struct vip_earning *earning, vip_points *points)
{
    char ref[512];
    if (earning->plus_count == 0)
        return VIP_OK;
    snprintf(ref, sizeof ref, "%s/%s", code_text(visit, row->store), row->receipt);
    for (size_t i = 0; i < earning->plus_count; i++) {
        bool fresh;
        int error = note_bonus(visit, earning->plus[i], ref, &fresh);
        if (error != VIP_OK)
            return error;
        if (fresh && !vip_add(*points, earning->plus[i]->points, points))
            return vip_refuse(visit->diag, "overflow", "amount",
                              "the points of this line overflow");
    }
    return VIP_OK;
}

/* Once in a life: an entry of its own, which no return takes back. */
static int post_once(struct visit *visit, const struct vip_program *program,
                     const struct vip_posting *row, const struct vip_earning *earning)
{
    for (size_t i = 0; i < earning->once_count; i++) {
        bool fresh;
        int error = note_bonus(visit, earning->once[i], "", &fresh);
        struct vip_entry entry;
        if (error == VIP_OK && fresh)
            error = entry_for(visit, row, &entry);
        if (error != VIP_OK)
            return error;
        if (!fresh)
            continue;
        entry.kind = VIP_ENTRY_BONUS;
        entry.points = earning->once[i]->points;
        error = date_credit(visit, program, &entry);
        if (error == VIP_OK)
            error = vip_ledger_post(&visit->poster->batch, &visit->account, &entry, visit->diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

/* ---- a sale ---- */

static void note_purchase(struct visit *visit, const struct vip_posting *row)
{
    struct vip_account *account = &visit->account;
    vip_day day = row->day;
    if (account->first_purchase == VIP_DAY_NONE) {
        visit->first_store = visit->poster->codes[row->store].id;
        visit->first_receipt = row->receipt;
    }
    if (account->first_purchase == VIP_DAY_NONE || day < account->first_purchase)
        account->first_purchase = day;
    if (account->last_purchase == VIP_DAY_NONE || day > account->last_purchase)
        account->last_purchase = day;
}

static int post_earning(struct visit *visit, const struct vip_program *program,
                        struct vip_posting *row, const struct vip_earning *earning)
{
    struct vip_entry entry;
    vip_points points = earning->points;
    int error = add_plus(visit, row, earning, &points);
    if (error == VIP_OK)
        error = entry_for(visit, row, &entry);
    if (error != VIP_OK)
        return error;
    row->points = points;
    if (!earning->counts && !points) /* kept as a purchase; the ledger has nothing to say */
        return VIP_OK;
    entry.points = points;
    entry.amount = earning->counts ? row->amount : 0;
    if (points > 0)
        error = date_credit(visit, program, &entry);
    if (error == VIP_OK)
        error = vip_ledger_post(&visit->poster->batch, &visit->account, &entry, visit->diag);
    if (error != VIP_OK)
        return error;
    row->entry = (int32_t)entry.entry;
    return post_once(visit, program, row, earning);
}

/* posted: the business day that the programme's deadline is held against. */
static int post_sale(struct visit *visit, struct vip_posting *row, vip_day posted)
{
    const struct vip_program *program = vip_programs_on(visit->poster->programs, row->day);
    struct vip_purchase purchase;
    struct vip_earner earner;
    struct vip_earning earning;
    if (!visit->account.member) /* a non-member: kept for the contribution rate */
        return VIP_OK;
    describe_purchase(visit, row, &purchase);
    int error = describe_first(visit, program, row, &purchase);
    if (error == VIP_OK)
        error = describe_earner(visit, program, row, &earner);
    if (error == VIP_OK)
        error = vip_earn(program, &purchase, &earner, posted, &earning, visit->diag);
    if (error == VIP_OK)
        error = post_earning(visit, program, row, &earning);
    if (error != VIP_OK)
        return error;
    /* Where no rule gives a base, a bonus may still have come. */
    row->reason = (uint8_t)(row->points > 0 ? VIP_EARN_PLAIN : earning.reason);
    if (earning.counts)
        note_purchase(visit, row);
    return VIP_OK;
}

/* ---- missing points: a line that was posted without its member ---- */

static int post_returned_share(struct visit *visit, struct vip_posting *row)
{
    struct vip_entry entry;
    int error = entry_for(visit, row, &entry);
    row->more->returned_points =
        vip_return_points(row->points, row->amount, 0, 0, row->more->returned);
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -row->more->returned_points;
    entry.amount = -row->more->returned;
    if (error != VIP_OK)
        return error;
    return vip_ledger_take(&visit->poster->batch, &visit->account, &entry, row->entry, true,
                           &visit->poster->scratch, visit->diag);
}

static int refuse_claim(const struct visit *visit, const struct vip_posting *row)
{
    const struct vip_program *program =
        vip_programs_on(visit->poster->programs, visit->poster->batch.as_of);
    vip_day last = vip_day_add_span(row->day, program->claim_window);
    char text[VIP_DATE_TEXT];
    if (row->day < visit->account.enrolled)
        return vip_refuse(visit->diag, "before-enrolment", "date",
                          "receipt %s is older than the membership: its points cannot be claimed",
                          row->receipt);
    if (last == VIP_DAY_NONE || visit->poster->batch.as_of <= last)
        return VIP_OK;
    vip_day_format(last, text);
    return vip_refuse(visit->diag, "claim-too-late", "date",
                      "the points of receipt %s could be claimed until %s", row->receipt, text);
}

static int post_claim(struct visit *visit, struct vip_posting *row)
{
    int64_t store;
    int error = refuse_claim(visit, row);
    if (error == VIP_OK) /* the till's line came in time: a claim has a window of its own */
        error = post_sale(visit, row, row->day);
    if (error == VIP_OK && poster_rest(row)->returned > 0 && row->entry)
        error = post_returned_share(visit, row);
    if (error == VIP_OK)
        error = poster_code_id(visit->poster, row->store, &store, visit->diag);
    if (error != VIP_OK)
        return error;
    if (row->reason == VIP_EARN_PLAIN)
        row->reason = VIP_EARN_CLAIM;
    return vip_db_run(poster_db(visit->poster), VIP_SQL_purchase_claim, visit->diag, vip_int(store),
                      vip_text(row->receipt), vip_int(row->line), vip_int(row->member),
                      row->entry ? vip_int(row->entry) : vip_null(), vip_int(row->points),
                      vip_int(row->reason), vip_int(poster_rest(row)->returned_points));
}

/* ---- a return ---- */

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

static bool counted(uint8_t reason)
{
    return reason != VIP_EARN_BEFORE_ENROLMENT && reason != VIP_EARN_CANCELLED;
}

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
            .counts = counted((uint8_t)vip_column_integer(row, 6)),
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
            .counts = counted(row->reason),
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
                         const struct originals *originals, const struct original *line)
{
    if (line->row) {
        struct vip_posting_more *more = poster_more(visit->poster, line->row);
        if (!more)
            return vip_fail_memory(visit->diag);
        more->returned = line->returned;
        more->returned_points = line->returned_points;
        return VIP_OK;
    }
    return vip_db_run(poster_db(visit->poster), VIP_SQL_purchase_set_returned, visit->diag,
                      vip_int(visit->poster->codes[row->store].id), vip_text(originals->receipt),
                      vip_int(line->line), vip_int(line->returned), vip_int(line->returned_points));
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
    if (!visit->account.member || (!points && !line->counts))
        return VIP_OK;
    int error = entry_for(visit, row, &entry);
    if (error != VIP_OK)
        return error;
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -points;
    entry.amount = line->counts ? -part : 0;
    entry.spend_day = line->day;
    entry.category = line->category;
    entry.brand = line->brand;
    error = points ? vip_ledger_take(&visit->poster->batch, &visit->account, &entry, line->entry,
                                     true, &visit->poster->scratch, visit->diag)
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
            error = note_returned(visit, row, originals, line);
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
    describe_purchase(visit, row, &purchase);
    int error = describe_earner(visit, program, row, &earner);
    if (error == VIP_OK)
        error = vip_earn(program, &purchase, &earner, row->day, &earning, visit->diag);
    if (error == VIP_OK)
        error = entry_for(visit, row, &entry);
    if (error != VIP_OK || (!earning.points && !earning.counts))
        return error;
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -earning.points;
    entry.amount = earning.counts ? -row->amount : 0;
    error = vip_ledger_take(&visit->poster->batch, &visit->account, &entry, 0, true,
                            &visit->poster->scratch, visit->diag);
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

static int post_return(struct visit *visit, struct vip_posting *row)
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

/* A return belongs to whom the original belongs to, whether the row says so or not. */
static int settle_return(struct vip_poster *poster, struct vip_posting *row, struct vip_diag *diag)
{
    struct visit visit = {.poster = poster, .diag = diag};
    struct originals originals;
    int error = find_originals(&visit, row, &originals);
    if (error != VIP_OK || !originals.count)
        return error;
    int64_t owner = originals.lines[0].member;
    for (size_t i = 1; i < originals.count; i++)
        if (originals.lines[i].member != owner)
            return vip_refuse(diag, "other-member", "original",
                              "receipt %s has lines of several members: name one as %s/LINE",
                              originals.receipt, originals.receipt);
    if (row->member && owner && row->member != owner)
        return vip_refuse(diag, "other-member", "original",
                          "receipt %s is another member's purchase", originals.receipt);
    row->member = owner;
    return VIP_OK;
}

/* ---- member by member ---- */

static int post_row(struct visit *visit, struct vip_posting *row)
{
    int error = row->claim                ? post_claim(visit, row)
                : row->kind == VIP_RETURN ? post_return(visit, row)
                                          : post_sale(visit, row, visit->poster->batch.as_of);
    if (error == VIP_EREFUSED)
        return poster_refuse(visit->poster, row, visit->diag);
    row->balance = visit->account.balance;
    row->state = VIP_POSTING_POSTED;
    return error;
}

static int open_visit(struct visit *visit, int64_t member)
{
    visit->member_read = false;
    visit->first_receipt = NULL;
    visit->account = (struct vip_account){.member = 0};
    vip_arena_reset(&visit->poster->scratch);
    if (!member)
        return VIP_OK;
    int found = vip_account_load(poster_db(visit->poster), member, &visit->account, visit->diag);
    if (found == 0)
        return vip_fail(visit->diag, VIP_EDATABASE,
                        "member %lld has no account: run 'vip-db check'", (long long)member);
    return found < 0 ? found : VIP_OK;
}

struct member_key { /* the sort does not follow pointers */
    int64_t member;
    struct vip_posting *row;
};

static int by_member(const void *left, const void *right)
{
    const struct member_key *a = left, *b = right;
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row); /* rows stand in the order of the input */
}

int poster_settle_returns(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t i = 0; i < poster->part_count; i++) {
        struct vip_posting *row = &poster->part[i];
        int error = VIP_OK;
        if (row->state == VIP_POSTING_NEW && row->kind == VIP_RETURN)
            error = settle_return(poster, row, diag);
        if (error == VIP_EREFUSED)
            error = poster_refuse(poster, row, diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

/* The rows that are to be posted, in the order of posting. */
static size_t collect(const struct vip_poster *poster, struct member_key *list)
{
    size_t count = 0;
    for (size_t i = 0; i < poster->part_count; i++) {
        struct vip_posting *row = &poster->part[i];
        if (row->state == VIP_POSTING_NEW)
            list[count++] = (struct member_key){row->member, row};
    }
    qsort(list, count, sizeof *list, by_member);
    return count;
}

/* New codes get their numbers in the order of the input, whatever the order of posting. */
static int number_codes(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t i = 0; i < poster->part_count; i++) {
        const struct vip_posting *row = &poster->part[i];
        const struct vip_posting_more *rest = poster_rest(row);
        const uint32_t places[] = {row->store,    row->category, row->brand, rest->promo,
                                   rest->benefit, rest->seller,  rest->pay};
        int64_t id;
        if (row->state != VIP_POSTING_NEW)
            continue;
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            int error = poster_code_id(poster, places[p], &id, diag);
            if (error != VIP_OK)
                return error;
        }
    }
    return VIP_OK;
}

/* Posts the rows of one member, from list[0] on; *done is how many they are. */
static int visit_member(struct vip_poster *poster, const struct member_key *list, size_t count,
                        size_t *done, struct vip_diag *diag)
{
    struct visit visit = {.poster = poster, .diag = diag};
    int error = open_visit(&visit, list[0].member);
    for (*done = 0; error == VIP_OK && *done < count; ++*done) {
        if (list[*done].member != list[0].member)
            break;
        if (*done + 8 < count) /* rows lie all over memory: ask ahead */
            __builtin_prefetch(list[*done + 8].row);
        error = post_row(&visit, list[*done].row);
    }
    if (error == VIP_OK && visit.account.member)
        error = vip_account_save(&poster->batch, &visit.account, diag);
    return error;
}

int poster_post_members(struct vip_poster *poster, struct vip_diag *diag)
{
    struct member_key *list = calloc(poster->part_count + 1, sizeof *list);
    if (!list)
        return vip_fail_memory(diag);
    size_t done, count = collect(poster, list);
    int error = count ? vip_batch_need(&poster->batch, diag) : VIP_OK;
    if (error == VIP_OK)
        error = number_codes(poster, diag);
    for (size_t i = 0; i < count && error == VIP_OK; i += done)
        error = visit_member(poster, list + i, count - i, &done, diag);
    free(list);
    return error == VIP_OK ? vip_ledger_flush(&poster->batch, diag) : error;
}
