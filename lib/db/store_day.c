/* The sums of stores and days: see store_day.h. Lines become facts, the facts of a store are put
 * together by day and buyer, and the days are merged into those that are stored. */
#include "lib/db/store_day.h"

#include "lib/base/map.h"
#include "lib/base/memory.h"
#include "lib/rules/earn.h"
#include <stdlib.h>
#include <string.h>

/* So many facts at most: a large store's become days several times, which are joined at the end. */
enum { FACTS = 1 << 16 };

struct figures {
    int64_t net, member_net, receipts, member_receipts;
};

struct fact { /* of one store */
    vip_day day;
    int64_t who; /* 0: nobody's */
    vip_fen kept;
    struct figures figures;
};

struct store_day {
    vip_day day;
    int64_t store;
    struct figures figures;
    struct vip_value buyers; /* in the arena */
};

struct receipt_day {
    vip_day day;
    bool member; /* one of its sales is a member's */
};

struct vip_store_days {
    struct vip_db *db;
    bool whole, overflow;

    int64_t store; /* of the facts */
    struct fact *facts;
    size_t fact_count, fact_capacity;
    struct vip_buffer receipt; /* whose lines are being added… */
    struct receipt_day *sold;  /* …the days of its sales */
    size_t sold_count, sold_capacity;

    struct store_day *days;
    size_t day_count, day_capacity;
    struct vip_arena arena; /* their buyers */
    struct vip_buffer bytes;
};

int vip_store_days_open(struct vip_store_days **out, struct vip_db *db, bool whole,
                        struct vip_diag *diag)
{
    *out = calloc(1, sizeof **out);
    if (!*out)
        return vip_fail_memory(diag);
    (*out)->db = db;
    (*out)->whole = whole;
    return VIP_OK;
}

void vip_store_days_close(struct vip_store_days *days)
{
    if (!days)
        return;
    free(days->facts);
    free(days->sold);
    free(days->days);
    vip_buffer_free(&days->receipt);
    vip_buffer_free(&days->bytes);
    vip_arena_free(&days->arena);
    free(days);
}

void vip_store_days_drop(struct vip_store_days *days)
{
    days->fact_count = days->sold_count = days->day_count = 0;
    days->store = 0;
    days->overflow = false;
    vip_buffer_clear(&days->receipt);
    vip_arena_reset(&days->arena);
}

/* ---- adding up ---- */

static void add(struct vip_store_days *days, int64_t *sum, int64_t number)
{
    if (!vip_add(*sum, number, sum))
        days->overflow = true;
}

static void add_figures(struct vip_store_days *days, struct figures *sum,
                        const struct figures *figures)
{
    add(days, &sum->net, figures->net);
    add(days, &sum->member_net, figures->member_net);
    add(days, &sum->receipts, figures->receipts);
    add(days, &sum->member_receipts, figures->member_receipts);
}

static int put_number(struct vip_buffer *buffer, uint64_t number)
{
    char bytes[10];
    size_t size = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[size++] = (char)(number | 0x80);
    bytes[size++] = (char)number;
    return vip_buffer_add(buffer, bytes, size);
}

static int put_buyer(struct vip_buffer *buffer, int64_t *before, int64_t who, vip_fen kept)
{
    uint64_t zigzag = (uint64_t)kept << 1 ^ (kept < 0 ? UINT64_MAX : 0);
    int error = put_number(buffer, (uint64_t)(who - *before));
    *before = who;
    return error == VIP_OK ? put_number(buffer, zigzag) : error;
}

static int keep_bytes(struct vip_store_days *days, struct vip_value *buyers, struct vip_diag *diag)
{
    const char *copy =
        vip_arena_copy(&days->arena, days->bytes.size ? days->bytes.data : "", days->bytes.size);
    if (!copy)
        return vip_fail_memory(diag);
    *buyers = vip_bytes(copy, days->bytes.size);
    return VIP_OK;
}

/* ---- the facts of a store become days ---- */

static int by_day_and_buyer(const void *left, const void *right)
{
    const struct fact *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->who > b->who) - (a->who < b->who);
}

/* The facts of one day, from the first on; *end is behind its last. */
static int make_day(struct vip_store_days *days, size_t first, size_t *end, struct vip_diag *diag)
{
    struct store_day *day = &days->days[days->day_count];
    int64_t before = 0;
    size_t at = first;
    *day = (struct store_day){.day = days->facts[first].day, .store = days->store};
    vip_buffer_clear(&days->bytes);
    while (at < days->fact_count && days->facts[at].day == day->day) {
        struct fact sum = days->facts[at++];
        for (; at < days->fact_count && by_day_and_buyer(&sum, &days->facts[at]) == 0; at++) {
            add(days, &sum.kept, days->facts[at].kept);
            add_figures(days, &sum.figures, &days->facts[at].figures);
        }
        add_figures(days, &day->figures, &sum.figures);
        if (sum.who && put_buyer(&days->bytes, &before, sum.who, sum.kept) != VIP_OK)
            return vip_fail_memory(diag);
    }
    *end = at;
    days->day_count++;
    return keep_bytes(days, &day->buyers, diag);
}

static int end_store(struct vip_store_days *days, struct vip_diag *diag)
{
    int error = VIP_OK;
    if (days->fact_count)
        qsort(days->facts, days->fact_count, sizeof *days->facts, by_day_and_buyer);
    for (size_t i = 0; i < days->fact_count && error == VIP_OK;) {
        if (vip_array_grow((void **)&days->days, &days->day_capacity, days->day_count + 1,
                           sizeof *days->days) != VIP_OK)
            return vip_fail_memory(diag);
        error = make_day(days, i, &i, diag);
    }
    days->fact_count = 0;
    return error;
}

/* The lines of a receipt follow each other: most often a fact goes on with the one before. */
static int add_fact(struct vip_store_days *days, const struct fact *fact, struct vip_diag *diag)
{
    struct fact *last = days->fact_count ? &days->facts[days->fact_count - 1] : NULL;
    if (last && by_day_and_buyer(last, fact) == 0) {
        add(days, &last->kept, fact->kept);
        add_figures(days, &last->figures, &fact->figures);
        return VIP_OK;
    }
    int error = days->fact_count == FACTS ? end_store(days, diag) : VIP_OK;
    if (vip_array_grow((void **)&days->facts, &days->fact_capacity, days->fact_count + 1,
                       sizeof *days->facts) != VIP_OK)
        return vip_fail_memory(diag);
    days->facts[days->fact_count++] = *fact;
    return error;
}

/* ---- lines ---- */

static int64_t who_of(const struct vip_store_line *line)
{
    return line->member ? 2 * line->member + !line->counts : 0;
}

static int enter_store(struct vip_store_days *days, int64_t store, struct vip_diag *diag)
{
    if (store == days->store)
        return VIP_OK;
    int error = end_store(days, diag);
    days->store = store;
    days->sold_count = 0;
    vip_buffer_clear(&days->receipt);
    return error;
}

static int add_sold(struct vip_store_days *days, vip_day day, bool member, struct vip_diag *diag)
{
    if (vip_array_grow((void **)&days->sold, &days->sold_capacity, days->sold_count + 1,
                       sizeof *days->sold) != VIP_OK)
        return vip_fail_memory(diag);
    days->sold[days->sold_count++] = (struct receipt_day){day, member};
    return VIP_OK;
}

static int read_receipt(struct vip_store_days *days, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query(days->db, VIP_SQL_store_day_receipt, &row, diag, vip_int(days->store),
                            vip_text(days->receipt.data));
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag))
        error = add_sold(days, vip_column_day(row, 0), vip_column_integer(row, 1) > 0, diag);
    return error == VIP_OK ? more : error;
}

static int enter_receipt(struct vip_store_days *days, const struct vip_store_line *line,
                         struct vip_diag *diag)
{
    if (days->receipt.size && strcmp(days->receipt.data, line->receipt) == 0)
        return VIP_OK;
    days->sold_count = 0;
    vip_buffer_clear(&days->receipt);
    if (vip_buffer_text(&days->receipt, line->receipt) != VIP_OK)
        return vip_fail_memory(diag);
    return line->fresh ? VIP_OK : read_receipt(days, diag);
}

/* Is the sale the first of its receipt and day; the first of a member? */
static int note_sale(struct vip_store_days *days, const struct vip_store_line *line,
                     struct figures *figures, struct vip_diag *diag)
{
    size_t at = 0;
    while (at < days->sold_count && days->sold[at].day != line->day)
        at++;
    if (at == days->sold_count) {
        int error = add_sold(days, line->day, false, diag);
        if (error != VIP_OK)
            return error;
        figures->receipts = 1;
    }
    if (line->member && !days->sold[at].member) {
        days->sold[at].member = true;
        figures->member_receipts = 1;
    }
    return VIP_OK;
}

int vip_store_days_add(struct vip_store_days *days, const struct vip_store_line *line,
                       struct vip_diag *diag)
{
    vip_fen net = line->is_return ? -line->amount : line->amount;
    struct fact fact = {.day = line->day,
                        .figures = {.net = net, .member_net = line->member ? net : 0}};
    int error = enter_store(days, line->store, diag);
    if (error == VIP_OK)
        error = enter_receipt(days, line, diag);
    if (error == VIP_OK && !line->is_return) {
        fact.who = who_of(line);
        fact.kept = fact.who ? line->amount - line->returned : 0;
        error = note_sale(days, line, &fact.figures, diag);
    }
    return error == VIP_OK ? add_fact(days, &fact, diag) : error;
}

int vip_store_days_return(struct vip_store_days *days, const struct vip_store_line *line,
                          vip_fen part, struct vip_diag *diag)
{
    struct fact fact = {.day = line->day, .who = who_of(line), .kept = -part};
    if (!fact.who)
        return VIP_OK;
    int error = enter_store(days, line->store, diag);
    return error == VIP_OK ? add_fact(days, &fact, diag) : error;
}

int vip_store_days_claim(struct vip_store_days *days, const struct vip_store_line *line,
                         struct vip_diag *diag)
{
    struct fact fact = {.day = line->day,
                        .who = who_of(line),
                        .kept = line->amount - line->returned,
                        .figures = {.member_net = line->amount, .member_receipts = 1}};
    int error = enter_store(days, line->store, diag);
    vip_buffer_clear(&days->receipt); /* as it is stored now */
    days->sold_count = 0;
    if (error == VIP_OK && vip_buffer_text(&days->receipt, line->receipt) != VIP_OK)
        error = vip_fail_memory(diag);
    if (error == VIP_OK)
        error = read_receipt(days, diag);
    for (size_t i = 0; i < days->sold_count; i++)
        if (days->sold[i].day == line->day && days->sold[i].member)
            fact.figures.member_receipts = 0;
    vip_buffer_clear(&days->receipt);
    days->sold_count = 0;
    return error == VIP_OK ? add_fact(days, &fact, diag) : error;
}

/* ---- days that meet ---- */

static int by_day_and_store(const void *left, const void *right)
{
    const struct store_day *a = left, *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->store > b->store) - (a->store < b->store);
}

/* Adds other to day. */
static int join(struct vip_store_days *days, struct store_day *day, const struct store_day *other,
                struct vip_diag *diag)
{
    struct vip_buyers a = vip_buyers_of(day->buyers.text, day->buyers.size);
    struct vip_buyers b = vip_buyers_of(other->buyers.text, other->buyers.size);
    bool more_a = vip_buyers_next(&a), more_b = vip_buyers_next(&b);
    int64_t before = 0;
    int error = VIP_OK;
    vip_buffer_clear(&days->bytes);
    while ((more_a || more_b) && error == VIP_OK) {
        bool take_a = more_a && (!more_b || a.who <= b.who);
        bool take_b = more_b && (!more_a || b.who <= a.who);
        vip_fen kept = take_a ? a.kept : 0;
        if (take_b)
            add(days, &kept, b.kept);
        error = put_buyer(&days->bytes, &before, take_a ? a.who : b.who, kept);
        if (take_a)
            more_a = vip_buyers_next(&a);
        if (take_b)
            more_b = vip_buyers_next(&b);
    }
    add_figures(days, &day->figures, &other->figures);
    return error == VIP_OK ? keep_bytes(days, &day->buyers, diag) : vip_fail_memory(diag);
}

/* In the order of the table; a return or a claim may have made a day of its own. */
static int order_days(struct vip_store_days *days, struct vip_diag *diag)
{
    int error = end_store(days, diag);
    struct store_day *last = days->days;
    if (error != VIP_OK || !last)
        return error;
    qsort(days->days, days->day_count, sizeof *days->days, by_day_and_store);
    for (size_t i = 1; i < days->day_count && error == VIP_OK; i++) {
        if (by_day_and_store(last, &days->days[i]) == 0)
            error = join(days, last, &days->days[i], diag);
        else
            *++last = days->days[i];
    }
    if (days->day_count)
        days->day_count = (size_t)(last - days->days) + 1;
    if (error == VIP_OK && days->overflow)
        return vip_fail(diag, VIP_EDATABASE, "the sums of a store and day do not fit");
    return error;
}

static struct figures read_figures(struct vip_statement *row, int first)
{
    return (struct figures){vip_column_integer(row, first), vip_column_integer(row, first + 1),
                            vip_column_integer(row, first + 2), vip_column_integer(row, first + 3)};
}

static struct vip_value read_buyers(struct vip_statement *row, int index)
{
    size_t size;
    const void *bytes = vip_column_bytes(row, index, &size);
    return vip_bytes(bytes ? bytes : "", size);
}

static int add_stored(struct vip_store_days *days, struct store_day *day, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(days->db, VIP_SQL_store_day_one, &row, diag, vip_int(day->day),
                             vip_int(day->store));
    if (found <= 0)
        return found;
    struct store_day stored = {.figures = read_figures(row, 0), .buyers = read_buyers(row, 4)};
    int error = join(days, day, &stored, diag);
    vip_reset(row);
    return error;
}

static int add_all_stored(struct vip_store_days *days, struct vip_diag *diag)
{
    int64_t newest;
    int error =
        vip_db_number(days->db, VIP_SQL_store_day_newest, &newest, INT64_MIN, diag, NULL, 0);
    for (size_t i = 0; i < days->day_count && error == VIP_OK; i++)
        if (days->days[i].day <= newest)
            error = add_stored(days, &days->days[i], diag);
    return error;
}

struct writing {
    const struct vip_store_days *days;
    size_t next;
};

static bool next_day(void *context, struct vip_value *values)
{
    struct writing *writing = context;
    if (writing->next == writing->days->day_count)
        return false;
    const struct store_day *day = &writing->days->days[writing->next++];
    values[0] = vip_int(day->day);
    values[1] = vip_int(day->store);
    values[2] = vip_int(day->figures.net);
    values[3] = vip_int(day->figures.member_net);
    values[4] = vip_int(day->figures.receipts);
    values[5] = vip_int(day->figures.member_receipts);
    values[6] = day->buyers;
    return true;
}

int vip_store_days_write(struct vip_store_days *days, struct vip_diag *diag)
{
    struct writing writing = {days, 0};
    struct vip_bulk bulk = {next_day, &writing};
    int error = order_days(days, diag);
    if (error == VIP_OK && !days->whole)
        error = add_all_stored(days, diag);
    if (error == VIP_OK && days->day_count)
        error = vip_db_bulk(days->db, VIP_SQL_store_day_bulk, &bulk, diag);
    vip_store_days_drop(days);
    return error;
}

/* ---- against the lines ---- */

/* Adds every line there is. */
static int gather(struct vip_store_days *days, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(days->db, VIP_SQL_store_day_lines, &row, diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag)) {
        const struct vip_store_line line = {
            .store = vip_column_integer(row, 0),
            .receipt = vip_column_text(row, 1),
            .fresh = true,
            .day = vip_column_day(row, 2),
            .is_return = vip_column_integer(row, 3) != 0,
            .amount = vip_column_integer(row, 4),
            .returned = vip_column_integer(row, 5),
            .member = vip_column_integer(row, 6),
            .counts = vip_earn_counts((enum vip_earn_reason)vip_column_integer(row, 7)),
        };
        error = vip_store_days_add(days, &line, diag);
    }
    if (error == VIP_OK)
        return more < 0 ? more : order_days(days, diag);
    vip_reset(row);
    return error;
}

static bool is_same(const struct store_day *a, const struct store_day *b)
{
    return memcmp(&a->figures, &b->figures, sizeof a->figures) == 0 &&
           a->buyers.size == b->buyers.size &&
           (!a->buyers.size || memcmp(a->buyers.text, b->buyers.text, a->buyers.size) == 0);
}

int vip_store_days_compare(struct vip_store_days *days, vip_store_days_differ *tell, void *context,
                           int64_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    size_t at = 0;
    int error = gather(days, diag), more = 0;
    if (error == VIP_OK)
        more = vip_db_query(days->db, VIP_SQL_store_day_scan, &row, diag, vip_null(), vip_null(),
                            vip_null());
    while (error == VIP_OK && (more > 0 || (more == 0 && at < days->day_count))) {
        struct store_day stored = {.day = VIP_DAY_NONE};
        if (more > 0)
            stored = (struct store_day){.day = vip_column_day(row, 0),
                                        .store = vip_column_integer(row, 1),
                                        .figures = read_figures(row, 2),
                                        .buyers = read_buyers(row, 6)};
        int order = more <= 0               ? -1
                    : at == days->day_count ? 1
                                            : by_day_and_store(&days->days[at], &stored);
        const struct store_day *day = order <= 0 ? &days->days[at] : &stored;
        if (order != 0 || !is_same(&days->days[at], &stored))
            error = tell(context, day->day, day->store);
        if (order <= 0)
            at++;
        if (order >= 0)
            more = vip_step(row, diag);
    }
    if (row && more > 0)
        vip_reset(row);
    *count = (int64_t)days->day_count;
    vip_store_days_drop(days);
    return error != VIP_OK || more >= 0 ? error : more;
}

/* ---- members who were merged ---- */

static int read_merged(struct vip_db *db, int64_t batch, struct vip_map *stays,
                       struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query(db, VIP_SQL_store_day_merged, &row, diag, vip_int(batch));
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag))
        if (vip_map_put_number(stays, vip_column_integer(row, 0), vip_column_integer(row, 1)))
            error = vip_fail_memory(diag);
    if (error == VIP_OK)
        return more;
    vip_reset(row);
    return error;
}

/* Takes the day over when one of its buyers goes. */
static int move_day(struct vip_store_days *days, const struct vip_map *stays,
                    struct vip_statement *row, struct vip_diag *diag)
{
    struct vip_value bytes = read_buyers(row, 6);
    struct vip_buyers buyers = vip_buyers_of(bytes.text, bytes.size);
    bool moves = false;
    int64_t member;
    while (!moves && vip_buyers_next(&buyers))
        moves = vip_map_find_number(stays, buyers.who / 2, &member);
    if (!moves)
        return VIP_OK;
    struct fact fact = {.day = vip_column_day(row, 0), .figures = read_figures(row, 2)};
    int error = end_store(days, diag);
    days->store = vip_column_integer(row, 1);
    if (error == VIP_OK)
        error = add_fact(days, &fact, diag);
    buyers = vip_buyers_of(bytes.text, bytes.size);
    while (error == VIP_OK && vip_buyers_next(&buyers)) {
        member = buyers.who / 2;
        vip_map_find_number(stays, buyers.who / 2, &member);
        fact =
            (struct fact){.day = fact.day, .who = 2 * member + buyers.who % 2, .kept = buyers.kept};
        error = add_fact(days, &fact, diag);
    }
    return error;
}

static int move_days(struct vip_store_days *days, const struct vip_map *stays,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query(days->db, VIP_SQL_store_day_scan, &row, diag, vip_null(), vip_null(),
                            vip_null());
    for (; more > 0 && error == VIP_OK; more = vip_step(row, diag))
        error = move_day(days, stays, row, diag);
    if (error != VIP_OK && more > 0)
        vip_reset(row);
    return error == VIP_OK && more < 0 ? more : error;
}

int vip_store_days_merge(struct vip_db *db, int64_t batch, struct vip_diag *diag)
{
    struct vip_map stays = {0};
    struct vip_store_days *days = NULL;
    int error = vip_store_days_open(&days, db, true, diag);
    if (error == VIP_OK)
        error = read_merged(db, batch, &stays, diag);
    if (error == VIP_OK && stays.count)
        error = move_days(days, &stays, diag);
    if (error == VIP_OK)
        error = vip_store_days_write(days, diag);
    vip_store_days_close(days);
    vip_map_free(&stays);
    return error;
}
