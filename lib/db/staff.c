/* Staff in the database: see staff.h. */
#include "lib/db/staff.h"

#include "lib/rules/share_out.h"
#include <stdlib.h>
#include <string.h>

/* ---- posts ---- */

/* 1 found, 0 none, negative. */
static int last_post(struct vip_db *db, int64_t staff, struct vip_arena *arena,
                     struct vip_post *post, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_staff_post_last, &row, diag, vip_int(staff));
    if (found <= 0)
        return found;
    *post = (struct vip_post){
        .since = vip_column_day(row, 0),
        .until = vip_column_day(row, 1),
        .name = vip_arena_text(arena, vip_column_text(row, 2)),
        .store = vip_arena_text(arena, vip_column_text(row, 3)),
        .group = vip_arena_text(arena, vip_column_text(row, 4)),
        .shift = vip_arena_text(arena, vip_column_text(row, 5)),
        .role = vip_arena_text(arena, vip_column_text(row, 6)),
    };
    vip_reset(row);
    return post->name && post->store && post->group && post->shift && post->role
               ? 1
               : vip_fail_memory(diag);
}

/* What is not said is as before. True when something is said that is not so. */
static bool fill_in(struct vip_post *post, const struct vip_post *before)
{
    const char **const texts[] = {&post->name, &post->store, &post->group, &post->shift,
                                  &post->role};
    const char *const old[] = {before->name, before->store, before->group, before->shift,
                               before->role};
    bool differs = false;
    for (int i = 0; i < 5; i++) {
        if (**texts[i] && strcmp(*texts[i], old[i]) != 0)
            differs = true;
        if (!**texts[i])
            *texts[i] = old[i];
    }
    return differs;
}

static int save_post(struct vip_batch *batch, struct vip_codes *codes, int64_t staff,
                     const struct vip_post *post, struct vip_diag *diag)
{
    int64_t store;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_code_find(batch->db, codes, post->store, true, &store, diag);
    if (error != VIP_OK)
        return error;
    return vip_db_run(batch->db, VIP_SQL_staff_post_save, diag, vip_int(staff),
                      vip_date(post->since), vip_date(post->until), vip_text(post->name),
                      vip_int_or_null(store), vip_text(post->group), vip_text(post->shift),
                      vip_text(post->role), vip_int(batch->number));
}

static int refuse_order(const struct vip_post *before, struct vip_diag *diag)
{
    char day[VIP_DATE_TEXT];
    vip_day_format(before->since, day);
    return vip_refuse(diag, "out-of-order", "since",
                      "there is a later post, since %s: corrections name that day", day);
}

/* The same people may come back after they left. */
static int move_on(struct vip_batch *batch, struct vip_codes *codes, int64_t staff,
                   const struct vip_post *before, struct vip_post *post,
                   enum vip_staff_result *result, struct vip_diag *diag)
{
    bool differs = fill_in(post, before), ends = post->until != VIP_DAY_NONE;
    bool gone = before->until != VIP_DAY_NONE && before->until < post->since;
    if (!differs && (ends ? post->until == before->until : !gone)) {
        post->since = before->since;
        post->until = before->until;
        *result = VIP_STAFF_KNOWN;
        return VIP_OK;
    }
    if (post->since < before->since)
        return refuse_order(before, diag);
    *result = ends ? VIP_STAFF_LEFT : VIP_STAFF_CHANGED;
    if (!differs && !gone) /* the post goes on until it ends */
        post->since = before->since;
    if (ends && post->until < post->since)
        return vip_refuse(diag, "bad-date", "left", "that is before the post begins");
    if (post->since > before->since) {
        int error = vip_batch_need(batch, diag);
        if (error == VIP_OK)
            error = vip_db_run(batch->db, VIP_SQL_staff_post_end, diag, vip_int(staff),
                               vip_date(before->since), vip_date(post->since - 1));
        if (error != VIP_OK)
            return error;
    }
    return save_post(batch, codes, staff, post, diag);
}

int vip_staff_post(struct vip_batch *batch, struct vip_codes *codes, struct vip_post *post,
                   struct vip_arena *arena, enum vip_staff_result *result, struct vip_diag *diag)
{
    struct vip_post before = {
        .name = "", .store = "", .group = "", .shift = "", .role = "", .until = VIP_DAY_NONE};
    int64_t staff;
    int error = vip_code_find(batch->db, codes, post->staff, false, &staff, diag);
    int found = error == VIP_OK ? last_post(batch->db, staff, arena, &before, diag) : error;
    if (found < 0)
        return found;
    if (found)
        return move_on(batch, codes, staff, &before, post, result, diag);
    if (post->until != VIP_DAY_NONE && post->until < post->since)
        return vip_refuse(diag, "no-such-staff", "staff", "'%.40s' is not on the roster",
                          post->staff);
    *result = VIP_STAFF_NEW;
    error = vip_code_find(batch->db, codes, post->staff, true, &staff, diag);
    return error == VIP_OK ? save_post(batch, codes, staff, post, diag) : error;
}

int vip_staff_list(struct vip_db *db, vip_day day, const char *store, struct vip_statement **rows,
                   struct vip_diag *diag)
{
    return vip_db_query(db, VIP_SQL_staff_list, rows, diag, vip_date(day), vip_text(store));
}

int vip_staff_next(struct vip_statement *rows, bool first, int more, struct vip_arena *arena,
                   struct vip_post *post, struct vip_diag *diag)
{
    if (!first)
        more = vip_step(rows, diag);
    if (more <= 0)
        return more;
    *post = (struct vip_post){
        .staff = vip_arena_text(arena, vip_column_text(rows, 0)),
        .name = vip_arena_text(arena, vip_column_text(rows, 1)),
        .store = vip_arena_text(arena, vip_column_text(rows, 2)),
        .group = vip_arena_text(arena, vip_column_text(rows, 3)),
        .shift = vip_arena_text(arena, vip_column_text(rows, 4)),
        .role = vip_arena_text(arena, vip_column_text(rows, 5)),
        .since = vip_column_day(rows, 6),
        .until = vip_column_day(rows, 7),
        .members = vip_column_integer(rows, 8),
    };
    bool whole =
        post->staff && post->name && post->store && post->group && post->shift && post->role;
    return whole ? 1 : vip_fail_memory(diag);
}

int vip_staff_works(struct vip_db *db, const char *staff, const char *store, vip_day day,
                    bool *works, struct vip_diag *diag)
{
    const struct vip_value values[] = {vip_text(staff), vip_text(store), vip_date(day)};
    int64_t found = 0;
    int error = vip_db_number(db, VIP_SQL_staff_works, &found, 0, diag, values, 3);
    *works = found != 0;
    return error;
}

/* ---- targets and days ---- */

int vip_target_set(struct vip_batch *batch, struct vip_codes *codes, vip_day month,
                   const char *store, const char *staff, int64_t cards,
                   enum vip_staff_result *result, struct vip_diag *diag)
{
    int64_t store_code, staff_code, known = -1;
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_code_find(batch->db, codes, store, true, &store_code, diag);
    if (error == VIP_OK)
        error = vip_code_find(batch->db, codes, staff, true, &staff_code, diag);
    if (error != VIP_OK)
        return error;
    const struct vip_value values[] = {vip_date(month), vip_int(store_code), vip_int(staff_code),
                                       vip_int(cards), vip_int(batch->number)};
    error = vip_db_number(batch->db, VIP_SQL_target_get, &known, -1, diag, values, 3);
    *result = known == cards ? VIP_STAFF_KNOWN : known < 0 ? VIP_STAFF_NEW : VIP_STAFF_CHANGED;
    if (error != VIP_OK || known == cards)
        return error;
    return vip_db_run_values(batch->db, VIP_SQL_target_save, diag, values, 5);
}

int vip_attendance_set(struct vip_batch *batch, struct vip_codes *codes, const char *staff,
                       vip_day day, int64_t days, enum vip_staff_result *result,
                       struct vip_diag *diag)
{
    int64_t code, known = -1;
    int error = vip_code_find(batch->db, codes, staff, true, &code, diag);
    if (error != VIP_OK)
        return error;
    const struct vip_value key[] = {vip_int(code), vip_date(day)};
    error = vip_db_number(batch->db, VIP_SQL_attendance_get, &known, -1, diag, key, 2);
    *result = known < 0 ? VIP_STAFF_NEW : VIP_STAFF_KNOWN;
    if (error != VIP_OK || known == days)
        return error;
    if (known >= 0)
        return vip_refuse(diag, "conflict", "days", "other days are known for this date");
    error = vip_batch_need(batch, diag);
    return error == VIP_OK ? vip_db_run(batch->db, VIP_SQL_attendance_insert, diag, key[0], key[1],
                                        vip_int(days), vip_int(batch->number))
                           : error;
}

/* ---- who looks after whom ---- */

int vip_consultant_note(struct vip_batch *batch, int64_t member, vip_day since, int64_t consultant,
                        struct vip_diag *diag)
{
    return vip_db_run(batch->db, VIP_SQL_consultant_note, diag, vip_int(member), vip_date(since),
                      vip_int_or_null(consultant), vip_int(batch->number));
}

static int set_consultant(struct vip_batch *batch, int64_t member, int64_t consultant,
                          struct vip_diag *diag)
{
    int error = vip_batch_need(batch, diag);
    if (error == VIP_OK)
        error = vip_consultant_note(batch, member, batch->as_of, consultant, diag);
    return error == VIP_OK ? vip_db_run(batch->db, VIP_SQL_member_set_consultant, diag,
                                        vip_int(member), vip_int_or_null(consultant))
                           : error;
}

struct charge { /* a member on the way from one to another */
    struct vip_handover row;
    int64_t consultant; /* code; 0: nobody */
};

struct charges {
    struct charge *items;
    size_t count, capacity;
};

/* Reads the members of a query; the names of who looked after them come later. */
static int read_charges(struct vip_statement *row, int more, struct vip_arena *arena,
                        struct charges *list, struct vip_diag *diag)
{
    for (; more > 0; more = vip_step(row, diag)) {
        void *items = list->items;
        int error = vip_array_grow(&items, &list->capacity, list->count + 1, sizeof *list->items);
        list->items = items;
        if (error == VIP_OK) {
            struct charge *charge = &list->items[list->count++];
            *charge =
                (struct charge){.row = {.id = vip_column_integer(row, 0),
                                        .member = vip_arena_text(arena, vip_column_text(row, 1)),
                                        .name = vip_arena_text(arena, vip_column_text(row, 2)),
                                        .store = vip_arena_text(arena, vip_column_text(row, 3))},
                                .consultant = vip_column_integer(row, 4)};
            if (!charge->row.member || !charge->row.name || !charge->row.store)
                error = VIP_EMEMORY;
        }
        if (error != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    }
    return more;
}

static int take_rows(const struct charges *list, struct vip_arena *arena,
                     struct vip_handover **moved, size_t *count, struct vip_diag *diag)
{
    *count = 0;
    *moved = vip_arena_zero(arena, list->count + 1, sizeof **moved);
    if (!*moved)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].row.to)
            (*moved)[(*count)++] = list->items[i].row;
    return VIP_OK;
}

int vip_staff_hand_over(struct vip_batch *batch, struct vip_codes *codes, const char *from,
                        const char *to, const char *store, struct vip_arena *arena,
                        struct vip_handover **moved, size_t *count, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    struct charges list = {NULL, 0, 0};
    int64_t from_code, to_code;
    int error = vip_code_find(batch->db, codes, from, false, &from_code, diag);
    if (error == VIP_OK)
        error = vip_code_find(batch->db, codes, to, true, &to_code, diag);
    if (error != VIP_OK)
        return error;
    int more = vip_db_query(batch->db, VIP_SQL_members_of_consultant, &row, diag,
                            vip_int(from_code), vip_text(store));
    error = read_charges(row, more, arena, &list, diag);
    for (size_t i = 0; error == VIP_OK && i < list.count; i++) {
        list.items[i].row.from = from;
        list.items[i].row.to = to;
        error = set_consultant(batch, list.items[i].row.id, to_code, diag);
    }
    if (error == VIP_OK)
        error = take_rows(&list, arena, moved, count, diag);
    free(list.items);
    return error;
}

/* ---- sharing out ---- */

struct people {
    int64_t *codes;
    const char **names;
    size_t count, capacity, name_capacity;
};

static int read_people(struct vip_batch *batch, int64_t store, struct vip_arena *arena,
                       struct people *people, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(batch->db, VIP_SQL_staff_of_store, &row, diag, vip_int(store),
                            vip_date(batch->as_of));
    for (; more > 0; more = vip_step(row, diag)) {
        const char *name = vip_arena_text(arena, vip_column_text(row, 1));
        if (!name ||
            vip_array_grow((void **)&people->codes, &people->capacity, people->count + 1,
                           sizeof *people->codes) != VIP_OK ||
            vip_array_grow((void **)&people->names, &people->name_capacity, people->count + 1,
                           sizeof *people->names) != VIP_OK) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
        people->codes[people->count] = vip_column_integer(row, 0);
        people->names[people->count++] = name;
    }
    return more;
}

static int place_of(const struct people *people, int64_t code)
{
    for (size_t i = 0; i < people->count; i++)
        if (people->codes[i] == code)
            return (int)i;
    return VIP_NOBODY;
}

static int code_text(struct vip_batch *batch, int64_t code, struct vip_arena *arena,
                     const char **text, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = code ? vip_db_query(batch->db, VIP_SQL_code_text, &row, diag, vip_int(code)) : 0;
    if (found < 0)
        return found;
    *text = vip_arena_text(arena, found ? vip_column_text(row, 0) : "");
    if (found)
        vip_reset(row);
    return *text ? VIP_OK : vip_fail_memory(diag);
}

static int deal(struct vip_batch *batch, struct charges *list, const struct people *people,
                struct vip_arena *arena, struct vip_diag *diag)
{
    int *holders = vip_arena_zero(arena, list->count + 1, sizeof *holders);
    size_t *room = vip_arena_zero(arena, 2 * people->count, sizeof *room);
    int error = VIP_OK;
    if (!holders || !room)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < list->count; i++)
        holders[i] = place_of(people, list->items[i].consultant);
    vip_share_out(holders, list->count, people->count, room);
    for (size_t i = 0; error == VIP_OK && i < list->count; i++) {
        struct charge *charge = &list->items[i];
        if (people->codes[holders[i]] == charge->consultant)
            continue;
        charge->row.to = people->names[holders[i]];
        error = code_text(batch, charge->consultant, arena, &charge->row.from, diag);
        if (error == VIP_OK)
            error = set_consultant(batch, charge->row.id, people->codes[holders[i]], diag);
    }
    return error;
}

int vip_staff_even(struct vip_batch *batch, struct vip_codes *codes, const char *store,
                   struct vip_arena *arena, struct vip_handover **moved, size_t *count,
                   struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    struct charges list = {NULL, 0, 0};
    struct people people = {.count = 0};
    int64_t code;
    int error = vip_code_find(batch->db, codes, store, false, &code, diag);
    if (error == VIP_OK)
        error = read_people(batch, code, arena, &people, diag);
    if (error == VIP_OK && !people.count)
        error =
            vip_fail(diag, VIP_EUSAGE,
                     "nobody works at the store '%.40s' on that day: see 'vip-staff list'", store);
    if (error == VIP_OK) {
        int more = vip_db_query(batch->db, VIP_SQL_members_of_store, &row, diag, vip_text(store));
        error = read_charges(row, more, arena, &list, diag);
    }
    if (error == VIP_OK)
        error = deal(batch, &list, &people, arena, diag);
    if (error == VIP_OK)
        error = take_rows(&list, arena, moved, count, diag);
    free(list.items);
    free(people.codes);
    free(people.names);
    return error;
}
