/* The checks of vip-db check, one after the other, and how they tell: see check.h. */
#include "lib/db/check.h"

#include "lib/db/checker.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const check_names[CHECK_COUNT] = {
    "file",    "references", "chain",    "accounts", "lots",    "stored", "purchases",
    "returns", "days",       "requests", "vouchers", "bonuses", "tiers"};

enum { FINDINGS_SHOWN = 20 };

/* ---- what is told ---- */

int check_found(struct check *check, enum check_name name, const char *format, ...)
{
    check->total++;
    if (++check->found[name] > FINDINGS_SHOWN)
        return VIP_OK;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return check->report(check->context, check_names[name], true, text, check->diag);
}

int check_conclude(struct check *check, enum check_name name, const char *format, ...)
{
    char text[256];
    int64_t more = check->found[name] - FINDINGS_SHOWN;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (more > 0)
        snprintf(text, sizeof text, "and %" PRId64 " more", more);
    else if (check->found[name])
        return VIP_OK;
    return check->report(check->context, check_names[name], more > 0, text, check->diag);
}

const char *check_member_name(struct check *check, int64_t member, char *to, size_t size)
{
    struct vip_statement *row = NULL;
    struct vip_diag ignored;
    snprintf(to, size, "number %" PRId64, member);
    if (vip_db_query(check->db, VIP_SQL_check_member, &row, &ignored, vip_int(member)) > 0) {
        snprintf(to, size, "%s", vip_column_text(row, 0));
        vip_reset(row);
    }
    return to;
}

/* ---- the file ---- */

static int check_file(struct check *check)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_integrity, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        if (strcmp(vip_column_text(row, 0), "ok") != 0)
            error = check_found(check, CHECK_FILE, "%s", vip_column_text(row, 0));
    if (error == VIP_OK && more == VIP_EDATABASE) /* damage that SQLite itself stumbles over */
        more = check_found(check, CHECK_FILE, "%s", check->diag->text);
    if (error != VIP_OK || more < 0)
        return error != VIP_OK ? error : more;
    return check_conclude(check, CHECK_FILE, "pages, indexes and types");
}

static int check_references(struct check *check)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_references, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = check_found(
            check, CHECK_REFERENCES, "%s row %" PRId64 " names a %s that is not there",
            vip_column_text(row, 0), vip_column_integer(row, 1), vip_column_text(row, 2));
    if (error != VIP_OK || more < 0)
        return error != VIP_OK ? error : more;
    return check_conclude(check, CHECK_REFERENCES, "every reference leads somewhere");
}

/* ---- tiers ---- */

static int count_wrong(struct check *check, struct vip_tier_engine *engine)
{
    int64_t wrong = 0, first = 0;
    char who[64];
    int error = vip_tier_count_wrong(check->db, engine, check->as_of, &wrong, &first, check->diag);
    if (error != VIP_OK || !wrong)
        return error;
    return check_found(check, CHECK_TIERS,
                       "the tiers of %" PRId64 " members, such as %s, are not what the ledger "
                       "gives: see 'vip-tier --full'",
                       wrong, check_member_name(check, first, who, sizeof who));
}

/* What members hold is a function of ledger and programme: it is asked again. */
static int replay_tiers(struct check *check)
{
    struct vip_arena arena = {0};
    struct vip_programs programs;
    struct vip_tier_engine *engine = NULL;
    int error = vip_programs_load(check->db, &arena, &programs, check->diag);
    if (error == VIP_EDATABASE)
        error = check_found(check, CHECK_TIERS, "%s", check->diag->text);
    else if (error == VIP_OK) {
        error = vip_tier_engine_open(&engine, check->db, &programs, check->diag);
        if (error == VIP_OK)
            error = count_wrong(check, engine);
    }
    vip_tier_engine_close(engine);
    vip_arena_free(&arena);
    return error;
}

static int check_tiers(struct check *check)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_tier_state, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = check_found(
            check, CHECK_TIERS,
            "member %s: holds '%s' by change %" PRId64 ", the last one is %" PRId64 " to '%s'",
            vip_column_text(row, 0), vip_column_text(row, 1), vip_column_integer(row, 2),
            vip_column_integer(row, 4), vip_column_text(row, 3));
    if (error != VIP_OK || more < 0)
        return error != VIP_OK ? error : more;
    more = vip_db_query_values(check->db, VIP_SQL_check_tier_change, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error =
            check_found(check, CHECK_TIERS,
                        "member %s: change %" PRId64 " begins at '%s', the one before ends at '%s'",
                        vip_column_text(row, 0), vip_column_integer(row, 1),
                        vip_column_text(row, 2), vip_column_text(row, 3));
    int64_t tiers = 0;
    if (error == VIP_OK && more >= 0)
        more = vip_db_number(check->db, VIP_SQL_check_tier_count, &tiers, 0, check->diag, NULL, 0);
    if (error != VIP_OK || more < 0)
        return error != VIP_OK ? error : more;
    error = replay_tiers(check);
    if (error != VIP_OK)
        return error;
    return check_conclude(check, CHECK_TIERS, "%" PRId64 " tiers are what their history says",
                          tiers);
}

/* ---- all of it ---- */

static int run(struct check *check)
{
    int error = check_file(check);
    if (error != VIP_OK || check->total) /* what cannot be read cannot be recomputed */
        return error;
    error = check_references(check);
    if (error == VIP_OK)
        error = check_read_batches(check);
    if (error == VIP_OK)
        error = check_members(check);
    if (error == VIP_OK)
        error = check_stored(check);
    if (error == VIP_OK)
        error = check_requests(check);
    if (error == VIP_OK)
        error = check_chain(check);
    if (error == VIP_OK)
        error = check_purchases(check);
    if (error == VIP_OK)
        error = check_days(check);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_REQUESTS, "requests agree with the ledger");
    if (error == VIP_OK)
        error = check_vouchers(check);
    if (error == VIP_OK)
        error = check_conclude(check, CHECK_BONUSES, "%" PRId64 " bonuses are in the ledger",
                               check->bonuses);
    if (error == VIP_OK)
        error = check_tiers(check);
    return error;
}

int vip_check(struct vip_db *db, vip_day as_of, vip_check_report *report, void *context,
              struct vip_diag *diag)
{
    struct check check = {
        .db = db, .report = report, .context = context, .diag = diag, .as_of = as_of};
    int error = vip_db_snapshot(db, diag);
    if (error == VIP_OK)
        error = run(&check);
    free(check.batches);
    free(check.entries);
    if (error != VIP_OK || !check.total)
        return error;
    return vip_fail(diag, VIP_EDATABASE,
                    "%s is damaged (%" PRId64
                    " findings): keep a copy of it, then restore a backup "
                    "with 'vip-db restore FILE --force'",
                    vip_db_path(db), check.total);
}
