/* Money in fen and points, both whole 64-bit numbers, with checked arithmetic. */
#ifndef VIP_BASE_MONEY_H
#define VIP_BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t vip_fen;    /* money: 1 yuan is 100 fen */
typedef int64_t vip_points; /* loyalty points, whole */

/* Amounts beyond this (10 000 000 000 000 yuan) are refused as typing errors, so that the sum of
 * nine thousand rows of the largest amount still fits. */
#define VIP_FEN_MAX INT64_C(1000000000000000)

enum { VIP_MONEY_TEXT = 32 }; /* room for any formatted amount */

/* Decimal yuan ("12", "12.3", "-12.34", "+5", "¥1,280.00", "1280元", full-width digits) to fen.
 * Group commas only between groups of three. Refused, with *why set to a static text that ends the
 * sentence "'x' …": more than two decimals that are not zero, exponents, "-0", anything that is not
 * a number, more than VIP_FEN_MAX. Returns 0 or VIP_EREFUSED. */
int vip_fen_parse(const char *text, vip_fen *fen, const char **why);

/* "-12.34": always two decimals. to holds VIP_MONEY_TEXT bytes. Returns the length. */
size_t vip_fen_format(vip_fen fen, char *to);

/* A whole number ("-12", "1,200"); same refusals, and any decimals but zeros. */
int vip_integer_parse(const char *text, int64_t *number, const char **why);

/* Decimal with exactly `decimals` digits kept as a scaled integer ("1.5", 2 → 150). */
int vip_decimal_parse(const char *text, int decimals, int64_t *scaled, const char **why);

size_t vip_integer_format(int64_t number, char *to);

/* *sum = a + b, *product = a × b: false when it does not fit. */
bool vip_add(int64_t a, int64_t b, int64_t *sum);
bool vip_multiply(int64_t a, int64_t b, int64_t *product);

/* floor(a × b / c) in 128-bit, a, b ≥ 0 and c > 0; false when the result does not fit. */
bool vip_scale(int64_t a, int64_t b, int64_t c, int64_t *result);

#endif
