/* What a message needs to know of a member, and what was given: see remind.h. */
#include "lib/db/remind.h"

#include "lib/base/text.h"
#include "lib/db/account.h"
#include "lib/db/member.h"
#include <stdio.h>
#include <string.h>

/* ---- the member ---- */

static int take_texts(struct vip_statement *row, struct vip_arena *arena,
                      struct vip_remind_member *member, struct vip_diag *diag)
{
    const struct {
        int column;
        const char **to;
    } texts[] = {{0, &member->member}, {1, &member->name},    {2, &member->phone},
                 {3, &member->email},  {4, &member->address}, {6, &member->gender},
                 {7, &member->id_no},  {10, &member->store},  {11, &member->consultant}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!(*texts[i].to = vip_arena_text(arena, vip_column_text(row, texts[i].column))))
            return vip_fail_memory(diag);
    return VIP_OK;
}

static int take_person(struct vip_statement *row, struct vip_arena *arena,
                       struct vip_remind_member *member, struct vip_diag *diag)
{
    const char *why, *birthday = vip_column_text(row, 5);
    int error = take_texts(row, arena, member, diag);

    if (error)
        return error;
    if (!*birthday || vip_birthday_parse(birthday, &member->birthday, &why))
        member->birthday = (struct vip_birthday){0};
    member->balance = vip_column_integer(row, 13);
    member->person = (struct vip_remind_person){
        .active = vip_column_integer(row, 12) == VIP_STATUS_ACTIVE,
        .consent_sms = vip_column_integer(row, 8) != 0,
        .consent_call = vip_column_integer(row, 9) != 0,
        .phone = *member->phone,
        .email = *member->email,
        .address = *member->address,
    };
    return VIP_OK;
}

static int load_tiers(struct vip_db *db, int64_t id, struct vip_arena *arena, const char **tiers,
                      struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(db, VIP_SQL_remind_tiers, &row, diag, vip_int(id));

    *tiers = "";
    for (; more > 0; more = vip_step(row, diag)) {
        *tiers = **tiers ? vip_arena_format(arena, "%s|%s", *tiers, vip_column_text(row, 0))
                         : vip_arena_text(arena, vip_column_text(row, 0));
        if (!*tiers) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    }
    return more;
}

int vip_remind_member_load(struct vip_db *db, int64_t id, int tries, struct vip_arena *arena,
                           struct vip_remind_member *member, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_remind_person, &row, diag, vip_int(id));

    if (found <= 0)
        return found;
    *member = (struct vip_remind_member){.id = id};
    int error = take_person(row, arena, member, diag);
    if (!error && vip_column_integer(row, 14) >= tries) {
        member->phone = "";
        member->person.phone = false;
    }
    vip_reset(row);
    if (!error)
        error = load_tiers(db, id, arena, &member->tiers, diag);
    if (!error)
        error = vip_member_card(db, id, arena, &member->card, diag);
    return error < 0 ? error : 1;
}

int vip_remind_bought_at(struct vip_db *db, int64_t member, vip_day day, struct vip_arena *arena,
                         const char **store, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found =
        vip_db_query(db, VIP_SQL_remind_bought_at, &row, diag, vip_int(member), vip_int(day));

    *store = "";
    if (found <= 0)
        return found;
    *store = vip_arena_text(arena, vip_column_text(row, 0));
    vip_reset(row);
    return *store ? VIP_OK : vip_fail_memory(diag);
}

int vip_remind_voucher(struct vip_db *db, int64_t member, const char *voucher, vip_day *expires,
                       vip_fen *value, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found =
        vip_db_query(db, VIP_SQL_remind_voucher, &row, diag, vip_int(member), vip_text(voucher));

    if (found <= 0)
        return found;
    *expires = vip_column_day(row, 0);
    *value = vip_column_is_null(row, 1) ? -1 : vip_column_integer(row, 1);
    vip_reset(row);
    return VIP_OK;
}

/* ---- the dossier ---- */

/* What the member's own columns know; fields beyond them are in the dossier. */
static bool is_column_known(const struct vip_remind_member *member, const char *field, bool *column)
{
    const struct {
        const char *field, *value;
    } columns[] = {{"name", member->name},
                   {"phone", member->phone},
                   {"email", member->email},
                   {"address", member->address},
                   {"gender", member->gender},
                   {"id_no", member->id_no},
                   {"store", member->store},
                   {"consultant", member->consultant},
                   {"birthday", member->birthday.month ? "known" : ""}};

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(columns[i].field, field) == 0) {
            *column = true;
            return *columns[i].value;
        }
    *column = false;
    return false;
}

/* The fields of the dossier as a list, "job|size". */
static int dossier_fields(struct vip_db *db, int64_t member, struct vip_arena *arena,
                          const char **fields, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(db, VIP_SQL_remind_dossier, &row, diag, vip_int(member));

    *fields = "|";
    for (; more > 0; more = vip_step(row, diag))
        if (!(*fields = vip_arena_format(arena, "%s%s|", *fields, vip_column_text(row, 0)))) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    return more;
}

int vip_remind_missing(struct vip_db *db, const struct vip_program *program,
                       const struct vip_remind_member *member, const char *lang,
                       struct vip_arena *arena, const char **missing, struct vip_diag *diag)
{
    bool chinese = lang && strcmp(lang, "zh") == 0;
    const char *fields;
    int error = dossier_fields(db, member->id, arena, &fields, diag);

    *missing = "";
    for (size_t i = 0; !error && i < program->field_count; i++) {
        const struct vip_field *field = &program->fields[i];
        bool column, known = is_column_known(member, field->field, &column);
        if (!column)
            known = vip_list_has(fields, field->field);
        if (known)
            continue;
        const char *label = chinese ? field->label_zh : field->label_en;
        *missing =
            vip_arena_format(arena, "%s%s%s", *missing, **missing ? (chinese ? "、" : ", ") : "",
                             label && *label ? label : field->field);
        if (!*missing)
            error = vip_fail_memory(diag);
    }
    return error;
}

/* ---- what was given ---- */

int vip_remind_given(struct vip_db *db, int64_t member, const char *key, vip_day *marked,
                     struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_remind_given, &row, diag, vip_int(member), vip_text(key));

    if (found <= 0)
        return found;
    if (marked)
        *marked = vip_column_day(row, 0);
    vip_reset(row);
    return 1;
}

int vip_remind_given_kind(struct vip_db *db, int64_t member, const char *kind, vip_day due,
                          struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_remind_given_kind, &row, diag, vip_int(member),
                             vip_text(kind), vip_int(due));

    if (found > 0)
        vip_reset(row);
    return found;
}

/* 1 when it was moved to another day or is to be given again, 0 not. */
static int is_waiting(struct vip_db *db, int64_t member, const char *key, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_remind_waits, &row, diag, vip_int(member), vip_text(key));

    if (found > 0)
        vip_reset(row);
    return found;
}

int vip_remind_had_marketing(struct vip_db *db, int64_t member, vip_day day, const char *key,
                             struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_remind_had_marketing, &row, diag, vip_int(member),
                             vip_int(day), vip_text(key));

    if (found > 0)
        vip_reset(row);
    return found;
}

/* Whether the member has had his marketing of the day. */
static int has_had(struct vip_batch *batch, const struct vip_remind_gift *gift,
                   struct vip_diag *diag)
{
    if (gift->forced || !vip_remind_is_marketing(gift->rule))
        return 0;
    return vip_remind_had_marketing(batch->db, gift->member, batch->as_of, gift->key, diag);
}

static int mark_new(struct vip_batch *batch, const struct vip_remind_gift *gift, bool move,
                    struct vip_diag *diag)
{
    return vip_db_run(
        batch->db, VIP_SQL_remind_mark, diag, vip_int(gift->member), vip_text(gift->key),
        vip_text(gift->rule->kind), vip_int(gift->due), vip_text(gift->rule->channel),
        vip_int(vip_remind_is_marketing(gift->rule)), move ? vip_null() : vip_int(batch->as_of),
        move ? vip_int(gift->next) : vip_null(), vip_text(gift->facts), vip_int(batch->number));
}

static int mark_again(struct vip_batch *batch, const struct vip_remind_gift *gift, bool move,
                      struct vip_diag *diag)
{
    if (move)
        return vip_db_run(batch->db, VIP_SQL_remind_move, diag, vip_int(gift->member),
                          vip_text(gift->key), vip_int(gift->next));
    return vip_db_run(batch->db, VIP_SQL_remind_mark_again, diag, vip_int(gift->member),
                      vip_text(gift->key), vip_int(batch->as_of), vip_int(batch->number),
                      vip_int(gift->forced));
}

/* What another run did since the list was made stands: who comes second finds it known. */
int vip_remind_mark(struct vip_batch *batch, const struct vip_remind_gift *gift,
                    struct vip_diag *diag)
{
    int there = gift->forced  ? 0
                : gift->again ? is_waiting(batch->db, gift->member, gift->key, diag)
                              : vip_remind_given(batch->db, gift->member, gift->key, NULL, diag);

    if (there < 0)
        return there;
    if (!gift->forced && (there != 0) != gift->again)
        return VIP_REMIND_KNOWN;
    int had = gift->move ? 1 : has_had(batch, gift, diag);
    if (had < 0)
        return had;
    int error = vip_batch_need(batch, diag);
    if (!error)
        error = gift->again ? mark_again(batch, gift, had, diag) : mark_new(batch, gift, had, diag);
    return error ? error : had ? VIP_REMIND_MOVED : VIP_REMIND_GIVEN;
}

static void run_name(const char *what, const char *kind, char *to, size_t size)
{
    snprintf(to, size, "%s:%s", what, kind);
}

static int get_run(struct vip_db *db, const char *what, const char *kind, int64_t *number,
                   int64_t fallback, struct vip_diag *diag)
{
    char name[96];

    run_name(what, kind, name, sizeof name);
    return vip_db_number(db, VIP_SQL_remind_run_get, number, fallback, diag,
                         VIP_VALUES(vip_text(name)));
}

int vip_remind_last_run(struct vip_db *db, const char *kind, vip_day *day, int64_t *batch,
                        struct vip_diag *diag)
{
    int64_t last;
    int error = get_run(db, "remind", kind, &last, VIP_DAY_NONE, diag);

    *day = (vip_day)last;
    *batch = 0;
    return error ? error : get_run(db, "remind-batch", kind, batch, 0, diag);
}

static int set_run(struct vip_batch *batch, const char *what, const char *kind, int64_t number,
                   struct vip_diag *diag)
{
    char name[96];

    run_name(what, kind, name, sizeof name);
    return vip_db_run(batch->db, VIP_SQL_remind_run_set, diag, vip_text(name), vip_int(number));
}

int vip_remind_set_run(struct vip_batch *batch, const char *kind, struct vip_diag *diag)
{
    vip_day last;
    int64_t number;
    int error = vip_remind_last_run(batch->db, kind, &last, &number, diag);

    if (error || (last != VIP_DAY_NONE && last >= batch->as_of && !batch->number))
        return error;
    error = vip_batch_need(batch, diag);
    if (!error && (last == VIP_DAY_NONE || last < batch->as_of))
        error = set_run(batch, "remind", kind, batch->as_of, diag);
    return error ? error : set_run(batch, "remind-batch", kind, batch->number, diag);
}
