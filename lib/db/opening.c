/* Balances of another system: see opening.h. */
#include "lib/db/opening.h"

/* The key, where the other system gives none: the day, and the day on which it ends. */
static int make_key(struct vip_opening *opening, struct vip_arena *arena, struct vip_diag *diag)
{
    char date[VIP_DATE_TEXT], expires[VIP_DATE_TEXT];
    vip_day_format(opening->date, date);
    vip_day_format(opening->expires, expires);
    if (!*opening->request)
        opening->request =
            vip_arena_format(arena, "opening %s%s%s", date, *expires ? " " : "", expires);
    return opening->request ? VIP_OK : vip_fail_memory(diag);
}

/* Whether the balance is there, and is it the same: 1, 0 or negative. */
static int find_known(struct vip_db *db, int64_t member, const struct vip_opening *opening,
                      struct vip_diag *diag)
{
    struct vip_statement *known = NULL;
    int found = vip_db_query(db, VIP_SQL_opening_find, &known, diag, vip_int(member),
                             vip_text(opening->request));
    if (found <= 0)
        return found;
    bool same = vip_column_integer(known, 0) == opening->points &&
                vip_column_integer(known, 1) == opening->spent &&
                vip_column_day(known, 2) == opening->date;
    vip_reset(known);
    return same ? 1
                : vip_refuse(diag, "conflict", "points",
                             "this balance was brought before with other points, spending or date");
}

static int write_entry(struct vip_batch *batch, const struct vip_programs *programs,
                       struct vip_account *account, const struct vip_opening *opening,
                       struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_entry entry = {.kind = VIP_ENTRY_OPENING,
                              .day = opening->date,
                              .points = opening->points,
                              .amount = opening->spent,
                              .spend_day = opening->spent ? opening->date : 0,
                              .available = VIP_DAY_NONE,
                              .expires = VIP_DAY_NONE,
                              .ref = opening->request};
    int error = VIP_OK;
    if (opening->points > 0 && opening->expires == VIP_DAY_NONE)
        error = vip_entry_date(batch->db, vip_programs_on(programs, opening->date), account->member,
                               &entry, diag);
    else if (opening->points > 0)
        entry.expires = opening->expires;
    entry.available = VIP_DAY_NONE; /* what was earned there can be spent here at once */
    if (error == VIP_OK)
        error = opening->points < 0
                    ? vip_ledger_take(batch, account, &entry, 0, true, scratch, diag)
                    : vip_ledger_post(batch, account, &entry, diag);
    return error == VIP_OK ? vip_account_save(batch, account, diag) : error;
}

int vip_opening_post(struct vip_batch *batch, const struct vip_programs *programs, int64_t member,
                     struct vip_opening *opening, struct vip_arena *arena,
                     struct vip_arena *scratch, struct vip_diag *diag)
{
    struct vip_account account;
    int error = make_key(opening, arena, diag);
    int known = error == VIP_OK ? find_known(batch->db, member, opening, diag) : error;
    if (known)
        return known < 0 ? known : 0;
    int found = vip_account_load(batch->db, member, &account, diag);
    if (found > 0)
        error = write_entry(batch, programs, &account, opening, scratch, diag);
    return found <= 0 ? found : error == VIP_OK ? 1 : error;
}
