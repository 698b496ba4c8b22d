/* The TAB that keeps a spreadsheet from running a text as a formula or turning it into a number.
 * Private to lib/table. Sources: OWASP CSV Injection; WSTG-INPV-21 (a TAB placed first in a quoted
 * cell survives saving and opening again, an apostrophe does not). */
#ifndef VIP_TABLE_GUARD_H
#define VIP_TABLE_GUARD_H

#include <stdbool.h>

/* True when text begins with = + - @, one of their full-width forms, TAB, CR or LF, with a 0 before
 * a digit, or with 12 digits. A TAB is among them, so that a text that begins with one gets a
 * second and loses only that on its way back. */
bool vip_guard_needed(const char *text);

#endif
