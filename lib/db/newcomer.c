/* New members: see newcomer.h. */
#include "lib/db/newcomer.h"

#include "lib/db/card.h"
#include "lib/db/merge.h"
#include "lib/rules/admission.h"
#include <string.h>

/* ---- checking ---- */

static int admit(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                 struct vip_diag *diag)
{
    const struct vip_member *person = &newcomer->person;
    const struct vip_first_purchase purchase = {.store = person->store,
                                                .category = person->category,
                                                .brand = person->brand,
                                                .spent = person->spent};
    return vip_applicant_admit(enroller->program, person->source, &purchase, &newcomer->tier,
                               &newcomer->said, diag);
}

static int check_card(const struct vip_enroller *enroller, const struct vip_newcomer *newcomer,
                      struct vip_diag *diag)
{
    char number[VIP_CARD_TEXT];
    struct vip_card card;
    if (!*newcomer->card) /* what would refuse the number must do so before anything is written */
        return vip_card_number(enroller->program->card_format, newcomer->person.store, 0, number,
                               diag);
    int found = vip_card_load(enroller->batch->db, newcomer->card, enroller->scratch, &card, diag);
    return found > 0 ? vip_refuse(diag, "conflict", "card", "another member has this card") : found;
}

int vip_newcomer_check(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                       struct vip_diag *diag)
{
    struct vip_db *db = enroller->batch->db;
    int error = vip_member_check(db, &newcomer->person, enroller->program->household_address,
                                 enroller->scratch, diag);
    if (error == VIP_OK)
        error = admit(enroller, newcomer, diag);
    if (error == VIP_OK)
        error = check_card(enroller, newcomer, diag);
    if (error == VIP_OK && *newcomer->referrer)
        error = vip_member_named(db, newcomer->referrer, "no-such-referrer", "referrer",
                                 &newcomer->person.referrer, diag);
    return error;
}

/* ---- the card ---- */

static int write_card(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                      struct vip_diag *diag)
{
    const struct vip_program *program = enroller->program;
    const struct vip_tier *tier = newcomer->tier;
    char number[VIP_CARD_TEXT];
    if (!*newcomer->card) {
        int error = vip_card_next(enroller->batch, program->card_format, newcomer->person.store,
                                  number, diag);
        if (error != VIP_OK)
            return error;
        newcomer->card = vip_arena_text(enroller->arena, number);
        if (!newcomer->card)
            return vip_fail_memory(diag);
    }
    const struct vip_card card = {
        .card = newcomer->card,
        .member = newcomer->person.id,
        .state = program->review ? VIP_CARD_ISSUED : VIP_CARD_ACTIVE,
        .is_virtual = tier && tier->card_virtual,
        .tier = tier ? tier->tier : "",
        .issued = newcomer->enrolled,
        .expires = newcomer->expires != VIP_DAY_NONE
                       ? newcomer->expires
                       : vip_card_end(program, tier, newcomer->enrolled),
        .replaces = "",
    };
    return vip_card_insert(enroller->batch, &card, diag);
}

/* ---- the grant ---- */

/* A special grant is a floor without end, from the day of enrolment. */
static int write_grant(const struct vip_enroller *enroller, const struct vip_newcomer *newcomer,
                       struct vip_diag *diag)
{
    if (strcmp(newcomer->person.source, "special") != 0 || !newcomer->tier)
        return VIP_OK;
    const struct vip_tier_grant grant = {.tier = newcomer->tier->tier,
                                         .day = newcomer->enrolled,
                                         .until = VIP_DAY_NONE,
                                         .reason = *newcomer->reason ? newcomer->reason : "special",
                                         .by = newcomer->by};
    int noted =
        vip_tier_grant_add(enroller->batch, enroller->tiers, newcomer->person.id, &grant, diag);
    return noted < 0 ? noted : VIP_OK;
}

/* ---- bonuses ---- */

static int write_bonus(const struct vip_enroller *enroller, const struct vip_earn_rule *rule,
                       int64_t member, vip_day day, struct vip_diag *diag)
{
    struct vip_batch *batch = enroller->batch;
    struct vip_account account;
    struct vip_entry entry = {.kind = VIP_ENTRY_BONUS,
                              .day = day,
                              .points = rule->points,
                              .available = VIP_DAY_NONE,
                              .expires = VIP_DAY_NONE,
                              .ref = rule->rule};
    int found = vip_account_load(batch->db, member, &account, diag);
    if (found <= 0 || account.status >= VIP_STATUS_CANCELLED) /* who has left is owed nothing */
        return found < 0 ? found : VIP_OK;
    int error = vip_db_run(batch->db, VIP_SQL_bonus_insert, diag, vip_int(member),
                           vip_text(rule->rule), (struct vip_value){.type = VIP_TEXT, .text = ""});
    if (error != VIP_OK || vip_db_changes(batch->db) == 0)
        return error;
    error = vip_entry_date(batch->db, enroller->program, member, &entry, diag);
    if (error == VIP_OK)
        error = vip_ledger_post(batch, &account, &entry, diag);
    return error == VIP_OK ? vip_account_save(batch, &account, diag) : error;
}

/* Once in a life: joining, having been brought, and for the referrer having brought somebody. `on`
 * is the day that the points are of. */
static int write_bonuses(const struct vip_enroller *enroller, const struct vip_member *person,
                         vip_day enrolled, vip_day on, struct vip_diag *diag)
{
    const struct vip_program *program = enroller->program;
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < program->earn_count; i++) {
        const struct vip_earn_rule *rule = &program->earns[i];
        if (!vip_bonus_of_joining(rule, enrolled, person->store))
            continue;
        if (rule->when & VIP_WHEN_ENROLMENT || (rule->when & VIP_WHEN_REFERRED && person->referrer))
            error = write_bonus(enroller, rule, person->id, on, diag);
        if (error == VIP_OK && (rule->when & VIP_WHEN_REFERRAL) && person->referrer)
            error = write_bonus(enroller, rule, person->referrer, on, diag);
    }
    return error;
}

/* ---- all of it ---- */

/* Who applied for a relative, who allowed it: what is said of an application is kept. */
static int note(const struct vip_enroller *enroller, const struct vip_newcomer *newcomer,
                struct vip_diag *diag)
{
    if (!*newcomer->reason && !*newcomer->by)
        return VIP_OK;
    const char *detail = vip_event_detail(enroller->scratch, newcomer->reason, newcomer->by);
    return detail ? vip_batch_event(enroller->batch, newcomer->person.id, "enroll", detail, diag)
                  : vip_fail_memory(diag);
}

static int write_person(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                        struct vip_diag *diag)
{
    struct vip_member *person = &newcomer->person;
    char number[VIP_MEMBER_TEXT];
    int error = VIP_OK;
    if (!*person->member) {
        error = vip_member_next(enroller->batch, number, diag);
        if (error == VIP_OK && !(person->member = vip_arena_text(enroller->arena, number)))
            error = vip_fail_memory(diag);
    }
    if (!*person->source)
        person->source = *newcomer->referrer ? "referral" : "regular";
    if (error == VIP_OK)
        error =
            vip_member_insert(enroller->batch, enroller->codes, person,
                              enroller->program->review ? VIP_STATUS_PENDING : VIP_STATUS_ACTIVE,
                              newcomer->enrolled, enroller->scratch, diag);
    return error == VIP_OK ? vip_dossier_save(enroller->batch, person->id, newcomer->facts,
                                              newcomer->fact_count, diag)
                           : error;
}

int vip_newcomer_write(const struct vip_enroller *enroller, struct vip_newcomer *newcomer,
                       struct vip_diag *diag)
{
    int error = write_person(enroller, newcomer, diag);
    if (error == VIP_OK)
        error = note(enroller, newcomer, diag);
    if (error == VIP_OK)
        error = write_grant(enroller, newcomer, diag);
    if (error == VIP_OK)
        error = vip_tier_update_member(enroller->batch, enroller->tiers, newcomer->person.id,
                                       enroller->batch->as_of, NULL, NULL, diag);
    if (error == VIP_OK)
        error = write_card(enroller, newcomer, diag);
    return error == VIP_OK && !enroller->program->review
               ? write_bonuses(enroller, &newcomer->person, newcomer->enrolled, newcomer->enrolled,
                               diag)
               : error;
}

static int activate_card(const struct vip_enroller *enroller, int64_t member, struct vip_diag *diag)
{
    struct vip_card card;
    int found = vip_card_current(enroller->batch->db, member, enroller->scratch, &card, diag);
    if (found > 0 && card.state == VIP_CARD_ISSUED)
        return vip_card_set_state(enroller->batch, card.card, VIP_CARD_ACTIVE, diag);
    return found < 0 ? found : VIP_OK;
}

int vip_newcomer_approve(const struct vip_enroller *enroller, int64_t member, struct vip_diag *diag)
{
    struct vip_batch *batch = enroller->batch;
    struct vip_account account;
    struct vip_member person;
    int error =
        vip_tier_update_member(batch, enroller->tiers, member, batch->as_of, NULL, NULL, diag);
    if (error == VIP_OK)
        error = activate_card(enroller, member, diag);
    if (error != VIP_OK)
        return error;
    int found = vip_account_load(batch->db, member, &account, diag);
    if (found > 0)
        found = vip_member_load(batch->db, member, enroller->scratch, &person, diag);
    if (found <= 0)
        return found;
    if (person.referrer) /* may have been joined with another record meanwhile */
        error = vip_member_stays(batch->db, person.referrer, &person.referrer, diag);
    return error == VIP_OK ? write_bonuses(enroller, &person, account.enrolled, batch->as_of, diag)
                           : error;
}
