/* Finds and reads the files of a programme. */
#include "lib/table/sheets.h"

#include "lib/base/embedded.h"
#include "lib/table/decode.h"
#include "lib/table/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 64 * 1024 }; /* a message is read by people: more is not one */

static const char templates_prefix[] = "templates/";

/* The sheets as they are gathered; items is freed at the end, what they point to is the arena's. */
struct gathered {
    const char *encoding; /* NULL: each file's own */
    struct vip_sheet *items;
    size_t count, capacity;
    const char *const *tables;
    struct vip_arena *arena;
    struct vip_diag *diag;
};

/* Bytes in memory as a source to read from. */
struct memory {
    const char *data;
    size_t size, used;
};

static long read_memory(void *context, char *to, size_t size)
{
    struct memory *memory = context;
    size_t left = memory->size - memory->used;

    if (size > left)
        size = left;
    memcpy(to, memory->data + memory->used, size);
    memory->used += size;
    return (long)size;
}

static long read_descriptor(void *context, char *to, size_t size)
{
    ssize_t got;

    do
        got = read(*(int *)context, to, size);
    while (got < 0 && errno == EINTR);
    return (long)got;
}

/* ---- gathering
 * ---------------------------------------------------------------------------------*/

static bool have(const struct gathered *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->items[i].name, name) == 0)
            return true;
    return false;
}

static int fail_file(struct gathered *all, const char *path, const char *text)
{
    vip_diag_clear(all->diag);
    vip_diag_place(all->diag, path, 0, NULL);
    return vip_fail(all->diag, VIP_EUSAGE, "%s", text);
}

static struct vip_sheet *add(struct gathered *all, const char *name, const char *path)
{
    void *items = all->items;
    struct vip_sheet *sheet;

    if (vip_array_grow(&items, &all->capacity, all->count + 1, sizeof *sheet))
        return NULL;
    all->items = items;
    sheet = &all->items[all->count];
    memset(sheet, 0, sizeof *sheet);
    sheet->name = vip_arena_text(all->arena, name);
    sheet->path = vip_arena_text(all->arena, path);
    if (!sheet->name || !sheet->path)
        return NULL;
    all->count++;
    return sheet;
}

static bool is_table(const struct gathered *all, const char *name)
{
    for (size_t i = 0; all->tables[i]; i++)
        if (strcmp(all->tables[i], name) == 0)
            return true;
    return false;
}

static int fail_unknown(struct gathered *all, const char *path)
{
    const char *text = "is no table of a programme: expected";

    for (size_t i = 0; text && all->tables[i]; i++)
        text = vip_arena_format(all->arena, "%s %s,", text, all->tables[i]);
    if (text)
        text = vip_arena_format(all->arena, "%s templates/ or README", text);
    return text ? fail_file(all, path, text) : vip_fail_memory(all->diag);
}

/* Files that lie in any folder and are nobody's mistake. */
static bool is_bystander(const char *name)
{
    return name[0] == '.' || strncmp(name, "~$", 2) == 0 || strncmp(name, "README", 6) == 0;
}

/* ---- texts
 * -------------------------------------------------------------------------------------*/

/* Line ends become \n, a byte-order mark and blank lines at the end go. */
static void tidy(char *text)
{
    const char *from = strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
    char *to = text;

    for (; *from; from++)
        if (from[0] != '\r' || from[1] != '\n')
            *to++ = *from;
    while (to > text && to[-1] == '\n')
        to--;
    *to = 0;
}

static int decode_text(struct gathered *all, const char *path, struct vip_decoder *decoder,
                       struct vip_buffer *text)
{
    char part[4096];
    long got;

    while ((got = vip_decoder_read(decoder, part, sizeof part, all->diag)) > 0) {
        if (memchr(part, 0, (size_t)got))
            return fail_file(all, path, "holds a NUL: expected a text");
        if (text->size + (size_t)got > TEXT_MAX)
            return fail_file(all, path, "is too long for a message: expected at most 64 KiB");
        if (vip_buffer_add(text, part, (size_t)got))
            return vip_fail_memory(all->diag);
    }
    if (got < 0)
        vip_diag_place(all->diag, path, 0, NULL);
    return (int)got;
}

/* A sheet of one cell, so that tables and texts travel and are kept alike. */
static int add_text(struct gathered *all, const char *name, const char *path,
                    const struct vip_buffer *text)
{
    static const char *const columns[] = {"text"};
    static const size_t lines[] = {1};
    struct vip_sheet *sheet = add(all, name, path);
    const char **cells = vip_arena_zero(all->arena, 1, sizeof *cells);
    char *copy = vip_arena_copy(all->arena, text->size ? text->data : "", text->size);

    if (!sheet || !cells || !copy)
        return vip_fail_memory(all->diag);
    tidy(copy);
    cells[0] = copy;
    *sheet = (struct vip_sheet){sheet->name, sheet->path, columns, 1, cells, lines, 1};
    return 0;
}

static int read_text(struct gathered *all, const char *name, const char *path,
                     vip_read_function read_function, void *context, int file)
{
    struct vip_buffer text = {0};
    struct vip_decoder *decoder = NULL;
    /* What is shipped (no file) is UTF-8, whatever the folder is. */
    int error = vip_decoder_open(&decoder, read_function, context, file,
                                 file < 0 ? NULL : all->encoding, all->diag);

    if (error)
        vip_diag_place(all->diag, path, 0, NULL);
    else
        error = decode_text(all, path, decoder, &text);
    if (!error)
        error = add_text(all, name, path, &text);
    vip_decoder_close(decoder);
    vip_buffer_free(&text);
    return error;
}

/* The shipped texts that are not there yet. */
static int add_shipped(struct gathered *all)
{
    const struct vip_embedded *file = NULL;

    while ((file = vip_embedded_next(templates_prefix, file))) {
        struct memory memory = {file->data, (size_t)(file->end - file->data - 1), 0};
        if (have(all, file->path))
            continue;
        int error = read_text(all, file->path, file->path, read_memory, &memory, -1);
        if (error)
            return error;
    }
    return 0;
}

/* ---- both sources
 * ------------------------------------------------------------------------------*/

/* Hands over what was gathered, or gives up. */
static int finish(struct gathered *all, int error, const char *folder, struct vip_sheet **sheets,
                  size_t *count)
{
    *sheets = NULL;
    *count = 0;
    if (!error && !have(all, all->tables[0])) {
        const char *text = vip_arena_format(all->arena,
                                            "there is no %s: expected the folder of a "
                                            "programme",
                                            all->tables[0]);
        error = text ? fail_file(all, folder, text) : vip_fail_memory(all->diag);
    }
    if (!error)
        error = add_shipped(all);
    if (!error) {
        *sheets = vip_arena_zero(all->arena, all->count, sizeof **sheets);
        error = *sheets ? 0 : vip_fail_memory(all->diag);
    }
    if (*sheets) {
        for (size_t i = 0; all->items && i < all->count; i++)
            (*sheets)[i] = all->items[i];
        *count = all->count;
    }
    free(all->items);
    return error;
}

/* ---- on disk
 * -----------------------------------------------------------------------------------*/

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_text_file(struct gathered *all, const char *name, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        int number = errno;
        vip_diag_clear(all->diag);
        vip_diag_place(all->diag, path, 0, NULL);
        return vip_fail_errno(all->diag, number, "cannot be opened");
    }
    int error = read_text(all, name, path, read_descriptor, &file, file);
    close(file);
    return error;
}

static int each_file(struct gathered *all, const char *directory,
                     int (*take)(struct gathered *all, const char *name, const char *path))
{
    struct dirent **entries = NULL;
    int found = scandir(directory, &entries, NULL, compare_names), error = 0;

    if (found < 0) {
        int number = errno;
        vip_diag_clear(all->diag);
        vip_diag_place(all->diag, directory, 0, NULL);
        return vip_fail_errno(all->diag, number, "cannot be read as a folder");
    }
    for (int i = 0; i < found; i++) {
        const char *name = entries[i]->d_name;
        if (!error && !is_bystander(name)) {
            const char *path = vip_arena_format(all->arena, "%s/%s", directory, name);
            error = path ? take(all, name, path) : vip_fail_memory(all->diag);
        }
        free(entries[i]);
    }
    free(entries);
    return error;
}

static int take_text(struct gathered *all, const char *name, const char *path)
{
    const char *full = vip_arena_format(all->arena, "%s%s", templates_prefix, name);
    size_t size = strlen(name);

    if (!full)
        return vip_fail_memory(all->diag);
    if (size < 4 || strcmp(name + size - 4, ".txt") != 0)
        return fail_file(all, path, "is no message text: expected NAME.en.txt or NAME.zh.txt");
    return read_text_file(all, full, path);
}

static int take_file(struct gathered *all, const char *name, const char *path)
{
    struct vip_sheet *sheet;

    if (strcmp(name, "templates") == 0)
        return each_file(all, path, take_text);
    if (!is_table(all, name))
        return fail_unknown(all, path);
    sheet = add(all, name, path);
    if (!sheet)
        return vip_fail_memory(all->diag);
    return vip_sheet_read(sheet, path, name, all->encoding, all->arena, all->diag);
}

int vip_sheets_read_directory(struct vip_sheet **sheets, size_t *count, const char *directory,
                              const char *encoding, const char *const *tables,
                              struct vip_arena *arena, struct vip_diag *diag)
{
    struct gathered all = {.tables = tables, .encoding = encoding, .arena = arena, .diag = diag};
    int error = each_file(&all, directory, take_file);

    return finish(&all, error, directory, sheets, count);
}

/* ---- embedded
 * ----------------------------------------------------------------------------------*/

static int take_embedded(struct gathered *all, const char *name, const struct vip_embedded *file)
{
    struct memory memory = {file->data, (size_t)(file->end - file->data - 1), 0};
    struct vip_sheet *sheet;

    if (strncmp(name, templates_prefix, sizeof templates_prefix - 1) == 0)
        return read_text(all, name, file->path, read_memory, &memory, -1);
    if (!is_table(all, name))
        return fail_unknown(all, file->path);
    sheet = add(all, name, file->path);
    if (!sheet)
        return vip_fail_memory(all->diag);
    return vip_sheet_read_function(sheet, file->path, name, read_memory, &memory, all->arena,
                                   all->diag);
}

/* Folder "programs/x" is not there: says which there are beside it. */
static int fail_folder(struct gathered *all, const char *folder)
{
    const char *slash = strrchr(folder, '/'),
               *text = "is neither a folder nor a preset: expected one of";
    size_t beside = slash ? (size_t)(slash + 1 - folder) : 0, last_size = 0;
    const char *parent = vip_arena_copy(all->arena, folder, beside), *last = "";
    const struct vip_embedded *file = NULL;

    while (parent && text && (file = vip_embedded_next(parent, file))) {
        const char *name = file->path + beside;
        size_t size = strcspn(name, "/");
        if (name[size] != '/' || (size == last_size && strncmp(name, last, size) == 0))
            continue;
        text = vip_arena_format(all->arena, "%s %.*s", text, (int)size, name);
        last = name;
        last_size = size;
    }
    return parent && text ? fail_file(all, folder + beside, text) : vip_fail_memory(all->diag);
}

int vip_sheets_read_embedded(struct vip_sheet **sheets, size_t *count, const char *folder,
                             const char *const *tables, struct vip_arena *arena,
                             struct vip_diag *diag)
{
    struct gathered all = {.tables = tables, .arena = arena, .diag = diag};
    const char *prefix = vip_arena_format(arena, "%s/", folder);
    const struct vip_embedded *file = NULL;
    int error = 0;

    *sheets = NULL;
    *count = 0;
    if (!prefix)
        return vip_fail_memory(diag);
    while (!error && (file = vip_embedded_next(prefix, file))) {
        const char *name = file->path + strlen(prefix);
        if (!is_bystander(name))
            error = take_embedded(&all, name, file);
    }
    if (!error && all.count == 0)
        error = fail_folder(&all, folder);
    return finish(&all, error, folder, sheets, count);
}
