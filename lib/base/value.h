/* One typed value: a cell on its way into or out of the database, or into an output row. */
#ifndef VIP_BASE_VALUE_H
#define VIP_BASE_VALUE_H

#include "lib/base/date.h"
#include "lib/base/money.h"
#include <stddef.h>
#include <stdint.h>

enum vip_type {
    VIP_NULL,     /* an empty cell */
    VIP_TEXT,     /* UTF-8, borrowed */
    VIP_INTEGER,  /* a count, points */
    VIP_FEN,      /* money, printed as yuan with two decimals */
    VIP_RATIO,    /* hundredths of something without a unit, printed with two decimals (1.85) */
    VIP_PERCENT,  /* hundredths of a percent, printed as per cent with two decimals (12.34) */
    VIP_DAY,      /* a day number, printed as ISO 8601 */
    VIP_FLOATING, /* a 64-bit float: only what a user's own report computes */
    VIP_BYTES,    /* raw bytes, only towards the database (a hash) */
};

struct vip_value { /* 16 bytes: rows of them are filled by the million */
    enum vip_type type;
    uint32_t size; /* of BYTES */
    union {
        int64_t number;   /* INTEGER, FEN, RATIO, PERCENT, DAY */
        double floating;  /* FLOATING */
        const char *text; /* TEXT, BYTES: borrowed, must outlive the value */
    };
};

static inline struct vip_value vip_null(void)
{
    return (struct vip_value){.type = VIP_NULL};
}

/* NULL and "" both give an empty cell: the programme knows no difference. */
static inline struct vip_value vip_text(const char *text)
{
    if (!text || !*text)
        return vip_null();
    return (struct vip_value){.type = VIP_TEXT, .text = text};
}

static inline struct vip_value vip_int(int64_t number)
{
    return (struct vip_value){.type = VIP_INTEGER, .number = number};
}

/* A number that is 0 when there is none: of a code, a member, an entry. */
static inline struct vip_value vip_int_or_null(int64_t number)
{
    return number ? vip_int(number) : vip_null();
}

static inline struct vip_value vip_money(vip_fen fen)
{
    return (struct vip_value){.type = VIP_FEN, .number = fen};
}

/* VIP_DAY_NONE gives an empty cell. */
static inline struct vip_value vip_date(vip_day day)
{
    if (day == VIP_DAY_NONE)
        return vip_null();
    return (struct vip_value){.type = VIP_DAY, .number = day};
}

static inline struct vip_value vip_bytes(const void *data, size_t size)
{
    return (struct vip_value){.type = VIP_BYTES, .size = (uint32_t)size, .text = data};
}

#endif
