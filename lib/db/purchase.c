/* The poster: rows in, one transaction a batch, outcomes out: see purchase.h. */
#include "lib/db/poster.h"

#include <stdlib.h>
#include <string.h>

enum { CODE_BYTES = 160 };   /* a code with its place in the map; its text comes twice */
enum { SORTING_BYTES = 24 }; /* by_key, and twice a turn while the members are visited */

/* ---- codes ---- */

static int add_code(struct vip_poster *poster, const char *text, uint32_t *place,
                    struct vip_diag *diag)
{
    char *copy = vip_arena_text(&poster->code_texts, text);
    if (!copy ||
        vip_array_grow((void **)&poster->codes, &poster->code_capacity, poster->code_count + 1,
                       sizeof *poster->codes) != VIP_OK ||
        vip_map_put(&poster->code_places, copy, (int64_t)poster->code_count) != VIP_OK)
        return vip_fail_memory(diag);
    *place = (uint32_t)poster->code_count;
    poster->codes[poster->code_count++] = (struct poster_code){.text = copy};
    return VIP_OK;
}

/* Lines of one store and day follow each other: the last code of the column is tried first. */
static int find_code(struct vip_poster *poster, const char *text, uint32_t last, uint32_t *place,
                     struct vip_diag *diag)
{
    int64_t found;
    if (!text || !*text) {
        *place = 0;
        return VIP_OK;
    }
    if (strcmp(poster->codes[last].text, text) == 0) {
        *place = last;
        return VIP_OK;
    }
    if (vip_map_find(&poster->code_places, text, &found)) {
        *place = (uint32_t)found;
        return VIP_OK;
    }
    return add_code(poster, text, place, diag);
}

int poster_code_place(struct vip_poster *poster, const char *text, uint32_t *place,
                      struct vip_diag *diag)
{
    return find_code(poster, text, 0, place, diag);
}

int poster_code_id(struct vip_poster *poster, uint32_t place, int64_t *id, struct vip_diag *diag)
{
    struct poster_code *code = &poster->codes[place];
    int error = VIP_OK;
    if (place && !code->id)
        error = vip_code_find(poster_db(poster), &poster->stored_codes, code->text, true, &code->id,
                              diag);
    *id = code->id;
    return error;
}

/* What the database knows already; what it does not stays 0 until it is written. */
static int look_up_codes(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t place = 1; place < poster->code_count; place++) {
        struct poster_code *code = &poster->codes[place];
        int64_t id;
        if (code->id)
            continue;
        int error =
            vip_code_find(poster_db(poster), &poster->stored_codes, code->text, false, &id, diag);
        if (error != VIP_OK)
            return error;
        code->id = id > 0 ? id : 0;
    }
    return VIP_OK;
}

/* ---- opening and adding ---- */

int vip_poster_open(struct vip_poster **out, const struct vip_poster_options *options,
                    struct vip_diag *diag)
{
    struct vip_poster *poster = calloc(1, sizeof *poster);
    uint32_t place;
    *out = NULL;
    if (!poster)
        return vip_fail_memory(diag);
    poster->batch = options->batch;
    poster->programs = options->programs;
    poster->blind_returns = options->blind_returns;
    poster->batch_rows = options->batch_rows ? options->batch_rows : SIZE_MAX;
    poster->needs = calloc(poster->programs->count, sizeof *poster->needs);
    if (!poster->needs || add_code(poster, "", &place, diag) != VIP_OK ||
        vip_ledger_buffer_open(&poster->batch, diag) != VIP_OK ||
        vip_store_days_open(&poster->days, poster_db(poster), false, diag) != VIP_OK) {
        vip_poster_close(poster);
        return vip_fail_memory(diag);
    }
    for (size_t i = 0; i < poster->programs->count; i++)
        poster->needs[i] = vip_earn_needs(poster->programs->versions[i]);
    *out = poster;
    return VIP_OK;
}

void vip_poster_close(struct vip_poster *poster)
{
    if (!poster)
        return;
    vip_ledger_buffer_close(&poster->batch);
    vip_store_days_close(poster->days);
    free(poster->needs);
    free(poster->rows);
    free(poster->codes);
    vip_arena_free(&poster->arena);
    vip_arena_free(&poster->scratch);
    vip_arena_free(&poster->code_texts);
    vip_map_free(&poster->code_places);
    vip_map_free(&poster->members);
    vip_codes_free(&poster->stored_codes);
    free(poster);
}

static const char *copy_text(struct vip_poster *poster, const char *text, bool *failed)
{
    if (!text || !*text)
        return NULL;
    const char *copy = vip_arena_text(&poster->arena, text);
    *failed = *failed || !copy;
    return copy;
}

static const struct vip_posting *last_row(const struct vip_poster *poster)
{
    static const struct vip_posting none;
    return poster->count ? &poster->rows[poster->count - 1] : &none;
}

/* The lines of a receipt follow each other: what the row before said is not copied again. */
static const char *share_text(struct vip_poster *poster, const char *text, const char *last,
                              bool *failed)
{
    return text && last && strcmp(text, last) == 0 ? last : copy_text(poster, text, failed);
}

static const struct vip_identity *copy_identity(struct vip_poster *poster,
                                                const struct vip_identity *identity, bool *failed)
{
    struct vip_identity *copy = vip_arena_zero(&poster->arena, 1, sizeof *copy);
    if (!copy) {
        *failed = true;
        return NULL;
    }
    *copy = (struct vip_identity){
        .member = copy_text(poster, identity->member, failed),
        .card = copy_text(poster, identity->card, failed),
        .phone = copy_text(poster, identity->phone, failed),
        .id_no = copy_text(poster, identity->id_no, failed),
        .name = copy_text(poster, identity->name, failed),
        .birthday = copy_text(poster, identity->birthday, failed),
    };
    return copy;
}

static bool given(const char *text)
{
    return text && *text;
}

static void copy_key(struct vip_poster *poster, const struct vip_identity *identity,
                     const struct vip_posting *last, struct vip_posting *row, bool *failed)
{
    const char *const texts[] = {identity->member, identity->card, identity->phone,
                                 identity->id_no,  identity->name, identity->birthday};
    int count = 0, first = -1;
    for (int i = 5; i >= 0; i--) {
        if (given(texts[i])) {
            count++;
            first = i;
        }
    }
    if (count == 0)
        return;
    if (count == 1 && first < 3) {
        row->key_kind = (uint8_t)(KEY_MEMBER + first);
        row->key = share_text(poster, texts[first],
                              last->key_kind == row->key_kind ? last->key : NULL, failed);
    } else {
        row->key_kind = KEY_SEVERAL;
        row->key = copy_identity(poster, identity, failed);
    }
}

const struct vip_posting_more *poster_rest(const struct vip_posting *row)
{
    static const struct vip_posting_more none;
    return row->more ? row->more : &none;
}

struct vip_posting_more *poster_more(struct vip_poster *poster, struct vip_posting *row)
{
    if (!row->more)
        row->more = vip_arena_zero(&poster->arena, 1, sizeof *row->more);
    return row->more;
}

static int add_more(struct vip_poster *poster, const struct vip_purchase_row *row, const void *tag,
                    struct vip_posting *posting, struct vip_diag *diag)
{
    const struct vip_posting_more *last = poster_rest(last_row(poster));
    if (!given(row->original) && !given(row->promo) && !given(row->benefit) &&
        !given(row->seller) && !given(row->pay) && !row->list_price && !tag)
        return VIP_OK;
    struct vip_posting_more *more = poster_more(poster, posting);
    bool failed = false;
    if (!more)
        return vip_fail_memory(diag);
    more->tag = tag;
    more->list_price = row->list_price;
    more->original = copy_text(poster, row->original, &failed);
    int error = failed ? vip_fail_memory(diag) : VIP_OK;
    if (error == VIP_OK)
        error = find_code(poster, row->promo, last->promo, &more->promo, diag);
    if (error == VIP_OK)
        error = find_code(poster, row->benefit, last->benefit, &more->benefit, diag);
    if (error == VIP_OK)
        error = find_code(poster, row->seller, last->seller, &more->seller, diag);
    if (error == VIP_OK)
        error = find_code(poster, row->pay, last->pay, &more->pay, diag);
    return error;
}

int vip_poster_add(struct vip_poster *poster, const struct vip_purchase_row *row, const void *tag,
                   struct vip_diag *diag)
{
    bool failed = vip_array_grow((void **)&poster->rows, &poster->capacity, poster->count + 1,
                                 sizeof *poster->rows) != VIP_OK;
    const struct vip_posting *last = last_row(poster);
    struct vip_posting posting = {
        .receipt = share_text(poster, row->receipt, last->receipt, &failed),
        .source_line = (uint32_t)row->source_line,
        .line = row->line,
        .amount = row->amount,
        .quantity = row->quantity,
        .day = row->day,
        .minute = (int16_t)row->minute,
        .kind = (uint8_t)row->kind,
    };
    copy_key(poster, &row->identity, last, &posting, &failed);
    if (failed)
        return vip_fail_memory(diag);
    int error = find_code(poster, row->store, last->store, &posting.store, diag);
    if (error == VIP_OK)
        error = find_code(poster, row->category, last->category, &posting.category, diag);
    if (error == VIP_OK)
        error = find_code(poster, row->brand, last->brand, &posting.brand, diag);
    if (error == VIP_OK)
        error = add_more(poster, row, tag, &posting, diag);
    if (error == VIP_OK)
        poster->rows[poster->count++] = posting;
    return error;
}

struct vip_arena *vip_poster_arena(struct vip_poster *poster)
{
    return &poster->arena;
}

bool vip_poster_full(const struct vip_poster *poster)
{
    size_t rows = poster->count * (sizeof *poster->rows + SORTING_BYTES) + poster->arena.used;
    size_t codes = poster->code_count * CODE_BYTES + 2 * poster->code_texts.used;
    return poster->count >= poster->batch_rows || rows + codes >= POSTER_BATCH_BYTES;
}

/* ---- posting ---- */

int poster_refuse(struct vip_poster *poster, struct vip_posting *row, const struct vip_diag *diag)
{
    struct vip_refusal *refusal = vip_arena_zero(&poster->arena, 1, sizeof *refusal);
    if (!refusal)
        return VIP_EMEMORY;
    refusal->reason = vip_arena_text(&poster->arena, diag->reason);
    refusal->column = vip_arena_text(&poster->arena, diag->column);
    refusal->text = vip_arena_text(&poster->arena, diag->text);
    if (!refusal->reason || !refusal->column || !refusal->text)
        return VIP_EMEMORY;
    struct vip_posting_more *more = poster_more(poster, row);
    if (!more)
        return VIP_EMEMORY;
    more->refusal = refusal;
    row->state = VIP_POSTING_REFUSED;
    return VIP_OK;
}

static struct vip_value code_value(const struct vip_poster *poster, uint32_t place)
{
    return vip_int_or_null(poster->codes[place].id);
}

struct writing { /* the rows that become purchases, in the order of their key */
    const struct vip_poster *poster;
    size_t next;
};

static const struct vip_posting *next_row(struct writing *writing)
{
    const struct vip_poster *poster = writing->poster;
    const struct vip_posting *row;
    do {
        if (writing->next == poster->part_count)
            return NULL;
        poster_fetch_key(poster->by_key, writing->next, poster->part_count);
        row = poster->by_key[writing->next++];
    } while (row->state != VIP_POSTING_POSTED || row->claim);
    return row;
}

static bool next_purchase(void *context, struct vip_value *values)
{
    struct writing *writing = context;
    const struct vip_poster *poster = writing->poster;
    const struct vip_posting *row = next_row(writing);
    if (!row)
        return false;
    const struct vip_posting_more *rest = poster_rest(row);
    values[0] = vip_int(poster->codes[row->store].id);
    values[1] = vip_text(row->receipt);
    values[2] = vip_int(row->line);
    values[3] = vip_int(row->day);
    values[4] = vip_int(row->kind);
    values[5] = vip_int(row->amount);
    values[6] = vip_int(row->quantity);
    values[7] = vip_int_or_null(row->member);
    values[8] = vip_int_or_null(row->entry);
    values[9] = vip_int(row->points);
    values[10] = vip_int(row->reason);
    values[11] = vip_int(rest->returned);
    values[12] = vip_int(rest->returned_points);
    values[13] = code_value(poster, row->category);
    values[14] = code_value(poster, row->brand);
    values[15] = code_value(poster, rest->promo);
    values[16] = code_value(poster, rest->seller);
    values[17] = code_value(poster, rest->pay);
    values[18] = code_value(poster, rest->benefit);
    values[19] = vip_int_or_null(rest->list_price);
    values[20] = row->minute >= 0 ? vip_int(row->minute) : vip_null();
    values[21] = vip_text(rest->original);
    values[22] = vip_int(poster->batch.number);
    values[23] = vip_int(row->source_line);
    return true;
}

static int insert_purchases(struct vip_poster *poster, struct vip_diag *diag)
{
    struct writing writing = {poster, 0};
    struct vip_bulk bulk = {next_purchase, &writing};
    return vip_db_bulk(poster_db(poster), VIP_SQL_purchase_bulk, &bulk, diag);
}

struct vip_store_line poster_store_line(const struct vip_poster *poster,
                                        const struct vip_posting *row)
{
    return (struct vip_store_line){
        .store = poster->codes[row->store].id,
        .receipt = row->receipt,
        .fresh = row->fresh,
        .day = row->day,
        .is_return = row->kind == VIP_RETURN,
        .amount = row->amount,
        .returned = poster_rest(row)->returned,
        .member = row->member,
        .counts = vip_earn_counts((enum vip_earn_reason)row->reason),
    };
}

/* Before they are inserted: what a receipt has already is looked up. */
static int add_to_days(struct vip_poster *poster, struct vip_diag *diag)
{
    struct writing writing = {poster, 0};
    const struct vip_posting *row;
    int error = VIP_OK;
    while (error == VIP_OK && (row = next_row(&writing))) {
        const struct vip_store_line line = poster_store_line(poster, row);
        error = vip_store_days_add(poster->days, &line, diag);
    }
    return error == VIP_OK ? vip_store_days_write(poster->days, diag) : error;
}

/* ---- parts of a batch ---- */

/* As it was added: what was found out about it will be found out again. */
static void forget_findings(struct vip_posting *row)
{
    row->state = VIP_POSTING_NEW;
    row->member = 0;
    row->points = 0;
    row->claim = row->twin = false;
    if (row->more) {
        row->more->refusal = NULL;
        row->more->returned = 0;
    }
}

/* Leaves the rows from the cut on to the next part. */
static void cut_part(struct vip_poster *poster)
{
    size_t kept = 0;
    if (!poster->cut)
        return;
    for (size_t i = 0; i < poster->part_count; i++)
        if (poster->by_key[i] < poster->cut)
            poster->by_key[kept++] = poster->by_key[i];
    for (struct vip_posting *row = poster->cut; row < poster->part + poster->part_count; row++)
        forget_findings(row);
    poster->part_count = kept;
}

static int post_part(struct vip_poster *poster, struct vip_diag *diag)
{
    poster->cut = NULL;
    int error = look_up_codes(poster, diag);
    if (error == VIP_OK)
        error = poster_resolve_members(poster, diag);
    if (error == VIP_OK)
        error = poster_find_known(poster, diag);
    if (error == VIP_OK)
        error = poster_settle_returns(poster, diag);
    cut_part(poster);
    if (error == VIP_OK)
        error = poster_post_members(poster, diag);
    if (error == VIP_OK)
        error = poster_settle_twins(poster, diag);
    if (error == VIP_OK)
        error = add_to_days(poster, diag);
    return error == VIP_OK ? insert_purchases(poster, diag) : error;
}

/* After a cut the next try is not much larger than what went through, so that many cuts do not make
 * many long tries. */
static int post_parts(struct vip_poster *poster, struct vip_diag *diag)
{
    enum { LEAST = 8 };
    size_t size = poster->count;
    int error = VIP_OK;
    poster->by_key = vip_arena_zero(&poster->arena, poster->count, sizeof *poster->by_key);
    if (!poster->by_key)
        return vip_fail_memory(diag);
    poster->part = poster->rows;
    for (size_t done = 0; error == VIP_OK && done < poster->count; done += poster->part_count) {
        poster->part = poster->rows + done;
        poster->part_count = size < poster->count - done ? size : poster->count - done;
        error = post_part(poster, diag);
        size = (poster->part_count < LEAST / 2 ? LEAST / 2 : poster->part_count) * 2;
    }
    return error;
}

static bool any_posted(const struct vip_poster *poster)
{
    for (size_t i = 0; i < poster->count; i++)
        if (poster->rows[i].state == VIP_POSTING_POSTED)
            return true;
    return false;
}

/* After a rollback: those that were new are no more. */
static void forget_codes(struct vip_poster *poster)
{
    for (size_t i = 0; i < poster->code_count; i++)
        poster->codes[i].id = 0;
    vip_codes_free(&poster->stored_codes);
}

int vip_poster_post(struct vip_poster *poster, const char *file, struct vip_diag *diag)
{
    if (poster->count == 0)
        return VIP_OK;
    poster->batch.file = file;
    int error = vip_batch_begin(&poster->batch, diag);
    if (error != VIP_OK)
        return error;
    error = post_parts(poster, diag);
    if (error == VIP_OK && (!poster->batch.number || any_posted(poster)))
        return vip_batch_commit(&poster->batch, diag);
    vip_batch_rollback(&poster->batch);
    vip_store_days_drop(poster->days);
    forget_codes(poster);
    return error;
}

/* ---- outcomes ---- */

size_t vip_poster_count(const struct vip_poster *poster)
{
    return poster->count;
}

const struct vip_posting *vip_poster_row(const struct vip_poster *poster, size_t index)
{
    return &poster->rows[index];
}

const char *vip_poster_code(const struct vip_poster *poster, uint32_t code)
{
    return poster->codes[code].text;
}

const struct vip_program *vip_poster_program(const struct vip_poster *poster, vip_day day)
{
    return vip_programs_on(poster->programs, day);
}

int vip_poster_numbers(struct vip_poster *poster, int64_t member, struct vip_arena *arena,
                       const char **number, const char **card, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    *number = *card = "";
    int found =
        vip_db_query(poster_db(poster), VIP_SQL_member_numbers, &row, diag, vip_int(member));
    if (found <= 0)
        return found;
    *number = vip_arena_text(arena, vip_column_text(row, 0));
    *card = vip_arena_text(arena, vip_column_text(row, 1));
    vip_reset(row);
    return *number && *card ? VIP_OK : vip_fail_memory(diag);
}

/* Codes are few, most often, and the next batch names the same. */
static void drop_codes(struct vip_poster *poster)
{
    if (poster->code_count <= VIP_CODES_KEPT)
        return;
    poster->code_count = 1;
    poster->codes[0] = (struct poster_code){.text = ""};
    vip_map_free(&poster->code_places);
    vip_arena_free(&poster->code_texts);
}

void vip_poster_reset(struct vip_poster *poster)
{
    poster->count = 0;
    vip_arena_reset(&poster->arena);
    drop_codes(poster);
}
