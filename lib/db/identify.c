/* Who is meant: see identify.h. */
#include "lib/db/identify.h"

#include "lib/base/text.h"
#include "lib/rules/identity.h"
#include <string.h>

/* The cache of answers forgets everything when it has grown to this, so that memory is bounded. */
enum { CACHE_LIMIT = 100000, CACHE_KEY = 256 };

static const char *const columns[VIP_IDENTITY_COUNT] = {VIP_IDENTITY_COLUMNS};

/* What was shown, in the forms in which it is kept. */
struct shown {
    char member[VIP_NUMBER_TEXT], card[VIP_NUMBER_TEXT], phone[VIP_PHONE_TEXT], id_no[VIP_ID_TEXT];
    char tail[VIP_PHONE_TAIL + 1]; /* of the phone, in its place */
    const char *name;              /* folded; NULL when not given */
    struct vip_birthday birthday;
};

static bool given(const char *text)
{
    return text && *text;
}

struct vip_identity vip_identity_of(const char *const cells[VIP_IDENTITY_COUNT])
{
    return (struct vip_identity){cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]};
}

bool vip_identity_empty(const struct vip_identity *identity)
{
    return !given(identity->member) && !given(identity->card) && !given(identity->phone) &&
           !given(identity->id_no) && !given(identity->name) && !given(identity->birthday);
}

/* Numbers of persons are never printed whole, not even in messages, nor where they were typed into
 * the wrong column. In arena; NULL out of memory. */
static const char *discreet(struct vip_arena *arena, const char *column, const char *value)
{
    char number[VIP_ID_TEXT];
    if (strcmp(column, "phone") == 0 ||
        (vip_phone_normal(value, number) && vip_phone_mobile(number)))
        return vip_mask_phone(arena, value);
    if (strcmp(column, "id_no") == 0 || (vip_id_normal(value, number) && !vip_id_fault(number)))
        return vip_mask_id(arena, value);
    return value;
}

static int no_such(struct vip_diag *diag, const char *column, const char *value)
{
    struct vip_arena arena = {0};
    const char *shown = discreet(&arena, column, value);
    int error = shown ? vip_refuse(diag, "no-such-member", column, "no member has the %s '%s'",
                                   column, shown)
                      : vip_fail_memory(diag);
    vip_arena_free(&arena);
    return error;
}

static int disagree(struct vip_diag *diag, const char *column)
{
    return vip_refuse(diag, "disagree", column,
                      "the %s is not the one of the member that the other columns name", column);
}

/* ---- from cells to the forms that are kept ---- */

static int refuse_spoilt(const struct vip_identity *identity, struct vip_diag *diag)
{
    const char *const numbers[] = {identity->member, identity->card, identity->phone,
                                   identity->id_no};
    for (int i = 0; i < 4; i++)
        if (vip_number_spoilt(numbers[i]))
            return vip_refuse(
                diag, "spoilt-number", columns[i],
                "a spreadsheet has made '%s' of the number: format the column as text "
                "and type it again",
                numbers[i]);
    return VIP_OK;
}

static int read_shown(const struct vip_identity *identity, struct shown *shown,
                      struct vip_arena *arena, struct vip_diag *diag)
{
    int error = refuse_spoilt(identity, diag);
    if (error != VIP_OK)
        return error;
    if (given(identity->member) &&
        !vip_text_narrow(identity->member, shown->member, sizeof shown->member))
        return no_such(diag, "member", identity->member);
    if (given(identity->card) && !vip_text_narrow(identity->card, shown->card, sizeof shown->card))
        return no_such(diag, "card", identity->card);
    if (given(identity->phone) && !vip_phone_normal(identity->phone, shown->phone))
        return no_such(diag, "phone", identity->phone);
    if (vip_phone_tail(shown->phone, shown->tail))
        *shown->phone = '\0';
    if (given(identity->id_no) && !vip_id_normal(identity->id_no, shown->id_no))
        return no_such(diag, "id_no", identity->id_no);
    /* Masked, as lists print it, it says nothing beside a number that does. */
    if (strchr(shown->id_no, '*') && (*shown->member || *shown->card))
        *shown->id_no = '\0';
    if (given(identity->name) && !(shown->name = vip_name_fold(arena, identity->name)))
        return vip_fail_memory(diag);
    const char *why = "";
    if (given(identity->birthday) &&
        vip_birthday_parse(identity->birthday, &shown->birthday, &why) != VIP_OK)
        return vip_refuse(diag, "bad-date", "birthday", "'%s' %s", identity->birthday, why);
    return VIP_OK;
}

/* ---- is what was shown enough ---- */

static bool column_given(const struct vip_identity *identity, const char *column, size_t size)
{
    const char *const cells[] = {identity->member, identity->card, identity->phone,
                                 identity->id_no,  identity->name, identity->birthday};
    for (int i = 0; i < VIP_IDENTITY_COUNT; i++)
        if (strlen(columns[i]) == size && memcmp(columns[i], column, size) == 0)
            return given(cells[i]);
    return false;
}

static bool tail_alone(const struct vip_identity *identity)
{
    char tail[VIP_PHONE_TAIL + 1];
    return given(identity->phone) && !given(identity->name) &&
           vip_phone_tail(identity->phone, tail);
}

/* One way of the programme, "name+phone": all its columns are given. */
static bool way_given(const struct vip_identity *identity, const char *way, size_t size)
{
    const char *end = way + size;
    while (way < end) {
        const char *plus = memchr(way, '+', (size_t)(end - way));
        const char *stop = plus ? plus : end;
        if (!column_given(identity, way, (size_t)(stop - way)))
            return false;
        way = plus ? plus + 1 : end;
    }
    return size > 0;
}

static int refuse_too_little(const struct vip_identity *identity, const char *identify,
                             struct vip_diag *diag)
{
    const char *ways = given(identify) ? identify : "phone|name+birthday";
    if (given(identity->name) && !given(identity->phone) && !given(identity->birthday))
        return vip_refuse(diag, "ambiguous", "name", "a name alone is not enough: also expected %s",
                          ways);
    if (tail_alone(identity))
        return vip_refuse(diag, "not-identified", "phone",
                          "four digits of a phone are enough beside the name only");
    const char *rest = ways;
    const char *way;
    size_t size;
    while (vip_text_split(&rest, '|', &way, &size))
        if (way_given(identity, way, size))
            return VIP_OK;
    return vip_refuse(diag, "not-identified", NULL, "expected a card or a member number, or %s",
                      ways);
}

/* ---- looking up ---- */

static int by_number(struct vip_db *db, enum vip_sql sql, const char *number, int64_t *member,
                     struct vip_diag *diag)
{
    struct vip_value value = vip_text(number);
    return vip_db_number(db, sql, member, 0, diag, &value, 1);
}

/* Whether the person of a row of member_by_name is the one that is shown. */
static bool fits(struct vip_statement *row, const struct shown *shown)
{
    struct vip_birthday birthday = {0};
    const char *why;
    if (*shown->tail)
        return vip_phone_ends(vip_column_text(row, 2), shown->tail);
    return !vip_column_is_null(row, 1) &&
           vip_birthday_parse(vip_column_text(row, 1), &birthday, &why) == VIP_OK &&
           vip_birthday_same(&birthday, &shown->birthday);
}

/* By the name, and the birthday or the end of the phone. */
static int by_name(struct vip_db *db, const struct shown *shown, int64_t *member,
                   struct vip_diag *diag)
{
    const char *with = *shown->tail ? "end of the phone" : "birthday";
    struct vip_statement *row = NULL;
    int count = 0;
    int result = vip_db_query(db, VIP_SQL_member_by_name, &row, diag, vip_text(shown->name));
    for (; result > 0; result = vip_step(row, diag)) {
        if (!fits(row, shown))
            continue;
        if (count && *member == vip_column_integer(row, 0)) /* two records of one person */
            continue;
        *member = vip_column_integer(row, 0);
        count++;
    }
    if (result < 0)
        return result;
    if (count > 1)
        return vip_refuse(diag, "ambiguous", "name",
                          "%d members have this name and %s: give the phone or the card", count,
                          with);
    return count
               ? VIP_OK
               : vip_refuse(diag, "no-such-member", "name", "no member has this name and %s", with);
}

/* The member whom the strongest of the given columns names. */
static int find_first(struct vip_db *db, const struct shown *shown, int64_t *member,
                      struct vip_diag *diag)
{
    const struct {
        const char *number, *column;
        enum vip_sql sql;
    } ways[] = {
        {shown->member, "member", VIP_SQL_member_by_member},
        {shown->card, "card", VIP_SQL_member_by_card},
        {shown->id_no, "id_no", VIP_SQL_member_by_id_no},
        {shown->phone, "phone", VIP_SQL_member_by_phone},
    };
    *member = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (!*ways[i].number)
            continue;
        int error = by_number(db, ways[i].sql, ways[i].number, member, diag);
        return error != VIP_OK || *member ? error : no_such(diag, ways[i].column, ways[i].number);
    }
    return by_name(db, shown, member, diag);
}

/* What is given must be what is kept; where nothing is kept nothing is held against it, but a
 * number that belongs to somebody else always is. */
static int check_number(struct vip_db *db, enum vip_sql sql, const char *column, const char *number,
                        const char *kept, int64_t member, struct vip_diag *diag)
{
    if (!*number || strcmp(number, kept) == 0)
        return VIP_OK;
    int64_t owner = 0;
    int error = by_number(db, sql, number, &owner, diag);
    if (error != VIP_OK)
        return error;
    bool fits = owner ? owner == member : !*kept && sql != VIP_SQL_member_by_card;
    return fits ? VIP_OK : disagree(diag, column);
}

static int check_rest(struct vip_db *db, const struct shown *shown, int64_t member,
                      struct vip_arena *arena, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int found = vip_db_query(db, VIP_SQL_member_papers, &row, diag, vip_int(member));
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag, VIP_EDATABASE, "a card belongs to no member");
    const char *phone = vip_arena_text(arena, vip_column_text(row, 1));
    const char *id_no = vip_arena_text(arena, vip_column_text(row, 2));
    const char *name = vip_column_text(row, 3);
    bool name_fits = !shown->name || !*name || strcmp(name, shown->name) == 0;
    struct vip_birthday kept = {0};
    const char *why;
    if (!vip_column_is_null(row, 4))
        vip_birthday_parse(vip_column_text(row, 4), &kept, &why);
    vip_reset(row);
    if (!phone || !id_no)
        return vip_fail_memory(diag);
    if (!name_fits)
        return disagree(diag, "name");
    if (!vip_birthday_same(&kept, &shown->birthday))
        return disagree(diag, "birthday");
    if (*shown->tail && *phone && !vip_phone_ends(phone, shown->tail))
        return disagree(diag, "phone");
    int error = check_number(db, VIP_SQL_member_by_card, "card", shown->card, "", member, diag);
    if (error == VIP_OK)
        error =
            check_number(db, VIP_SQL_member_by_id_no, "id_no", shown->id_no, id_no, member, diag);
    if (error == VIP_OK)
        error =
            check_number(db, VIP_SQL_member_by_phone, "phone", shown->phone, phone, member, diag);
    return error;
}

/* ---- the cache: a text of what was given, where a card or a number was ---- */

static bool cache_key(const struct vip_identity *identity, char *key)
{
    const char *const cells[] = {identity->member, identity->card, identity->phone,
                                 identity->id_no,  identity->name, identity->birthday};
    size_t used = 0;
    if (!given(identity->member) && !given(identity->card))
        return false;
    for (int i = 0; i < 6; i++) {
        size_t size = given(cells[i]) ? strlen(cells[i]) : 0;
        if (used + size + 2 > CACHE_KEY)
            return false;
        if (size)
            memcpy(key + used, cells[i], size);
        used += size;
        key[used++] = '\x1f'; /* stands in no cell: the columns stay apart */
    }
    key[used - 1] = '\0';
    return true;
}

static int remember(struct vip_map *cache, const char *key, int64_t member, struct vip_diag *diag)
{
    if (cache->count >= CACHE_LIMIT)
        vip_map_clear(cache);
    return vip_map_put(cache, key, member) < 0 ? vip_fail_memory(diag) : VIP_OK;
}

/* A card alone, or a member number alone, needs no second look at the member. */
static bool one_number(const struct vip_identity *identity)
{
    return given(identity->member) + given(identity->card) == 1 && !given(identity->phone) &&
           !given(identity->id_no) && !given(identity->name) && !given(identity->birthday);
}

static int identify_uncached(struct vip_db *db, const struct vip_identity *identity,
                             const char *identify, int64_t *member, struct vip_diag *diag)
{
    struct vip_arena arena = {0};
    struct shown shown = {.name = NULL};
    int error = VIP_OK;
    if (!given(identity->member) && !given(identity->card) && !given(identity->id_no))
        error = refuse_too_little(identity, identify, diag);
    if (error == VIP_OK)
        error = read_shown(identity, &shown, &arena, diag);
    if (error == VIP_OK)
        error = find_first(db, &shown, member, diag);
    if (error == VIP_OK && !one_number(identity))
        error = check_rest(db, &shown, *member, &arena, diag);
    vip_arena_free(&arena);
    return error;
}

/* ---- many at once ---- */

struct asking {
    const struct vip_identity *identities;
    size_t count, next;
    bool cards; /* those are asked for now */
    int64_t *members;
};

/* As it was typed; where it is kept in another form, it is found by itself. */
static const char *number_asked(const struct asking *asking)
{
    const struct vip_identity *identity = &asking->identities[asking->next];
    const char *number = asking->cards ? identity->card : identity->member;
    return given(number) && one_number(identity) && !vip_number_spoilt(number) ? number : NULL;
}

static bool next_number(void *context, struct vip_value *values)
{
    struct asking *asking = context;
    for (; asking->next < asking->count; asking->next++) {
        const char *number = number_asked(asking);
        if (!number)
            continue;
        values[0] = vip_int((int64_t)asking->next++);
        values[1] = (struct vip_value){.type = VIP_TEXT, .text = number};
        return true;
    }
    return false;
}

static bool take_member(void *context, const struct vip_scan_row *row)
{
    struct asking *asking = context;
    asking->members[vip_scan_integer(row, 0)] = vip_scan_integer(row, 1);
    return true;
}

int vip_members_identify(struct vip_db *db, const struct vip_identity *identities, size_t count,
                         int64_t *members, struct vip_diag *diag)
{
    struct asking asking = {.identities = identities, .count = count, .members = members};
    const struct vip_scan scan = {take_member, &asking};
    const struct vip_bulk numbers = {next_number, &asking};
    bool any_card = false;
    for (size_t i = 0; i < count; i++) {
        members[i] = 0;
        any_card = any_card || given(identities[i].card);
    }
    int error = vip_db_scan_bulk(db, VIP_SQL_members_by_member, &scan, &numbers, diag);
    if (error != VIP_OK || !any_card)
        return error;
    asking.cards = true;
    asking.next = 0;
    return vip_db_scan_bulk(db, VIP_SQL_members_by_card, &scan, &numbers, diag);
}

/* ---- one ---- */

int vip_member_identify(struct vip_db *db, const struct vip_identity *identity,
                        const char *identify, struct vip_map *cache, int64_t *member,
                        struct vip_diag *diag)
{
    char key[CACHE_KEY];
    bool cached = cache && cache_key(identity, key);
    if (cached && vip_map_find(cache, key, member))
        return VIP_OK;
    int error = identify_uncached(db, identity, identify, member, diag);
    if (error == VIP_OK && cached)
        error = remember(cache, key, *member, diag);
    return error;
}

int vip_member_named(struct vip_db *db, const char *name, const char *reason, const char *column,
                     int64_t *member, struct vip_diag *diag)
{
    const struct vip_identity ways[] = {{.member = name}, {.card = name}, {.phone = name}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int error = vip_member_identify(db, &ways[i], "phone", NULL, member, diag);
        if (error != VIP_EREFUSED)
            return error;
    }
    struct vip_arena arena = {0};
    const char *shown = discreet(&arena, column, name);
    int error = shown ? vip_refuse(diag, reason, column,
                                   "no member has the number, card or phone '%.60s'", shown)
                      : vip_fail_memory(diag);
    vip_arena_free(&arena);
    return error;
}
