/* Papers and numbers of persons: see identity.h. */
#include "lib/rules/identity.h"

#include "lib/base/lunar.h"
#include "lib/base/text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool vip_number_spoilt(const char *text)
{
    char narrow[VIP_NUMBER_TEXT];
    if (!text || !text[strcspn(text, "Ee\xEF")]) /* most have no E in them, narrow or wide */
        return false;
    if (!vip_text_narrow(text, narrow, sizeof narrow))
        return false;
    const char *at = narrow + digits(narrow);
    if (at == narrow)
        return false;
    if (*at == '.')
        at += 1 + digits(at + 1);
    if (*at != 'E' && *at != 'e')
        return false;
    if (at[1] != '+' && at[1] != '-') /* spreadsheets write the sign; a receipt may be called 1E5 */
        return false;
    at += 2;
    return digits(at) > 0 && at[digits(at)] == '\0';
}

/* Copies the narrowed text without the characters in drop. */
static bool narrow_without(const char *text, const char *drop, char *to, size_t size)
{
    char narrow[128];
    size_t used = 0;
    if (!vip_text_narrow(text, narrow, sizeof narrow))
        return false;
    for (const char *at = narrow; *at; at++) {
        if (strchr(drop, *at))
            continue;
        if (used + 1 >= size)
            return false;
        to[used++] = *at;
    }
    to[used] = '\0';
    return true;
}

bool vip_phone_normal(const char *text, char *to)
{
    if (!narrow_without(text, " -()\t", to, VIP_PHONE_TEXT))
        return false;
    size_t skip = 0;
    if (strncmp(to, "+86", 3) == 0)
        skip = 3;
    else if (strncmp(to, "0086", 4) == 0)
        skip = 4;
    else if (strncmp(to, "86", 2) == 0 && strlen(to) == 13)
        skip = 2;
    memmove(to, to + skip, strlen(to + skip) + 1);
    return true;
}

bool vip_phone_mobile(const char *phone)
{
    return strlen(phone) == 11 && digits(phone) == 11 && phone[0] == '1' && phone[1] >= '3';
}

bool vip_phone_tail(const char *text, char *tail)
{
    char phone[VIP_PHONE_TEXT];
    *tail = '\0';
    if (!vip_phone_normal(text, phone))
        return false;
    const char *star = strrchr(phone, '*'), *end = star ? star + 1 : phone;
    if (strlen(end) != VIP_PHONE_TAIL || digits(end) != VIP_PHONE_TAIL)
        return false;
    memcpy(tail, end, VIP_PHONE_TAIL + 1);
    return true;
}

bool vip_phone_ends(const char *phone, const char *tail)
{
    size_t size = strlen(phone), end = strlen(tail);
    return size >= end && strcmp(phone + size - end, tail) == 0;
}

/* ---- resident ID numbers (GB 11643-1999) ---- */

bool vip_id_normal(const char *text, char *to)
{
    if (!narrow_without(text, " \t", to, VIP_ID_TEXT))
        return false;
    for (char *at = to; *at; at++)
        if (*at == 'x')
            *at = 'X';
    return true;
}

char vip_id_check_digit(const char *first_17_digits)
{
    /* ISO 7064 MOD 11-2: the weights are 2^(17-i) mod 11. */
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (first_17_digits[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static int number_at(const char *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

const char *vip_id_fault(const char *id_no)
{
    if (strlen(id_no) != 18 || digits(id_no) < 17 ||
        (id_no[17] != 'X' && !isdigit((unsigned char)id_no[17])))
        return "has not the 18 characters of a resident ID number";
    int year = number_at(id_no + 6, 4);
    if (year < 1850 || year > 2199 ||
        !vip_civil_exists(year, number_at(id_no + 10, 2), number_at(id_no + 12, 2)))
        return "holds a date of birth that does not exist";
    if (vip_id_check_digit(id_no) != id_no[17])
        return "has a wrong check digit: compare it with the ID card";
    return NULL;
}

vip_day vip_id_birthday(const char *id_no)
{
    return vip_day_from_civil(number_at(id_no + 6, 4), number_at(id_no + 10, 2),
                              number_at(id_no + 12, 2));
}

char vip_id_gender(const char *id_no)
{
    return (id_no[16] - '0') % 2 ? 'M' : 'F';
}

/* ---- names and addresses in the form in which they are compared ---- */

/* Cuts every occurrence of the words (NULL-terminated) out of text. */
static void cut_out(char *text, const char *const *words)
{
    char *to = text;
    while (*text) {
        size_t skip = 0;
        for (size_t i = 0; words[i] && !skip; i++)
            if (strncmp(text, words[i], strlen(words[i])) == 0)
                skip = strlen(words[i]);
        if (skip)
            text += skip;
        else
            *to++ = *text++;
    }
    *to = '\0';
}

char *vip_name_fold(struct vip_arena *arena, const char *name)
{
    static const char *const dots[] = {"·", "•", "‧", "・", "∙", "●", ".", "。", NULL};
    char *folded = vip_text_fold(arena, name);
    if (folded)
        cut_out(folded, dots);
    return folded;
}

/* The length of a unit word or punctuation mark at text; 0 when there is none. */
static size_t unit_at(const char *text)
{
    static const char *const units[] = {"单元", "單元", "号", "號", "室", "栋", "棟", "幢", "楼",
                                        "樓",   "层",   "層", "座", "户", "戶", "院", "-",  "—",
                                        "－",   "#",    "/",  ",",  "，", "、", ".",  "。", "(",
                                        ")",    ";",    "；", "_",  "~",  NULL};
    for (size_t i = 0; units[i]; i++)
        if (strncmp(text, units[i], strlen(units[i])) == 0)
            return strlen(units[i]);
    return 0;
}

static bool is_mark(const char *text)
{
    return !(*text & 0x80) || strncmp(text, "—", 3) == 0 || strncmp(text, "、", 3) == 0 ||
           strncmp(text, "。", 3) == 0 || strncmp(text, "，", 3) == 0;
}

char *vip_address_fold(struct vip_arena *arena, const char *address)
{
    char *folded = vip_text_fold(arena, address);
    if (!folded)
        return NULL;
    char *to = folded;
    const char *from = folded;
    while (*from) {
        size_t unit = unit_at(from);
        bool after_figure = to > folded && isalnum((unsigned char)to[-1]);
        bool after_unit = to > folded && to[-1] == '-';
        if (!unit) {
            *to++ = *from++;
        } else if (after_figure) {
            *to++ = '-'; /* 号, 单元, a hyphen: one and the same between figures */
            from += unit;
        } else if (after_unit || is_mark(from)) {
            from += unit;
        } else { /* a word like 大楼, 上院: part of a name */
            memmove(to, from, unit);
            to += unit;
            from += unit;
        }
    }
    while (to > folded && to[-1] == '-')
        to--;
    *to = '\0';
    return folded;
}

/* ---- birthdays ---- */

/* The day of birth, VIP_DAY_NONE when the year is not known. */
static vip_day day_of_birth(const struct vip_birthday *birthday)
{
    if (!birthday->month || !birthday->year)
        return VIP_DAY_NONE;
    if (birthday->lunar)
        return vip_lunar_day(birthday->year, birthday->month, birthday->leap, birthday->day);
    if (!vip_civil_exists(birthday->year, birthday->month, birthday->day))
        return VIP_DAY_NONE;
    return vip_day_from_civil(birthday->year, birthday->month, birthday->day);
}

static int full_years(vip_day born, vip_day on)
{
    struct vip_civil from = vip_day_civil(born);
    struct vip_civil to = vip_day_civil(on);
    int years = to.year - from.year;
    /* Who was born on 29 February comes of age on 1 March in common years (Civil Code, art. 202
     * counts full years), so that nobody is taken for older than they are. */
    if (to.month < from.month || (to.month == from.month && to.day < from.day))
        years--;
    return years < 0 ? 0 : years;
}

bool vip_birthday_agrees(const struct vip_birthday *birthday, vip_day born)
{
    if (!birthday->month)
        return true;
    struct vip_civil civil = vip_day_civil(born);
    if ((!birthday->year || birthday->year == civil.year) && birthday->month == civil.month &&
        birthday->day == civil.day)
        return true;
    if (!birthday->lunar)
        return false;
    int day = 0;
    const struct vip_lunar_month *month = vip_lunar_find(born, &day);
    if (!month) /* outside the table: nothing to hold it against */
        return true;
    return (!birthday->year || birthday->year == month->year) && birthday->month == month->month &&
           birthday->day == day;
}

bool vip_birthday_same(const struct vip_birthday *a, const struct vip_birthday *b)
{
    if (!a->month || !b->month)
        return true;
    if (a->lunar != b->lunar) {
        const struct vip_birthday *lunar = a->lunar ? a : b;
        const struct vip_birthday *solar = a->lunar ? b : a;
        vip_day born = day_of_birth(solar);
        return born != VIP_DAY_NONE && vip_birthday_agrees(lunar, born);
    }
    return (!a->year || !b->year || a->year == b->year) && a->month == b->month && a->day == b->day;
}

/* ---- applications ---- */

static int check_id(struct vip_applicant *applicant, struct vip_diag *diag)
{
    const char *id_no = applicant->id_no;
    const char *fault = vip_id_fault(id_no);
    size_t size = strlen(id_no);
    if (fault && (vip_number_spoilt(id_no) || (size == 18 && strcmp(id_no + 15, "000") == 0)))
        return vip_refuse(
            diag, "spoilt-number", "id_no",
            "a spreadsheet has rounded the number: format the column as text and type "
            "it again");
    if (fault)
        return vip_refuse(diag, "bad-id-no", "id_no", "the number %s", fault);
    if (!vip_birthday_agrees(&applicant->birthday, vip_id_birthday(id_no)))
        return vip_refuse(diag, "birthday-disagrees", "birthday",
                          "the birthday is not the one in the ID number");
    if (applicant->gender && applicant->gender != vip_id_gender(id_no))
        return vip_refuse(diag, "gender-disagrees", "gender",
                          "the gender is not the one in the ID number");
    applicant->gender = vip_id_gender(id_no);
    if (!applicant->birthday.month) {
        struct vip_civil born = vip_day_civil(vip_id_birthday(id_no));
        applicant->birthday =
            (struct vip_birthday){.year = born.year, .month = born.month, .day = born.day};
    }
    return VIP_OK;
}

static int check_phone(const char *phone, struct vip_diag *diag)
{
    if (vip_number_spoilt(phone))
        return vip_refuse(diag, "spoilt-number", "phone",
                          "'%s' was taken for a number by a spreadsheet: format the column as text "
                          "and type it again",
                          phone);
    if (!vip_phone_mobile(phone))
        return vip_refuse(
            diag, "bad-phone", "phone",
            "expected a mainland mobile number: eleven digits beginning with 13 to 19");
    return VIP_OK;
}

int vip_applicant_check(struct vip_applicant *applicant, int minimum_age, vip_day on,
                        struct vip_diag *diag)
{
    int error = VIP_OK;
    if (*applicant->phone)
        error = check_phone(applicant->phone, diag);
    if (error == VIP_OK && *applicant->id_no)
        error = check_id(applicant, diag);
    if (error != VIP_OK)
        return error;
    vip_day born =
        *applicant->id_no ? vip_id_birthday(applicant->id_no) : day_of_birth(&applicant->birthday);
    if (born == VIP_DAY_NONE)
        return VIP_OK;
    if (born > on)
        return vip_refuse(diag, "bad-date", "birthday", "the birthday lies in the future");
    if (full_years(born, on) < minimum_age)
        return vip_refuse(diag, "too-young", "birthday",
                          "%d years old: the programme takes members from %d", full_years(born, on),
                          minimum_age);
    return VIP_OK;
}
