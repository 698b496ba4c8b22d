/* Rows that outlive their batch of reading: see vip_row_copy in reader.h. */
#include "lib/table/reader.h"

int vip_row_copy(const struct vip_row *row, struct vip_arena *arena, const struct vip_row **copy,
                 struct vip_diag *diag)
{
    struct vip_row *whole = vip_arena_zero(arena, 1, sizeof *whole);
    const char **cells = vip_arena_zero(arena, row->count + 1, sizeof *cells);
    *copy = NULL;
    if (!whole || !cells)
        return vip_fail_memory(diag);
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = vip_arena_text(arena, row->cells[i]);
        if (!cells[i])
            return vip_fail_memory(diag);
    }
    *whole = (struct vip_row){row->line, row->count, cells};
    *copy = whole;
    return VIP_OK;
}
