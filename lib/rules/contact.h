/* Contacts and complaints: the fixed words for what came of them, what a contact means for the next
 * one, and the order of a complaint's steps (SPEC 8). */
#ifndef VIP_RULES_CONTACT_H
#define VIP_RULES_CONTACT_H

#include "lib/rules/program.h"

/* The lists of fixed words. Each word has a Chinese one, taken in input alike. */
enum vip_contact_list {
    VIP_CONTACT_OUTCOMES,
    VIP_CONTACT_CHANNELS,
    VIP_CONTACT_CHURN, /* why a customer stays away */
    VIP_CONTACT_STEPS, /* of a complaint, in order */
};

/* The index of a word in its list; -1 when it is none of them. */
int vip_contact_find(enum vip_contact_list list, const char *cell);

/* The word at an index, which must be one of the list's. */
const char *vip_contact_word(enum vip_contact_list list, int index);

/* "sent (已发送), reached (已联系)…" in arena, for messages; "" out of memory. */
const char *vip_contact_words(enum vip_contact_list list, struct vip_arena *arena);

enum vip_outcome {
    VIP_OUTCOME_SENT,
    VIP_OUTCOME_REACHED,
    VIP_OUTCOME_NO_ANSWER,
    VIP_OUTCOME_REFUSED,
    VIP_OUTCOME_WRONG_NUMBER,
    VIP_OUTCOME_FAILED, /* it could not be sent, or the line was dead */
};

/* The day from which the contact is to be tried again when this was try number `tries` (1: the
 * first) on `day`; VIP_DAY_NONE when it is over. */
vip_day vip_contact_again(const struct vip_program *program, enum vip_outcome outcome, int tries,
                          vip_day day);

/* What an outcome says of the phone: 1 that it may be wrong, -1 that it is right, 0 nothing. So
 * many in a row as the programme's contact_tries, and it is taken for wrong. */
int vip_contact_doubt(enum vip_outcome outcome, const char *channel);

enum vip_step {
    VIP_STEP_HEARD,
    VIP_STEP_APOLOGISED,
    VIP_STEP_CAUSE,
    VIP_STEP_REMEDY,
    VIP_STEP_COMPENSATION, /* not every complaint has one */
    VIP_STEP_CONFIRMED,
    VIP_STEP_CLOSED,
    VIP_STEP_FOLLOWED_UP,
};

/* The step that must come behind `last` (-1: none yet), VIP_STEP_COMPENSATION where it or the one
 * behind it may; -1 when the complaint is over. */
int vip_complaint_next(int last);

/* Whether `step` may come behind `last`. */
bool vip_complaint_may(int last, enum vip_step step);

#endif
