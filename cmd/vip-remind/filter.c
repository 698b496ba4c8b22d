/* As a filter: a message for each row. */
#include "cmd/vip-remind/parts.h"

#include "lib/base/text.h"
#include "lib/db/member.h"
#include "lib/rules/message.h"
#include <string.h>

enum cell {
    CELL_MEMBER, /* the columns of an identity */
    CELL_CARD,
    CELL_POINTS = VIP_IDENTITY_COUNT,
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
    CELL_BASIS,
    CELL_VOUCHER,
    CELL_REQUEST,
    CELL_COMPLAINT,
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
                                             "basis",
                                             "voucher",
                                             "request",
                                             "complaint",
                                             NULL};
static const char *const filter_required[] = {"member|card|phone|id_no|name", NULL};

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

/* A row as its message and its key need it. */
struct told {
    const struct vip_reminder *rule;
    enum vip_remind_kind kind;
    const char *const *cells;
    vip_day expires; /* of the row, else of its voucher */
    vip_fen value;   /* of the voucher; -1: none */
};

static vip_day cell_day(const char *cell)
{
    vip_day day;

    return *cell && !vip_day_parse(cell, &day, NULL, NULL) ? day : VIP_DAY_NONE;
}

/* What vip-redeem does not say of a voucher that it gave. */
static int look_up(struct vip_night *night, int64_t member, struct told *row)
{
    struct vip_context *context = night->context;

    row->value = -1;
    row->expires = cell_day(row->cells[CELL_EXPIRES]);
    if (!*row->cells[CELL_VOUCHER] || row->expires != VIP_DAY_NONE)
        return VIP_OK;
    return vip_remind_voucher(context->db, member, row->cells[CELL_VOUCHER], &row->expires,
                              &row->value, &context->diag);
}

/* The day that the reminder counts from: of what runs out its last one. */
static vip_day event_of(const struct vip_night *night, const struct told *row)
{
    static const enum cell places[] = {CELL_EFFECTIVE, CELL_DATE};
    bool ends = row->kind == VIP_REMIND_POINTS_EXPIRING ||
                row->kind == VIP_REMIND_VOUCHER_EXPIRING || row->kind == VIP_REMIND_CARD_EXPIRING;

    for (size_t i = ends ? 2 : 0; i < sizeof places / sizeof places[0]; i++)
        if (cell_day(row->cells[places[i]]) != VIP_DAY_NONE)
            return cell_day(row->cells[places[i]]);
    return row->expires != VIP_DAY_NONE ? row->expires : night->context->as_of;
}

/* What tells two rows of one member and day apart: as the night names it, where it knows the kind,
 * else the receipt line, the voucher, the request. */
static const char *detail_of(struct vip_night *night, const struct told *row)
{
    const char *const *cells = row->cells;

    if (row->kind == VIP_REMIND_CARD_EXPIRING)
        return or_null(cells[CELL_CARD]);
    if (row->kind == VIP_REMIND_POINTS_EXPIRING)
        return NULL;
    if (row->kind == VIP_REMIND_NEAR_TIER)
        return or_null(*cells[CELL_TO] ? cells[CELL_TO] : cells[CELL_TIER]);
    if (row->kind == VIP_REMIND_COMPLAINT)
        return or_null(cells[CELL_COMPLAINT]);
    if (*cells[CELL_RECEIPT])
        return vip_arena_format(&night->arena, "%s/%s/%s", cells[CELL_STORE], cells[CELL_RECEIPT],
                                *cells[CELL_LINE] ? cells[CELL_LINE] : "1");
    if (*cells[CELL_VOUCHER])
        return cells[CELL_VOUCHER];
    return or_null(*cells[CELL_REQUEST] ? cells[CELL_REQUEST] : cells[CELL_TO]);
}

/* Money as a message has it, "500" from "500.00"; what is none as it is. */
static const char *amount_of(struct vip_night *night, const struct told *row)
{
    const char *cell = *row->cells[CELL_AMOUNT] ? row->cells[CELL_AMOUNT] : row->cells[CELL_VALUE];
    const char *why;
    vip_fen fen;

    if (!*cell && row->value >= 0)
        return vip_message_yuan(row->value, &night->arena);
    return *cell && !vip_fen_parse(cell, &fen, &why) ? vip_message_yuan(fen, &night->arena)
                                                     : or_null(cell);
}

/* What lacks for a tier is money unless the row says what it is; missing fields are words. */
static const char *missing_of(struct vip_night *night, const struct told *row)
{
    const char *cell = row->cells[CELL_MISSING], *basis = row->cells[CELL_BASIS], *why;
    vip_fen fen;
    int64_t count;

    if (row->kind != VIP_REMIND_NEAR_TIER || vip_fen_parse(cell, &fen, &why))
        return or_null(cell);
    bool visits = strcmp(basis, "visits") == 0;
    if (!visits && strcmp(basis, "points") != 0)
        return vip_remind_lack(VIP_BASIS_PERIOD, fen, night->lang, &night->arena);
    return vip_integer_parse(cell, &count, &why)
               ? cell
               : vip_remind_lack(visits ? VIP_BASIS_VISITS : VIP_BASIS_POINTS, count, night->lang,
                                 &night->arena);
}

static struct vip_night_facts facts_of(struct vip_night *night, const struct told *row)
{
    const char *const *cells = row->cells;
    const char *to =
        row->kind == VIP_REMIND_NEAR_TIER && !*cells[CELL_TO] ? cells[CELL_TIER] : cells[CELL_TO];
    bool moved = *cells[CELL_FROM] || *to;

    return (struct vip_night_facts){
        .points = or_null(cells[CELL_POINTS]),
        .balance = or_null(cells[CELL_BALANCE]),
        .tier = *cells[CELL_TIER] ? vip_night_tier_names(night, cells[CELL_TIER]) : NULL,
        .expires = row->expires != VIP_DAY_NONE ? vip_night_day(night, row->expires)
                                                : or_null(cells[CELL_EXPIRES]),
        .store = or_null(cells[CELL_STORE]),
        .card = or_null(cells[CELL_CARD]),
        .due = date_cell(night, cells[CELL_DUE]),
        .amount = amount_of(night, row),
        .from = moved ? tier_cell(night, cells[CELL_FROM]) : NULL,
        .to = moved ? tier_cell(night, to) : NULL,
        .missing = missing_of(night, row),
    };
}

/* What the night is silent about, too: a purchase that posted no points, a tier that was kept, or
 * lost for none. */
static bool is_silent(const struct told *row)
{
    const char *const *cells = row->cells;
    int64_t points;
    const char *why;

    if (row->kind == VIP_REMIND_POINTS_POSTED)
        return *cells[CELL_POINTS] && !vip_integer_parse(cells[CELL_POINTS], &points, &why) &&
               points == 0;
    return row->kind == VIP_REMIND_TIER_CHANGE && (*cells[CELL_FROM] || *cells[CELL_TO]) &&
           (!*cells[CELL_TO] || strcmp(cells[CELL_FROM], cells[CELL_TO]) == 0);
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

static int filter_contact(struct vip_night *night, const struct vip_remind_member *member,
                          struct told *row)
{
    const struct vip_reminder *rule = row->rule;
    char key[VIP_REMIND_KEY];
    int error = look_up(night, member->id, row);

    if (error)
        return error;
    vip_day event = event_of(night, row);
    vip_remind_key(rule, event, detail_of(night, row), key);
    int told = is_told(night, rule, member->id, event, key);
    night->context->count.known += told > 0;
    if (told)
        return told < 0 ? told : VIP_OK;
    int left = is_left(night, rule, member->id, key);
    if (left < 0 || (left && !night->marks))
        return left < 0 ? left : VIP_OK;
    struct vip_night_facts facts = facts_of(night, row);
    facts.template_name = night->asked->template_name;
    error = vip_night_keep(night, rule, member, vip_remind_due(rule, event), key, &facts);
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
    if (!rule)
        return VIP_OK;
    struct told row = {.rule = rule, .kind = vip_remind_kind(rule), .cells = cells};
    return is_silent(&row) ? VIP_OK : filter_contact(night, &member, &row);
}

static int filter_row(struct vip_context *context, void *state, const char *const *cells,
                      size_t line)
{
    struct vip_night *night = state;
    struct vip_identity identity = {.member = cells[CELL_MEMBER]};
    int64_t id;

    (void)line;
    if (!*cells[CELL_MEMBER])
        identity = vip_identity_of(cells + CELL_MEMBER);
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
