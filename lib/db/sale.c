/* What a sale does to its member: it asks the rules and posts what it earns, now or on claim. */
#include "lib/db/poster.h"

#include "lib/db/tier.h"
#include <stdio.h>
#include <string.h>

static const char *code_text(const struct visit *visit, uint32_t place)
{
    return visit->poster->codes[place].text;
}

/* ---- what the rules want to know ---- */

int visit_purchase(struct visit *visit, const struct vip_posting *row,
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
    if (!rest->pay)
        return VIP_OK;
    return vip_pay_parse(code_text(visit, rest->pay), row->amount, &visit->poster->scratch,
                         purchase->pay, &purchase->pay_count, visit->diag);
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

/* Is it the receipt that made him a member? Receipts are numbered store by store. */
static bool is_qualifying(const struct visit *visit, const struct vip_posting *row)
{
    const struct vip_member *member = &visit->member;
    return *member->qualifying && strcmp(member->qualifying, row->receipt) == 0 &&
           (!*member->store || strcmp(member->store, code_text(visit, row->store)) == 0);
}

int visit_earner(struct visit *visit, const struct vip_program *program,
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
        earner->qualifying = is_qualifying(visit, row);
    }
    return needs.tiers ? describe_tiers(visit, row->day, earner) : VIP_OK;
}

/* ---- credits ---- */

static int date_credit(struct visit *visit, const struct vip_program *program,
                       struct vip_entry *entry)
{
    return vip_entry_date(poster_db(visit->poster), program, visit->account.member, entry,
                          visit->diag);
}

int visit_entry(struct visit *visit, const struct vip_posting *row, struct vip_entry *entry)
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
            error = visit_entry(visit, row, &entry);
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
        error = visit_entry(visit, row, &entry);
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
int visit_sale(struct visit *visit, struct vip_posting *row, vip_day posted)
{
    const struct vip_program *program = vip_programs_on(visit->poster->programs, row->day);
    struct vip_purchase purchase;
    struct vip_earner earner;
    struct vip_earning earning;
    if (!visit->account.member) /* a non-member: kept for the contribution rate */
        return VIP_OK;
    int error = visit_purchase(visit, row, &purchase);
    if (error == VIP_OK)
        error = describe_first(visit, program, row, &purchase);
    if (error == VIP_OK)
        error = visit_earner(visit, program, row, &earner);
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
    int error = visit_entry(visit, row, &entry);
    row->more->returned_points =
        vip_return_points(row->points, row->amount, 0, 0, row->more->returned);
    entry.kind = VIP_ENTRY_RETURN;
    entry.points = -row->more->returned_points;
    entry.amount = -row->more->returned;
    if (error != VIP_OK)
        return error;
    return visit_take(visit, &entry, row->entry);
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

int visit_claim(struct visit *visit, struct vip_posting *row)
{
    int64_t store;
    int error = refuse_claim(visit, row);
    if (error == VIP_OK) /* the till's line came in time: a claim has a window of its own */
        error = visit_sale(visit, row, row->day);
    if (error == VIP_OK && poster_rest(row)->returned > 0 && row->entry)
        error = post_returned_share(visit, row);
    if (error == VIP_OK)
        error = poster_code_id(visit->poster, row->store, &store, visit->diag);
    if (error != VIP_OK)
        return error;
    if (row->reason == VIP_EARN_PLAIN)
        row->reason = VIP_EARN_CLAIM;
    const struct vip_store_line line = poster_store_line(visit->poster, row);
    error = vip_store_days_claim(visit->poster->days, &line, visit->diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(poster_db(visit->poster), VIP_SQL_purchase_claim, visit->diag, vip_int(store),
                      vip_text(row->receipt), vip_int(row->line), vip_int(row->member),
                      vip_int_or_null(row->entry), vip_int(row->points), vip_int(row->reason),
                      vip_int(poster_rest(row)->returned_points));
}
