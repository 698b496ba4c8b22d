#!/usr/bin/env bats
# A batch of requests is handed out in the order of members, whose accounts and lots are read ahead,
# many at once. It must end as in the order of its rows, which one request that may depend on
# another (a cancellation, refused here) brings about.

load ../helper

MEMBERS=200 # more than are read ahead at once

setup() {
    fresh
    cp -r "$VIP_ROOT/share/programs/basic" shop
    sed -i 's/^points_expire,.*/points_expire,3m/' shop/program.csv
    lines 'reward,kind,name_en,name_zh,cost,value,due,consume,months,tier,stock,limit,per,expires,witness' \
        'tea,goods,Tea,茶叶,50,10,any,cost,,,,3,month,,no' > shop/rewards.csv
    lines 'benefit,tier,name_en,name_zh,quota,per,items,discount,guests,earns' \
        'lounge,,Lounge,休息室,2,month,,,2,yes' > shop/benefits.csv
    shop --program=shop --as-of=2024-01-01
    awk -v members=$MEMBERS 'BEGIN {
        print "name,phone,enrolled"
        for (i = 1; i <= members; i++) printf "顾客%d,1380000%04d,2024-01-01\n", i, i }' |
        vip-enroll -q --as-of=2024-01-01
    # Member 77 has more entries than are worth reading ahead; some members have none.
    awk -v members=$MEMBERS 'BEGIN {
        print "store,receipt,date,amount,member"
        for (i = 1; i <= members; i++)
            for (sale = 0; sale < (i == 77 ? 300 : i % 5); sale++)
                printf "0101,r%d-%d,2024-%02d-10,%d,M%07d\n", i, sale, 1 + sale % 3, 40 + i, i }' |
        vip-accrue -q --as-of=2024-03-10
}

# requests DATE KEY: some for each member, scattered, named in several ways; a few mean nobody.
requests() {
    awk -v members=$MEMBERS -v date="$1" -v key="$2" 'BEGIN {
        print "request,kind,member,phone,item,quantity,date"
        for (row = 1; row <= 3 * members; row++) {
            i = row * 37 % (members + 1)
            number = row % 4 != 1 ? sprintf("M%07d", i) : ""
            phone = row % 4 < 2 ? sprintf("1380000%04d", row % 40 == 0 ? i + 1 : i) : ""
            kind = row % 5 == 2 ? "benefit" : "reward"
            printf "%s%04d,%s,%s,%s,%s,%d,%s\n", key, row, kind, number, phone,
                kind == "reward" ? "tea" : "lounge", 1 + row % 2, date } }'
}

# hand_out DATABASE: what rows.csv brings, in out.csv and messages.txt.
hand_out() {
    local status=0
    vip-redeem -d "$1" --as-of=2024-05-11 rows.csv > out.csv 2> messages.txt || status=$?
    [ "$status" -eq 1 ] # some are refused
}

# both_ways: rows.csv once in the order of members, once in that of the rows.
both_ways() {
    hand_out "$VIP_DB"
    mv out.csv by-member.csv
    grep -v '^vip-redeem: [0-9]* rows' messages.txt > by-member.txt
    echo 'zz,cancel,,,nothing,1,' >> rows.csv
    hand_out other.db
    same "$(cat out.csv)" "$(cat by-member.csv)"
    grep -v '^vip-redeem: [0-9]* rows\|no-such-request' messages.txt > by-row.txt
    same "$(cat by-row.txt)" "$(cat by-member.txt)"
    same "$(dump_database other.db)" "$(dump_database "$VIP_DB")"
}

@test "a batch in the order of members ends as in the order of its rows" {
    one_file "$VIP_DB"
    cp "$VIP_DB" other.db
    requests 2024-04-01 a > rows.csv
    both_ways
    [ "$(grep -c ',posted,' by-member.csv)" -gt 200 ] || complain "few were handed out"
    grep -q 'too-few-points' by-member.txt
    grep -q 'disagree' by-member.txt
    grep -q 'no-such-member' by-member.txt
    vip-db check -q
}

@test "so do requests that come late, after ends were posted" {
    requests 2024-03-20 a > rows.csv
    vip-redeem -q --as-of=2024-03-20 rows.csv > /dev/null 2>&1 || [ $? -eq 1 ]
    vip-expire -q --as-of=2024-05-11 > /dev/null
    one_file "$VIP_DB"
    cp "$VIP_DB" other.db
    requests 2024-04-05 b > rows.csv
    both_ways
    [ "$(grep -c ',posted,' by-member.csv)" -gt 100 ] || complain "few were handed out"
    vip-db check -q
}
