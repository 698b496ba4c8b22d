/* Text in UTF-8: validity, display width, trimming, normal forms for comparison, splitting. */
#ifndef VIP_BASE_TEXT_H
#define VIP_BASE_TEXT_H

#include "lib/base/memory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point at text (size bytes left) strictly (no overlong forms, no surrogates, at
 * most U+10FFFF). Returns its length in bytes, 0 when invalid or cut short. */
size_t vip_utf8_decode(const char *text, size_t size, uint32_t *code_point);

/* The number of leading bytes of text that are valid UTF-8 (size when all are). */
size_t vip_utf8_valid(const char *text, size_t size);

/* Columns that text takes on a terminal: 2 for East Asian wide and full-width, 0 for combining. */
size_t vip_text_width(const char *text);

/* True when both are the same text, ASCII letters compared without case. */
bool vip_text_same(const char *a, const char *b);

/* True when text is NULL, empty or only blanks (full-width ones too). */
bool vip_text_blank(const char *text);

/* A copy in arena without blanks at either end (ASCII white space, U+3000, U+00A0). */
char *vip_text_trim(struct vip_arena *arena, const char *text);

/* A copy in arena for comparing what people typed: full-width ASCII made half-width, letters lower
 * case, all blanks removed. */
char *vip_text_fold(struct vip_arena *arena, const char *text);

/* Writes text without blanks at either end, full-width ASCII made half-width and U+3000 a blank,
 * into to (size bytes, NUL-terminated): what number and date readers begin with. False when it
 * does not fit. */
bool vip_text_narrow(const char *text, char *to, size_t size);

/* A walk over the parts of a list such as "3|8": call with *rest = text, then until it returns
 * false. Part is *part, *size, blanks at its ends cut off. An empty text has no parts. */
bool vip_text_split(const char **rest, char separator, const char **part, size_t *size);

/* True when the list ("gold|silver", empty: any; "!gold|silver": any but these) holds value. */
bool vip_list_has(const char *list, const char *value);

/* Masks for print: "138****1234"; an ID "510322********1234"; an address keeps its first 6
 * characters ("成都市武侯区***"); an e-mail "l***@example.cn". Anything short is "***". In arena. */
char *vip_mask_phone(struct vip_arena *arena, const char *phone);
char *vip_mask_id(struct vip_arena *arena, const char *id_no);
char *vip_mask_address(struct vip_arena *arena, const char *address);
char *vip_mask_email(struct vip_arena *arena, const char *email);

#endif
