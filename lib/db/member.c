/* Members, read: see member.h. */
#include "lib/db/member.h"

/* The texts of member_get stand in the order of these. */
static int read_texts(struct vip_statement *row, struct vip_arena *arena, struct vip_member *member)
{
    const char **const texts[] = {&member->member,  &member->application, &member->name,
                                  &member->phone,   &member->id_no,       &member->gender,
                                  &member->address, &member->email};
    for (int i = 0; i < 8; i++)
        if (!(*texts[i] = vip_arena_text(arena, vip_column_text(row, i))))
            return VIP_EMEMORY;
    member->store = vip_arena_text(arena, vip_column_text(row, 9));
    member->consultant = vip_arena_text(arena, vip_column_text(row, 10));
    member->source = vip_arena_text(arena, vip_column_text(row, 11));
    member->qualifying = vip_arena_text(arena, vip_column_text(row, 13));
    member->category = vip_arena_text(arena, vip_column_text(row, 17));
    member->brand = vip_arena_text(arena, vip_column_text(row, 18));
    bool complete = member->store && member->consultant && member->source && member->qualifying &&
                    member->category && member->brand;
    return complete ? VIP_OK : VIP_EMEMORY;
}

int vip_member_load(struct vip_db *db, int64_t id, struct vip_arena *arena,
                    struct vip_member *member, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_member_get, &row, diag, vip_int(id));
    if (found <= 0)
        return found;
    *member = (struct vip_member){.id = id};
    int error = read_texts(row, arena, member);
    const char *why;
    if (!vip_column_is_null(row, 8))
        vip_birthday_parse(vip_column_text(row, 8), &member->birthday, &why);
    member->referrer = vip_column_integer(row, 12);
    member->spent = vip_column_integer(row, 14);
    member->consent_sms = vip_column_integer(row, 15) != 0;
    member->consent_call = vip_column_integer(row, 16) != 0;
    vip_reset(row);
    return error == VIP_OK ? 1 : vip_fail_memory(diag);
}

int vip_member_card(struct vip_db *db, int64_t id, struct vip_arena *arena, const char **card,
                    struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_member_card, &row, diag, vip_int(id));
    if (found < 0)
        return found;
    *card = vip_arena_text(arena, found ? vip_column_text(row, 0) : "");
    if (found)
        vip_reset(row);
    return *card ? VIP_OK : vip_fail_memory(diag);
}
