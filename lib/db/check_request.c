/* Requests against the ledger, and vouchers against the requests that issued and used them. */
#include "lib/db/checker.h"
#include "lib/db/redeem.h"

#include <inttypes.h>
#include <string.h>

enum { KIND = 2, POINTS = 7, DAY = 9, BATCH = 16 };

/* What a request took from the points, or put back, by an entry of the kinds redeem and cancel. */
static bool redeems(const struct vip_value *values)
{
    const char *kind = values[KIND].text;
    return values[VIP_REQUEST_ENTRY].type != VIP_NULL && values[POINTS].number != 0 &&
           strcmp(kind, vip_request_word(VIP_REQUEST_ADJUST)) != 0 &&
           strcmp(kind, vip_request_word(VIP_REQUEST_TRANSFER)) != 0;
}

static int add_request(struct check *check, struct vip_statement *row, uint64_t *redeemed)
{
    struct vip_value values[VIP_REQUEST_COLUMNS];
    for (int i = 0; i < VIP_REQUEST_COLUMNS; i++)
        values[i] = vip_column_value(row, i);
    struct vip_sum *sum = check_batch_sum(check, values[BATCH].number);
    if (!sum)
        return check_found(check, CHECK_REQUESTS,
                           "request '%s' names batch %" PRId64 ", which is not there",
                           vip_column_text(row, 0), values[BATCH].number);
    vip_request_sum(sum, values);
    if (redeems(values))
        *redeemed +=
            check_mix_request(values[VIP_REQUEST_MEMBER].number, values[VIP_REQUEST_ENTRY].number,
                              values[POINTS].number, vip_column_day(row, DAY));
    return VIP_OK;
}

static int scan_requests(struct check *check, uint64_t *redeemed)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, VIP_SQL_check_requests, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = add_request(check, row, redeemed);
    return error != VIP_OK ? error : more;
}

/* Each row that the query finds is told in its own words. */
static int tell_all(struct check *check, enum check_name name, enum vip_sql sql)
{
    struct vip_statement *row = NULL;
    int error = VIP_OK;
    int more = vip_db_query_values(check->db, sql, &row, check->diag, NULL, 0);
    for (; more > 0 && error == VIP_OK; more = vip_step(row, check->diag))
        error = check_found(check, name, "%s", vip_column_text(row, 0));
    return error != VIP_OK ? error : more;
}

int check_requests(struct check *check)
{
    uint64_t redeemed = 0;
    int error = scan_requests(check, &redeemed);
    if (error == VIP_OK && redeemed != check->redeemed) {
        error = tell_all(check, CHECK_REQUESTS, VIP_SQL_check_request_entry);
        if (error == VIP_OK)
            error = tell_all(check, CHECK_REQUESTS, VIP_SQL_check_entry_request);
        if (error == VIP_OK && !check->found[CHECK_REQUESTS])
            error = check_found(check, CHECK_REQUESTS,
                                "the sums of requests and of their ledger entries differ");
    }
    if (error == VIP_OK)
        error = tell_all(check, CHECK_REQUESTS, VIP_SQL_check_cancelled);
    return error == VIP_OK ? tell_all(check, CHECK_REQUESTS, VIP_SQL_check_taken) : error;
}

int check_vouchers(struct check *check)
{
    static const enum vip_sql queries[] = {VIP_SQL_check_voucher, VIP_SQL_check_voucher_count,
                                           VIP_SQL_check_voucher_use};
    int error = VIP_OK;
    for (size_t i = 0; error == VIP_OK && i < sizeof queries / sizeof queries[0]; i++)
        error = tell_all(check, CHECK_VOUCHERS, queries[i]);
    if (error != VIP_OK)
        return error;
    return check_conclude(check, CHECK_VOUCHERS, "vouchers are what the requests made of them");
}
