/* The parts of vip-enroll: what they share of a run, and one function for each job. */
#ifndef VIP_CMD_ENROLL_PARTS_H
#define VIP_CMD_ENROLL_PARTS_H

#include "cmd/common/rows.h"
#include "lib/db/member.h"
#include "lib/db/newcomer.h"
#include "lib/db/program.h"
#include "lib/db/tier.h"

/* ---- what there is to do ---- */

enum vip_enroll_job {
    VIP_ENROLL_APPLY, /* without an option; the others in the order of the options */
    VIP_ENROLL_UPDATE,
    VIP_ENROLL_APPROVE,
    VIP_ENROLL_SUSPEND,
    VIP_ENROLL_RESUME,
    VIP_ENROLL_CANCEL,
    VIP_ENROLL_MERGE,
    VIP_ENROLL_OPENING,
    VIP_ENROLL_FORGET,
    VIP_ENROLL_JOBS
};

/* The columns of all jobs; those of the form's other fields stand behind them. */
enum vip_enroll_column {
    VIP_CELL_MEMBER, /* the first six are those that name a member */
    VIP_CELL_CARD,
    VIP_CELL_PHONE,
    VIP_CELL_ID_NO,
    VIP_CELL_NAME,
    VIP_CELL_BIRTHDAY,
    VIP_CELL_GENDER,
    VIP_CELL_ADDRESS,
    VIP_CELL_EMAIL,
    VIP_CELL_STORE,
    VIP_CELL_CONSULTANT,
    VIP_CELL_CONSENT_SMS,
    VIP_CELL_CONSENT_CALL,
    VIP_CELL_APPLICATION,
    VIP_CELL_REASON,
    VIP_CELL_BY,
    VIP_CELL_ENROLLED, /* what follows is said once, at enrolment */
    VIP_CELL_SOURCE,
    VIP_CELL_RECEIPT,
    VIP_CELL_SPENT,
    VIP_CELL_REFERRER,
    VIP_CELL_CATEGORY,
    VIP_CELL_BRAND,
    VIP_CELL_FROM, /* of a merge */
    VIP_CELL_TO,
    VIP_CELL_POINTS, /* of an opening balance */
    VIP_CELL_DATE,
    VIP_CELL_EXPIRES, /* and of a card that somebody has already */
    VIP_CELL_REQUEST,
    VIP_CELL_COUNT
};
extern const char *const vip_enroll_columns[VIP_CELL_COUNT];

/* ---- a run ---- */

struct vip_form_field;

struct vip_enroll {
    struct vip_context *context;
    enum vip_enroll_job job;
    struct vip_arena lasting; /* programmes, the form, the columns */
    struct vip_arena scratch; /* of a row */
    struct vip_programs programs;
    const struct vip_program *program; /* in force today */
    struct vip_tier_engine *tiers;
    struct vip_codes codes;

    const char **columns; /* as the frame reads them: those of the job, then the form's */
    const struct vip_form_field *form;
    size_t form_count;

    struct vip_batch *batch; /* of the row in hand */
    struct vip_arena *arena; /* for what is printed of it */
};

struct vip_answer { /* a row of the output; texts live until the batch is printed */
    const char *member, *card, *name, *tier, *status, *reason;
};

/* What vip_newcomer_write and vip_newcomer_approve need, for a programme. */
struct vip_enroller vip_enroll_writer(struct vip_enroll *run, const struct vip_program *program);

/* Fills in number, card, name and tiers of a member as they are kept. */
int vip_enroll_show(struct vip_enroll *run, int64_t member, struct vip_answer *answer);

/* ---- the jobs: each does one row. VIP_OK, VIP_ROW_KNOWN or an error, as in cmd/common/rows.h ----
 */

int vip_enroll_apply(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);
int vip_enroll_update(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);
int vip_enroll_move(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);
int vip_enroll_merge(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);
int vip_enroll_open(struct vip_enroll *run, const char *const *cells, struct vip_answer *answer);

/* ---- form.c: the programme's form ---- */

/* Sets run->columns and run->form; a column of ours is read if the job `reads` it. */
int vip_form_bind(struct vip_enroll *run,
                  bool (*reads)(enum vip_enroll_job, enum vip_enroll_column));

/* What the row says for the dossier, judged by kind. */
int vip_form_read(struct vip_enroll *run, const char *const *cells, struct vip_fact **facts,
                  size_t *count);

/* Refuses "missing-field" where a required field is neither in the cells nor known of the person.
 */
int vip_form_check(struct vip_enroll *run, const char *const *cells,
                   const struct vip_member *person);

/* ---- cells.c: cells to values ---- */

struct vip_application { /* as it was read; texts of the cells */
    struct vip_member person;
    const char *card, *referrer, *reason, *by;
    vip_day enrolled, expires; /* expires: of the card; VIP_DAY_NONE: as the programme says */
    bool enrolled_given, spent_given;
    int consent_sms, consent_call; /* 0, 1 or VIP_NOT_SAID */
    struct vip_fact *facts;
    size_t fact_count;
};

int vip_application_read(struct vip_enroll *run, const char *const *cells,
                         struct vip_application *application);

/* A member or card number in half width; what a spreadsheet has spoilt is refused. */
int vip_cell_number(struct vip_enroll *run, const char *cell, const char *column, const char **to);

/* An empty cell leaves the day as it is; of a past day it is today, and none may come later. */
int vip_cell_day(struct vip_enroll *run, const char *cell, const char *column, vip_day *day);
int vip_cell_past_day(struct vip_enroll *run, const char *cell, const char *column, vip_day *day);
int vip_cell_spent(struct vip_enroll *run, const char *cell, vip_fen *spent);

/* Judges phone, ID number, birthday, gender and age of a person on a day; fills in what the ID
 * number says. */
int vip_person_check(struct vip_enroll *run, struct vip_member *person, vip_day on);

/* ---- compare.c: what is said against what is kept ---- */

/* Names the column in which the application says something else than is kept of the member; NULL in
 * *column: none. */
int vip_application_compare(struct vip_enroll *run, const struct vip_application *application,
                            int64_t member, const char **column);

struct vip_changes {
    const char *list;           /* names of the columns that changed, "phone email size" */
    unsigned long long columns; /* a bit for each of ours */
};

/* Takes what is said over into the stored person; of the facts only the new ones stay. */
int vip_application_take_over(struct vip_enroll *run, struct vip_application *application,
                              struct vip_member *stored, struct vip_changes *changes);

#endif
