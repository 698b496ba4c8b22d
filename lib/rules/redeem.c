/* May this member have it today? See redeem.h. */
#include "lib/rules/redeem.h"

#include "lib/base/text.h"
#include <string.h>

#define ALL_DAYS ((struct vip_window){INT32_MIN, VIP_DAY_NONE})

/* ---- windows ---- */

static vip_day month_start(vip_day day)
{
    struct vip_civil date = vip_day_civil(day);
    return vip_day_from_civil(date.year, date.month, 1);
}

static vip_day month_end(vip_day day)
{
    struct vip_civil date = vip_day_civil(day);
    return vip_day_from_civil(date.year, date.month, vip_month_length(date.year, date.month));
}

static struct vip_window year_of(vip_day day)
{
    int year = vip_day_civil(day).year;
    return (struct vip_window){vip_day_from_civil(year, 1, 1), vip_day_from_civil(year, 12, 31)};
}

/* Does the birthday fall in the month of day? */
static bool birthday_in_month(const struct vip_birthday *birthday, vip_day day)
{
    struct vip_civil date = vip_day_civil(day);
    vip_day falls = vip_birthday_in_year(birthday, date.year);
    return falls != VIP_DAY_NONE && vip_day_civil(falls).month == date.month;
}

/* Where the month before counts too, the year of a January birthday begins in December: one
 * birthday, one privilege. */
static struct vip_window birthday_year(const struct vip_birthday *birthday, vip_day day, bool ahead)
{
    struct vip_window year = year_of(day);
    vip_day december = vip_day_add_months(year.from, 11);
    if (!ahead || !birthday->month)
        return year;
    if (day < december && birthday_in_month(birthday, year.from))
        return (struct vip_window){vip_day_add_months(year.from, -1), december - 1};
    if (day >= december && birthday_in_month(birthday, year.to + 1))
        return (struct vip_window){december, vip_day_add_months(december, 12) - 1};
    return year;
}

/* One period of the card: a renewed card begins a new one. */
static struct vip_window card_period(const struct vip_program *program,
                                     const struct vip_redeemer *who, vip_day day)
{
    struct vip_span valid = program->card_valid;
    struct vip_window period = {who->card_issued, who->card_end};
    if (!who->has_card)
        return ALL_DAYS;
    if (who->card_end == VIP_DAY_NONE || valid.unit != VIP_SPAN_MONTHS || valid.count < 1)
        return period;
    for (int i = 1;; i++) { /* from the end back; the first period has the day of issue too */
        vip_day before = vip_day_add_months(who->card_end, -i * valid.count);
        if (before <= who->card_issued)
            return (struct vip_window){who->card_issued, period.to};
        if (before < day)
            return (struct vip_window){before + 1, period.to};
        period.to = before;
    }
}

struct vip_window vip_redeem_window(const struct vip_program *program, const char *per,
                                    const struct vip_redeemer *who, vip_day day)
{
    if (strcmp(per, "month") == 0)
        return (struct vip_window){month_start(day), month_end(day)};
    if (strcmp(per, "year") == 0)
        return year_of(day);
    if (strcmp(per, "birthday-month") == 0)
        return birthday_year(&who->birthday, day, false);
    if (strcmp(per, "birthday-month-1") == 0)
        return birthday_year(&who->birthday, day, true);
    if (strcmp(per, "card") == 0)
        return card_period(program, who, day);
    return ALL_DAYS;
}

/* ---- what rewards and benefits have in common ---- */

static const char *day_text(vip_day day, char to[VIP_DATE_TEXT])
{
    vip_day_format(day, to);
    return to;
}

static int check_status(const struct vip_redeemer *who, const struct vip_redeem_ask *ask,
                        struct vip_diag *diag)
{
    char text[VIP_DATE_TEXT];
    if (strcmp(who->status, "active") != 0)
        return vip_refuse(diag, who->status, "member", "the membership is %s", who->status);
    if (ask->day < who->enrolled)
        return vip_refuse(diag, "before-enrolment", "date", "is before the member enrolled on %s",
                          day_text(who->enrolled, text));
    return VIP_OK;
}

static int check_card(const struct vip_redeemer *who, vip_day day, struct vip_diag *diag)
{
    char text[VIP_DATE_TEXT];
    if (who->has_card && who->card_end < day)
        return vip_refuse(diag, "card-expired", "card", "the member's card was good until %s",
                          day_text(who->card_end, text));
    return VIP_OK;
}

static bool holds_one_of(const struct vip_redeemer *who, vip_list tiers)
{
    if (!*tiers)
        return true;
    for (size_t i = 0; i < who->tier_count; i++)
        if (vip_list_has(tiers, who->tiers[i]))
            return true;
    return false;
}

static int too_often(const struct vip_redeemer *who, int64_t limit, const char *per,
                     const char *item, struct vip_diag *diag)
{
    bool birthday = strncmp(per, "birthday", 8) == 0;
    if (birthday)
        return vip_refuse(diag, "used-this-year", "item", "'%s' was used this year already", item);
    return vip_refuse(diag, "limit-reached", "item",
                      "'%s' can be had %lld times%s%s: %lld are used", item, (long long)limit,
                      *per ? " per " : "", per, (long long)who->used);
}

/* ---- rewards ---- */

/* The end of a card year: of the present card if it has had one, else of those before it, whose
 * years began with the first card. A card that was issued late, or in place of a lost one, moves no
 * year that ended before it. VIP_DAY_NONE: none has ended yet. */
static vip_day last_year_end(const struct vip_redeemer *who, vip_day day)
{
    vip_day end = who->card_end;
    for (int years = 1; end > day; years++)
        end = vip_day_add_months(who->card_end, -12 * years);
    if (end > who->card_issued)
        return end;
    vip_day limit = day < who->card_issued ? day : who->card_issued, next = who->card_since;
    end = VIP_DAY_NONE;
    for (int years = 1; next <= limit; years++) {
        if (next > who->card_since)
            end = next;
        next = vip_day_add_months(who->card_since, 12 * years);
    }
    return end;
}

vip_day vip_redeem_claim_end(const struct vip_program *program, vip_day due)
{
    vip_day end = vip_day_add_span(due, program->rebate_claim);
    return program->rebate_claim.unit == VIP_SPAN_MONTHS ? month_end(end) : end;
}

/* The card year that ended last by day, and until when what fell due with it can be claimed. False:
 * none has ended yet. */
static bool find_claim(const struct vip_program *program, const struct vip_redeemer *who,
                       vip_day day, struct vip_window *claim)
{
    if (!who->has_card || who->card_end == VIP_DAY_NONE)
        return false;
    vip_day due = last_year_end(who, day);
    if (due == VIP_DAY_NONE)
        return false;
    *claim = (struct vip_window){due, vip_redeem_claim_end(program, due)};
    return true;
}

static int check_claim(const struct vip_program *program, const struct vip_redeemer *who,
                       vip_day day, struct vip_window *claim, struct vip_diag *diag)
{
    char text[VIP_DATE_TEXT];
    if (!find_claim(program, who, day, claim))
        return vip_refuse(diag, "not-due", "date", "the member's card year has not ended yet");
    if (day > claim->to)
        return vip_refuse(diag, "claim-ended", "date", "could be claimed until %s",
                          day_text(claim->to, text));
    return VIP_OK;
}

static int check_season(const struct vip_reward *reward, vip_day day, struct vip_diag *diag)
{
    int month = vip_day_civil(day).month;
    if (reward->months && !(reward->months & 1u << (month - 1)))
        return vip_refuse(diag, "out-of-season", "date", "'%s' cannot be had in month %d",
                          reward->reward, month);
    return VIP_OK;
}

static int check_signatures(const struct vip_reward *reward, const struct vip_redeem_ask *ask,
                            struct vip_diag *diag)
{
    if (!reward->witness)
        return VIP_OK;
    if (vip_text_blank(ask->by) || vip_text_blank(ask->witness) ||
        vip_text_same(ask->by, ask->witness))
        return vip_refuse(diag, "one-signature", "witness",
                          "'%s' needs two different people: by and witness", reward->reward);
    return VIP_OK;
}

/* What of the lots counts for this reward: of a rebate, what was earned in the card year. */
struct purse {
    vip_points spendable;
    vip_points pending; /* earned by that day, and not yet to be spent */
};

static struct purse count_purse(const struct vip_redeemer *who, vip_day day, vip_day earned_by)
{
    struct purse purse = {0, 0};
    for (size_t i = 0; i < who->lot_count; i++) {
        const struct vip_lot *lot = &who->lots[i];
        if (lot->earned > earned_by || lot->earned > day || lot->expires < day)
            continue;
        if (lot->available <= day)
            purse.spendable += lot->left;
        else
            purse.pending += lot->left;
    }
    return purse;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int too_few(const struct purse *purse, const struct vip_reward *reward, int64_t quantity,
                   struct vip_diag *diag)
{
    vip_points needed, all;
    bool fits = vip_multiply(reward->cost, quantity, &needed);
    if (fits && vip_add(purse->spendable, purse->pending, &all) && all >= needed)
        return vip_refuse(diag, "same-day-points", "item",
                          "needs %lld points: %lld can be spent, %lld only later",
                          (long long)needed, (long long)purse->spendable,
                          (long long)purse->pending);
    return vip_refuse(diag, "too-few-points", "item",
                      "'%s' costs %lld points each: %lld can be spent", reward->reward,
                      (long long)reward->cost, (long long)purse->spendable);
}

/* Everything that does not depend on how many are asked for. */
static int check_reward(const struct vip_program *program, const struct vip_reward *reward,
                        const struct vip_redeemer *who, const struct vip_redeem_ask *ask,
                        vip_day *earned_by, struct vip_diag *diag)
{
    struct vip_window claim = ALL_DAYS;
    *earned_by = ask->day;
    if (!reward)
        return vip_refuse(diag, "no-such-reward", "item", "is no reward of the programme");
    int error = check_status(who, ask, diag);
    if (error == VIP_OK &&
        !reward->due_card_year) /* what fell due at its end is claimed after it */
        error = check_card(who, ask->day, diag);
    if (error == VIP_OK && !holds_one_of(who, reward->tier))
        error = vip_refuse(diag, "wrong-tier", "item", "'%s' is for the tiers %s", reward->reward,
                           reward->tier);
    if (error == VIP_OK)
        error = check_season(reward, ask->day, diag);
    if (error == VIP_OK && reward->due_card_year) {
        error = check_claim(program, who, ask->day, &claim, diag);
        if (error == VIP_OK)
            *earned_by = claim.from;
    }
    return error;
}

/* Lowers *quantity to limit with clamp; false when nothing is left of it. */
static bool within(int64_t *quantity, int64_t limit, bool clamp)
{
    if (*quantity > limit && clamp)
        *quantity = limit;
    return *quantity >= 1 && *quantity <= limit;
}

static int check_numbers(const struct vip_reward *reward, const struct vip_redeemer *who,
                         const struct vip_redeem_ask *ask, int64_t *quantity, struct vip_diag *diag)
{
    int64_t left = reward->stock < 0 ? INT64_MAX : reward->stock - who->taken;
    *quantity = ask->quantity;
    if (reward->consume_all && !within(quantity, 1, ask->clamp))
        return vip_refuse(diag, "too-many-items", "quantity",
                          "'%s' clears the balance: there can be only one", reward->reward);
    if (reward->limit >= 0 && !within(quantity, reward->limit - who->used, ask->clamp))
        return too_often(who, reward->limit, reward->per, reward->reward, diag);
    if (!within(quantity, left, ask->clamp))
        return vip_refuse(diag, "out-of-stock", "item", "'%s': %lld are left", reward->reward,
                          (long long)(left > 0 ? left : 0));
    return VIP_OK;
}

int vip_redeem_reward(const struct vip_program *program, const struct vip_reward *reward,
                      const struct vip_redeemer *who, const struct vip_redeem_ask *ask,
                      struct vip_redeem_answer *answer, struct vip_diag *diag)
{
    vip_day earned_by;
    int64_t quantity = 0;
    int error = check_reward(program, reward, who, ask, &earned_by, diag);
    if (error == VIP_OK)
        error = check_signatures(reward, ask, diag);
    if (error == VIP_OK)
        error = check_numbers(reward, who, ask, &quantity, diag);
    if (error != VIP_OK)
        return error;
    struct purse purse = count_purse(who, ask->day, earned_by);
    int64_t most = reward->cost ? purse.spendable / reward->cost : INT64_MAX;
    if (!within(&quantity, most, ask->clamp))
        return too_few(&purse, reward, ask->clamp ? 1 : quantity, diag);
    *answer = (struct vip_redeem_answer){
        .quantity = quantity,
        .points = reward->consume_all ? purse.spendable : reward->cost * quantity,
        .expires = vip_day_add_span(ask->day, reward->expires),
        .voucher = reward->kind == VIP_REWARD_VOUCHER ||
                   (reward->kind == VIP_REWARD_REBATE && reward->expires.unit != VIP_SPAN_NEVER),
    };
    if (!vip_multiply(reward->value, quantity, &answer->value))
        return vip_refuse(diag, "overflow", "quantity", "is more than can be counted");
    return VIP_OK;
}

int64_t vip_redeem_most(const struct vip_program *program, const struct vip_reward *reward,
                        const struct vip_redeemer *who, vip_day day)
{
    struct vip_redeem_ask ask = {day, INT64_MAX, 0, "", "", "", true};
    struct vip_diag diag;
    vip_day earned_by;
    int64_t quantity;
    if (check_reward(program, reward, who, &ask, &earned_by, &diag) != VIP_OK ||
        check_numbers(reward, who, &ask, &quantity, &diag) != VIP_OK)
        return 0;
    if (!reward->cost)
        return quantity;
    return least(quantity, count_purse(who, day, earned_by).spendable / reward->cost);
}

/* ---- what was not claimed ---- */

size_t vip_redeem_ended(const struct vip_program *program, const struct vip_redeemer *who,
                        vip_day day, struct vip_window *claims, size_t most)
{
    struct vip_window claim;
    size_t count = 0;
    for (vip_day at = day; count < most && find_claim(program, who, at, &claim);
         at = claim.from - 1)
        if (claim.to < day)
            claims[count++] = claim;
    for (size_t i = 0; i < count / 2; i++) {
        claim = claims[i];
        claims[i] = claims[count - 1 - i];
        claims[count - 1 - i] = claim;
    }
    return count;
}

vip_points vip_redeem_unclaimed(const struct vip_program *program, const struct vip_reward *reward,
                                const struct vip_redeemer *who, const struct vip_window *claim,
                                struct vip_lot *lots, struct vip_lot_use *uses, size_t *use_count)
{
    int64_t times = vip_redeem_most(program, reward, who, claim->to);
    vip_points rest = reward->consume_all ? INT64_MAX : reward->cost * times, sum = 0;
    *use_count = 0;
    for (size_t i = 0; times > 0 && i < who->lot_count && rest > sum; i++) {
        struct vip_lot *lot = &lots[i];
        if (lot->earned > claim->from || lot->available > claim->to || lot->expires < claim->to ||
            lot->left <= 0)
            continue;
        vip_points part = least(lot->left, rest - sum);
        uses[(*use_count)++] = (struct vip_lot_use){lot->entry, part};
        lot->left -= part;
        sum += part;
    }
    return sum;
}

/* ---- benefits ---- */

const struct vip_benefit *vip_redeem_benefit_row(const struct vip_program *program,
                                                 const char *benefit,
                                                 const struct vip_redeemer *who)
{
    for (size_t i = 0; i < program->benefit_count; i++) {
        const struct vip_benefit *row = &program->benefits[i];
        if (strcmp(row->benefit, benefit) == 0 && holds_one_of(who, row->tier))
            return row;
    }
    return NULL;
}

static int check_birthday(const struct vip_benefit *row, const struct vip_redeemer *who,
                          const struct vip_redeem_ask *ask, struct vip_diag *diag)
{
    bool ahead = strcmp(row->per, "birthday-month-1") == 0;
    if (strncmp(row->per, "birthday", 8) != 0 || !vip_text_blank(ask->exception))
        return VIP_OK;
    if (!who->birthday.month)
        return vip_refuse(diag, "no-birthday", "member", "no birthday is known of the member");
    if (birthday_in_month(&who->birthday, ask->day) ||
        (ahead && birthday_in_month(&who->birthday, month_end(ask->day) + 1)))
        return VIP_OK;
    return vip_refuse(diag, "wrong-month", "date",
                      "is not in the month of the member's birthday%s (an exception names who "
                      "allowed it)",
                      ahead ? " nor in the one before" : "");
}

static int check_extent(const struct vip_benefit *row, const struct vip_redeem_ask *ask,
                        int64_t *quantity, struct vip_diag *diag)
{
    *quantity = ask->quantity;
    if (ask->guests > row->guests)
        return vip_refuse(diag, "too-many-guests", "guests",
                          "'%s' is for the member and %lld guests", row->benefit,
                          (long long)row->guests);
    if (row->items > 0 && !within(quantity, row->items, ask->clamp))
        return vip_refuse(diag, "too-many-items", "quantity", "'%s' is for %lld items",
                          row->benefit, (long long)row->items);
    return VIP_OK;
}

int vip_redeem_benefit(const struct vip_program *program, const char *benefit,
                       const struct vip_benefit *row, const struct vip_redeemer *who,
                       const struct vip_redeem_ask *ask, struct vip_redeem_answer *answer,
                       struct vip_diag *diag)
{
    int64_t quantity = 0;
    if (!vip_program_benefit(program, benefit))
        return vip_refuse(diag, "no-such-benefit", "item", "'%s' is no benefit of the programme",
                          benefit);
    int error = check_status(who, ask, diag);
    if (error == VIP_OK)
        error = check_card(who, ask->day, diag);
    if (error == VIP_OK && !row)
        error =
            vip_refuse(diag, "wrong-tier", "item", "the member's tier does not have '%s'", benefit);
    if (error == VIP_OK)
        error = check_birthday(row, who, ask, diag);
    if (error == VIP_OK)
        error = check_extent(row, ask, &quantity, diag);
    if (error == VIP_OK && row->quota >= 0 && who->used >= row->quota)
        error = too_often(who, row->quota, row->per, benefit, diag);
    *answer = (struct vip_redeem_answer){.quantity = quantity, .expires = VIP_DAY_NONE};
    return error;
}
