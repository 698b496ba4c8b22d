/* How a line was paid: see pay.h. */
#include "lib/rules/pay.h"

#include "lib/base/text.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int malformed(const char *pay, const char *why, struct vip_diag *diag)
{
    return vip_refuse(diag, "bad-cell", "pay",
                      "'%.100s' %s: expected a method, or a split such as stored:100.00|cash:28.00",
                      pay, why);
}

/* A method may have a colon in its name: only an amount behind it makes a part. */
static bool is_split(const char *pay)
{
    const char *colon = strrchr(pay, ':'), *why;
    vip_fen amount;
    return strchr(pay, '|') || (colon && vip_fen_parse(colon + 1, &amount, &why) == VIP_OK);
}

/* "cash:28.00": the last colon parts method and amount. */
static int parse_part(const char *pay, char *text, struct vip_pay_part *part, struct vip_diag *diag)
{
    const char *why;
    char *colon = strrchr(text, ':');
    if (!colon || colon == text)
        return malformed(pay, "has a part without a method and an amount", diag);
    if (vip_fen_parse(colon + 1, &part->amount, &why) != VIP_OK)
        return malformed(pay, "has a part whose amount is none", diag);
    part->amount = llabs(part->amount);
    while (colon > text && colon[-1] == ' ')
        colon--;
    *colon = '\0';
    part->method = text;
    return VIP_OK;
}

static int check_sum(const char *pay, vip_fen amount, const struct vip_pay_part *parts,
                     size_t count, struct vip_diag *diag)
{
    char whole[VIP_MONEY_TEXT], sum_text[VIP_MONEY_TEXT];
    vip_fen sum = 0; /* eight times VIP_FEN_MAX fits */
    for (size_t i = 0; i < count; i++)
        sum += parts[i].amount;
    if (sum == amount)
        return VIP_OK;
    vip_fen_format(amount, whole);
    vip_fen_format(sum, sum_text);
    return vip_refuse(diag, "split-sum", "pay", "the parts of '%.100s' are %s together, not %s",
                      pay, sum_text, whole);
}

int vip_pay_parse(const char *pay, vip_fen amount, struct vip_arena *arena,
                  struct vip_pay_part *parts, size_t *count, struct vip_diag *diag)
{
    const char *rest = pay, *text;
    size_t size;
    *count = 0;
    if (!*pay)
        return VIP_OK;
    if (!is_split(pay)) {
        parts[(*count)++] = (struct vip_pay_part){pay, amount};
        return VIP_OK;
    }
    while (vip_text_split(&rest, '|', &text, &size)) {
        if (*count == VIP_PAY_PARTS)
            return malformed(pay, "has more than eight parts", diag);
        char *copy = vip_arena_copy(arena, text, size);
        if (!copy)
            return vip_fail_memory(diag);
        int error = parse_part(pay, copy, &parts[*count], diag);
        if (error != VIP_OK)
            return error;
        ++*count;
    }
    return check_sum(pay, amount, parts, *count, diag);
}
