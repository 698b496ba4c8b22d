/* Offers: what a member could have today. The same rules as for requests, asked for everything. */
#include "lib/db/desk.h"

#include <inttypes.h>
#include <string.h>

struct offers { /* in the caller's arena, grown by taking anew */
    struct vip_arena *arena;
    struct vip_offer *items;
    size_t count, capacity;
};

static int add_offer(struct offers *offers, const struct vip_offer *offer, struct vip_diag *diag)
{
    if (offers->count == offers->capacity) {
        size_t capacity = offers->capacity ? offers->capacity * 2 : 16;
        struct vip_offer *larger = vip_arena_zero(offers->arena, capacity, sizeof *larger);
        if (!larger)
            return vip_fail_memory(diag);
        if (offers->count)
            memcpy(larger, offers->items, offers->count * sizeof *larger);
        offers->items = larger;
        offers->capacity = capacity;
    }
    offers->items[offers->count++] = *offer;
    return VIP_OK;
}

static int offer_rewards(struct desk_visit *visit, struct offers *offers)
{
    const struct vip_program *program = visit->program;
    int error = desk_load_lots(visit);
    for (size_t i = 0; error == VIP_OK && i < program->reward_count; i++) {
        const struct vip_reward *reward = &program->rewards[i];
        error = desk_load_reward(visit, reward);
        if (error != VIP_OK)
            return error;
        int64_t most = vip_redeem_most(program, reward, &visit->who, visit->day);
        if (most < 1)
            continue;
        error = add_offer(offers,
                          &(struct vip_offer){
                              .kind = vip_request_word(VIP_REQUEST_REWARD),
                              .item = reward->reward,
                              .name_en = reward->name_en,
                              .name_zh = reward->name_zh,
                              .quantity = most == INT64_MAX ? -1 : most,
                              .points = reward->cost,
                              .value = reward->value,
                              .expires = VIP_DAY_NONE,
                          },
                          visit->diag);
    }
    return error;
}

/* Several rows may give one benefit to different tiers; it is offered once. */
static bool is_first_row(const struct vip_program *program, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(program->benefits[i].benefit, program->benefits[index].benefit) == 0)
            return false;
    return true;
}

static int offer_benefit(struct desk_visit *visit, const char *benefit, struct offers *offers)
{
    const struct vip_redeem_ask ask = {visit->day, 1, 0, "", "", "", false};
    const struct vip_benefit *row = NULL;
    struct vip_redeem_answer answer;
    struct vip_diag why;
    visit->who.used = 0;
    int error = desk_load_benefit(visit, benefit, &row);
    if (error != VIP_OK)
        return error;
    vip_diag_clear(&why);
    if (vip_redeem_benefit(visit->program, benefit, row, &visit->who, &ask, &answer, &why) !=
        VIP_OK)
        return VIP_OK;
    return add_offer(offers,
                     &(struct vip_offer){
                         .kind = vip_request_word(VIP_REQUEST_BENEFIT),
                         .item = row->benefit,
                         .name_en = row->name_en,
                         .name_zh = row->name_zh,
                         .quantity = row->quota < 0 ? -1 : row->quota - visit->who.used,
                         .expires = VIP_DAY_NONE,
                     },
                     visit->diag);
}

static int offer_benefits(struct desk_visit *visit, struct offers *offers)
{
    const struct vip_program *program = visit->program;
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < program->benefit_count; i++)
        if (is_first_row(program, i))
            error = offer_benefit(visit, program->benefits[i].benefit, offers);
    return error;
}

/* A reward of an older programme may still have vouchers out: then its key is its name. */
static void name_voucher(const struct desk_visit *visit, struct vip_offer *offer,
                         const char *reward)
{
    const struct vip_reward *known = vip_program_reward(visit->program, reward);
    offer->name_en = known ? known->name_en : reward;
    offer->name_zh = known ? known->name_zh : reward;
}

static int offer_vouchers(struct desk_visit *visit, struct offers *offers)
{
    struct vip_statement *row = NULL;
    int more = vip_db_query(visit->desk->batch.db, VIP_SQL_voucher_open, &row, visit->diag,
                            vip_int(visit->account.member), vip_date(visit->day));
    if (strcmp(visit->who.status, "active") != 0 && more > 0) {
        vip_reset(row);
        return VIP_OK;
    }
    for (; more > 0; more = vip_step(row, visit->diag)) {
        const char *reward = vip_arena_text(offers->arena, vip_column_text(row, 1));
        struct vip_offer offer = {
            .kind = vip_request_word(VIP_REQUEST_VOUCHER),
            .item = vip_arena_text(offers->arena, vip_column_text(row, 0)),
            .quantity = 1,
            .value = vip_column_integer(row, 2),
            .expires = vip_column_day(row, 3),
        };
        int error = reward && offer.item ? VIP_OK : vip_fail_memory(visit->diag);
        if (error == VIP_OK) {
            name_voucher(visit, &offer, reward);
            error = add_offer(offers, &offer, visit->diag);
        }
        if (error != VIP_OK) {
            vip_reset(row);
            return error;
        }
    }
    return more;
}

int vip_desk_offers(struct vip_desk *desk, const struct vip_identity *identity,
                    struct vip_arena *arena, const char **member, vip_points *balance,
                    struct vip_offer **items, size_t *count, struct vip_diag *diag)
{
    struct offers offers = {.arena = arena};
    struct desk_visit visit;
    int64_t id;
    desk_visit_begin(&visit, desk, desk->batch.as_of, diag);
    int error = desk_identify(desk, identity, &id, diag);
    if (error == VIP_OK)
        error = desk_load_member(&visit, id);
    if (error == VIP_OK)
        error = desk_check_card(&visit, identity->card);
    if (error == VIP_OK)
        error = desk_member_number(desk->batch.db, id, arena, member, diag);
    if (error == VIP_OK)
        error = offer_rewards(&visit, &offers);
    if (error == VIP_OK)
        error = offer_benefits(&visit, &offers);
    if (error == VIP_OK)
        error = offer_vouchers(&visit, &offers);
    *balance = visit.account.balance;
    *items = offers.items;
    *count = offers.count;
    return error;
}
