/* Codes as small numbers: see code.h. */
#include "lib/db/code.h"

static int load_first(struct vip_db *db, struct vip_codes *codes, struct vip_diag *diag)
{
    struct vip_statement *row = NULL;
    int result = vip_db_query(db, VIP_SQL_code_first, &row, diag, vip_int(VIP_CODES_KEPT));
    for (; result > 0; result = vip_step(row, diag)) {
        if (vip_map_put(&codes->map, vip_column_text(row, 1), vip_column_integer(row, 0)) < 0) {
            vip_reset(row);
            return vip_fail_memory(diag);
        }
    }
    codes->loaded = result == VIP_OK;
    return result;
}

/* One that was not kept, or that another command has written since ours were read. */
static int fetch(struct vip_db *db, const char *text, int64_t *code, struct vip_diag *diag)
{
    struct vip_value value = vip_text(text);
    return vip_db_number(db, VIP_SQL_code_find, code, -1, diag, &value, 1);
}

static int keep(struct vip_codes *codes, const char *text, int64_t code, struct vip_diag *diag)
{
    if (codes->map.count >= 2 * (size_t)VIP_CODES_KEPT) {
        vip_map_clear(&codes->map);
        codes->loaded = false;
    }
    return vip_map_put(&codes->map, text, code) < 0 ? vip_fail_memory(diag) : VIP_OK;
}

int vip_code_find(struct vip_db *db, struct vip_codes *codes, const char *text, bool make,
                  int64_t *code, struct vip_diag *diag)
{
    *code = 0;
    if (!text || !*text)
        return VIP_OK;
    int error = codes->loaded ? VIP_OK : load_first(db, codes, diag);
    if (error != VIP_OK || vip_map_find(&codes->map, text, code))
        return error;
    error = fetch(db, text, code, diag);
    if (error == VIP_OK && *code < 0 && make) {
        error = vip_db_run(db, VIP_SQL_code_insert, diag, vip_text(text));
        *code = vip_db_last_id(db);
    }
    if (error == VIP_OK && *code >= 0)
        error = keep(codes, text, *code, diag);
    return error;
}

void vip_codes_free(struct vip_codes *codes)
{
    vip_map_free(&codes->map);
    codes->loaded = false;
}
