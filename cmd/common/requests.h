/* Requests for the desk (lib/db/redeem.h), as vip-redeem and the side jobs of vip-accrue read them:
 * rows in batches (rows.h), each handed to the desk in the order that suits it. */
#ifndef VIP_CMD_REQUESTS_H
#define VIP_CMD_REQUESTS_H

#include "cmd/common/rows.h"
#include "lib/db/program.h"
#include "lib/db/redeem.h"

struct vip_requests {
    const char *const *columns, *const *required;
    const struct vip_column *output;
    size_t output_count;
    size_t output_rows; /* of a request; 0: one */
    bool clamp;

    /* Cells into *request, which is empty (vip_request_empty); texts may be borrowed. */
    int (*parse)(struct vip_context *context, const char *const *cells,
                 struct vip_request *request);
    /* The values of a request that took effect or was known. */
    int (*fill)(struct vip_context *context, struct vip_requests *requests,
                const struct vip_request *request, const struct vip_redemption *done,
                struct vip_arena *arena, struct vip_value *values);

    struct vip_desk *desk;
    struct vip_arena programs_arena;
    struct vip_programs programs;
};

/* Loads the programmes and opens the desk. Close in any case. */
int vip_requests_open(struct vip_context *context, struct vip_requests *requests);
void vip_requests_close(struct vip_requests *requests);

/* Opens the sink and reads the input to its end. */
int vip_requests_run(struct vip_context *context, struct vip_requests *requests);

/* A request of which nothing is given. */
struct vip_request vip_request_empty(enum vip_request_kind kind, size_t line);

/* Refuses an empty cell: missing-field, with why. */
int vip_request_need(struct vip_context *context, const char *column, const char *cell,
                     const char *why);

#endif
