/* What an application says, held against what is kept of the member. */
#include "cmd/vip-enroll/parts.h"

#include "lib/db/card.h"
#include "lib/db/merge.h"
#include "lib/rules/admission.h"
#include <string.h>

static const char *name_of(enum vip_enroll_column column)
{
    return vip_enroll_columns[column];
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

static bool consent_differs(int given, bool stored)
{
    return given != VIP_NOT_SAID && given != stored;
}

/* ---- the same application again ---- */

static const char *find_difference(const struct vip_application *application,
                                   const struct vip_member *stored)
{
    const struct vip_member *person = &application->person;
    const struct {
        const char *given, *stored;
        enum vip_enroll_column column;
    } texts[] = {{person->name, stored->name, VIP_CELL_NAME},
                 {person->phone, stored->phone, VIP_CELL_PHONE},
                 {person->id_no, stored->id_no, VIP_CELL_ID_NO},
                 {person->gender, stored->gender, VIP_CELL_GENDER},
                 {person->address, stored->address, VIP_CELL_ADDRESS},
                 {person->email, stored->email, VIP_CELL_EMAIL},
                 {person->store, stored->store, VIP_CELL_STORE},
                 {person->consultant, stored->consultant, VIP_CELL_CONSULTANT},
                 {person->member, stored->member, VIP_CELL_MEMBER},
                 {person->source, stored->source, VIP_CELL_SOURCE},
                 {person->qualifying, stored->qualifying, VIP_CELL_RECEIPT},
                 {person->category, stored->category, VIP_CELL_CATEGORY},
                 {person->brand, stored->brand, VIP_CELL_BRAND}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (differs(texts[i].given, texts[i].stored))
            return name_of(texts[i].column);
    if (birthday_differs(&person->birthday, &stored->birthday))
        return name_of(VIP_CELL_BIRTHDAY);
    if (application->spent_given && person->spent != stored->spent)
        return name_of(VIP_CELL_SPENT);
    if (consent_differs(application->consent_sms, stored->consent_sms))
        return name_of(VIP_CELL_CONSENT_SMS);
    return consent_differs(application->consent_call, stored->consent_call)
               ? name_of(VIP_CELL_CONSENT_CALL)
               : NULL;
}

static int compare_referrer(struct vip_enroll *run, const char *referrer, int64_t stored,
                            const char **column)
{
    struct vip_context *context = run->context;
    int64_t given = 0, stays = stored;
    if (!*referrer)
        return VIP_OK;
    int error = vip_member_named(context->db, referrer, "no-such-referrer", "referrer", &given,
                                 &context->diag);
    if (error == VIP_OK && stored)
        error = vip_member_stays(context->db, stored, &stays, &context->diag);
    if (error == VIP_OK && given != stays)
        *column = name_of(VIP_CELL_REFERRER);
    return error;
}

static int compare_card(struct vip_enroll *run, const char *number, int64_t member,
                        const char **column)
{
    struct vip_context *context = run->context;
    struct vip_card card;
    if (!*number)
        return VIP_OK;
    int found = vip_card_load(context->db, number, &run->scratch, &card, &context->diag);
    if (found == 0 || (found > 0 && card.member != member))
        *column = name_of(VIP_CELL_CARD);
    return found < 0 ? found : VIP_OK;
}

/* Who was merged with an older record is a member since then. */
static int compare_enrolled(struct vip_enroll *run, vip_day enrolled, int64_t member,
                            const char **column)
{
    struct vip_context *context = run->context;
    struct vip_account account = {.enrolled = VIP_DAY_NONE};
    bool joined = false;
    int found = vip_account_load(context->db, member, &account, &context->diag);
    if (found < 0 || account.enrolled == enrolled)
        return found < 0 ? found : VIP_OK;
    int error = vip_member_joined(context->db, member, &joined, &context->diag);
    if (error == VIP_OK && !(joined && account.enrolled < enrolled))
        *column = name_of(VIP_CELL_ENROLLED);
    return error;
}

static int compare_facts(struct vip_enroll *run, const struct vip_application *application,
                         int64_t member, const char **column)
{
    struct vip_context *context = run->context;
    for (size_t i = 0; i < application->fact_count; i++) {
        const struct vip_fact *fact = &application->facts[i];
        const char *stored = "";
        int error = vip_dossier_get(context->db, member, fact->field, &run->scratch, &stored,
                                    &context->diag);
        if (error != VIP_OK)
            return error;
        if (!*column && strcmp(stored, fact->value) != 0)
            *column = fact->field;
    }
    return VIP_OK;
}

int vip_application_compare(struct vip_enroll *run, const struct vip_application *application,
                            int64_t member, const char **column)
{
    struct vip_context *context = run->context;
    struct vip_member stored;
    int found = vip_member_load(context->db, member, &run->scratch, &stored, &context->diag);
    if (found <= 0)
        return found;
    *column = find_difference(application, &stored);
    int error =
        *column ? VIP_OK : compare_referrer(run, application->referrer, stored.referrer, column);
    if (error == VIP_OK && !*column)
        error = compare_card(run, application->card, member, column);
    if (error == VIP_OK && !*column && application->enrolled_given)
        error = compare_enrolled(run, application->enrolled, member, column);
    return error == VIP_OK && !*column ? compare_facts(run, application, member, column) : error;
}

/* ---- a change ---- */

struct notes { /* what changed, on its way to struct vip_changes */
    struct vip_buffer list;
    unsigned long long columns;
};

static int note(struct notes *notes, enum vip_enroll_column column)
{
    notes->columns |= 1ULL << column;
    return vip_buffer_format(&notes->list, " %s", name_of(column));
}

static int take_texts(const struct vip_member *given, struct vip_member *stored,
                      struct notes *notes)
{
    const struct {
        const char *given, **stored;
        enum vip_enroll_column column;
    } texts[] = {{given->name, &stored->name, VIP_CELL_NAME},
                 {given->phone, &stored->phone, VIP_CELL_PHONE},
                 {given->id_no, &stored->id_no, VIP_CELL_ID_NO},
                 {given->gender, &stored->gender, VIP_CELL_GENDER},
                 {given->address, &stored->address, VIP_CELL_ADDRESS},
                 {given->email, &stored->email, VIP_CELL_EMAIL},
                 {given->store, &stored->store, VIP_CELL_STORE},
                 {given->consultant, &stored->consultant, VIP_CELL_CONSULTANT}};
    int error = VIP_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && error == VIP_OK; i++)
        if (differs(texts[i].given, *texts[i].stored)) {
            *texts[i].stored = texts[i].given;
            error = note(notes, texts[i].column);
        }
    if (error == VIP_OK && birthday_differs(&given->birthday, &stored->birthday)) {
        stored->birthday = given->birthday;
        error = note(notes, VIP_CELL_BIRTHDAY);
    }
    return error;
}

static int take_consent(int given, bool *stored, enum vip_enroll_column column, struct notes *notes)
{
    if (!consent_differs(given, *stored))
        return VIP_OK;
    *stored = given == 1;
    return note(notes, column);
}

/* Leaves in the application only what is new. */
static int take_facts(struct vip_enroll *run, struct vip_application *application, int64_t member,
                      struct notes *notes)
{
    struct vip_context *context = run->context;
    size_t kept = 0;
    int error = VIP_OK;
    for (size_t i = 0; i < application->fact_count && error == VIP_OK; i++) {
        const struct vip_fact fact = application->facts[i];
        const char *stored = "";
        error = vip_dossier_get(context->db, member, fact.field, &run->scratch, &stored,
                                &context->diag);
        if (error != VIP_OK || strcmp(stored, fact.value) == 0)
            continue;
        application->facts[kept++] = fact;
        error = vip_buffer_format(&notes->list, " %s", fact.field);
    }
    application->fact_count = kept;
    return error;
}

int vip_application_take_over(struct vip_enroll *run, struct vip_application *application,
                              struct vip_member *stored, struct vip_changes *changes)
{
    struct notes notes = {.columns = 0};
    int error = take_texts(&application->person, stored, &notes);
    if (error == VIP_OK)
        error = take_consent(application->consent_sms, &stored->consent_sms, VIP_CELL_CONSENT_SMS,
                             &notes);
    if (error == VIP_OK)
        error = take_consent(application->consent_call, &stored->consent_call,
                             VIP_CELL_CONSENT_CALL, &notes);
    if (error == VIP_OK)
        error = take_facts(run, application, stored->id, &notes);
    const char *list = notes.list.size ? notes.list.data + 1 : "";
    *changes = (struct vip_changes){vip_arena_text(run->arena, list), notes.columns};
    vip_buffer_free(&notes.list);
    if (error == VIP_EMEMORY || !changes->list)
        return vip_fail_memory(&run->context->diag);
    return error;
}
