/* Messages: see message.h. */
#include "lib/rules/message.h"

#include "lib/base/text.h"

#include <string.h>

static const char *value_of(const char *name, size_t size, const struct vip_message_value *values,
                            size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(values[i].name) == size && memcmp(values[i].name, name, size) == 0)
            return values[i].value ? values[i].value : "";
    return "";
}

static int fill(struct vip_buffer *buffer, const char *text, const struct vip_message_value *values,
                size_t count)
{
    int error = 0;

    while (*text && !error) {
        size_t plain = strcspn(text, "{");
        error = vip_buffer_add(buffer, text, plain);
        text += plain;
        if (error || !*text)
            break;
        size_t size = strcspn(text + 1, "{}\n");
        if (text[1 + size] == '}') {
            error = vip_buffer_text(buffer, value_of(text + 1, size, values, count));
            text += size + 2;
        } else { /* a brace that opens nothing: the loader refuses it, an ad hoc text may have it */
            error = vip_buffer_byte(buffer, *text++);
        }
    }
    return error;
}

static void make_one_line(struct vip_buffer *buffer)
{
    for (size_t i = 0; i < buffer->size; i++)
        if (buffer->data[i] == '\n' || buffer->data[i] == '\r')
            buffer->data[i] = ' ';
}

const char *vip_message_render(const char *text, const struct vip_message_value *values,
                               size_t count, bool one_line, struct vip_arena *arena)
{
    struct vip_buffer buffer = {0};
    const char *message = NULL;

    if (fill(&buffer, text, values, count) == 0) {
        while (buffer.size && strchr(" \t\r\n", buffer.data[buffer.size - 1]))
            buffer.size--;
        if (one_line)
            make_one_line(&buffer);
        message = vip_arena_copy(arena, buffer.size ? buffer.data : "", buffer.size);
    }
    vip_buffer_free(&buffer);
    return message;
}

/* ---- how long it is (3GPP TS 23.038) ---- */

/* What a character takes of the 7-bit alphabet: 1, 2 with an escape, 0 when it is not in it. */
static int gsm_units(uint32_t c)
{
    static const uint32_t others[] = {
        0xa3,  0xa5,  0xe8,  0xe9,  0xf9,  0xec,  0xf2,  0xc7,  0xd8,  0xf8, 0xc5, 0xe5, 0x394,
        0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9,
        0xa4,  0xa1,  0xc4,  0xd6,  0xd1,  0xdc,  0xa7,  0xbf,  0xe4,  0xf6, 0xf1, 0xfc, 0xe0,
    };

    if (c == 0x20ac || (c && c < 128 && strchr("^{}\\[~]|\f", (int)c)))
        return 2;
    if (c < 128)
        return c == '\n' || c == '\r' || (c >= ' ' && c != '`' && c != 127);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i] == c)
            return 1;
    return 0;
}

static int unicode_units(uint32_t c)
{
    return c > 0xffff ? 2 : 1;
}

/* Parts of at most `limit` units; no character is cut in two. */
static int count_parts(const char *text, size_t size, int (*units)(uint32_t), int whole, int limit)
{
    int total = 0, parts = 1, used = 0;

    for (size_t i = 0, length; i < size; i += length) {
        uint32_t c = (unsigned char)text[i];
        length = vip_utf8_decode(text + i, size - i, &c);
        length += !length;
        int more = units(c);
        total += more;
        if (used + more > limit) {
            parts++;
            used = 0;
        }
        used += more;
    }
    return total <= whole ? total > 0 : parts;
}

int vip_message_parts(const char *text)
{
    enum { GSM_WHOLE = 160, GSM_PART = 153, UNICODE_WHOLE = 70, UNICODE_PART = 67 };
    size_t size = strlen(text);

    for (size_t i = 0, length; i < size; i += length) {
        uint32_t c = 0;
        length = vip_utf8_decode(text + i, size - i, &c);
        if (!length || !gsm_units(c))
            return count_parts(text, size, unicode_units, UNICODE_WHOLE, UNICODE_PART);
    }
    return count_parts(text, size, gsm_units, GSM_WHOLE, GSM_PART);
}

static bool is_chinese(const char *lang)
{
    return lang && strcmp(lang, "zh") == 0;
}

const char *vip_message_day(vip_day day, const char *lang, struct vip_arena *arena)
{
    char text[VIP_DATE_TEXT];

    if (day == VIP_DAY_NONE || !is_chinese(lang)) {
        vip_day_format(day, text);
        return vip_arena_text(arena, text);
    }
    struct vip_civil civil = vip_day_civil(day);
    return vip_arena_format(arena, "%d年%d月%d日", civil.year, civil.month, civil.day);
}

/* 八月十五, 闰四月初三, 腊月三十. */
static const char *lunar_text(const struct vip_birthday *birthday, struct vip_arena *arena)
{
    static const char *const months[] = {"正", "二", "三", "四", "五",   "六",
                                         "七", "八", "九", "十", "十一", "腊"};
    static const char *const tens[] = {"初", "十", "廿", "三"};
    static const char *const ones[] = {"十", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    int day = birthday->day;
    const char *ten = day == 10 ? "初" : day == 20 ? "二" : tens[day / 10];

    return vip_arena_format(arena, "农历%s%s月%s%s", birthday->leap ? "闰" : "",
                            months[birthday->month - 1], ten, ones[day % 10]);
}

const char *vip_message_birthday(const struct vip_birthday *birthday, const char *lang,
                                 struct vip_arena *arena)
{
    if (birthday->month < 1 || birthday->month > 12 || birthday->day < 1 || birthday->day > 31)
        return "";
    if (is_chinese(lang))
        return birthday->lunar
                   ? lunar_text(birthday, arena)
                   : vip_arena_format(arena, "%d月%d日", birthday->month, birthday->day);
    return vip_arena_format(arena, "%s%02d-%02d", birthday->lunar ? "lunar " : "", birthday->month,
                            birthday->day);
}

const char *vip_message_yuan(vip_fen fen, struct vip_arena *arena)
{
    char text[VIP_MONEY_TEXT];
    size_t size = vip_fen_format(fen, text);

    if (size > 3 && strcmp(text + size - 3, ".00") == 0)
        text[size - 3] = '\0';
    return vip_arena_text(arena, text);
}
