/* As a filter: a message for each row. */
#include "cmd/vip-remind/parts.h"

#include "lib/base/text.h"
#include "lib/db/member.h"
#include <string.h>

enum cell {
    CELL_MEMBER,
    CELL_CARD,
    CELL_PHONE,
    CELL_ID_NO,
    CELL_NAME,
    CELL_BIRTHDAY,
    CELL_POINTS,
    CELL_BALANCE,
    CELL_FROM,
    CELL_TO,
    CELL_TIER,
    CELL_EXPIRES,
    CELL_AMOUNT,
    CELL_VALUE,
    CELL_STORE,
    CELL_RECEIPT,
    CELL_LINE,
    CELL_DATE,
    CELL_EFFECTIVE,
    CELL_DUE,
    CELL_MISSING,
    CELL_VOUCHER,
};

static const char *const filter_columns[] = {VIP_IDENTITY_COLUMNS,
                                             "points",
                                             "balance",
                                             "from",
                                             "to",
                                             "tier",
                                             "expires",
                                             "amount",
                                             "value",
                                             "store",
                                             "receipt",
                                             "line",
                                             "date",
                                             "effective",
                                             "due",
                                             "missing",
                                             "voucher",
                                             NULL};
static const char *const filter_required[] = {VIP_IDENTITY_NEEDED, NULL};

/* The first rule of the kind that is for the member's tiers; NULL: none is. */
static const struct vip_reminder *rule_for(struct vip_night *night,
                                           const struct vip_remind_member *member)
{
    if (!night->asked->kinds)
        return vip_night_may_contact(night, &night->ad_hoc, member) ? &night->ad_hoc : NULL;
    for (size_t i = 0; i < night->program->reminder_count; i++) {
        const struct vip_reminder *rule = &night->program->reminders[i];
        if (strcmp(rule->kind, night->asked->kinds) == 0 &&
            vip_night_may_contact(night, rule, member))
            return rule;
    }
    return NULL;
}

/* NULL for an empty cell. */
static const char *or_null(const char *cell)
{
    return *cell ? cell : NULL;
}

/* A cell that should be a date, as a date; whatever else as it is. */
static const char *date_cell(struct vip_night *night, const char *cell)
{
    vip_day day;

    if (!*cell || vip_day_parse(cell, &day, NULL, NULL))
        return or_null(cell);
    return vip_night_day(night, day);
}

static const char *tier_cell(struct vip_night *night, const char *cell)
{
    vip_day day;

    if (*cell && !vip_day_parse(cell, &day, NULL, NULL))
        return vip_night_day(night, day);
    return vip_night_tier_name(night, cell);
}

static vip_day event_of(const struct vip_night *night, const char *const *cells)
{
    static const enum cell places[] = {CELL_EFFECTIVE, CELL_DATE, CELL_EXPIRES};
    vip_day day;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (*cells[places[i]] && !vip_day_parse(cells[places[i]], &day, NULL, NULL))
            return day;
    return night->context->as_of;
}

/* What tells two rows of one member and day apart: the receipt line, the tier, the voucher. */
static const char *detail_of(struct vip_night *night, const char *const *cells)
{
    if (*cells[CELL_RECEIPT])
        return vip_arena_format(&night->arena, "%s/%s/%s", cells[CELL_STORE], cells[CELL_RECEIPT],
                                *cells[CELL_LINE] ? cells[CELL_LINE] : "1");
    if (*cells[CELL_VOUCHER])
        return cells[CELL_VOUCHER];
    return or_null(cells[CELL_TO]);
}

static struct vip_night_facts facts_of(struct vip_night *night, const char *const *cells)
{
    bool moved = *cells[CELL_FROM] || *cells[CELL_TO];

    return (struct vip_night_facts){
        .points = or_null(cells[CELL_POINTS]),
        .balance = or_null(cells[CELL_BALANCE]),
        .tier = *cells[CELL_TIER] ? vip_night_tier_names(night, cells[CELL_TIER]) : NULL,
        .expires = date_cell(night, cells[CELL_EXPIRES]),
        .store = or_null(cells[CELL_STORE]),
        .card = or_null(cells[CELL_CARD]),
        .due = date_cell(night, cells[CELL_DUE]),
        .amount = *cells[CELL_AMOUNT] ? cells[CELL_AMOUNT] : or_null(cells[CELL_VALUE]),
        .from = moved ? tier_cell(night, cells[CELL_FROM]) : NULL,
        .to = moved ? tier_cell(night, cells[CELL_TO]) : NULL,
        .missing = or_null(cells[CELL_MISSING]),
    };
}

/* A row of vip-accrue that posted no points has no points to tell of. */
static bool is_silent(const struct vip_reminder *rule, const char *const *cells)
{
    int64_t points;
    const char *why;

    return strcmp(rule->kind, "points-posted") == 0 && *cells[CELL_POINTS] &&
           !vip_integer_parse(cells[CELL_POINTS], &points, &why) && points == 0;
}

/* 1 when the row was told before, under its key or, of points, by the night. What a run that does
 * not mark finds given today is given today still. */
static int is_told(struct vip_night *night, const struct vip_reminder *rule, int64_t member,
                   vip_day event, const char *key)
{
    struct vip_context *context = night->context;
    char by_day[VIP_REMIND_KEY];
    vip_day marked = VIP_DAY_NONE;
    int told = 0;

    if (vip_remind_kind(rule) == VIP_REMIND_POINTS_POSTED) {
        vip_remind_key(rule, event, NULL, by_day);
        told = vip_remind_given(context->db, member, by_day, NULL, &context->diag);
    }
    if (told || night->marks)
        return told;
    told = vip_remind_given(context->db, member, key, &marked, &context->diag);
    return told > 0 && !night->asked->mark && marked == context->as_of ? 0 : told;
}

/* 1 when today is not the day: a run that marks moves the row to another one (and finds for itself
 * what else the member has had), for the others it is left out. */
static int is_left(struct vip_night *night, const struct vip_reminder *rule, int64_t member,
                   const char *key)
{
    if (!vip_remind_is_marketing(rule))
        return 0;
    int left = night->marks ? night->quiet : vip_night_has_had(night, member, key);
    if (left > 0 && !night->marks)
        night->moved++;
    return left;
}

static int filter_contact(struct vip_night *night, const struct vip_reminder *rule,
                          const struct vip_remind_member *member, const char *const *cells)
{
    vip_day event = event_of(night, cells);
    char key[VIP_REMIND_KEY];

    vip_remind_key(rule, event, detail_of(night, cells), key);
    int told = is_told(night, rule, member->id, event, key);
    night->context->count.known += told > 0;
    if (told)
        return told < 0 ? told : VIP_OK;
    int left = is_left(night, rule, member->id, key);
    if (left < 0 || (left && !night->marks))
        return left < 0 ? left : VIP_OK;
    struct vip_night_facts facts = facts_of(night, cells);
    facts.template_name = night->asked->template_name;
    int error = vip_night_keep(night, rule, member, vip_remind_due(rule, event), key, &facts);
    if (!error)
        night->contacts[night->count - 1].move = left;
    return error;
}

static int filter_member(struct vip_night *night, int64_t id, const char *const *cells)
{
    struct vip_remind_member member;
    int found = vip_night_member(night, id, &member);

    if (found <= 0)
        return found;
    uint64_t passed_over = night->passed_over;
    const struct vip_reminder *rule = rule_for(night, &member);
    night->passed_over = passed_over + !rule;
    return rule && !is_silent(rule, cells) ? filter_contact(night, rule, &member, cells) : VIP_OK;
}

static int filter_row(struct vip_context *context, void *state, const char *const *cells,
                      size_t line)
{
    struct vip_night *night = state;
    const struct vip_identity identity = {
        .member = cells[CELL_MEMBER],
        .card = *cells[CELL_MEMBER] ? NULL : cells[CELL_CARD],
        .phone = *cells[CELL_MEMBER] ? NULL : cells[CELL_PHONE],
        .id_no = *cells[CELL_MEMBER] ? NULL : cells[CELL_ID_NO],
        .name = *cells[CELL_MEMBER] ? NULL : cells[CELL_NAME],
        .birthday = *cells[CELL_MEMBER] ? NULL : cells[CELL_BIRTHDAY],
    };
    int64_t id;

    (void)line;
    int error = vip_member_identify(context->db, &identity, night->program->identify,
                                    &night->members, &id, &context->diag);
    if (!error)
        error = filter_member(night, id, cells);
    if (!error && night->count == VIP_NIGHT_BATCH)
        error = vip_night_flush(night);
    return error;
}

static int filter_end(struct vip_context *context, void *state)
{
    (void)context;
    return vip_night_flush(state);
}

int vip_night_filter(struct vip_night *night)
{
    const struct vip_input input = {.columns = filter_columns,
                                    .required = filter_required,
                                    .row = filter_row,
                                    .file_end = filter_end,
                                    .state = night,
                                    .any_column = true};

    return vip_input_each(night->context, 0, &input);
}
