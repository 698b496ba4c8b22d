/* The poster: rows in, one transaction a batch, outcomes out: see purchase.h. */
#include "lib/db/poster.h"

#include <stdlib.h>
#include <string.h>

/* A batch is as large as memory allows, since each batch touches the same pages of the ledger once:
 * 256 thousand rows or 40 MB of texts, whichever comes first, beside 128 MiB of page cache. */
enum { BATCH_ROWS = 262144 };
static const size_t BATCH_BYTES = 40u << 20;

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
    poster->codes[poster->code_count++] = (struct poster_code){copy, 0};
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
    if (add_code(poster, "", &place, diag) != VIP_OK) {
        vip_poster_close(poster);
        return VIP_EMEMORY;
    }
    *out = poster;
    return VIP_OK;
}

void vip_poster_close(struct vip_poster *poster)
{
    if (!poster)
        return;
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

static const struct vip_identity *copy_identity(struct vip_poster *poster,
                                                const struct vip_identity *identity, bool *failed)
{
    if (vip_identity_empty(identity))
        return NULL;
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

static int find_codes(struct vip_poster *poster, const struct vip_purchase_row *row,
                      struct vip_posting *posting, struct vip_diag *diag)
{
    static const struct vip_posting none;
    const struct vip_posting *last = poster->count ? &poster->rows[poster->count - 1] : &none;
    const struct {
        const char *text;
        uint32_t last, *place;
    } columns[] = {
        {row->store, last->store, &posting->store},
        {row->category, last->category, &posting->category},
        {row->brand, last->brand, &posting->brand},
        {row->promo, last->promo, &posting->promo},
        {row->benefit, last->benefit, &posting->benefit},
        {row->seller, last->seller, &posting->seller},
        {row->pay, last->pay, &posting->pay},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        int error = find_code(poster, columns[i].text, columns[i].last, columns[i].place, diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

int vip_poster_add(struct vip_poster *poster, const struct vip_purchase_row *row, const void *tag,
                   struct vip_diag *diag)
{
    bool failed = vip_array_grow((void **)&poster->rows, &poster->capacity, poster->count + 1,
                                 sizeof *poster->rows) != VIP_OK;
    struct vip_posting posting = {
        .receipt = copy_text(poster, row->receipt, &failed),
        .original = copy_text(poster, row->original, &failed),
        .identity = copy_identity(poster, &row->identity, &failed),
        .tag = tag,
        .source_line = (uint32_t)row->source_line,
        .line = row->line,
        .amount = row->amount,
        .list_price = row->list_price,
        .quantity = row->quantity,
        .day = row->day,
        .minute = (int16_t)row->minute,
        .kind = (uint8_t)row->kind,
    };
    if (failed)
        return vip_fail_memory(diag);
    int error = find_codes(poster, row, &posting, diag);
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
    return poster->count >= BATCH_ROWS || poster->arena.used >= BATCH_BYTES;
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
    row->refusal = refusal;
    row->state = VIP_POSTING_REFUSED;
    return VIP_OK;
}

/* Who each row means. A row that means nobody we know is refused, unless it turns out to be known.
 */
static int resolve_members(struct vip_poster *poster, struct vip_diag *diag)
{
    const char *identify = vip_programs_on(poster->programs, poster->batch.as_of)->identify;
    for (size_t i = 0; i < poster->count; i++) {
        struct vip_posting *row = &poster->rows[i];
        if (!row->identity)
            continue;
        int error = vip_member_identify(poster_db(poster), row->identity, identify,
                                        &poster->members, &row->member, diag);
        if (error == VIP_EREFUSED)
            error = poster_refuse(poster, row, diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

static int insert_purchase(struct vip_poster *poster, const struct vip_posting *row,
                           struct vip_diag *diag)
{
    struct vip_statement *insert = vip_db_prepare(poster_db(poster), VIP_SQL_purchase_insert, diag);
    if (!insert)
        return VIP_EDATABASE;
    const uint32_t places[] = {row->category, row->brand, row->promo,
                               row->seller,   row->pay,   row->benefit};
    vip_bind_integer(insert, 1, poster->codes[row->store].id);
    vip_bind_text(insert, 2, row->receipt);
    vip_bind_integer(insert, 3, row->line);
    vip_bind_integer(insert, 4, row->day);
    vip_bind_integer(insert, 5, row->kind);
    vip_bind_integer(insert, 6, row->amount);
    vip_bind_integer(insert, 7, row->quantity);
    vip_bind(insert, 8, row->member ? vip_int(row->member) : vip_null());
    vip_bind(insert, 9, row->entry ? vip_int(row->entry) : vip_null());
    vip_bind_integer(insert, 10, row->points);
    vip_bind_integer(insert, 11, row->reason);
    vip_bind_integer(insert, 12, row->returned);
    vip_bind_integer(insert, 13, row->returned_points);
    for (int i = 0; i < 6; i++)
        vip_bind(insert, 14 + i, places[i] ? vip_int(poster->codes[places[i]].id) : vip_null());
    vip_bind(insert, 20, row->list_price ? vip_money(row->list_price) : vip_null());
    vip_bind(insert, 21, row->minute >= 0 ? vip_int(row->minute) : vip_null());
    vip_bind(insert, 22, vip_text(row->original));
    vip_bind_integer(insert, 23, poster->batch.number);
    vip_bind_integer(insert, 24, row->source_line);
    return vip_step(insert, diag);
}

static int insert_purchases(struct vip_poster *poster, struct vip_diag *diag)
{
    for (size_t i = 0; i < poster->count; i++) {
        const struct vip_posting *row = poster->by_key[i];
        if (row->state != VIP_POSTING_POSTED || row->claim)
            continue;
        int error = insert_purchase(poster, row, diag);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

int vip_poster_post(struct vip_poster *poster, const char *file, struct vip_diag *diag)
{
    if (poster->count == 0)
        return VIP_OK;
    poster->batch.file = file;
    int error = vip_batch_begin(&poster->batch, diag);
    if (error != VIP_OK)
        return error;
    error = look_up_codes(poster, diag);
    if (error == VIP_OK)
        error = resolve_members(poster, diag);
    if (error == VIP_OK)
        error = poster_find_known(poster, diag);
    if (error == VIP_OK)
        error = poster_post_members(poster, diag);
    if (error == VIP_OK)
        error = insert_purchases(poster, diag);
    if (error == VIP_OK)
        return vip_batch_commit(&poster->batch, diag);
    vip_batch_rollback(&poster->batch);
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

void vip_poster_reset(struct vip_poster *poster)
{
    poster->count = 0;
    vip_arena_reset(&poster->arena);
}
