/* vip-enroll: applications make members; with an option, members are changed, approved, suspended,
 * resumed, cancelled (SPEC 4).
 *
 * The way of a row: its cells are read and judged as they come (form, papers, required fields);
 * then some thousands of rows are looked up and written in one transaction, and printed after it.
 */
#include "cmd/common/command.h"
#include "lib/base/money.h"
#include "lib/base/text.h"
#include "lib/db/account.h"
#include "lib/db/batch.h"
#include "lib/db/card.h"
#include "lib/db/code.h"
#include "lib/db/face.h"
#include "lib/db/member.h"
#include "lib/db/merge.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"
#include "lib/rules/admission.h"
#include "lib/rules/identity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ROWS = 4096, NOT_GIVEN = -1 };

enum column {
    NAME,
    PHONE,
    BIRTHDAY,
    ID_NO,
    GENDER,
    ADDRESS,
    EMAIL,
    STORE,
    CONSULTANT,
    MEMBER,
    CARD,
    CONSENT_SMS,
    CONSENT_CALL,
    APPLICATION,
    REASON,
    BY, /* what follows is said once, at enrolment */
    ENROLLED,
    SOURCE,
    RECEIPT,
    SPENT,
    REFERRER,
    CATEGORY,
    BRAND,
    FROM, /* of a merge */
    TO,
    POINTS, /* of an opening balance */
    DATE,
    EXPIRES,
    REQUEST,
    COLUMN_COUNT
};

static const char *const column_names[] = {
    [NAME] = "name",
    [PHONE] = "phone",
    [BIRTHDAY] = "birthday",
    [ID_NO] = "id_no",
    [GENDER] = "gender",
    [ADDRESS] = "address",
    [EMAIL] = "email",
    [STORE] = "store",
    [CONSULTANT] = "consultant",
    [MEMBER] = "member",
    [CARD] = "card",
    [CONSENT_SMS] = "consent_sms",
    [CONSENT_CALL] = "consent_call",
    [APPLICATION] = "application",
    [REASON] = "reason",
    [BY] = "by",
    [ENROLLED] = "enrolled",
    [SOURCE] = "source",
    [RECEIPT] = "receipt",
    [SPENT] = "spent",
    [REFERRER] = "referrer",
    [CATEGORY] = "category",
    [BRAND] = "brand",
    [FROM] = "from",
    [TO] = "to",
    [POINTS] = "points",
    [DATE] = "date",
    [EXPIRES] = "expires",
    [REQUEST] = "request",
};

static const struct vip_column output_columns[] = {
    {"member", VIP_TEXT}, {"card", VIP_TEXT},   {"name", VIP_TEXT},
    {"tier", VIP_TEXT},   {"status", VIP_TEXT}, {"reason", VIP_TEXT},
};

/* ---- options ---- */

static bool update, approve, suspend, resume, cancel, merge, forget, opening;

static const struct vip_option options[] = {
    {"update", 0, VIP_OPTION_FLAG, NULL, &update,
     "change members there are: cells that are not empty", NULL, NULL},
    {"approve", 0, VIP_OPTION_FLAG, NULL, &approve, "accept applications that wait for review",
     NULL, NULL},
    {"suspend", 0, VIP_OPTION_FLAG, NULL, &suspend,
     "suspend members: they earn and cannot redeem (reason needed)", NULL, NULL},
    {"resume", 0, VIP_OPTION_FLAG, NULL, &resume, "lift the suspension of members", NULL, NULL},
    {"cancel", 0, VIP_OPTION_FLAG, NULL, &cancel, "end memberships (reason needed)", NULL, NULL},
    {"merge", 0, VIP_OPTION_FLAG, NULL, &merge,
     "join the record `from` into the record `to` of the same person (reason needed)", NULL, NULL},
    {"opening", 0, VIP_OPTION_FLAG, NULL, &opening,
     "bring balances from another system: member, points, date, expires, spent", NULL, NULL},
    {"forget", 0, VIP_OPTION_FLAG, NULL, &forget,
     "take personal data out of the database for good; amounts stay", NULL, NULL},
    {.name = NULL},
};

/* ---- a row on its way ---- */

struct application {
    struct vip_member person; /* texts in the batch's arena; id of the member once known */
    const char *card, *referrer, *reason, *by;
    const char *from, *to; /* of a merge: member, card or phone */
    vip_points points;     /* of an opening balance */
    vip_day date, expires;
    const char *request;
    vip_day enrolled;
    bool enrolled_given, spent_given;
    int consent_sms, consent_call; /* 0, 1 or NOT_GIVEN */
    const char **dossier;          /* by field of the form; "" when not given */
    struct vip_identity shown;     /* for changes of status */
    struct vip_row raw;            /* the cells as they came, for --rejects */

    const char *printed_member, *printed_card, *printed_tier, *status, *said;
    const struct vip_diag *refused; /* NULL: it took effect, or was known */
    bool known;
};

struct field { /* a field of the form */
    const struct vip_field *field;
    int fixed;       /* the column of ours that it is; NOT_GIVEN: it goes to the dossier */
    int first, last; /* else the columns that may carry it */
};

struct enrolment {
    struct vip_context *context;
    struct vip_arena lasting; /* programmes, the form, the columns */
    struct vip_arena arena;   /* of the batch */
    struct vip_arena scratch; /* of a row */
    struct vip_programs programs;
    const struct vip_program *program; /* in force today */
    struct vip_tier_engine *tiers;
    struct vip_codes codes;
    struct vip_batch batch;
    struct field *fields;
    size_t field_count;
    const char **columns;
    struct application *rows;
    size_t count;
};

static struct vip_diag *diag_of(const struct enrolment *run)
{
    return &run->context->diag;
}

static const char *keep(struct enrolment *run, const char *text)
{
    return vip_arena_text(&run->arena, text);
}

/* ---- reading: cells to values ---- */

struct word {
    const char *word;
    int value;
};

/* The value of one of the words, NOT_GIVEN for an empty cell. */
static int read_word(struct enrolment *run, const char *cell, const char *column,
                     const struct word *words, const char *reason, const char *expected, int *value)
{
    *value = NOT_GIVEN;
    if (!*cell)
        return VIP_OK;
    for (; words->word; words++)
        if (vip_text_same(cell, words->word)) {
            *value = words->value;
            return VIP_OK;
        }
    return vip_refuse(diag_of(run), reason, column, "'%.60s' is not known: expected %s", cell,
                      expected);
}

static int read_consent(struct enrolment *run, const char *cell, const char *column, int *value)
{
    static const struct word words[] = {
        {"yes", 1},  {"y", 1},      {"true", 1},   {"1", 1}, {"是", 1},    {"同意", 1},
        {"允许", 1}, {"√", 1},      {"no", 0},     {"n", 0}, {"false", 0}, {"0", 0},
        {"否", 0},   {"不同意", 0}, {"不允许", 0}, {"×", 0}, {NULL, 0}};
    return read_word(run, cell, column, words, "bad-value", "yes or no", value);
}

static int read_gender(struct enrolment *run, const char *cell, const char **gender)
{
    static const struct word words[] = {
        {"F", 'F'},    {"female", 'F'}, {"女", 'F'},   {"女士", 'F'}, {"女性", 'F'}, {"M", 'M'},
        {"male", 'M'}, {"男", 'M'},     {"先生", 'M'}, {"男士", 'M'}, {"男性", 'M'}, {NULL, 0}};
    int value;
    int error = read_word(run, cell, "gender", words, "bad-value", "F or M", &value);
    *gender = value == 'F' ? "F" : value == 'M' ? "M" : "";
    return error;
}

static int read_source(struct enrolment *run, const char *cell, const char **source)
{
    static const char *const sources[] = {"regular", "special", "accumulation", "group",
                                          "referral"};
    static const struct word words[] = {
        {"regular", 0},      {"正常", 0}, {"普通", 0},   {"special", 1}, {"特批", 1}, {"特殊", 1},
        {"accumulation", 2}, {"累积", 2}, {"累积卡", 2}, {"group", 3},   {"团购", 3}, {"团体", 3},
        {"referral", 4},     {"推荐", 4}, {"转介绍", 4}, {NULL, 0}};
    int value;
    int error = read_word(run, cell, "source", words, "bad-value",
                          "regular, special, accumulation, group or referral", &value);
    *source = value == NOT_GIVEN ? "" : sources[value];
    return error;
}

static int read_spent(struct enrolment *run, const char *cell, struct application *row)
{
    const char *why = "";
    row->spent_given = *cell != '\0';
    if (!*cell)
        return VIP_OK;
    if (vip_fen_parse(cell, &row->person.spent, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-amount", "spent", "'%.60s' %s", cell, why);
    if (row->person.spent < 0)
        return vip_refuse(diag_of(run), "bad-amount", "spent", "'%.60s' is less than nothing",
                          cell);
    return VIP_OK;
}

static int read_enrolled(struct enrolment *run, const char *cell, struct application *row)
{
    const char *why = "";
    row->enrolled = run->context->as_of;
    row->enrolled_given = *cell != '\0';
    if (!*cell)
        return VIP_OK;
    if (vip_day_parse(cell, &row->enrolled, NULL, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-date", "enrolled", "'%.60s' %s", cell, why);
    if (row->enrolled > run->context->as_of)
        return vip_refuse(diag_of(run), "bad-date", "enrolled", "'%.60s' lies in the future", cell);
    return VIP_OK;
}

static int read_birthday(struct enrolment *run, const char *cell, struct vip_birthday *birthday)
{
    const char *why = "";
    if (*cell && vip_birthday_parse(cell, birthday, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-date", "birthday", "'%.60s' %s", cell, why);
    return VIP_OK;
}

/* A member or card number, in half width. */
static int read_number(struct enrolment *run, const char *cell, const char *column, const char **to)
{
    char narrow[VIP_NUMBER_TEXT];
    if (vip_number_spoilt(cell))
        return vip_refuse(
            diag_of(run), "spoilt-number", column,
            "'%.60s' was taken for a number by a spreadsheet: format the column as text "
            "and type it again",
            cell);
    if (!vip_text_narrow(cell, narrow, sizeof narrow))
        return vip_refuse(diag_of(run), "bad-value", column, "longer than %d characters",
                          VIP_NUMBER_TEXT - 1);
    *to = keep(run, narrow);
    return *to ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int read_phone_and_id(struct enrolment *run, const char *const *cells,
                             struct vip_member *person)
{
    char phone[VIP_PHONE_TEXT] = "";
    char id_no[VIP_ID_TEXT] = "";
    if (!vip_phone_normal(cells[PHONE], phone))
        return vip_refuse(diag_of(run), "bad-phone", "phone", "too long for a phone number");
    if (!vip_id_normal(cells[ID_NO], id_no))
        return vip_refuse(diag_of(run), "bad-id-no", "id_no", "too long for a resident ID number");
    person->phone = keep(run, phone);
    person->id_no = keep(run, id_no);
    return person->phone && person->id_no ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int read_texts(struct enrolment *run, const char *const *cells, struct application *row)
{
    struct vip_member *person = &row->person;
    const struct {
        const char **to;
        enum column column;
    } texts[] = {{&person->name, NAME},          {&person->address, ADDRESS},
                 {&person->email, EMAIL},        {&person->store, STORE},
                 {&person->qualifying, RECEIPT}, {&person->consultant, CONSULTANT},
                 {&row->referrer, REFERRER},     {&person->application, APPLICATION},
                 {&row->reason, REASON},         {&row->by, BY},
                 {&person->category, CATEGORY},  {&person->brand, BRAND}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!(*texts[i].to = keep(run, cells[texts[i].column])))
            return vip_fail_memory(diag_of(run));
    return VIP_OK;
}

static int read_values(struct enrolment *run, const char *const *cells, struct application *row)
{
    struct vip_member *person = &row->person;
    int error = read_texts(run, cells, row);
    if (error == VIP_OK)
        error = read_number(run, cells[MEMBER], "member", &person->member);
    if (error == VIP_OK)
        error = read_number(run, cells[CARD], "card", &row->card);
    if (error == VIP_OK)
        error = read_phone_and_id(run, cells, person);
    if (error == VIP_OK)
        error = read_birthday(run, cells[BIRTHDAY], &person->birthday);
    if (error == VIP_OK)
        error = read_gender(run, cells[GENDER], &person->gender);
    if (error == VIP_OK)
        error = read_source(run, cells[SOURCE], &person->source);
    if (error == VIP_OK)
        error = read_consent(run, cells[CONSENT_SMS], "consent_sms", &row->consent_sms);
    if (error == VIP_OK)
        error = read_consent(run, cells[CONSENT_CALL], "consent_call", &row->consent_call);
    if (error == VIP_OK)
        error = read_spent(run, cells[SPENT], row);
    if (error == VIP_OK)
        error = read_enrolled(run, cells[ENROLLED], row);
    return error;
}

/* ---- reading: the fields of the form ---- */

static int judge_field(struct enrolment *run, const struct vip_field *field, const char **value)
{
    const char *why = "";
    int64_t number;
    vip_day day;
    if (!**value)
        return VIP_OK;
    if (strcmp(field->kind, "date") == 0) {
        if (vip_day_parse(*value, &day, NULL, &why) != VIP_OK)
            return vip_refuse(diag_of(run), "bad-date", field->field, "'%.60s' %s", *value, why);
        char *text = vip_arena_zero(&run->arena, 1, VIP_DATE_TEXT);
        if (!text)
            return vip_fail_memory(diag_of(run));
        vip_day_format(day, text);
        *value = text;
    } else if (strcmp(field->kind, "number") == 0) {
        if (vip_decimal_parse(*value, 4, &number, &why) != VIP_OK)
            return vip_refuse(diag_of(run), "bad-value", field->field, "'%.60s' %s", *value, why);
    } else if (strncmp(field->kind, "choice:", 7) == 0 && !vip_list_has(field->kind + 7, *value)) {
        return vip_refuse(diag_of(run), "bad-value", field->field,
                          "'%.60s' is none of the choices: expected one of %s", *value,
                          field->kind + 7);
    }
    return VIP_OK;
}

/* The first cell that is not empty under one of the field's names. */
static int read_dossier(struct enrolment *run, const char *const *cells, struct application *row)
{
    row->dossier = vip_arena_zero(&run->arena, run->field_count + 1, sizeof *row->dossier);
    if (!row->dossier)
        return vip_fail_memory(diag_of(run));
    for (size_t i = 0; i < run->field_count; i++) {
        const struct field *field = &run->fields[i];
        const char *cell = "";
        for (int c = field->first; field->fixed == NOT_GIVEN && c < field->last && !*cell; c++)
            cell = cells[c];
        row->dossier[i] = *cell ? keep(run, cell) : "";
        if (!row->dossier[i])
            return vip_fail_memory(diag_of(run));
        int error = judge_field(run, field->field, &row->dossier[i]);
        if (error != VIP_OK)
            return error;
    }
    return VIP_OK;
}

/* The ID number may have said the birthday and the gender. */
static bool field_given(const struct field *field, const char *const *cells,
                        const struct application *row, size_t index)
{
    if (field->fixed == NOT_GIVEN)
        return *row->dossier[index];
    if (field->fixed == BIRTHDAY)
        return row->person.birthday.month != 0;
    if (field->fixed == GENDER)
        return *row->person.gender;
    return *cells[field->fixed];
}

static int check_required(struct enrolment *run, const char *const *cells,
                          const struct application *row)
{
    for (size_t i = 0; i < run->field_count; i++) {
        const struct vip_field *field = run->fields[i].field;
        if (field->required && !field_given(&run->fields[i], cells, row, i))
            return vip_refuse(diag_of(run), "missing-field", field->field,
                              "%s (%s) is missing: the programme requires it", field->label_en,
                              field->label_zh);
    }
    return VIP_OK;
}

/* ---- reading: a whole application ---- */

static int check_papers(struct enrolment *run, struct vip_member *person, vip_day on)
{
    const struct vip_program *program = vip_programs_on(&run->programs, on);
    struct vip_applicant applicant = {.phone = person->phone,
                                      .id_no = person->id_no,
                                      .birthday = person->birthday,
                                      .gender = *person->gender};
    int error = vip_applicant_check(&applicant, program->minimum_age, on, diag_of(run));
    person->birthday = applicant.birthday;
    person->gender = applicant.gender == 'F' ? "F" : applicant.gender == 'M' ? "M" : "";
    return error;
}

/* The row's key: the number of the application, else the phone, else the member. */
static int make_key(struct enrolment *run, struct vip_member *person)
{
    if (*person->application)
        return VIP_OK;
    if (*person->phone)
        person->application = vip_arena_format(&run->arena, "phone:%s", person->phone);
    else if (*person->member)
        person->application = vip_arena_format(&run->arena, "member:%s", person->member);
    else
        return vip_refuse(diag_of(run), "missing-field", "phone",
                          "expected a phone, an application or a member: without one the same row "
                          "could not be told from another");
    return person->application ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int check_source(struct enrolment *run, struct application *row)
{
    struct vip_member *person = &row->person;
    if (strcmp(person->source, "special") == 0 && !*row->by)
        return vip_refuse(diag_of(run), "missing-field", "by",
                          "a special grant needs the name of who allows it");
    if (strcmp(person->source, "referral") == 0 && !*row->referrer)
        return vip_refuse(diag_of(run), "missing-field", "referrer",
                          "source referral needs a referrer");
    if (strcmp(person->source, "group") == 0 && !*person->qualifying)
        return vip_refuse(diag_of(run), "missing-field", "receipt",
                          "source group needs the receipt of the purchase");
    return VIP_OK;
}

static int read_application(struct enrolment *run, const char *const *cells,
                            struct application *row)
{
    int error = read_values(run, cells, row);
    if (error == VIP_OK)
        error = check_papers(run, &row->person, row->enrolled);
    if (error == VIP_OK)
        error = read_dossier(run, cells, row);
    if (error == VIP_OK)
        error = check_required(run, cells, row);
    if (error == VIP_OK)
        error = check_source(run, row);
    if (error == VIP_OK)
        error = make_key(run, &row->person);
    return error;
}

static int read_change(struct enrolment *run, const char *const *cells, struct application *row)
{
    int error = read_values(run, cells, row);
    if (error == VIP_OK)
        error = read_dossier(run, cells, row);
    return error;
}

static int keep_shown(struct enrolment *run, const char *const *cells, struct application *row)
{
    row->shown = (struct vip_identity){.member = keep(run, cells[MEMBER]),
                                       .card = keep(run, cells[CARD]),
                                       .phone = keep(run, cells[PHONE]),
                                       .id_no = keep(run, cells[ID_NO]),
                                       .name = keep(run, cells[NAME]),
                                       .birthday = keep(run, cells[BIRTHDAY])};
    row->reason = keep(run, cells[REASON]);
    row->by = keep(run, cells[BY]);
    return row->reason && row->by ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int read_status(struct enrolment *run, const char *const *cells, struct application *row)
{
    int error = keep_shown(run, cells, row);
    if (error != VIP_OK)
        return error;
    if ((suspend || cancel) && !*row->reason)
        return vip_refuse(diag_of(run), "missing-field", "reason",
                          "expected why the membership is %s", suspend ? "suspended" : "cancelled");
    return VIP_OK;
}

static int read_date(struct enrolment *run, const char *cell, const char *column, vip_day *day)
{
    const char *why = "";
    if (*cell && vip_day_parse(cell, day, NULL, &why) != VIP_OK)
        return vip_refuse(diag_of(run), "bad-date", column, "'%.60s' %s", cell, why);
    return VIP_OK;
}

/* The key of a balance, where the other system gives none: its day, and the day on which it ends.
 */
static int make_request(struct enrolment *run, struct application *row)
{
    char date[VIP_DATE_TEXT], expires[VIP_DATE_TEXT];
    vip_day_format(row->date, date);
    vip_day_format(row->expires, expires);
    if (!*row->request)
        row->request =
            vip_arena_format(&run->arena, "opening %s%s%s", date, *expires ? " " : "", expires);
    return row->request ? VIP_OK : vip_fail_memory(diag_of(run));
}

static int read_opening(struct enrolment *run, const char *const *cells, struct application *row)
{
    const char *why = "", *points = cells[POINTS];
    row->date = run->context->as_of;
    row->expires = VIP_DAY_NONE;
    row->request = keep(run, cells[REQUEST]);
    int error = keep_shown(run, cells, row);
    if (error == VIP_OK && !*points && !*cells[SPENT])
        error = vip_refuse(diag_of(run), "missing-field", "points",
                           "expected points, or what was spent");
    if (error == VIP_OK && *points && vip_decimal_parse(points, 0, &row->points, &why) != VIP_OK)
        error = vip_refuse(diag_of(run), "bad-value", "points", "'%.60s' %s", points, why);
    if (error == VIP_OK)
        error = read_spent(run, cells[SPENT], row);
    if (error == VIP_OK)
        error = read_date(run, cells[DATE], "date", &row->date);
    if (error == VIP_OK)
        error = read_date(run, cells[EXPIRES], "expires", &row->expires);
    if (error == VIP_OK && row->date > run->context->as_of)
        error =
            vip_refuse(diag_of(run), "bad-date", "date", "'%.60s' lies in the future", cells[DATE]);
    if (error == VIP_OK && row->expires < row->date)
        error = vip_refuse(diag_of(run), "bad-date", "expires", "is before the day of the points");
    return error == VIP_OK ? make_request(run, row) : error;
}

static int read_merge(struct enrolment *run, const char *const *cells, struct application *row)
{
    int error = read_number(run, cells[FROM], "from", &row->from);
    if (error == VIP_OK)
        error = read_number(run, cells[TO], "to", &row->to);
    row->reason = keep(run, cells[REASON]);
    row->by = keep(run, cells[BY]);
    if (error == VIP_OK && (!row->reason || !row->by))
        error = vip_fail_memory(diag_of(run));
    if (error != VIP_OK)
        return error;
    if (!*row->from || !*row->to || !*row->reason)
        return vip_refuse(diag_of(run), "missing-field",
                          !*row->from ? "from"
                          : !*row->to ? "to"
                                      : "reason",
                          "expected which record goes, which stays, and how it is known that they "
                          "are one person");
    if (strcmp(row->from, row->to) == 0)
        return vip_refuse(diag_of(run), "same-member", "from", "goes and stays are the same");
    return VIP_OK;
}

/* ---- what a member is shown with ---- */

/* A row about a member there is: number, card, name and tier as they are kept. */
static int print_stored(struct enrolment *run, struct application *row, int64_t member)
{
    struct vip_face face;
    int found = vip_face_load(run->context->db, member, &run->arena, &face, diag_of(run));
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag_of(run), VIP_EDATABASE, "a member has no account");
    row->printed_member = face.member;
    row->printed_card = face.card;
    row->printed_tier = face.tiers;
    row->person.name = face.name;
    return VIP_OK;
}

/* ---- an application that is there already ---- */

static int conflict(struct enrolment *run, const char *column)
{
    return vip_refuse(diag_of(run), "conflict", column,
                      "this application is known with another %s: use --update to change it",
                      column);
}

static bool differs(const char *given, const char *stored)
{
    return *given && strcmp(given, stored) != 0;
}

static bool birthday_differs(const struct vip_birthday *given, const struct vip_birthday *stored)
{
    char one[VIP_DATE_TEXT] = "", other[VIP_DATE_TEXT] = "";
    if (!given->month)
        return false;
    vip_birthday_format(given, one);
    if (stored->month)
        vip_birthday_format(stored, other);
    return strcmp(one, other) != 0;
}

/* The column in which the given cells say something else than what is kept; NULL: none. */
static const char *difference(const struct application *row, const struct vip_member *stored)
{
    const struct vip_member *person = &row->person;
    const struct {
        const char *given, *stored;
        enum column column;
    } texts[] = {{person->name, stored->name, NAME},
                 {person->phone, stored->phone, PHONE},
                 {person->id_no, stored->id_no, ID_NO},
                 {person->gender, stored->gender, GENDER},
                 {person->address, stored->address, ADDRESS},
                 {person->email, stored->email, EMAIL},
                 {person->store, stored->store, STORE},
                 {person->consultant, stored->consultant, CONSULTANT},
                 {person->member, stored->member, MEMBER},
                 {person->source, stored->source, SOURCE},
                 {person->qualifying, stored->qualifying, RECEIPT},
                 {person->category, stored->category, CATEGORY},
                 {person->brand, stored->brand, BRAND}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (differs(texts[i].given, texts[i].stored))
            return column_names[texts[i].column];
    if (birthday_differs(&person->birthday, &stored->birthday))
        return column_names[BIRTHDAY];
    if (row->spent_given && person->spent != stored->spent)
        return column_names[SPENT];
    if (row->consent_sms != NOT_GIVEN && row->consent_sms != stored->consent_sms)
        return column_names[CONSENT_SMS];
    if (row->consent_call != NOT_GIVEN && row->consent_call != stored->consent_call)
        return column_names[CONSENT_CALL];
    return NULL;
}

static int compare_card(struct enrolment *run, const struct application *row, int64_t member)
{
    struct vip_card card;
    if (!*row->card)
        return VIP_OK;
    int found = vip_card_load(run->context->db, row->card, &run->scratch, &card, diag_of(run));
    if (found < 0)
        return found;
    return found && card.member == member ? VIP_OK : conflict(run, "card");
}

static int compare_enrolled(struct enrolment *run, const struct application *row, int64_t member)
{
    struct vip_account account;
    if (!row->enrolled_given)
        return VIP_OK;
    int found = vip_account_load(run->context->db, member, &account, diag_of(run));
    if (found < 0)
        return found;
    if (found && account.enrolled == row->enrolled)
        return VIP_OK;
    int64_t joined = 0; /* who was merged with an older record is a member since then */
    struct vip_value value = vip_int(member);
    int error =
        vip_db_number(run->context->db, VIP_SQL_merged_into, &joined, 0, diag_of(run), &value, 1);
    if (error != VIP_OK)
        return error;
    return joined && account.enrolled < row->enrolled ? VIP_OK : conflict(run, "enrolled");
}

static int compare_dossier(struct enrolment *run, const struct application *row, int64_t member)
{
    for (size_t i = 0; i < run->field_count; i++) {
        const char *stored = "";
        if (!*row->dossier[i])
            continue;
        int error = vip_dossier_get(run->context->db, member, run->fields[i].field->field,
                                    &run->scratch, &stored, diag_of(run));
        if (error != VIP_OK)
            return error;
        if (strcmp(stored, row->dossier[i]) != 0)
            return conflict(run, run->fields[i].field->field);
    }
    return VIP_OK;
}

static int find_referrer(struct enrolment *run, const char *referrer, int64_t *member);

static int compare_referrer(struct enrolment *run, const struct application *row, int64_t stored)
{
    int64_t referrer = 0, stays = stored;
    int error = find_referrer(run, row->referrer, &referrer);
    if (error == VIP_OK && stored)
        error = vip_member_stays(run->context->db, stored, &stays, diag_of(run));
    if (error == VIP_OK && *row->referrer && referrer != stays)
        error = conflict(run, "referrer");
    return error;
}

static int compare(struct enrolment *run, const struct application *row, int64_t member)
{
    struct vip_member stored;
    int found = vip_member_load(run->context->db, member, &run->scratch, &stored, diag_of(run));
    if (found < 0)
        return found;
    const char *column = difference(row, &stored);
    int error = column ? conflict(run, column) : compare_referrer(run, row, stored.referrer);
    if (error == VIP_OK)
        error = compare_card(run, row, member);
    if (error == VIP_OK)
        error = compare_enrolled(run, row, member);
    return error == VIP_OK ? compare_dossier(run, row, member) : error;
}

static int meet_again(struct enrolment *run, struct application *row, int64_t member)
{
    int64_t stays = member;
    int error = vip_member_stays(run->context->db, member, &stays, diag_of(run));
    if (error == VIP_OK && stays == member) /* else: joined with another record since */
        error = compare(run, row, member);
    if (error != VIP_OK)
        return error;
    row->known = true;
    row->status = "known";
    return print_stored(run, row, stays);
}

/* ---- a new member ---- */

/* By number, card or phone, whichever finds one. */
static int find_any(struct enrolment *run, const char *number, const char *reason,
                    const char *column, int64_t *member)
{
    const struct vip_identity ways[] = {{.member = number}, {.card = number}, {.phone = number}};
    for (size_t i = 0; i < 3; i++) {
        int error =
            vip_member_identify(run->context->db, &ways[i], "phone", NULL, member, diag_of(run));
        if (error != VIP_EREFUSED)
            return error;
    }
    return vip_refuse(diag_of(run), reason, column, "no member has this number, card or phone");
}

static int find_referrer(struct enrolment *run, const char *referrer, int64_t *member)
{
    return *referrer ? find_any(run, referrer, "no-such-referrer", "referrer", member) : VIP_OK;
}

/* The tier whose card the applicant gets. */
static int admit(struct enrolment *run, const struct vip_program *program, struct application *row,
                 const struct vip_tier **tier)
{
    const struct vip_first_purchase purchase = {.store = row->person.store,
                                                .category = row->person.category,
                                                .brand = row->person.brand,
                                                .spent = row->person.spent};
    bool admitted = vip_program_admits(program, &purchase, tier);
    if (strcmp(row->person.source, "special") == 0) {
        if (!*tier || (*tier)->card_virtual)
            *tier = vip_program_lowest_physical(program);
        row->said = "special";
        return VIP_OK;
    }
    if (!admitted)
        return vip_refuse(diag_of(run), "below-threshold", "spent",
                          "the purchase does not reach what the programme asks for a card");
    if (*tier && (*tier)->card_virtual)
        row->said = "accumulation";
    return VIP_OK;
}

static int check_card(struct enrolment *run, const struct vip_program *program,
                      const struct application *row)
{
    char number[VIP_CARD_TEXT];
    struct vip_card card;
    if (!*row->card) /* what would refuse the number must do so before anything is written */
        return vip_card_number(program->card_format, row->person.store, 0, number, diag_of(run));
    int found = vip_card_load(run->context->db, row->card, &run->scratch, &card, diag_of(run));
    if (found <= 0)
        return found;
    return vip_refuse(diag_of(run), "conflict", "card", "another member has this card");
}

static int write_card(struct enrolment *run, const struct vip_program *program,
                      struct application *row, const struct vip_tier *tier)
{
    char number[VIP_CARD_TEXT];
    if (!*row->card) {
        int error = vip_card_next(&run->batch, program->card_format, row->person.store, number,
                                  diag_of(run));
        if (error != VIP_OK)
            return error;
        row->card = keep(run, number);
        if (!row->card)
            return vip_fail_memory(diag_of(run));
    }
    row->printed_card = row->card;
    const struct vip_card card = {
        .card = row->card,
        .member = row->person.id,
        .state = program->review ? VIP_CARD_ISSUED : VIP_CARD_ACTIVE,
        .is_virtual = tier && tier->card_virtual,
        .tier = tier ? tier->tier : "",
        .issued = row->enrolled,
        .expires = vip_card_end(program, tier, row->enrolled),
        .replaces = "",
    };
    return vip_card_insert(&run->batch, &card, diag_of(run));
}

/* A special grant is a floor without end, from the day of enrolment. */
static int write_grant(struct enrolment *run, const struct application *row,
                       const struct vip_tier *tier)
{
    if (strcmp(row->person.source, "special") != 0 || !tier)
        return VIP_OK;
    const struct vip_tier_grant grant = {.tier = tier->tier,
                                         .day = row->enrolled,
                                         .until = VIP_DAY_NONE,
                                         .reason = *row->reason ? row->reason : "special",
                                         .by = row->by};
    int noted = vip_tier_grant_add(&run->batch, run->tiers, row->person.id, &grant, diag_of(run));
    return noted < 0 ? noted : VIP_OK;
}

static int write_dossier(struct enrolment *run, const struct application *row)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < run->field_count; i++)
        if (*row->dossier[i])
            error = vip_dossier_set(&run->batch, row->person.id, run->fields[i].field->field,
                                    row->dossier[i], diag_of(run));
    return error;
}

static int write_bonus(struct enrolment *run, const struct vip_program *program,
                       const struct vip_earn_rule *rule, int64_t member, vip_day day)
{
    struct vip_account account;
    int error = vip_db_run(run->context->db, VIP_SQL_bonus_insert, diag_of(run), vip_int(member),
                           vip_text(rule->rule), (struct vip_value){.type = VIP_TEXT, .text = ""});
    if (error != VIP_OK || vip_db_changes(run->context->db) == 0)
        return error;
    int found = vip_account_load(run->context->db, member, &account, diag_of(run));
    if (found <= 0)
        return found;
    struct vip_card card = {.expires = VIP_DAY_NONE};
    found = vip_card_current(run->context->db, member, &run->scratch, &card, diag_of(run));
    if (found < 0)
        return found;
    struct vip_entry entry = {.kind = VIP_ENTRY_BONUS,
                              .day = day,
                              .points = rule->points,
                              .available = vip_day_add_span(day, program->redeemable_after),
                              .expires = vip_points_expiry(program, day, card.expires),
                              .ref = rule->rule};
    error = vip_ledger_post(&run->batch, &account, &entry, diag_of(run));
    return error == VIP_OK ? vip_account_save(&run->batch, &account, diag_of(run)) : error;
}

/* Once in a life: joining, having been brought, and for the referrer having brought somebody. */
static int write_bonuses(struct enrolment *run, const struct vip_program *program,
                         const struct application *row)
{
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < program->earn_count; i++) {
        const struct vip_earn_rule *rule = &program->earns[i];
        bool open = (rule->from == VIP_DAY_NONE || rule->from <= row->enrolled) &&
                    (rule->until == VIP_DAY_NONE || row->enrolled <= rule->until) &&
                    vip_list_has(rule->store, row->person.store);
        if (rule->effect != VIP_EFFECT_ONCE || !open)
            continue;
        if (rule->when & VIP_WHEN_ENROLMENT ||
            (rule->when & VIP_WHEN_REFERRED && row->person.referrer))
            error = write_bonus(run, program, rule, row->person.id, row->enrolled);
        if (error == VIP_OK && (rule->when & VIP_WHEN_REFERRAL) && row->person.referrer)
            error = write_bonus(run, program, rule, row->person.referrer, row->enrolled);
    }
    return error;
}

/* Everything that may refuse the row comes before anything is written. */
static int check_new(struct enrolment *run, const struct vip_program *program,
                     struct application *row, const struct vip_tier **tier)
{
    int error = vip_member_check(run->context->db, &row->person, program->household_address,
                                 &run->scratch, diag_of(run));
    if (error == VIP_OK)
        error = admit(run, program, row, tier);
    if (error == VIP_OK)
        error = check_card(run, program, row);
    if (error == VIP_OK)
        error = find_referrer(run, row->referrer, &row->person.referrer);
    return error;
}

static int write_new(struct enrolment *run, const struct vip_program *program,
                     struct application *row, const struct vip_tier *tier)
{
    char number[24];
    enum vip_status status = program->review ? VIP_STATUS_PENDING : VIP_STATUS_ACTIVE;
    int error = VIP_OK;
    if (!*row->person.member) {
        error = vip_member_next(&run->batch, number, diag_of(run));
        row->person.member = keep(run, number);
    }
    if (error == VIP_OK && !*row->person.source)
        row->person.source = *row->referrer ? "referral" : "regular";
    row->person.consent_sms = row->consent_sms == 1;
    row->person.consent_call = row->consent_call == 1;
    if (error == VIP_OK)
        error = vip_member_insert(&run->batch, &run->codes, &row->person, status, row->enrolled,
                                  &run->scratch, diag_of(run));
    if (error == VIP_OK)
        error = write_dossier(run, row);
    if (error == VIP_OK)
        error = write_grant(run, row, tier);
    if (error == VIP_OK)
        error = vip_tier_update_member(&run->batch, run->tiers, row->person.id, run->context->as_of,
                                       NULL, NULL, diag_of(run));
    if (error == VIP_OK)
        error = write_card(run, program, row, tier);
    if (error == VIP_OK && program->earn_count)
        error = write_bonuses(run, program, row);
    return error;
}

static int enroll_one(struct enrolment *run, struct application *row)
{
    const struct vip_program *program = vip_programs_on(&run->programs, row->enrolled);
    const struct vip_tier *tier = NULL;
    int64_t known = 0;
    int error =
        vip_member_by_application(run->context->db, row->person.application, &known, diag_of(run));
    if (error == VIP_OK && known)
        return meet_again(run, row, known);
    if (error == VIP_OK)
        error = check_new(run, program, row, &tier);
    if (error != VIP_OK)
        return error;
    error = write_new(run, program, row, tier);
    if (error == VIP_EREFUSED) /* half a member must not stay */
        return vip_fail(diag_of(run), VIP_EDATABASE, "%s",
                        "a row was refused while it was written");
    row->printed_member = row->person.member;
    row->status = program->review ? "pending" : "enrolled";
    if (error == VIP_OK)
        error = vip_tiers_text(run->context->db, row->person.id, &run->arena, &row->printed_tier,
                               diag_of(run));
    return error;
}

/* ---- changes to members there are ---- */

static int find_changed(struct enrolment *run, const struct application *row, int64_t *member)
{
    const struct vip_member *person = &row->person;
    struct vip_identity shown = {.member = person->member, .card = row->card};
    *member = 0;
    if (vip_identity_empty(&shown) && *person->application) {
        int error =
            vip_member_by_application(run->context->db, person->application, member, diag_of(run));
        if (error != VIP_OK || *member)
            return error;
        return vip_refuse(diag_of(run), "no-such-member", "application",
                          "no member came with this application");
    }
    if (vip_identity_empty(&shown))
        shown.phone = person->phone;
    if (vip_identity_empty(&shown))
        shown.id_no = person->id_no;
    if (vip_identity_empty(&shown))
        return vip_refuse(diag_of(run), "missing-field", "member",
                          "expected who is changed: member, card, application, phone or id_no");
    return vip_member_identify(run->context->db, &shown, "phone", NULL, member, diag_of(run));
}

/* Takes what was given over into the stored person; names of the columns that changed go to list.
 */
static int take_over(struct application *row, struct vip_member *stored, struct vip_buffer *list)
{
    struct vip_member *person = &row->person;
    const struct {
        const char *given, **stored;
        enum column column;
    } texts[] = {{person->name, &stored->name, NAME},
                 {person->phone, &stored->phone, PHONE},
                 {person->id_no, &stored->id_no, ID_NO},
                 {person->gender, &stored->gender, GENDER},
                 {person->address, &stored->address, ADDRESS},
                 {person->email, &stored->email, EMAIL},
                 {person->store, &stored->store, STORE},
                 {person->consultant, &stored->consultant, CONSULTANT}};
    int error = VIP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && error == VIP_OK; i++) {
        if (!differs(texts[i].given, *texts[i].stored))
            continue;
        *texts[i].stored = texts[i].given;
        error = vip_buffer_format(list, " %s", column_names[texts[i].column]);
    }
    if (error == VIP_OK && birthday_differs(&person->birthday, &stored->birthday)) {
        stored->birthday = person->birthday;
        error = vip_buffer_format(list, " %s", column_names[BIRTHDAY]);
    }
    if (error == VIP_OK && row->consent_sms != NOT_GIVEN &&
        row->consent_sms != stored->consent_sms) {
        stored->consent_sms = row->consent_sms == 1;
        error = vip_buffer_format(list, " %s", column_names[CONSENT_SMS]);
    }
    if (error == VIP_OK && row->consent_call != NOT_GIVEN &&
        row->consent_call != stored->consent_call) {
        stored->consent_call = row->consent_call == 1;
        error = vip_buffer_format(list, " %s", column_names[CONSENT_CALL]);
    }
    return error;
}

/* Leaves in the row's dossier only what is new. */
static int take_over_dossier(struct enrolment *run, struct application *row, int64_t member,
                             struct vip_buffer *list)
{
    for (size_t i = 0; i < run->field_count; i++) {
        const char *stored = "";
        if (!*row->dossier[i])
            continue;
        int error = vip_dossier_get(run->context->db, member, run->fields[i].field->field,
                                    &run->scratch, &stored, diag_of(run));
        if (error != VIP_OK)
            return error;
        if (strcmp(stored, row->dossier[i]) == 0)
            row->dossier[i] = "";
        else if (vip_buffer_format(list, " %s", run->fields[i].field->field) < 0)
            return vip_fail_memory(diag_of(run));
    }
    return VIP_OK;
}

static int check_changed(struct enrolment *run, struct vip_member *stored, const char *list)
{
    struct vip_account account;
    int error = VIP_OK;
    int found = vip_account_load(run->context->db, stored->id, &account, diag_of(run));
    if (found < 0)
        return found;
    if (found && account.status >= VIP_STATUS_CANCELLED)
        return vip_refuse(diag_of(run), "wrong-status", NULL, "the membership is %s",
                          vip_status_word(account.status));
    if (strstr(list, "phone") || strstr(list, "id_no") || strstr(list, "birthday") ||
        strstr(list, "gender"))
        error = check_papers(run, stored, run->context->as_of);
    bool household = run->program->household_address && strstr(list, "address");
    if (error == VIP_OK)
        error = vip_member_check(run->context->db, stored, household, &run->scratch, diag_of(run));
    return error;
}

static int write_changed(struct enrolment *run, struct application *row,
                         const struct vip_member *stored, const char *list)
{
    int error = vip_member_update(&run->batch, &run->codes, stored, &run->scratch, diag_of(run));
    row->person.id = stored->id;
    if (error == VIP_OK)
        error = write_dossier(run, row);
    if (error == VIP_OK) /* which columns, never their values: those are the member's own */
        error = vip_batch_event(&run->batch, stored->id, "update", list, diag_of(run));
    return error;
}

static int change_one(struct enrolment *run, struct application *row)
{
    struct vip_member stored;
    struct vip_buffer list = {0};
    int64_t member;
    int error = find_changed(run, row, &member);
    if (error != VIP_OK)
        return error;
    int found = vip_member_load(run->context->db, member, &run->scratch, &stored, diag_of(run));
    if (found <= 0)
        return found;
    if (take_over(row, &stored, &list) < 0)
        error = vip_fail_memory(diag_of(run));
    if (error == VIP_OK)
        error = take_over_dossier(run, row, member, &list);
    row->known = list.size == 0;
    row->status = row->known ? "known" : "updated";
    if (error == VIP_OK && !row->known)
        error = check_changed(run, &stored, list.data);
    if (error == VIP_OK && !row->known)
        error = write_changed(run, row, &stored, list.data + 1);
    if (error == VIP_OK && !row->known)
        row->said = keep(run, list.data + 1);
    vip_buffer_free(&list);
    return error == VIP_OK ? print_stored(run, row, member) : error;
}

/* ---- changes of status ---- */

struct move {
    const char *event, *status; /* what the audit log and the output say */
    unsigned from;              /* bits of the statuses it can start from */
    enum vip_status to;
};

static const struct move *move_wanted(void)
{
    static const struct move moves[] = {
        {"approve", "approved", 1u << VIP_STATUS_PENDING, VIP_STATUS_ACTIVE},
        {"suspend", "suspended", 1u << VIP_STATUS_ACTIVE, VIP_STATUS_SUSPENDED},
        {"resume", "resumed", 1u << VIP_STATUS_SUSPENDED, VIP_STATUS_ACTIVE},
        {"cancel", "cancelled",
         1u << VIP_STATUS_PENDING | 1u << VIP_STATUS_ACTIVE | 1u << VIP_STATUS_SUSPENDED,
         VIP_STATUS_CANCELLED},
        {"forget", "forgotten",
         1u << VIP_STATUS_PENDING | 1u << VIP_STATUS_ACTIVE | 1u << VIP_STATUS_SUSPENDED |
             1u << VIP_STATUS_CANCELLED,
         VIP_STATUS_FORGOTTEN}};
    return approve   ? &moves[0]
           : suspend ? &moves[1]
           : resume  ? &moves[2]
           : cancel  ? &moves[3]
           : forget  ? &moves[4]
                     : NULL;
}

/* Approved: the tiers of the enrolment begin, and the card that waited works. */
static int write_approval(struct enrolment *run, int64_t member)
{
    struct vip_card card;
    int error = vip_tier_update_member(&run->batch, run->tiers, member, run->context->as_of, NULL,
                                       NULL, diag_of(run));
    if (error != VIP_OK)
        return error;
    int found = vip_card_current(run->context->db, member, &run->scratch, &card, diag_of(run));
    if (found > 0 && card.state == VIP_CARD_ISSUED)
        return vip_card_set_state(&run->batch, card.card, VIP_CARD_ACTIVE, diag_of(run));
    return found < 0 ? found : VIP_OK;
}

static int write_move(struct enrolment *run, const struct application *row, int64_t member,
                      const struct move *move)
{
    const char *detail = row->reason;
    if (forget) { /* what people wrote goes; only who did it is kept */
        int error = vip_member_forget(&run->batch, member, diag_of(run));
        if (error != VIP_OK)
            return error;
        detail = vip_arena_format(&run->scratch, "%s%s", *row->by ? "by " : "", row->by);
    } else if (*row->by)
        detail = vip_arena_format(&run->scratch, "%s%sby %s", row->reason, *row->reason ? "; " : "",
                                  row->by);
    if (!detail)
        return vip_fail_memory(diag_of(run));
    int error =
        vip_member_set_status(&run->batch, member, move->to, move->event, detail, diag_of(run));
    if (error == VIP_OK && cancel)
        error = vip_card_close_all(&run->batch, member, NULL, VIP_CARD_CANCELLED, diag_of(run));
    if (error == VIP_OK && approve)
        error = write_approval(run, member);
    return error;
}

static int move_one(struct enrolment *run, struct application *row)
{
    const struct move *move = move_wanted();
    struct vip_account account;
    struct vip_member stored;
    int64_t member;
    int error = vip_member_identify(run->context->db, &row->shown, run->program->identify, NULL,
                                    &member, diag_of(run));
    if (error != VIP_OK)
        return error;
    int found = vip_account_load(run->context->db, member, &account, diag_of(run));
    if (found > 0)
        found = vip_member_load(run->context->db, member, &run->scratch, &stored, diag_of(run));
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag_of(run), VIP_EDATABASE, "a member has no account");
    row->known = account.status == move->to;
    row->status = row->known ? "known" : move->status;
    row->said = row->reason;
    if (!row->known && !(move->from & 1u << account.status))
        return vip_refuse(diag_of(run), "wrong-status", NULL, "the membership is %s: cannot %s it",
                          vip_status_word(account.status), move->event);
    if (!row->known)
        error = write_move(run, row, member, move);
    return error == VIP_OK ? print_stored(run, row, member) : error;
}

/* ---- two records of one person ---- */

static int load_merged(struct enrolment *run, int64_t member, unsigned statuses,
                       struct vip_account *account, const char *column)
{
    int found = vip_account_load(run->context->db, member, account, diag_of(run));
    if (found <= 0)
        return found < 0 ? found : vip_fail(diag_of(run), VIP_EDATABASE, "a member has no account");
    if (statuses & 1u << account->status)
        return VIP_OK;
    return vip_refuse(diag_of(run), "wrong-status", column, "the membership is %s",
                      vip_status_word(account->status));
}

static int write_merge(struct enrolment *run, const struct application *row,
                       struct vip_account *from, struct vip_account *to)
{
    const char *detail = row->reason;
    if (*row->by)
        detail = vip_arena_format(&run->scratch, "%s; by %s", row->reason, row->by);
    if (!detail)
        return vip_fail_memory(diag_of(run));
    int error = vip_member_merge(&run->batch, &run->codes, from, to, detail, run->context->as_of,
                                 &run->scratch, diag_of(run));
    if (error == VIP_EREFUSED) /* half a merge must not stay */
        return vip_fail(diag_of(run), VIP_EDATABASE, "%s",
                        "a row was refused while it was written");
    return error == VIP_OK ? vip_tier_update_member(&run->batch, run->tiers, to->member,
                                                    run->context->as_of, NULL, NULL, diag_of(run))
                           : error;
}

static int merge_one(struct enrolment *run, struct application *row)
{
    const unsigned stays = 1u << VIP_STATUS_ACTIVE | 1u << VIP_STATUS_SUSPENDED;
    const unsigned goes = stays | 1u << VIP_STATUS_PENDING | 1u << VIP_STATUS_CANCELLED;
    struct vip_account from, to;
    int64_t from_id, to_id;
    int error = find_any(run, row->from, "no-such-member", "from", &from_id);
    if (error == VIP_OK)
        error = find_any(run, row->to, "no-such-member", "to", &to_id);
    if (error != VIP_OK)
        return error;
    row->known = from_id == to_id; /* every number of the one leads to the other */
    row->status = row->known ? "known" : "merged";
    row->said = row->reason;
    if (!row->known) {
        error = load_merged(run, from_id, goes, &from, "from");
        if (error == VIP_OK)
            error = load_merged(run, to_id, stays, &to, "to");
        if (error == VIP_OK)
            error = write_merge(run, row, &from, &to);
    }
    return error == VIP_OK ? print_stored(run, row, to_id) : error;
}

/* ---- balances of another system ---- */

/* Whether the balance is there, and is it the same: 1, 0 or negative. */
static int opening_known(struct enrolment *run, const struct application *row, int64_t member)
{
    struct vip_statement *known = NULL;
    int found = vip_db_query(run->context->db, VIP_SQL_opening_find, &known, diag_of(run),
                             vip_int(member), vip_text(row->request));
    if (found <= 0)
        return found;
    bool same = vip_column_integer(known, 0) == row->points &&
                vip_column_integer(known, 1) == row->person.spent &&
                vip_column_day(known, 2) == row->date;
    vip_reset(known);
    return same ? 1
                : vip_refuse(diag_of(run), "conflict", "points",
                             "this balance was brought before with other points, spending or date");
}

static int write_opening(struct enrolment *run, const struct application *row,
                         struct vip_account *account)
{
    const struct vip_program *program = vip_programs_on(&run->programs, row->date);
    struct vip_entry entry = {.kind = VIP_ENTRY_OPENING,
                              .day = row->date,
                              .points = row->points,
                              .amount = row->person.spent,
                              .spend_day = row->person.spent ? row->date : 0,
                              .available = VIP_DAY_NONE,
                              .expires = VIP_DAY_NONE,
                              .ref = row->request};
    int error = VIP_OK;
    if (row->points > 0 && row->expires == VIP_DAY_NONE)
        error = vip_entry_date(run->context->db, program, account->member, &entry, diag_of(run));
    entry.available = VIP_DAY_NONE; /* what was earned there can be spent here at once */
    if (row->points > 0 && row->expires != VIP_DAY_NONE)
        entry.expires = row->expires;
    if (error == VIP_OK)
        error = row->points < 0 ? vip_ledger_take(&run->batch, account, &entry, 0, true,
                                                  &run->scratch, diag_of(run))
                                : vip_ledger_post(&run->batch, account, &entry, diag_of(run));
    return error == VIP_OK ? vip_account_save(&run->batch, account, diag_of(run)) : error;
}

static int open_one(struct enrolment *run, struct application *row)
{
    struct vip_account account;
    int64_t member;
    int error = vip_member_identify(run->context->db, &row->shown, run->program->identify, NULL,
                                    &member, diag_of(run));
    if (error == VIP_OK)
        error = load_merged(run, member, 1u << VIP_STATUS_ACTIVE | 1u << VIP_STATUS_SUSPENDED,
                            &account, "member");
    if (error != VIP_OK)
        return error;
    int known = opening_known(run, row, member);
    row->known = known > 0;
    row->status = row->known ? "known" : "opened";
    row->said = row->request;
    error = known == 0 ? write_opening(run, row, &account) : known < 0 ? known : VIP_OK;
    return error == VIP_OK ? print_stored(run, row, member) : error;
}

/* ---- batches ---- */

static int do_one(struct enrolment *run, struct application *row)
{
    vip_arena_reset(&run->scratch);
    vip_diag_clear(diag_of(run));
    if (merge)
        return merge_one(run, row);
    if (opening)
        return open_one(run, row);
    if (move_wanted())
        return move_one(run, row);
    return update ? change_one(run, row) : enroll_one(run, row);
}

/* A refusal is kept until the batch stands, with the row as it came. */
static int keep_refusal(struct enrolment *run, struct application *row)
{
    struct vip_diag *copy = vip_arena_take(&run->arena, sizeof *copy);
    if (!copy)
        return vip_fail_memory(diag_of(run));
    *copy = *diag_of(run);
    row->refused = copy;
    return VIP_OK;
}

static int write_batch(struct enrolment *run)
{
    vip_context_batch(run->context, &run->batch);
    int error = vip_batch_begin(&run->batch, diag_of(run));
    if (error != VIP_OK)
        return error;
    for (size_t i = 0; i < run->count && error == VIP_OK; i++) {
        error = do_one(run, &run->rows[i]);
        if (error == VIP_EREFUSED)
            error = keep_refusal(run, &run->rows[i]);
    }
    if (error == VIP_OK && merge)
        error = vip_merge_purchases(&run->batch, diag_of(run));
    if (error == VIP_OK)
        return vip_batch_commit(&run->batch, diag_of(run));
    vip_batch_rollback(&run->batch);
    vip_codes_free(&run->codes);
    return error;
}

static int print_row(struct enrolment *run, const struct application *row)
{
    const struct vip_value values[] = {vip_text(row->printed_member), vip_text(row->printed_card),
                                       vip_text(row->person.name),    vip_text(row->printed_tier),
                                       vip_text(row->status),         vip_text(row->said)};
    if (row->known)
        run->context->count.known++;
    else
        run->context->count.accepted++;
    return vip_output_row(run->context, values);
}

static int flush(struct enrolment *run)
{
    int error = run->count ? write_batch(run) : VIP_OK;
    for (size_t i = 0; i < run->count && error == VIP_OK; i++) {
        const struct application *row = &run->rows[i];
        if (row->refused)
            vip_row_refused(run->context, row->refused, &row->raw);
        else
            error = print_row(run, row);
    }
    run->count = 0;
    vip_arena_reset(&run->arena);
    return error == VIP_OK ? vip_output_flush(run->context) : error;
}

static int keep_raw(struct enrolment *run, struct application *row)
{
    const struct vip_row *raw = vip_input_raw(run->context);
    const char **cells = vip_arena_zero(&run->arena, raw->count + 1, sizeof *cells);
    if (!cells)
        return vip_fail_memory(diag_of(run));
    for (size_t i = 0; i < raw->count; i++)
        if (!(cells[i] = keep(run, raw->cells[i])))
            return vip_fail_memory(diag_of(run));
    row->raw = (struct vip_row){.line = raw->line, .count = raw->count, .cells = cells};
    return VIP_OK;
}

static int read_row(struct vip_context *context, void *state, const char *const *cells, size_t line)
{
    struct enrolment *run = state;
    struct application *row = &run->rows[run->count];
    (void)context;
    (void)line;
    *row = (struct application){.card = ""};
    int error = merge           ? read_merge(run, cells, row)
                : opening       ? read_opening(run, cells, row)
                : move_wanted() ? read_status(run, cells, row)
                : update        ? read_change(run, cells, row)
                                : read_application(run, cells, row);
    if (error == VIP_OK)
        error = keep_raw(run, row);
    if (error != VIP_OK)
        return error;
    run->count++;
    return run->count == BATCH_ROWS ? flush(run) : VIP_OK;
}

static int end_file(struct vip_context *context, void *state)
{
    (void)context;
    return flush(state);
}

/* ---- the form: which columns there are ---- */

static const char never_a_column[] = "\x01";

static int column_of(const struct enrolment *run, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(run->columns[i], name) == 0)
            return (int)i;
    return NOT_GIVEN;
}

/* A field is known by its name and its labels, as the header names know them. */
static void bind_field(struct enrolment *run, struct field *field, size_t *count)
{
    const char *const names[] = {field->field->field, field->field->label_en,
                                 field->field->label_zh};
    field->fixed = NOT_GIVEN;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (strcmp(column_names[i], field->field->field) == 0)
            field->fixed = i;
    field->first = (int)*count;
    for (size_t i = 0; i < 3 && field->fixed == NOT_GIVEN; i++) {
        const char *canonical = vip_names_canonical(run->context->names, names[i]);
        const char *name = canonical ? canonical : names[i];
        if (*name && column_of(run, *count, name) == NOT_GIVEN)
            run->columns[(*count)++] = name;
    }
    field->last = (int)*count;
}

/* Columns that this job does not read are left to the note about columns passed over. */
static bool is_read(enum column column)
{
    bool shown = column == MEMBER || column == CARD || column == PHONE || column == ID_NO ||
                 column == NAME || column == BIRTHDAY;
    bool noted = column == REASON || column == BY;
    if (merge)
        return noted || column == FROM || column == TO;
    if (opening)
        return shown || noted || column == SPENT || column >= POINTS;
    if (move_wanted())
        return shown || noted;
    return column < (update ? ENROLLED : FROM);
}

static int bind_fields(struct enrolment *run)
{
    const struct vip_program *program = run->program;
    size_t count = COLUMN_COUNT;
    run->field_count = program->field_count;
    run->fields = vip_arena_zero(&run->lasting, program->field_count + 1, sizeof *run->fields);
    run->columns = vip_arena_zero(&run->lasting, COLUMN_COUNT + 3 * program->field_count + 1,
                                  sizeof *run->columns);
    if (!run->fields || !run->columns)
        return vip_fail_memory(diag_of(run));
    for (enum column i = 0; i < COLUMN_COUNT; i++)
        run->columns[i] = is_read(i) ? column_names[i] : never_a_column;
    for (size_t i = 0; i < program->field_count; i++) {
        run->fields[i].field = &program->fields[i];
        bind_field(run, &run->fields[i], &count);
    }
    return VIP_OK;
}

/* ---- the command ---- */

static int open_run(struct enrolment *run)
{
    struct vip_context *context = run->context;
    if (update + approve + suspend + resume + cancel + merge + forget + opening > 1)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--update, --approve, --suspend, --resume, --cancel, --merge, --forget "
                        "and --opening exclude each other");
    if (forget && context->atomic)
        return vip_fail(&context->diag, VIP_EUSAGE,
                        "--forget writes the whole file anew: it cannot be taken back, as --atomic "
                        "asks");
    int error = vip_programs_load(context->db, &run->lasting, &run->programs, &context->diag);
    if (error != VIP_OK)
        return error;
    run->program = vip_programs_on(&run->programs, context->as_of);
    run->rows = calloc(BATCH_ROWS, sizeof *run->rows);
    if (!run->rows)
        return vip_fail_memory(&context->diag);
    error = vip_tier_engine_open(&run->tiers, context->db, &run->programs, &context->diag);
    return error == VIP_OK ? bind_fields(run) : error;
}

static void close_run(struct enrolment *run)
{
    vip_tier_engine_close(run->tiers);
    vip_codes_free(&run->codes);
    free(run->rows);
    vip_arena_free(&run->scratch);
    vip_arena_free(&run->arena);
    vip_arena_free(&run->lasting);
}

static int run_enroll(struct vip_context *context)
{
    static const char *const applications[] = {"name|phone|member|application", NULL};
    static const char *const changes[] = {"member|card|application|phone|id_no", NULL};
    static const char *const moves[] = {"member|card|phone|id_no|name", NULL};
    static const char *const openings[] = {"member|card|phone|id_no|name", "points|spent", NULL};
    static const char *const merges[] = {"from", "to", "reason", NULL};
    struct enrolment run = {.context = context};
    int error = open_run(&run);
    if (error == VIP_OK)
        error = vip_output_open(context, output_columns,
                                sizeof output_columns / sizeof *output_columns, NULL);
    if (error == VIP_OK) {
        const struct vip_input input = {.columns = run.columns,
                                        .required = merge           ? merges
                                                    : opening       ? openings
                                                    : move_wanted() ? moves
                                                    : update        ? changes
                                                                    : applications,
                                        .row = read_row,
                                        .file_end = end_file,
                                        .state = &run};
        error = vip_input_each(context, 0, &input);
    }
    close_run(&run);
    if (error == VIP_OK && forget && !context->dry_run)
        error = vip_db_scrub(context->db, &context->diag);
    return error;
}

static const char *const examples[] = {
    "vip-enroll -r refused.csv applications.csv",
    "take applications from a spreadsheet, refused rows to a file",
    "vip-enroll --update changes.csv",
    "new phones and addresses for members there are",
    "vip-enroll --suspend wrong-use.csv",
    "suspend members, each with its reason",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-enroll",
    .synopsis = "[OPTION...] [FILE...]",
    .summary = "take applications: new members, and changes to members",
    .flags = VIP_COMMAND_READS_INPUT,
    .options = options,
    .examples = examples,
    .run = run_enroll,
};

int main(int argc, char **argv)
{
    return vip_command_main(&command, argc, argv);
}
