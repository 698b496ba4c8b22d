/* A member as shown: see face.h. */
#include "lib/db/face.h"

#include "lib/base/text.h"
#include "lib/db/member.h"
#include "lib/rules/identity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int vip_tiers_text(struct vip_db *db, int64_t member, struct vip_arena *arena, const char **text,
                   struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    *text = "";
    int result = vip_db_query(db, VIP_SQL_face_tiers, &row, diag, vip_int(member));
    for (; result > 0; result = vip_step(row, diag)) {
        *text =
            vip_arena_format(arena, "%s%s%s", *text, **text ? "|" : "", vip_column_text(row, 0));
        if (!*text) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    }
    return result;
}

int vip_face_load(struct vip_db *db, int64_t member, struct vip_arena *arena, struct vip_face *face,
                  struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_face_get, &row, diag, vip_int(member));
    if (found <= 0)
        return found;
    *face = (struct vip_face){
        .id = member,
        .member = vip_arena_text(arena, vip_column_text(row, 0)),
        .name = vip_arena_text(arena, vip_column_text(row, 1)),
        .phone = vip_arena_text(arena, vip_column_text(row, 2)),
        .consultant = vip_arena_text(arena, vip_column_text(row, 3)),
        .status = (enum vip_status)vip_column_integer(row, 4),
        .balance = vip_column_integer(row, 5),
        .next_expiry = vip_column_day(row, 6),
        .stored = vip_column_integer(row, 7),
    };
    vip_reset(row);
    if (!face->member || !face->name || !face->phone || !face->consultant)
        return vip_fail_memory(diag);
    int error = vip_member_card(db, member, arena, &face->card, diag);
    if (error == VIP_OK)
        error = vip_tiers_text(db, member, arena, &face->tiers, diag);
    return error == VIP_OK ? 1 : error;
}

int vip_points_ending(struct vip_db *db, int64_t member, vip_day from, vip_day to,
                      struct vip_arena *scratch, vip_points *points, struct vip_diag *diag)
{
    struct vip_lot *lots = NULL;
    size_t count = 0;
    *points = 0;
    int error = vip_ledger_lots(db, member, scratch, &lots, &count, diag);
    for (size_t i = 0; error == VIP_OK && i < count; i++)
        if (lots[i].expires >= from && lots[i].expires <= to)
            *points += lots[i].left;
    return error;
}

/* ---- finding ---- */

struct found { /* members, each once */
    int64_t *members;
    size_t limit, count;
};

static void add_found(struct found *found, int64_t member)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->members[i] == member)
            return;
    found->members[found->count++] = member;
}

static int collect(struct vip_statement *row, int result, struct found *found,
                   struct vip_diag *diag)
{
    for (; result > 0; result = vip_step(row, diag)) {
        if (found->count == found->limit) {
            vip_reset(row);
            return VIP_OK;
        }
        add_found(found, vip_column_integer(row, 0));
    }
    return result;
}

static int find_key(struct vip_db *db, const char *query, struct found *found,
                    struct vip_diag *diag)
{
    char number[VIP_NUMBER_TEXT], phone[VIP_PHONE_TEXT], id_no[VIP_ID_TEXT];
    struct vip_statement *row = NULL;
    if (!vip_text_narrow(query, number, sizeof number))
        return VIP_OK;
    if (!vip_phone_normal(query, phone))
        *phone = '\0';
    if (!vip_id_normal(query, id_no))
        *id_no = '\0';
    int result = vip_db_query(db, VIP_SQL_members_by_key, &row, diag, vip_text(number),
                              vip_text(phone), vip_text(id_no));
    return collect(row, result, found, diag);
}

static int by_number(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Whoever is called so; else whose name has it as a part. */
static int find_name(struct vip_db *db, const char *name, const char *tail, struct found *found,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    struct vip_arena arena = {0};
    int result =
        vip_db_query(db, VIP_SQL_members_by_name, &row, diag, vip_text(name), vip_text(tail));
    result = collect(row, result, found, diag);
    if (result != VIP_OK || found->count)
        return result;
    /* Behind every text that begins with the name: its end is the last code point there is. */
    const char *end = vip_arena_format(&arena, "%s\xF4\x8F\xBF\xBF", name);
    if (!end)
        return vip_fail_memory(diag);
    result = vip_db_query(db, VIP_SQL_members_by_part, &row, diag, vip_text(name), vip_text(end),
                          vip_text(tail));
    result = collect(row, result, found, diag);
    qsort(found->members, found->count, sizeof *found->members, by_number);
    vip_arena_free(&arena);
    return result;
}

/* "王芳1234": a folded name and the digits behind it, which are cut off. */
static bool cut_tail(char *name, char *tail)
{
    size_t size = strlen(name);
    if (size <= VIP_PHONE_TAIL || !vip_phone_tail(name + size - VIP_PHONE_TAIL, tail))
        return false;
    name[size - VIP_PHONE_TAIL] = '\0';
    return true;
}

int vip_members_find(struct vip_db *db, const char *query, const char *tail, int64_t *members,
                     size_t limit, size_t *count, struct vip_diag *diag)
{
    struct found found = {.members = members, .limit = limit};
    struct vip_arena arena = {0};
    char cut[VIP_PHONE_TAIL + 1];
    int error = VIP_OK;
    if (!*tail)
        error = find_key(db, query, &found, diag);
    char *name = vip_name_fold(&arena, query);
    if (error == VIP_OK && !name)
        error = vip_fail_memory(diag);
    if (error == VIP_OK && found.count == 0 && *name)
        error = find_name(db, name, tail, &found, diag);
    if (error == VIP_OK && found.count == 0 && !*tail && cut_tail(name, cut))
        error = find_name(db, name, cut, &found, diag);
    *count = found.count;
    vip_arena_free(&arena);
    return error;
}
