/* Money and points. Posting reads an amount and prints one for every row, so what POS systems
 * write ("-1280.00") takes a short way without a copy; what people type takes the long one. */
#include "lib/base/money.h"

#include "lib/base/error.h"
#include "lib/base/text.h"
#include <string.h>

enum { LONGEST_NUMBER = 64 }; /* bytes of a number as people type it; anything longer is none */

__extension__ typedef __int128 int128;

static const char is_empty[] = "is empty";
static const char no_number[] = "is not a number";
static const char bad_commas[] = "has a comma that does not part groups of three digits";
static const char too_large[] = "is too large";
static const char minus_zero[] = "is minus zero: write 0";
static const char exponent[] = "is in scientific notation: write it out in full";
static const char fen_decimals[] = "has more than two decimals";
static const char no_whole[] = "is not a whole number";
static const char many_decimals[] = "has too many decimals";

static int refuse(const char **why, const char *text)
{
    if (why)
        *why = text;
    return VIP_EREFUSED;
}

static bool digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* ---- the long way ------------------------------------------------------------------------ */

struct number {
    const char *rest; /* what is behind it */
    int64_t scaled;
    bool negative;
    bool overflow;
    bool lost; /* decimals that do not fit were not zero */
};

/* What kind of number is wanted. */
struct kind {
    int decimals;
    int64_t largest;
    bool currency;        /* a currency sign may stand around it */
    const char *too_fine; /* said of decimals beyond those kept */
};

static void push(struct number *number, int value)
{
    if (__builtin_mul_overflow(number->scaled, 10, &number->scaled) ||
        __builtin_add_overflow(number->scaled, value, &number->scaled))
        number->overflow = true;
}

static bool take(const char **at, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(*at, word, size) != 0)
        return false;
    *at += size;
    return true;
}

/* The sign and, for money, the currency sign before the digits, in either order. */
static void read_sign(struct number *number, bool currency)
{
    bool sign = false;
    for (;;) {
        if (!sign && (take(&number->rest, "-") || take(&number->rest, "\xE2\x88\x92")))
            sign = number->negative = true; /* U+2212 is what word processors make of "-" */
        else if (!sign && take(&number->rest, "+"))
            sign = true;
        else if (currency && (take(&number->rest, "¥") || take(&number->rest, "￥")))
            currency = false;
        else if (*number->rest == ' ')
            number->rest++;
        else
            break;
    }
}

/* Digits before the point, in groups of three or in none. Returns NULL or why not. */
static const char *read_whole(struct number *number)
{
    const char *at = number->rest;
    size_t run = 0;
    bool grouped = false;
    for (;; at++) {
        if (digit(*at)) {
            push(number, *at - '0');
            run++;
        } else if (*at == ',') {
            if (grouped ? run != 3 : run < 1 || run > 3)
                return bad_commas;
            grouped = true;
            run = 0;
        } else {
            break;
        }
    }
    if (grouped && run != 3)
        return bad_commas;
    if (run == 0 && !(at[0] == '.' && digit(at[1])))
        return no_number;
    number->rest = at;
    return NULL;
}

static const char *read_decimals(struct number *number, int decimals)
{
    const char *at = number->rest;
    if (*at == '.' && !digit(*++at))
        return no_number;
    for (; digit(*at); at++) {
        if (decimals > 0)
            push(number, *at - '0');
        else if (*at != '0')
            number->lost = true;
        decimals--;
    }
    for (; decimals > 0; decimals--)
        push(number, 0);
    number->rest = at;
    return NULL;
}

/* What may stand behind the digits. */
static const char *read_end(struct number *number, bool currency)
{
    if ((*number->rest == 'e' || *number->rest == 'E') && number->rest[1])
        return exponent;
    if (currency) {
        while (*number->rest == ' ')
            number->rest++;
        take(&number->rest, "元");
    }
    return *number->rest ? no_number : NULL;
}

static const char *read_number(const char *text, const struct kind *kind, int64_t *scaled)
{
    char plain[LONGEST_NUMBER];
    if (!vip_text_narrow(text, plain, sizeof plain))
        return no_number;
    if (!plain[0])
        return is_empty;
    struct number number = {.rest = plain};
    read_sign(&number, kind->currency);
    const char *wrong = read_whole(&number);
    if (!wrong)
        wrong = read_decimals(&number, kind->decimals);
    if (!wrong)
        wrong = read_end(&number, kind->currency);
    if (wrong)
        return wrong;
    if (number.lost)
        return kind->too_fine;
    if (number.overflow || number.scaled > kind->largest)
        return too_large;
    if (number.negative && number.scaled == 0)
        return minus_zero;
    *scaled = number.negative ? -number.scaled : number.scaled;
    return NULL;
}

static int parse(const char *text, const struct kind *kind, int64_t *scaled, const char **why)
{
    const char *wrong = read_number(text, kind, scaled);
    return wrong ? refuse(why, wrong) : VIP_OK;
}

/* ---- the short way ----------------------------------------------------------------------- */

/* Reads a sign and at most most digits; false when there are none. Stops at the first other byte.
 * most is chosen so that no check for overflow is needed. */
static bool plain_digits(const char **text, size_t most, bool *negative, int64_t *value)
{
    const char *at = *text;
    *negative = *at == '-';
    at += *negative;
    const char *first = at;
    int64_t number = 0;
    while (digit(*at) && (size_t)(at - first) < most)
        number = number * 10 + (*at++ - '0');
    *text = at;
    *value = number;
    return at > first;
}

/* "-1280.5": at most 13 digits of yuan stay below VIP_FEN_MAX. */
static bool plain_fen(const char *text, vip_fen *fen)
{
    bool negative;
    int64_t value;
    if (!plain_digits(&text, 13, &negative, &value))
        return false;
    value *= 100;
    if (*text == '.') {
        if (!digit(text[1]))
            return false;
        value += (text[1] - '0') * 10;
        text += 2;
        if (digit(*text))
            value += *text++ - '0';
    }
    if (*text || (negative && value == 0))
        return false;
    *fen = negative ? -value : value;
    return true;
}

static bool plain_integer(const char *text, int64_t *number)
{
    bool negative;
    int64_t value;
    if (!plain_digits(&text, 18, &negative, &value) || *text || (negative && value == 0))
        return false;
    *number = negative ? -value : value;
    return true;
}

int vip_fen_parse(const char *text, vip_fen *fen, const char **why)
{
    static const struct kind kind = {2, VIP_FEN_MAX, true, fen_decimals};
    return plain_fen(text, fen) ? VIP_OK : parse(text, &kind, fen, why);
}

int vip_integer_parse(const char *text, int64_t *number, const char **why)
{
    static const struct kind kind = {0, INT64_MAX, false, no_whole};
    return plain_integer(text, number) ? VIP_OK : parse(text, &kind, number, why);
}

int vip_decimal_parse(const char *text, int decimals, int64_t *scaled, const char **why)
{
    const struct kind kind = {decimals, INT64_MAX, false, many_decimals};
    return parse(text, &kind, scaled, why);
}

/* ---- out --------------------------------------------------------------------------------- */

/* Writes the digits of number, at least `least`, so that they end before end. Returns the first. */
static char *write_digits(char *end, uint64_t number, int least)
{
    for (; number > 0 || least > 0; number /= 10, least--)
        *--end = (char)('0' + number % 10);
    return end;
}

/* INT64_MIN has a magnitude too. */
static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

static size_t finish(char *to, const char *first, const char *end)
{
    size_t size = (size_t)(end - first);
    memcpy(to, first, size);
    to[size] = '\0';
    return size;
}

size_t vip_fen_format(vip_fen fen, char *to)
{
    char text[VIP_MONEY_TEXT];
    char *end = text + sizeof text;
    uint64_t size = magnitude(fen);
    char *first = write_digits(end, size % 100, 2);
    *--first = '.';
    first = write_digits(first, size / 100, 1);
    if (fen < 0)
        *--first = '-';
    return finish(to, first, end);
}

size_t vip_integer_format(int64_t number, char *to)
{
    char text[VIP_MONEY_TEXT];
    char *end = text + sizeof text;
    char *first = write_digits(end, magnitude(number), 1);
    if (number < 0)
        *--first = '-';
    return finish(to, first, end);
}

/* ---- arithmetic -------------------------------------------------------------------------- */

bool vip_add(int64_t a, int64_t b, int64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

bool vip_multiply(int64_t a, int64_t b, int64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

bool vip_scale(int64_t a, int64_t b, int64_t c, int64_t *result)
{
    if (a < 0 || b < 0 || c <= 0)
        return false;
    int128 quotient = (int128)a * b / c;
    if (quotient > INT64_MAX)
        return false;
    *result = (int64_t)quotient;
    return true;
}
