/* Card numbers from the programme's card_format, such as "K{seq:6}" or "{store}-{seq:4}{check}":
 * letters, digits and hyphens as they stand, {seq:N} the next number of a sequence in at least N
 * digits, {store} the store's code (each store then has a sequence of its own), {check} a Luhn
 * digit over the digits before it. */
#ifndef VIP_RULES_CARD_NUMBER_H
#define VIP_RULES_CARD_NUMBER_H

#include "lib/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIP_CARD_TEXT = 96 };

/* NULL for a format that can be used, else what was expected. */
const char *vip_card_format_fault(const char *format);

/* True when numbers of this format name the store. */
bool vip_card_format_has_store(const char *format);

/* The name of the sequence that the format counts in: "card:K", "card:K:0101". to holds size bytes;
 * false when it does not fit. */
bool vip_card_sequence(const char *format, const char *store, char *to, size_t size);

/* The card of that number in the sequence, in to (VIP_CARD_TEXT bytes). VIP_EREFUSED
 * "missing-field" when the format names the store and there is none. */
int vip_card_number(const char *format, const char *store, int64_t sequence, char *to,
                    struct vip_diag *diag);

/* The Luhn digit (ISO/IEC 7812-1) over the digits of text; other characters do not count. */
char vip_luhn_digit(const char *text, size_t size);

#endif
