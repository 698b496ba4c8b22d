/* Private to the ledger's files: where its rows go, at once or with many others. */
#ifndef VIP_DB_LEDGER_BUFFER_H
#define VIP_DB_LEDGER_BUFFER_H

#include "lib/db/account.h"

/* Writes the row, or keeps it for vip_ledger_flush when the batch has a buffer open. */
int vip_ledger_write_entry(struct vip_batch *batch, int64_t member, const struct vip_entry *entry,
                           struct vip_diag *diag);
int vip_ledger_write_use(struct vip_batch *batch, int64_t member, int64_t entry,
                         const struct vip_lot_use *use, struct vip_diag *diag);

/* Keeps the account; the batch has a buffer open. */
int vip_ledger_write_account(struct vip_batch *batch, struct vip_account *account,
                             struct vip_diag *diag);

#endif
