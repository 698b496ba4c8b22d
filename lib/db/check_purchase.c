/* Purchases against the ledger, returns against what they came from. The two stand in different
 * orders, so that no walk meets both: each side adds up a mix of what they have in common, without
 * order, and only when the sums differ is it asked row by row where. */
#include "lib/base/map.h"
#include "lib/db/checker.h"
#include "lib/db/store_day.h"
#include "lib/rules/earn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line { /* a row of purchase */
    int64_t store, line;
    const char *receipt, *original;
    bool is_return;
    vip_fen amount, returned;
    int64_t member, entry; /* 0: none */
    vip_points points, returned_points;
    enum vip_earn_reason reason;
    int64_t batch, source_line;
};

struct purchase_sums {
    int64_t lines, returns;
    uint64_t earned, taken_back; /* as in struct check */
    /* By receipt: what its lines say came back, and what the returns that name it brought. */
    uint64_t returned, brought, returned_points, brought_points;
    struct vip_map *differences; /* by receipt's mix, when it is asked where; else NULL */
};

/* ---- mixing ---- */

/* Mixes numbers well enough that no accident gives the same sum twice. */
static uint64_t mix(uint64_t state, uint64_t value)
{
    state = (state ^ value) * UINT64_C(0xBF58476D1CE4E5B9);
    state = (state ^ state >> 27) * UINT64_C(0x94D049BB133111EB);
    return state ^ state >> 31;
}

uint64_t check_mix_request(int64_t member, int64_t entry, vip_points points, vip_day day)
{
    return mix(mix(mix(mix(2, (uint64_t)member), (uint64_t)entry), (uint64_t)points),
               (uint64_t)day);
}

static uint64_t mix_receipt(int64_t store, const char *receipt)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (; *receipt; receipt++)
        hash = (hash ^ (unsigned char)*receipt) * UINT64_C(0x100000001B3);
    return mix(mix(1, (uint64_t)store), hash);
}

static uint64_t mix_line(int64_t member, int64_t store, const char *receipt, int64_t line)
{
    return mix(mix(mix_receipt(store, receipt), (uint64_t)member), (uint64_t)line);
}

static uint64_t mix_earned(uint64_t state, int64_t entry, vip_points points, vip_fen amount)
{
    return mix(mix(mix(state, (uint64_t)entry), (uint64_t)points), (uint64_t)amount);
}

void check_add_entry(struct check *check, int64_t member, const struct vip_entry *entry)
{
    if (entry->kind == VIP_ENTRY_REDEEM || entry->kind == VIP_ENTRY_CANCEL)
        check->redeemed += check_mix_request(member, entry->entry, entry->points, entry->day);
    if (entry->kind != VIP_ENTRY_EARN && entry->kind != VIP_ENTRY_RETURN)
        return;
    uint64_t key = mix_line(member, entry->store, entry->ref, entry->line);
    if (entry->kind == VIP_ENTRY_EARN)
        check->earned += mix_earned(key, entry->entry, entry->points, entry->amount);
    else /* a return may have several entries, one for each line that it came from */
        check->taken_back += key * (uint64_t)entry->points;
}

/* ---- one line ---- */

static struct line read_line(struct vip_statement *row)
{
    return (struct line){
        .store = vip_column_integer(row, 0),
        .receipt = vip_column_text(row, 1),
        .line = vip_column_integer(row, 2),
        .is_return = vip_column_integer(row, 3) == 1,
        .amount = vip_column_integer(row, 4),
        .member = vip_column_integer(row, 5),
        .entry = vip_column_integer(row, 6),
        .points = vip_column_integer(row, 7),
        .reason = (enum vip_earn_reason)vip_column_integer(row, 8),
        .returned = vip_column_integer(row, 9),
        .returned_points = vip_column_integer(row, 10),
        .original = vip_column_text(row, 11),
        .batch = vip_column_integer(row, 12),
        .source_line = vip_column_integer(row, 13),
    };
}

static int note_difference(struct check *check, struct purchase_sums *sums, uint64_t receipt,
                           uint64_t amount, uint64_t points)
{
    int64_t before = 0;
    if (!sums->differences || (!amount && !points))
        return VIP_OK;
    vip_map_find_number(sums->differences, (int64_t)receipt, &before);
    /* Amount and points in one number: only whether it is zero matters. */
    uint64_t now = (uint64_t)before + amount * UINT64_C(0x9E3779B97F4A7C15) + points;
    if (vip_map_put_number(sums->differences, (int64_t)receipt, (int64_t)now) != VIP_OK)
        return vip_fail_memory(check->diag);
    return VIP_OK;
}

/* A line that was claimed when part of it had come back already: that part has an entry of its own,
 * under the line's own receipt. */
static int claimed_share(struct check *check, const struct line *line, vip_points *share)
{
    *share = 0;
    if (line->reason != VIP_EARN_CLAIM || !line->returned_points)
        return VIP_OK;
    int error = vip_db_number(check->db, VIP_SQL_check_claim, share, 0, check->diag,
                              VIP_VALUES(vip_int(line->member), vip_int(line->store),
                                         vip_text(line->receipt), vip_int(line->line)));
    *share = -*share;
    return error;
}

static int add_sale(struct check *check, struct purchase_sums *sums, const struct line *line)
{
    bool counts = line->reason != VIP_EARN_BEFORE_ENROLMENT && line->reason != VIP_EARN_CANCELLED;
    uint64_t key = mix_line(line->member, line->store, line->receipt, line->line);
    vip_points share;
    if (line->entry)
        sums->earned += mix_earned(key, line->entry, line->points, counts ? line->amount : 0);
    int error = claimed_share(check, line, &share);
    if (error != VIP_OK)
        return error;
    sums->taken_back -= key * (uint64_t)share;
    if (!line->returned && !line->returned_points)
        return VIP_OK;
    uint64_t receipt = mix_receipt(line->store, line->receipt);
    uint64_t points = (uint64_t)(line->returned_points - share);
    sums->returned += receipt * (uint64_t)line->returned;
    sums->returned_points += receipt * points;
    if (!sums->differences && (line->returned < 0 || line->returned > line->amount))
        return check_found(check, CHECK_RETURNS,
                           "receipt %s line %" PRId64 ": %" PRId64 " of %" PRId64 " fen came back",
                           line->receipt, line->line, line->returned, line->amount);
    return note_difference(check, sums, receipt, (uint64_t)line->returned, points);
}

/* The receipt that a return came from, as it was found when it was posted: the whole text, or what
 * stands before its last slash. "" when it was not there (a blind return). */
static int find_original(struct check *check, const struct line *line, char *to, size_t size)
{
    snprintf(to, size, "%s", line->original);
    for (int attempt = 0; attempt < 2; attempt++) {
        int64_t there = 0;
        char *slash = strrchr(to, '/');
        int error = vip_db_number(check->db, VIP_SQL_check_original, &there, 0, check->diag,
                                  VIP_VALUES(vip_int(line->store), vip_text(to),
                                             vip_int(line->batch), vip_int(line->source_line)));
        if (error != VIP_OK || there)
            return error;
        if (!slash || !slash[1] || slash[1 + strspn(slash + 1, "0123456789")])
            break;
        *slash = '\0';
    }
    *to = '\0';
    return VIP_OK;
}

static int add_return(struct check *check, struct purchase_sums *sums, const struct line *line)
{
    char original[1024];
    sums->returns++;
    sums->taken_back +=
        mix_line(line->member, line->store, line->receipt, line->line) * (uint64_t)line->points;
    if (!*line->original)
        return VIP_OK;
    int error = find_original(check, line, original, sizeof original);
    if (error != VIP_OK || !*original)
        return error;
    uint64_t receipt = mix_receipt(line->store, original);
    sums->brought += receipt * (uint64_t)line->amount;
    sums->brought_points += receipt * (uint64_t)-line->points;
    return note_difference(check, sums, receipt, (uint64_t)-line->amount, (uint64_t)line->points);
}

static int scan(struct check *check, struct purchase_sums *sums)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_purchases, &row, check->diag, NULL, 0);
    for (; more > 0; more = vip_step(row, check->diag)) {
        struct line line = read_line(row);
        sums->lines++;
        error = line.is_return ? add_return(check, sums, &line) : add_sale(check, sums, &line);
        if (error != VIP_OK) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

/* ---- where it is wrong ---- */

/* Runs a query of four columns (text, text or number, text, number) that finds what is wrong. */
static int name_rows(struct check *check, enum vip_sql sql,
                     int (*tell)(struct check *check, struct vip_statement *row))
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, sql, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = tell(check, row);
    return error != VIP_OK ? error : more;
}

static int tell_sale(struct check *check, struct vip_statement *row)
{
    return check_found(check, CHECK_PURCHASES,
                       "store %s receipt %s line %" PRId64 ": ledger entry %" PRId64
                       " is not what it earned",
                       vip_column_text(row, 0), vip_column_text(row, 1), vip_column_integer(row, 2),
                       vip_column_integer(row, 3));
}

static int tell_entry(struct check *check, struct vip_statement *row)
{
    return check_found(check, CHECK_PURCHASES,
                       "member %s: ledger entry %" PRId64 " is of receipt %s line %" PRId64
                       ", which is not there or not his",
                       vip_column_text(row, 0), vip_column_integer(row, 1), vip_column_text(row, 2),
                       vip_column_integer(row, 3));
}

static int tell_return(struct check *check, struct vip_statement *row)
{
    return check_found(check, CHECK_PURCHASES,
                       "store %s return %s line %" PRId64 " took back %" PRId64
                       " points, the ledger %" PRId64,
                       vip_column_text(row, 0), vip_column_text(row, 1), vip_column_integer(row, 2),
                       vip_column_integer(row, 3), vip_column_integer(row, 4));
}

static int name_purchases(struct check *check, const struct purchase_sums *sums)
{
    int error = VIP_OK;
    if (sums->earned != check->earned) {
        error = name_rows(check, VIP_SQL_check_sale_entry, tell_sale);
        if (error == VIP_OK)
            error = name_rows(check, VIP_SQL_check_entry_sale, tell_entry);
    }
    if (error == VIP_OK && sums->taken_back != check->taken_back) {
        error = name_rows(check, VIP_SQL_check_return_entry, tell_return);
        if (error == VIP_OK)
            error = name_rows(check, VIP_SQL_check_entry_return, tell_entry);
    }
    if (error == VIP_OK && !check->found[CHECK_PURCHASES])
        error = check_found(check, CHECK_PURCHASES,
                            "the sums of purchases and of their ledger entries differ");
    return error;
}

static int tell_receipt(struct check *check, const struct line *line, struct vip_map *differences,
                        const char *receipt)
{
    int64_t difference = 0;
    uint64_t key = mix_receipt(line->store, receipt);
    struct vip_statement *store = NULL;
    if (!vip_map_find_number(differences, (int64_t)key, &difference) || !difference)
        return VIP_OK;
    int more =
        vip_db_query(check->db, VIP_SQL_check_code, &store, check->diag, vip_int(line->store));
    if (more < 0)
        return more;
    int error = check_found(check, CHECK_RETURNS,
                            "store %s receipt %s: what its lines say was returned is not what "
                            "the returns brought",
                            more ? vip_column_text(store, 0) : "?", receipt);
    if (more)
        vip_reset(store);
    if (vip_map_put_number(differences, (int64_t)key, 0) != VIP_OK) /* told once */
        return vip_fail_memory(check->diag);
    return error;
}

/* A second scan with a memory of every receipt that had returns, and a third that tells. */
static int name_returns(struct check *check)
{
    struct vip_map differences = {0};
    struct purchase_sums sums = {.differences = &differences};
    struct vip_statement *row = NULL;
    int error = scan(check, &sums), more = 0;
    if (error == VIP_OK)
        more = vip_db_query_values(check->db, VIP_SQL_check_purchases, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag)) {
        struct line line = read_line(row);
        char original[1024] = "";
        if (line.is_return && *line.original)
            error = find_original(check, &line, original, sizeof original);
        if (error == VIP_OK)
            error =
                tell_receipt(check, &line, &differences, line.is_return ? original : line.receipt);
    }
    vip_map_free(&differences);
    return error != VIP_OK ? error : more;
}

int check_purchases(struct check *check)
{
    struct purchase_sums sums = {0};
    int error = scan(check, &sums);
    if (error == VIP_OK && (sums.earned != check->earned || sums.taken_back != check->taken_back))
        error = name_purchases(check, &sums);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_PURCHASES, "%" PRId64 " lines agree with the ledger",
                               sums.lines);
    if (error == VIP_OK &&
        (sums.returned != sums.brought || sums.returned_points != sums.brought_points))
        error = name_returns(check);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_RETURNS,
                               "%" PRId64 " returns agree with what they "
                               "came from",
                               sums.returns);
    return error;
}

/* ---- what is kept of stores and days ---- */

static int tell_day(void *context, vip_day day, int64_t store)
{
    struct check *check = context;
    struct vip_statement *row = NULL;
    char date[VIP_DATE_TEXT];
    vip_day_format(day, date);
    int found = vip_db_query(check->db, VIP_SQL_check_code, &row, check->diag, vip_int(store));
    if (found < 0)
        return found;
    int error = check_found(check, CHECK_DAYS,
                            "store %s, %s: what is kept for reports is not the sum of its lines",
                            found ? vip_column_text(row, 0) : "?", date);
    if (found)
        vip_reset(row);
    return error;
}

int check_days(struct check *check)
{
    struct vip_store_days *days = NULL;
    int64_t count = 0;
    int error = vip_store_days_open(&days, check->db, true, check->diag);
    if (error == VIP_OK)
        error = vip_store_days_compare(days, tell_day, check, &count, check->diag);
    vip_store_days_close(days);
    if (error != VIP_OK)
        return error;
    return check_conclude(check, CHECK_DAYS, "%" PRId64 " days of stores are kept as they were",
                          count);
}
