/* Finding reports: built-in ones and the user's own folder. See report.h. */
#include "lib/db/report.h"

#include "lib/base/embedded.h"
#include "lib/base/text.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char shelf[] = "reports/";

/* What stands on it: one report, or a list of several. */
static const char report_ending[] = ".sql", book_ending[] = ".book";

struct shelf_list {
    struct vip_report *items;
    size_t count, capacity;
};

/* Letters, digits, "-" and "_": a name that cannot leave its folder. */
static bool is_name(const char *name, size_t size)
{
    static const char fit[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return size > 0 && strspn(name, fit) >= size;
}

static int read_file(const char *path, struct vip_arena *arena, const char **text,
                     struct vip_diag *diag)
{
    struct vip_buffer buffer = {0};
    char block[8192];
    size_t got;
    int error = VIP_OK;
    FILE *file = fopen(path, "r");

    if (!file)
        return vip_fail_errno(diag, errno, "cannot open %s", path);
    while (!error && (got = fread(block, 1, sizeof block, file)) > 0)
        if (vip_buffer_add(&buffer, block, got))
            error = vip_fail_memory(diag);
    if (!error && ferror(file))
        error = vip_fail_errno(diag, errno, "cannot read %s", path);
    fclose(file);
    if (!error && buffer.size && memchr(buffer.data, '\0', buffer.size)) {
        vip_diag_place(diag, path, 0, NULL);
        error = vip_fail(diag, VIP_EUSAGE, "has a NUL byte: expected a text of SQL");
    }
    if (!error && !(*text = vip_arena_copy(arena, buffer.size ? buffer.data : "", buffer.size)))
        error = vip_fail_memory(diag);
    vip_buffer_free(&buffer);
    return error;
}

static int read_own(struct vip_report *report, const char *name, const char *ending,
                    const char *folder, struct vip_arena *arena, struct vip_diag *diag)
{
    const char *text = NULL;
    const char *path = vip_arena_format(arena, "%s/%s%s", folder, name, ending);

    if (!path)
        return vip_fail_memory(diag);
    int error = read_file(path, arena, &text, diag);
    if (!error)
        error = vip_report_read(report, name, path, text, arena, diag);
    report->own = true;
    return error;
}

static int read_built_in(struct vip_report *report, const char *name,
                         const struct vip_embedded *file, struct vip_arena *arena,
                         struct vip_diag *diag)
{
    return vip_report_read(report, name, file->path, file->data, arena, diag);
}

static bool exists(const char *folder, const char *name, const char *ending,
                   struct vip_arena *arena)
{
    const char *path = vip_arena_format(arena, "%s/%s%s", folder, name, ending);
    FILE *file = path ? fopen(path, "r") : NULL;

    if (file)
        fclose(file);
    return file != NULL;
}

/* 1: found and its header read; 0: there is none of that name and ending. */
static int find(struct vip_report *report, const char *name, const char *ending, const char *folder,
                struct vip_arena *arena, struct vip_diag *diag)
{
    char path[128];
    int error = VIP_OK;

    if (!is_name(name, strlen(name)) || strlen(name) >= 64)
        return 0;
    snprintf(path, sizeof path, "%s%s%s", shelf, name, ending);
    const struct vip_embedded *file = vip_embedded_find(path);
    if (folder && exists(folder, name, ending, arena))
        error = read_own(report, name, ending, folder, arena, diag);
    else if (file)
        error = read_built_in(report, name, file, arena, diag);
    else
        return 0;
    return error ? error : 1;
}

int vip_report_find(struct vip_report *report, const char *name, const char *folder,
                    struct vip_arena *arena, struct vip_diag *diag)
{
    int found = find(report, name, report_ending, folder, arena, diag);

    if (found)
        return found < 0 ? found : VIP_OK;
    return vip_refuse(diag, "no-such-report", NULL,
                      "there is no report '%.64s': 'vip-report --list' shows them", name);
}

/* ---- books ---- */

int vip_report_item_read(struct vip_report_item *item, const char *text, struct vip_arena *arena,
                         struct vip_diag *diag)
{
    char *copy = vip_arena_text(arena, text);

    if (!copy)
        return vip_fail_memory(diag);
    char *period = strchr(copy, '@');
    if (period)
        *period++ = '\0';
    char *by = strchr(copy, ':');
    if (by)
        *by++ = '\0';
    *item = (struct vip_report_item){.name = copy, .by = by, .period = period};
    return VIP_OK;
}

static int add_item(struct vip_report_book *book, const char *line, struct vip_arena *arena,
                    struct vip_diag *diag)
{
    enum { MOST = 64 };

    if (!*line || strncmp(line, "--", 2) == 0)
        return VIP_OK;
    if (!book->items)
        book->items = vip_arena_zero(arena, MOST, sizeof *book->items);
    if (!book->items)
        return vip_fail_memory(diag);
    if (book->count == MOST)
        return vip_fail(diag, VIP_EUSAGE, "%s: more than %d reports", book->head.path, MOST);
    return vip_report_item_read(&book->items[book->count++], line, arena, diag);
}

int vip_report_find_book(struct vip_report_book *book, const char *name, const char *folder,
                         struct vip_arena *arena, struct vip_diag *diag)
{
    *book = (struct vip_report_book){.count = 0};
    int found = find(&book->head, name, book_ending, folder, arena, diag);
    int error = found < 0 ? found : VIP_OK;
    const char *rest = found > 0 ? book->head.text : "";

    while (!error && *rest) {
        size_t size = strcspn(rest, "\n");
        const char *line = vip_arena_copy(arena, rest, size);
        line = line ? vip_text_trim(arena, line) : NULL;
        error = line ? add_item(book, line, arena, diag) : vip_fail_memory(diag);
        rest += size + (rest[size] == '\n');
    }
    return error ? error : found;
}

/* ---- the list ---- */

static struct vip_report *place_for(struct shelf_list *list, const char *name)
{
    void *items = list->items;

    for (size_t i = 0; list->items && i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return &list->items[i];
    if (vip_array_grow(&items, &list->capacity, list->count + 1, sizeof *list->items))
        return NULL;
    list->items = items;
    return &list->items[list->count++];
}

/* "contribution" of "contribution.sql" in arena; NULL when it has another ending. */
static const char *name_of(const char *file, const char *ending, struct vip_arena *arena)
{
    size_t size = strlen(file), tail = strlen(ending);

    if (size <= tail || strcmp(file + size - tail, ending) != 0 || !is_name(file, size - tail))
        return NULL;
    return vip_arena_copy(arena, file, size - tail);
}

/* A file of the shelf, or of the user's folder when there is no `built_in`. */
static int add_file(struct shelf_list *list, const char *file, const struct vip_embedded *built_in,
                    const char *folder, struct vip_arena *arena, struct vip_diag *diag)
{
    const char *ending = report_ending, *name = name_of(file, ending, arena);

    if (!name)
        name = name_of(file, ending = book_ending, arena);
    if (!name)
        return VIP_OK;
    struct vip_report *report = place_for(list, name);
    if (!report)
        return vip_fail_memory(diag);
    int error = built_in ? read_built_in(report, name, built_in, arena, diag)
                         : read_own(report, name, ending, folder, arena, diag);
    report->book = ending == book_ending;
    return error;
}

static int list_built_in(struct shelf_list *list, struct vip_arena *arena, struct vip_diag *diag)
{
    const struct vip_embedded *file = NULL;
    int error = VIP_OK;

    while (!error && (file = vip_embedded_next(shelf, file)))
        error = add_file(list, file->path + sizeof shelf - 1, file, NULL, arena, diag);
    return error;
}

static int list_own(struct shelf_list *list, const char *folder, struct vip_arena *arena,
                    struct vip_diag *diag)
{
    struct dirent *entry;
    int error = VIP_OK;
    DIR *directory = opendir(folder);

    if (!directory)
        return vip_fail_errno(diag, errno, "cannot open the folder of reports %s", folder);
    while (!error && (entry = readdir(directory)))
        error = add_file(list, entry->d_name, NULL, folder, arena, diag);
    closedir(directory);
    return error;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct vip_report *)a)->name, ((const struct vip_report *)b)->name);
}

int vip_report_list(struct vip_report **reports, size_t *count, const char *folder,
                    struct vip_arena *arena, struct vip_diag *diag)
{
    struct shelf_list list = {0};

    *reports = NULL;
    *count = 0;
    int error = list_built_in(&list, arena, diag);
    if (!error && folder)
        error = list_own(&list, folder, arena, diag);
    if (!error && list.count) {
        qsort(list.items, list.count, sizeof *list.items, by_name);
        *reports = vip_arena_zero(arena, list.count, sizeof **reports);
        if (*reports)
            memcpy(*reports, list.items, list.count * sizeof **reports);
        else
            error = vip_fail_memory(diag);
        *count = list.count;
    }
    free(list.items);
    return error;
}
