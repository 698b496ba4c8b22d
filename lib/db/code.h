/* Codes: stores, categories, brands, sellers as small numbers, so that the big tables stay narrow.
 * Read once and kept in memory, as far as they are not too many. Ids are given in the order in
 * which codes are first seen. */
#ifndef VIP_DB_CODE_H
#define VIP_DB_CODE_H

#include "lib/base/map.h"
#include "lib/db/engine.h"

/* So many are kept from one use to the next: tills that put an article's number into a code name
 * millions of them. */
enum { VIP_CODES_KEPT = 65536 };

struct vip_codes { /* a zeroed struct is empty */
    struct vip_map map;
    bool loaded;
};

/* The number of text; 0 for NULL or "". With `make`, a new one is written (inside the caller's
 * transaction); without, -1 in *code when there is none. */
int vip_code_find(struct vip_db *db, struct vip_codes *codes, const char *text, bool make,
                  int64_t *code, struct vip_diag *diag);

/* Forgets what was cached: needed after a rollback that took new codes away. */
void vip_codes_free(struct vip_codes *codes);

#endif
