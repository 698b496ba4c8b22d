/* Card numbers: see card_number.h. */
#include "lib/rules/card_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum part_kind { PART_END, PART_LETTER, PART_SEQUENCE, PART_STORE, PART_CHECK, PART_WRONG };

struct part {
    enum part_kind kind;
    char letter;
    int digits;
};

/* {seq:N}, N from 1 to 18. */
static struct part sequence_part(const char **at)
{
    int digits = 0;
    for (*at += 5; **at >= '0' && **at <= '9' && digits < 100; (*at)++)
        digits = digits * 10 + (**at - '0');
    if (**at != '}' || digits < 1 || digits > 18)
        return (struct part){.kind = PART_WRONG};
    (*at)++;
    return (struct part){.kind = PART_SEQUENCE, .digits = digits};
}

static bool is_letter(char letter)
{
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= 'a' && letter <= 'z') || letter == '-';
}

static struct part next_part(const char **at)
{
    if (!**at)
        return (struct part){.kind = PART_END};
    if (strncmp(*at, "{seq:", 5) == 0)
        return sequence_part(at);
    if (strncmp(*at, "{store}", 7) == 0) {
        *at += 7;
        return (struct part){.kind = PART_STORE};
    }
    if (strncmp(*at, "{check}", 7) == 0) {
        *at += 7;
        return (struct part){.kind = PART_CHECK};
    }
    if (!is_letter(**at))
        return (struct part){.kind = PART_WRONG};
    return (struct part){.kind = PART_LETTER, .letter = *(*at)++};
}

const char *vip_card_format_fault(const char *format)
{
    static const char expected[] = "letters, digits, hyphens, one {seq:N} with N from 1 to 18, and "
                                   "{store} and {check} where wanted, such as K{seq:6}";
    int sequences = 0, stores = 0, checks = 0;
    const char *at = format;
    for (;;) {
        struct part part = next_part(&at);
        if (part.kind == PART_END)
            break;
        if (part.kind == PART_WRONG || (checks && part.kind == PART_SEQUENCE))
            return expected; /* a digit that checks nothing of the sequence is a mistake */
        sequences += part.kind == PART_SEQUENCE;
        stores += part.kind == PART_STORE;
        checks += part.kind == PART_CHECK;
    }
    bool fine = sequences == 1 && stores <= 1 && checks <= 1 && strlen(format) <= 64;
    return fine ? NULL : expected;
}

bool vip_card_format_has_store(const char *format)
{
    return strstr(format, "{store}") != NULL;
}

bool vip_card_sequence(const char *format, const char *store, char *to, size_t size)
{
    char letters[80];
    size_t used = 0;
    const char *at = format;
    for (struct part part = next_part(&at); part.kind != PART_END && part.kind != PART_WRONG;
         part = next_part(&at))
        if (part.kind == PART_LETTER && used + 1 < sizeof letters)
            letters[used++] = part.letter;
    letters[used] = '\0';
    int length = vip_card_format_has_store(format)
                     ? snprintf(to, size, "card:%s:%s", letters, store ? store : "")
                     : snprintf(to, size, "card:%s", letters);
    return length >= 0 && (size_t)length < size;
}

/* Writes one part behind used; returns the length it wants. */
static int write_part(struct part part, const char *store, int64_t sequence, char *to, size_t used)
{
    char *end = to + used;
    size_t left = VIP_CARD_TEXT - used;
    if (part.kind == PART_SEQUENCE)
        return snprintf(end, left, "%0*" PRId64, part.digits, sequence);
    if (part.kind == PART_STORE)
        return snprintf(end, left, "%s", store);
    char letter = part.kind == PART_CHECK ? vip_luhn_digit(to, used) : part.letter;
    return snprintf(end, left, "%c", letter);
}

int vip_card_number(const char *format, const char *store, int64_t sequence, char *to,
                    struct vip_diag *diag)
{
    size_t used = 0;
    const char *at = format;
    if (vip_card_format_has_store(format) && (!store || !*store))
        return vip_refuse(diag, "missing-field", "store",
                          "the card format %s needs the code of a store", format);
    for (struct part part = next_part(&at); part.kind != PART_END; part = next_part(&at)) {
        int length = part.kind == PART_WRONG ? -1 : write_part(part, store, sequence, to, used);
        if (length < 0)
            return vip_fail(diag, VIP_EUSAGE, "the card format '%s' cannot be used", format);
        used += (size_t)length;
        if (used >= VIP_CARD_TEXT)
            return vip_refuse(diag, "card-too-long", "store", "the card number is longer than %d",
                              VIP_CARD_TEXT - 1);
    }
    return VIP_OK;
}

char vip_luhn_digit(const char *text, size_t size)
{
    int sum = 0;
    bool twice = true; /* the digit beside the check digit counts twice */
    while (size > 0) {
        char letter = text[--size];
        if (letter < '0' || letter > '9')
            continue;
        int value = (letter - '0') * (twice ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
        twice = !twice;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}
