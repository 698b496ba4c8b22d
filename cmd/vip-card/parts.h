/* The parts of vip-card beside its main file: lists of cards. */
#ifndef VIP_CMD_CARD_PARTS_H
#define VIP_CMD_CARD_PARTS_H

#include "cmd/common/command.h"
#include "lib/db/card.h"
#include "lib/db/face.h"

/* The output of all verbs. */
enum { VIP_CARD_COLUMNS = 8 };
extern const struct vip_column vip_card_columns[VIP_CARD_COLUMNS];

/* A row of it. A card without a number is none. */
void vip_card_values(const struct vip_face *face, const struct vip_card *card, const char *status,
                     const char *reason, struct vip_value values[VIP_CARD_COLUMNS]);

extern const char *const vip_card_states[]; /* the words for the states; NULL ends */

struct vip_card_asked { /* options of list; NULL: not given */
    const char *expiring, *state;
};
int vip_card_list(struct vip_context *context, const struct vip_card_asked *asked);

/* All cards of the members that the operands name. */
int vip_card_history(struct vip_context *context);

#endif
