/* Rows in: bytes of CSV or TSV in any of the encodings that Chinese offices use, as rows of UTF-8
 * cells under canonical column names. Sources: RFC 4180; IANA text/tab-separated-values with
 * \t \n \r \\ escapes; Excel's "sep=" line, BOM and TAB guard (MODELS: what spreadsheets do to
 * CSV).
 *
 * Pull: vip_reader_next() until it returns 0. Memory does not grow with the input, except that a
 * pipe is held until its encoding is decided (at most the first MiB that holds a byte beyond
 * ASCII). A cell may have 16 MiB, a row 32 MiB and 16384 cells; beyond that it is VIP_EINPUT. */
#ifndef VIP_TABLE_READER_H
#define VIP_TABLE_READER_H

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/sheet.h"
#include "lib/table/names.h"
#include <stdbool.h>
#include <stddef.h>

enum vip_input_format { VIP_INPUT_AUTO, VIP_INPUT_CSV, VIP_INPUT_TSV };

struct vip_reader_options {
    enum vip_input_format
        format;           /* auto: by the header line (sep= line, tab, comma or semicolon) */
    const char *encoding; /* iconv name; NULL or "auto": BOM, else UTF-8, else GB18030 */
    const struct vip_names *names; /* NULL: header cells are the column names, trimmed */
};

struct vip_row {
    size_t line;              /* physical line on which the row begins, 1-based */
    size_t count;             /* cells in this row */
    const char *const *cells; /* NUL-terminated UTF-8, valid until the next vip_reader_next */
};

struct vip_reader;

/* Opens path ("-": standard input) and reads the header. *reader is NULL on failure.
 * VIP_EIO cannot be opened or read; VIP_EINPUT encoding, NUL, quoting, doubled column, no header.
 * An empty file is VIP_EINPUT "is empty: expected a line of column names". */
int vip_reader_open(struct vip_reader **reader, const char *path,
                    const struct vip_reader_options *options, struct vip_diag *diag);

/* The same over a read function instead of a file (for tests and fuzzing): read returns the number
 * of bytes put into to, 0 at the end, -1 with errno on failure. name is used in messages. */
typedef long (*vip_read_function)(void *context, char *to, size_t size);
int vip_reader_open_function(struct vip_reader **reader, const char *name, vip_read_function read,
                             void *context, const struct vip_reader_options *options,
                             struct vip_diag *diag);

void vip_reader_close(struct vip_reader *reader);

/* 1: *row is the next row. 0: end. VIP_EREFUSED: this row has too few or too many cells (*row is
 * filled, for rejects; reading may go on). VIP_EINPUT, VIP_EIO, VIP_EMEMORY: reading is over.
 * Blank lines are passed over. diag names file, line and column. */
int vip_reader_next(struct vip_reader *reader, struct vip_row *row, struct vip_diag *diag);

/* A copy of the row in arena, for commands that work in batches and may refuse it later. */
int vip_row_copy(const struct vip_row *row, struct vip_arena *arena, const struct vip_row **copy,
                 struct vip_diag *diag);

/* The header: as typed, and canonical (names of unknown columns are their trimmed text). */
size_t vip_reader_column_count(const struct vip_reader *reader);
const char *vip_reader_header(const struct vip_reader *reader, size_t index);
const char *vip_reader_column(const struct vip_reader *reader, size_t index);
bool vip_reader_column_known(const struct vip_reader *reader, size_t index);

/* The index of the canonical column, or -1. */
int vip_reader_find(const struct vip_reader *reader, const char *column);

/* The encoding that was settled on ("UTF-8", "GB18030", …) and whether it was a guess. */
const char *vip_reader_encoding(const struct vip_reader *reader, bool *guessed);

/* The name used in messages ("standard input" for "-"). */
const char *vip_reader_name(const struct vip_reader *reader);

/* Reads a whole small CSV file (a programme table) as a sheet in arena; its columns are not
 * translated. encoding as in the options. A row with the wrong number of cells is VIP_EINPUT. */
int vip_sheet_read(struct vip_sheet *sheet, const char *path, const char *name,
                   const char *encoding, struct vip_arena *arena, struct vip_diag *diag);

/* The same over a read function; path is used in messages. */
int vip_sheet_read_function(struct vip_sheet *sheet, const char *path, const char *name,
                            vip_read_function read, void *context, struct vip_arena *arena,
                            struct vip_diag *diag);

#endif
