/* Text in UTF-8. Widths come from a table of our own, not from the locale: the same file must give
 * the same table on a server whose cron runs in the C locale. */
#include "lib/base/text.h"

#include <string.h>

/* ---- code points ------------------------------------------------------------------------- */

size_t vip_utf8_decode(const char *text, size_t size, uint32_t *code_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0)
        return 0;
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || length > size)
        return 0;
    uint32_t value = lead & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3F);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return length;
}

size_t vip_utf8_valid(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        uint64_t eight;
        if (size - at >= sizeof eight) {
            memcpy(&eight, text + at, sizeof eight);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                at += sizeof eight;
                continue;
            }
        }
        uint32_t code_point;
        size_t length = vip_utf8_decode(text + at, size - at, &code_point);
        if (length == 0)
            return at;
        at += length;
    }
    return size;
}

/* As vip_utf8_decode, but a byte that is not UTF-8 counts as one character of its own. */
static size_t decode_any(const char *text, size_t size, uint32_t *code_point)
{
    size_t length = vip_utf8_decode(text, size, code_point);
    if (length > 0)
        return length;
    *code_point = 0xFFFD;
    return 1;
}

/* ---- width ------------------------------------------------------------------------------- */

struct range {
    uint32_t first;
    uint32_t last;
};

/* Unicode 14, EastAsianWidth.txt: the classes W and F, joined over unassigned code points. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18DFF}, {0x1AFF0, 0x1B2FF},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4},
    {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC},
    {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EF}, {0x1F6F4, 0x1F6FF},
    {0x1F7E0, 0x1F7FF}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};

/* Unicode 14, UnicodeData.txt: marks that stand on or around another character (Mn, Me) and format
 * characters (Cf), of the scripts that turn up in shops' files, and control characters. */
static const struct range narrowest[] = {
    {0x0001, 0x001F}, {0x007F, 0x009F}, {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD},
    {0x05BF, 0x05BF}, {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7},   {0x0610, 0x061A},
    {0x061C, 0x061C}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},   {0x06DF, 0x06E4},
    {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0900, 0x0902}, {0x093A, 0x093A},   {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0962, 0x0963},   {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EB1}, {0x0EB4, 0x0EBC},   {0x0EC8, 0x0ECD},
    {0x0F18, 0x0F19}, {0x0F35, 0x0F35}, {0x0F37, 0x0F37}, {0x0F39, 0x0F39},   {0x0F71, 0x0F7E},
    {0x0F80, 0x0F84}, {0x0F86, 0x0F87}, {0x0F8D, 0x0FBC}, {0x1160, 0x11FF},   {0x180B, 0x180F},
    {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x20D0, 0x20F0}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xD7B0, 0xD7FF},   {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0001, 0xE01EF},
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t code_point)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && ranges[low].first <= code_point;
}

static size_t width_of(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    if (in_ranges(narrowest, sizeof narrowest / sizeof *narrowest, code_point))
        return 0;
    return in_ranges(wide, sizeof wide / sizeof *wide, code_point) ? 2 : 1;
}

size_t vip_text_width(const char *text)
{
    size_t width = 0;
    size_t size = strlen(text);
    while (size > 0) {
        uint32_t code_point;
        size_t length = decode_any(text, size, &code_point);
        width += width_of(code_point);
        text += length;
        size -= length;
    }
    return width;
}

/* ---- blanks and comparison --------------------------------------------------------------- */

static bool ascii_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* The length of the blank that text (NUL-terminated) begins with, or 0. */
static size_t blank_at(const char *text)
{
    if (ascii_blank(text[0]))
        return 1;
    if (text[0] == '\xC2' && text[1] == '\xA0')
        return 2;
    if (text[0] == '\xE3' && text[1] == '\x80' && text[2] == '\x80')
        return 3;
    return 0;
}

/* Cuts the blanks at both ends off the run of bytes *text, *size. */
static void trim(const char **text, size_t *size)
{
    const char *first = *text;
    const char *end = first + *size;
    for (size_t length; first < end && (length = blank_at(first)) > 0;)
        first += length;
    for (;;) {
        if (end - first >= 1 && ascii_blank(end[-1]))
            end -= 1;
        else if (end - first >= 2 && memcmp(end - 2, "\xC2\xA0", 2) == 0)
            end -= 2;
        else if (end - first >= 3 && memcmp(end - 3, "\xE3\x80\x80", 3) == 0)
            end -= 3;
        else
            break;
    }
    *text = first;
    *size = (size_t)(end - first);
}

bool vip_text_same(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool vip_text_blank(const char *text)
{
    if (!text)
        return true;
    for (size_t length; (length = blank_at(text)) > 0;)
        text += length;
    return *text == '\0';
}

char *vip_text_trim(struct vip_arena *arena, const char *text)
{
    size_t size = strlen(text);
    trim(&text, &size);
    return vip_arena_copy(arena, text, size);
}

/* The half-width form of a full-width ASCII character (U+FF01 to U+FF5E) that text begins with,
 * or NUL. */
static char half_width(const char *text)
{
    if (text[0] != '\xEF')
        return '\0';
    unsigned char second = (unsigned char)text[1];
    unsigned char third = second ? (unsigned char)text[2] : 0;
    if (second == 0xBC && third >= 0x81 && third <= 0xBF)
        return (char)(third - 0x81 + '!');
    if (second == 0xBD && third >= 0x80 && third <= 0x9E)
        return (char)(third - 0x80 + '`');
    return '\0';
}

char *vip_text_fold(struct vip_arena *arena, const char *text)
{
    char *folded = vip_arena_copy(arena, text, strlen(text)); /* folding never lengthens */
    if (!folded)
        return NULL;
    char *to = folded;
    while (*text) {
        size_t blank = blank_at(text);
        char half = half_width(text);
        if (blank) {
            text += blank;
        } else if (half) {
            *to++ = lower(half);
            text += 3;
        } else {
            *to++ = lower(*text++);
        }
    }
    *to = '\0';
    return folded;
}

bool vip_text_narrow(const char *text, char *to, size_t size)
{
    size_t left = strlen(text);
    trim(&text, &left);
    const char *end = text + left;
    size_t used = 0;
    while (text < end && used + 1 < size) {
        size_t blank = blank_at(text);
        char half = half_width(text);
        to[used++] = half ? half : blank ? ' ' : *text;
        text += half ? 3 : blank ? blank : 1;
    }
    if (size > 0)
        to[used] = '\0';
    return text == end && size > 0;
}

/* ---- lists ------------------------------------------------------------------------------- */

bool vip_text_split(const char **rest, char separator, const char **part, size_t *size)
{
    /* The state is the pointer alone, so that "3|" ends like "3": nothing behind the last
     * separator is no part. */
    if (vip_text_blank(*rest))
        return false;
    const char *end = strchr(*rest, separator);
    *part = *rest;
    *size = end ? (size_t)(end - *rest) : strlen(*rest);
    *rest += *size + (end ? 1 : 0);
    trim(part, size);
    return true;
}

bool vip_list_has(const char *list, const char *value)
{
    if (vip_text_blank(list))
        return true;
    size_t wanted = strlen(value);
    const char *part;
    size_t size;
    for (size_t blank; (blank = blank_at(list)) > 0;)
        list += blank;
    bool but = *list == '!';
    list += but;
    while (vip_text_split(&list, '|', &part, &size))
        if (size == wanted && memcmp(part, value, size) == 0)
            return !but;
    return but;
}

/* ---- masks ------------------------------------------------------------------------------- */

/* Bytes of the first count characters of text (fewer when it is shorter). */
static size_t head_bytes(const char *text, size_t count)
{
    size_t at = 0;
    size_t size = strlen(text);
    uint32_t code_point;
    for (; count > 0 && at < size; count--)
        at += decode_any(text + at, size - at, &code_point);
    return at;
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; count++)
        text += head_bytes(text, 1);
    return count;
}

/* Keeps head and tail characters around stars. A text of fewer than least characters would be
 * given away by them, so that nothing of it is kept. An empty text has nothing to hide. */
static char *mask(struct vip_arena *arena, const char *text, size_t head, const char *stars,
                  size_t tail, size_t least)
{
    if (!text || !*text)
        return vip_arena_text(arena, "");
    size_t count = characters(text);
    if (count < least)
        return vip_arena_text(arena, "***");
    size_t first = head_bytes(text, head);
    size_t last = head_bytes(text, count - tail);
    size_t stars_size = strlen(stars);
    size_t tail_size = strlen(text + last);
    char *masked = vip_arena_take(arena, first + stars_size + tail_size + 1);
    if (!masked)
        return NULL;
    memcpy(masked, text, first);
    memcpy(masked + first, stars, stars_size);
    memcpy(masked + first + stars_size, text + last, tail_size + 1);
    return masked;
}

char *vip_mask_phone(struct vip_arena *arena, const char *phone)
{
    return mask(arena, phone, 3, "****", 4, 11);
}

char *vip_mask_id(struct vip_arena *arena, const char *id_no)
{
    return mask(arena, id_no, 6, "********", 4, 15);
}

char *vip_mask_address(struct vip_arena *arena, const char *address)
{
    return mask(arena, address, 6, "***", 0, 7);
}

char *vip_mask_email(struct vip_arena *arena, const char *email)
{
    const char *at = email ? strrchr(email, '@') : NULL;
    if (!at || at == email)
        return mask(arena, email, 0, "***", 0, 0);
    return mask(arena, email, 1, "***", characters(at), 0);
}
