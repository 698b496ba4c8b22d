/* Private to the check files: what they share. */
#ifndef VIP_DB_CHECKER_H
#define VIP_DB_CHECKER_H

#include "lib/db/account.h"
#include "lib/db/check.h"

enum check_name {
    CHECK_FILE,
    CHECK_REFERENCES,
    CHECK_CHAIN,
    CHECK_ACCOUNTS,
    CHECK_LOTS,
    CHECK_STORED,
    CHECK_PURCHASES,
    CHECK_RETURNS,
    CHECK_DAYS,
    CHECK_REQUESTS,
    CHECK_VOUCHERS,
    CHECK_BONUSES,
    CHECK_TIERS,
    CHECK_COUNT
};

struct check_batch;
struct check_entry;

struct check {
    struct vip_db *db;
    vip_check_report *report;
    void *context;
    struct vip_diag *diag;
    vip_day as_of;
    int64_t found[CHECK_COUNT], total;

    struct check_batch *batches; /* all */
    size_t batch_count, batch_capacity;
    struct check_entry *entries; /* of the member being walked */
    size_t entry_count, entry_capacity;
    int64_t accounts, ledger_rows;
    bool closed; /* the member being walked was merged: his ledger stands in another's, too */
    /* Sums without order over the whole ledger, which the purchases must give again. */
    uint64_t earned, taken_back;
    uint64_t redeemed; /* and which the requests must give again */
    int64_t bonuses;
};

/* Tells of something wrong. 0 or what the report returned. */
int check_found(struct check *check, enum check_name name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Ends a check: says that it is sound, or how much was left unsaid. */
int check_conclude(struct check *check, enum check_name name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How people call the member; his number inside when he has none. In to. */
const char *check_member_name(struct check *check, int64_t member, char *to, size_t size);

/* check_chain.c: reads what the batches say of themselves, before anything is added to them; and,
 * when all was, whether they say the truth. */
int check_read_batches(struct check *check);
int check_chain(struct check *check);

/* The sum of what was found of a batch's rows, to be added to. NULL: there is no such batch. */
struct vip_sum *check_batch_sum(struct check *check, int64_t number);

/* Likewise for an entry of a ledger, which the batch counts. */
struct vip_sum *check_batch_entry(struct check *check, int64_t number);

/* check_member.c: accounts and lots against the ledger; into the chain. */
int check_members(struct check *check);

/* The ledger of stored value against its accounts and the requests; into the chain. */
int check_stored(struct check *check);

/* What an entry adds to check->earned, check->taken_back or check->redeemed. */
void check_add_entry(struct check *check, int64_t member, const struct vip_entry *entry);

/* The purchases and returns against those sums and against each other. */
int check_purchases(struct check *check);

/* What is kept of each store and day against the purchases. */
int check_days(struct check *check);

/* The requests, once the ledger was walked and before the chain is: each goes into the sum of its
 * batch and is held against its entry. Then the vouchers against the requests. */
int check_requests(struct check *check);
int check_vouchers(struct check *check);
uint64_t check_mix_request(int64_t member, int64_t entry, vip_points points, vip_day day);

#endif
