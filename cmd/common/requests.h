/* Requests for the desk (lib/db/redeem.h), as vip-redeem and the side jobs of vip-accrue read them:
 * rows are gathered, a batch is handed to the desk in one transaction, and then printed or refused
 * in the order of the input. */
#ifndef VIP_CMD_REQUESTS_H
#define VIP_CMD_REQUESTS_H

#include "cmd/common/command.h"
#include "lib/base/memory.h"
#include "lib/db/program.h"
#include "lib/db/redeem.h"

struct vip_request_row { /* one request of the batch and what became of it */
    struct vip_request request;
    const struct vip_row *raw; /* for --rejects; NULL without */
    struct vip_redemption done;
    const struct vip_diag *refused; /* NULL: it took effect, or was known */
};

struct vip_requests {
    /* Cells into *request, which is empty (vip_request_empty); texts may be borrowed. */
    int (*parse)(struct vip_context *context, const char *const *cells, size_t line,
                 struct vip_request *request);
    /* One request that took effect or was known, as one or more rows. */
    int (*print)(struct vip_context *context, struct vip_requests *requests,
                 const struct vip_request_row *row);

    struct vip_desk *desk;
    struct vip_arena programs_arena, arena; /* arena: of a batch */
    struct vip_programs programs;
    struct vip_request_row *rows;
    size_t count;
};

/* Loads the programmes and opens the desk. Close in any case. */
int vip_requests_open(struct vip_context *context, struct vip_requests *requests, bool clamp);
void vip_requests_close(struct vip_requests *requests);

/* Reads the input with those columns to its end. The sink is open. */
int vip_requests_run(struct vip_context *context, struct vip_requests *requests,
                     const char *const *columns, const char *const *required);

/* A request of which nothing is given. */
struct vip_request vip_request_empty(enum vip_request_kind kind, size_t line);

/* Refuses an empty or spoilt cell: missing-field (with why), spoilt-number. */
int vip_request_key(struct vip_context *context, const char *column, const char *cell,
                    const char *why);

#endif
