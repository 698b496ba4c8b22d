/* Messages: see message.h. */
#include "lib/rules/message.h"

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
