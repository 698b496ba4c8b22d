/* Message texts: their place in a programme, and the placeholders that they may hold. */
#include "lib/base/text.h"
#include "lib/rules/program_schema.h"

#include <stdio.h>
#include <string.h>

static const char *const placeholders[] = {
    "name",   "points",     "tier",     "expires", "store", "card",    "balance", "due",
    "amount", "consultant", "birthday", "from",    "to",    "missing", "shop",    NULL};

/* A mistake within a text: its line counts from the sheet's, its column is a number. */
static int fail_at(struct vip_cell_place *at, const char *text, const char *where)
{
    size_t line = at->sheet->row_count ? at->sheet->lines[0] : 1, column = 1;
    char number[24];

    for (const char *c = text; c < where; c++) {
        bool head = ((unsigned char)*c & 0xC0) != 0x80;
        column = *c == '\n' ? 1 : column + head;
        line += *c == '\n';
    }
    snprintf(number, sizeof number, "%zu", column);
    vip_diag_clear(at->diag);
    vip_diag_place(at->diag, at->sheet->path, line, number);
    return VIP_EUSAGE;
}

static bool known(const char *name, size_t size)
{
    for (size_t i = 0; placeholders[i]; i++)
        if (strlen(placeholders[i]) == size && memcmp(placeholders[i], name, size) == 0)
            return true;
    return false;
}

static int check_text(struct vip_cell_place *at, const char *text)
{
    for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
        size_t size = strcspn(open + 1, "{}\n");
        if (open[1 + size] != '}') {
            fail_at(at, text, open);
            return vip_fail(at->diag, VIP_EUSAGE,
                            "'{' without its '}': expected a placeholder "
                            "such as {name}");
        }
        if (!known(open + 1, size)) {
            fail_at(at, text, open);
            return vip_fail(at->diag, VIP_EUSAGE, "'{%.*s}' is no placeholder: expected %s in {}",
                            (int)(size < 60 ? size : 60), open + 1,
                            vip_words_text(at->arena, placeholders));
        }
    }
    return 0;
}

/* Splits "templates/NAME.LANG.txt". */
static int read_name(struct vip_cell_place *at, struct vip_template *item)
{
    const char *name = strchr(at->sheet->name, '/') + 1, *dot = strchr(name, '.');

    item->lang = !dot                          ? ""
                 : strcmp(dot, ".en.txt") == 0 ? "en"
                 : strcmp(dot, ".zh.txt") == 0 ? "zh"
                                               : "";
    if (!*item->lang || dot == name) {
        vip_diag_clear(at->diag);
        vip_diag_place(at->diag, at->sheet->path, 0, NULL);
        return vip_fail(at->diag, VIP_EUSAGE,
                        "is no message text: expected NAME.en.txt or "
                        "NAME.zh.txt");
    }
    item->name = vip_arena_copy(at->arena, name, (size_t)(dot - name));
    return item->name ? 0 : vip_fail_memory(at->diag);
}

int vip_template_read(struct vip_cell_place *at, struct vip_template *item)
{
    int error = read_name(at, item);

    if (error)
        return error;
    item->text = vip_arena_text(at->arena, vip_sheet_cell(at->sheet, 0, "text"));
    if (!item->text)
        return vip_fail_memory(at->diag);
    if (vip_text_blank(item->text)) {
        fail_at(at, item->text, item->text);
        return vip_fail(at->diag, VIP_EUSAGE, "is empty: expected a text");
    }
    return check_text(at, item->text);
}
