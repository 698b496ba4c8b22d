/* Messages: texts with {placeholders} filled in, and figures as people read them. */
#ifndef VIP_RULES_MESSAGE_H
#define VIP_RULES_MESSAGE_H

#include "lib/base/date.h"
#include "lib/base/memory.h"
#include "lib/base/money.h"
#include <stdbool.h>

struct vip_message_value {
    const char *name;  /* "points" */
    const char *value; /* NULL or "": fills in nothing */
};

/* The text with each {name} replaced by its value, in arena; NULL out of memory. A value is never
 * searched for placeholders itself. Blanks and newlines at the end go; with one_line, newlines
 * within become blanks. A placeholder without a value is left out. */
const char *vip_message_render(const char *text, const struct vip_message_value *values,
                               size_t count, bool one_line, struct vip_arena *arena);

/* How many text messages it takes: 160 characters, or 153 in each part of several, where all are in
 * the GSM 7-bit alphabet (some count twice); else 70, or 67. Nothing takes none. */
int vip_message_parts(const char *text);

/* In "zh" 2026年11月21日, else 2026-11-21; "" for VIP_DAY_NONE. In arena. */
const char *vip_message_day(vip_day day, const char *lang, struct vip_arena *arena);

/* Month and day; a lunar one says so: 11月21日, 农历八月十五; 11-21, lunar 08-15. In arena. */
const char *vip_message_birthday(const struct vip_birthday *birthday, const char *lang,
                                 struct vip_arena *arena);

/* "200", "199.50": yuan without needless decimals. In arena. */
const char *vip_message_yuan(vip_fen fen, struct vip_arena *arena);

#endif
