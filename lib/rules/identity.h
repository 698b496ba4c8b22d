/* Who a person is on paper: mobile numbers, resident ID numbers (GB 11643), names and addresses in
 * the form in which they are compared, ages, and what an application must satisfy. */
#ifndef VIP_RULES_IDENTITY_H
#define VIP_RULES_IDENTITY_H

#include "lib/base/date.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/rules/program.h"
#include <stdbool.h>
#include <stddef.h>

enum { VIP_PHONE_TEXT = 32, VIP_PHONE_TAIL = 4, VIP_ID_TEXT = 32, VIP_NUMBER_TEXT = 96 };

/* True for an identifier that a spreadsheet took for a number: "1.38E+10". */
bool vip_number_spoilt(const char *text);

/* The phone as it is kept: half-width, without blanks, hyphens, brackets and a leading +86 or 0086
 * (or 86 before eleven digits). to holds VIP_PHONE_TEXT bytes; false when it does not fit. */
bool vip_phone_normal(const char *text, char *to);

/* True for a mainland mobile number: eleven digits, the first 1, the second 3 to 9. */
bool vip_phone_mobile(const char *phone);

/* True for the last digits of a phone, which people know by heart, and for one that is masked,
 * "138****5678", as lists print it; in half width in tail (VIP_PHONE_TAIL + 1 bytes), which is ""
 * else. */
bool vip_phone_tail(const char *text, char *tail);

/* True when a phone in its normal form ends so. */
bool vip_phone_ends(const char *phone, const char *tail);

/* The ID number as it is kept: half-width, no blanks, capital X. to holds VIP_ID_TEXT bytes; false
 * when it does not fit. */
bool vip_id_normal(const char *text, char *to);

/* NULL for a good resident ID number (GB 11643: 18 characters, an existing date of birth, a right
 * check digit), else the end of the sentence "id_no …". */
const char *vip_id_fault(const char *id_no);
char vip_id_check_digit(const char *first_17_digits);
vip_day vip_id_birthday(const char *id_no); /* of a good number */
char vip_id_gender(const char *id_no);      /* 'F' or 'M', of a good number */

/* A name for comparing: width, blanks, case and the dots within foreign and minority names do not
 * count. In arena; NULL when out of memory. */
char *vip_name_fold(struct vip_arena *arena, const char *name);

/* A registered address for the household rule: width, blanks, case and punctuation do not count;
 * behind a figure 号, 室, 单元, 栋, 幢, 楼, 层, 座, 户 and "-" are all the same, and at the end
 * nothing, so that "中山路12号3单元501室" is "中山路12-3-501". In arena; NULL when out of memory.
 */
char *vip_address_fold(struct vip_arena *arena, const char *address);

/* True unless both are known and differ. Years count where both have one; a lunar birthday agrees
 * with the solar day it fell on, and with the same figures (papers often carry those). */
bool vip_birthday_agrees(const struct vip_birthday *birthday, vip_day born);

/* True unless both are known and differ (years count where both have one). */
bool vip_birthday_same(const struct vip_birthday *a, const struct vip_birthday *b);

struct vip_applicant {
    const char *phone, *id_no; /* normal forms; "" when not given */
    struct vip_birthday birthday;
    char gender; /* 'F', 'M', 0 not given */
};

/* Judges the papers of an application on its day: bad-phone, bad-id-no, spoilt-number,
 * birthday-disagrees, gender-disagrees, bad-date (born later than `on`), too-young. Birthday and
 * gender that were not given are taken from the ID number. 0 or VIP_EREFUSED. */
int vip_applicant_check(struct vip_applicant *applicant, int minimum_age, vip_day on,
                        struct vip_diag *diag);

#endif
