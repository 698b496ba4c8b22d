/* Column names in two languages, from share/headers.csv and, on top of it, a file of the user's. */
#include "lib/table/names.h"

#include "lib/base/embedded.h"
#include "lib/base/map.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/table/decode.h"
#include "lib/table/reader.h"
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *column, *en, *zh;
};

struct all_names {
    bool read;
    struct vip_arena arena;
    struct vip_map keys;    /* what a header cell comes down to → entry */
    struct vip_map columns; /* canonical name → entry */
    struct entry *entries;
    size_t count, capacity;
};

/* What a header cell comes down to: "Card No." = "card_no" = "ＣＡＲＤ ＮＯ"; "*姓名：" = "姓名".
 */
static char *key_of(struct vip_arena *arena, const char *header)
{
    char *key = vip_text_fold(arena, header);
    if (!key)
        return NULL;
    char *to = key;
    for (const char *from = key; *from; from++)
        if (!strchr("_-*:.", *from))
            *to++ = *from;
    *to = '\0';
    return key;
}

static int add_key(struct all_names *names, const char *alias, size_t entry)
{
    char *key = key_of(&names->arena, alias);
    if (!key)
        return VIP_EMEMORY;
    return *key ? vip_map_put(&names->keys, key, (int64_t)entry) : VIP_OK;
}

/* The entry of a column, made when it is new. -1: out of memory. */
static int64_t entry_of(struct all_names *names, const char *column)
{
    int64_t at;
    if (vip_map_find(&names->columns, column, &at))
        return at;
    void *entries = names->entries;
    if (vip_array_grow(&entries, &names->capacity, names->count + 1, sizeof *names->entries) < 0)
        return -1;
    names->entries = entries;
    const char *copy = vip_arena_text(&names->arena, column);
    if (!copy || vip_map_put(&names->columns, copy, (int64_t)names->count) < 0)
        return -1;
    names->entries[names->count] = (struct entry){copy, copy, copy};
    return (int64_t)names->count++;
}

/* Sets a title unless the cell is empty; the title is a name on input too. */
static int set_title(struct all_names *names, size_t entry, const char *cell, const char **title)
{
    if (vip_text_blank(cell))
        return VIP_OK;
    const char *text = vip_text_trim(&names->arena, cell);
    if (!text)
        return VIP_EMEMORY;
    *title = text;
    return add_key(names, text, entry);
}

static int add_aliases(struct all_names *names, size_t entry, const char *list)
{
    const char *part;
    size_t size;
    while (vip_text_split(&list, '|', &part, &size)) {
        const char *alias = vip_arena_copy(&names->arena, part, size);
        if (!alias || add_key(names, alias, entry) < 0)
            return VIP_EMEMORY;
    }
    return VIP_OK;
}

struct places {
    int column, en, zh, aliases;
};

static const char *cell_at(const struct vip_row *row, int place)
{
    return place < 0 ? "" : row->cells[place];
}

static int add_row(struct all_names *names, const struct vip_row *row, struct places at)
{
    const char *column = vip_text_trim(&names->arena, cell_at(row, at.column));
    int64_t entry = column ? entry_of(names, column) : -1;
    if (entry < 0)
        return VIP_EMEMORY;
    size_t i = (size_t)entry;
    if (add_key(names, column, i) < 0 ||
        set_title(names, i, cell_at(row, at.en), &names->entries[i].en) < 0 ||
        set_title(names, i, cell_at(row, at.zh), &names->entries[i].zh) < 0)
        return VIP_EMEMORY;
    return add_aliases(names, i, cell_at(row, at.aliases));
}

static int fail_memory(struct vip_diag *diag)
{
    vip_diag_clear(diag);
    return vip_fail_memory(diag);
}

static int fail_at(const struct vip_reader *reader, size_t line, const char *text,
                   struct vip_diag *diag)
{
    int code = vip_input_fail(diag, line, "%s", text);
    vip_diag_place(diag, vip_reader_name(reader), 0, "column");
    return code;
}

static int read_names(struct all_names *names, struct vip_reader *reader, struct vip_diag *diag)
{
    struct places at = {vip_reader_find(reader, "column"), vip_reader_find(reader, "en"),
                        vip_reader_find(reader, "zh"), vip_reader_find(reader, "aliases")};
    if (at.column < 0)
        return fail_at(reader, 1, "is missing: expected the columns column,en,zh,aliases", diag);
    struct vip_row row;
    int got;
    while ((got = vip_reader_next(reader, &row, diag)) > 0) {
        if (vip_text_blank(cell_at(&row, at.column)))
            return fail_at(reader, row.line, "is empty: expected a column's name", diag);
        if (add_row(names, &row, at) < 0)
            return fail_memory(diag);
    }
    if (got == VIP_EREFUSED)
        diag->code = VIP_EINPUT;
    return got == VIP_EREFUSED ? VIP_EINPUT : got;
}

static long read_embedded(void *context, char *to, size_t size)
{
    struct vip_embedded *rest = context;
    size_t left = (size_t)(rest->end - rest->data) - 1;
    if (size > left)
        size = left;
    memcpy(to, rest->data, size);
    rest->data += size;
    return (long)size;
}

static int read_built_in(struct all_names *names, struct vip_diag *diag)
{
    const struct vip_embedded *file = vip_embedded_find("headers.csv");
    if (!file)
        return vip_input_fail(diag, 0, "share/headers.csv was not built in");
    struct vip_embedded rest = *file;
    struct vip_reader_options options = {.format = VIP_INPUT_CSV, .encoding = "UTF-8"};
    struct vip_reader *reader;
    int code = vip_reader_open_function(&reader, "share/headers.csv", read_embedded, &rest,
                                        &options, diag);
    if (code < 0)
        return code;
    code = read_names(names, reader, diag);
    vip_reader_close(reader);
    return code;
}

static int read_extra(struct all_names *names, const char *path, struct vip_diag *diag)
{
    struct vip_reader *reader;
    int code = vip_reader_open(&reader, path, NULL, diag);
    if (code < 0)
        return code;
    code = read_names(names, reader, diag);
    vip_reader_close(reader);
    return code;
}

/* Read when a name is first met that is not simply a column's own: what programs write to each
 * other has none, and a command for one receipt would spend a good part of its time here. */
struct vip_names {
    struct all_names *all;
};

static int read_all(struct all_names *all, const char *extra, struct vip_diag *diag)
{
    int code = read_built_in(all, diag);
    if (code == VIP_OK && extra)
        code = read_extra(all, extra, diag);
    all->read = true;
    return code;
}

static void free_all(struct all_names *all)
{
    vip_map_free(&all->keys);
    vip_map_free(&all->columns);
    vip_arena_free(&all->arena);
    free(all->entries);
    free(all);
}

int vip_names_open(struct vip_names **names, const char *extra, struct vip_diag *diag)
{
    struct vip_names *made = calloc(1, sizeof *made);
    struct all_names *all = calloc(1, sizeof *all);
    *names = NULL;
    if (!made || !all) {
        free(made);
        free(all);
        return fail_memory(diag);
    }
    made->all = all;
    int code = extra ? read_all(all, extra, diag) : VIP_OK;
    if (code < 0)
        vip_names_close(made);
    else
        *names = made;
    return code;
}

void vip_names_close(struct vip_names *names)
{
    if (!names)
        return;
    free_all(names->all);
    free(names);
}

/* All names, as far as memory goes: what could not be read is not known. */
static const struct all_names *all_of(const struct vip_names *names)
{
    struct vip_diag diag;
    if (!names->all->read)
        read_all(names->all, NULL, &diag);
    return names->all;
}

/* A column's own name stands at the beginning of a line of the built-in file. */
static const char *own_name(struct vip_arena *arena, const char *header)
{
    const struct vip_embedded *file = vip_embedded_find("headers.csv");
    size_t size = strlen(header);
    const char *line = file && size && !strchr(header, ',') ? strchr(file->data, '\n') : NULL;
    for (; line; line = strchr(line + 1, '\n'))
        if (strncmp(line + 1, header, size) == 0 && line[1 + size] == ',')
            return vip_arena_copy(arena, header, size);
    return NULL;
}

const char *vip_names_canonical(const struct vip_names *names, const char *header)
{
    if (!names->all->read) {
        const char *own = own_name(&names->all->arena, header);
        if (own)
            return own;
    }
    const struct all_names *all = all_of(names);
    struct vip_arena arena = {0};
    const char *key = key_of(&arena, header);
    int64_t at;
    bool found = key && vip_map_find(&all->keys, key, &at);
    vip_arena_free(&arena);
    return found ? all->entries[at].column : NULL;
}

const char *vip_names_title(const struct vip_names *names, const char *column, const char *lang)
{
    const struct all_names *all = names ? all_of(names) : NULL;
    int64_t at;
    if (!all || !vip_map_find(&all->columns, column, &at))
        return column;
    return lang && strcmp(lang, "zh") == 0 ? all->entries[at].zh : all->entries[at].en;
}
