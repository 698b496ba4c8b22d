#!/usr/bin/env bats
# Reports on contacts and complaints, against figures worked out from the rows that went in.

load ../helper

# people COUNT: members M0…, of four consultants at two stores.
people() {
    shop
    awk -v count="$1" 'BEGIN { print "member,name,phone,store,consultant,enrolled,consent_sms,consent_call"
        for (i = 0; i < count; i++)
            printf "M%d,某,138%08d,S%d,导购%d,2025-01-01,yes,yes\n", i, i, i % 2, i % 4 }' > members.csv
    vip-enroll -q --as-of=2025-01-01 members.csv
}

# report NAME [OPTION…]: its rows without the heading.
report() { vip-report -q -f csv -o out.csv "$@" && sed 1d out.csv; }

# share A B SCALE: A × SCALE ÷ B with two decimals, half up, in whole numbers.
share() { python3 -c 'import sys
a, b, scale = map(int, sys.argv[1:])
q = (2 * a * scale * 100 + b) // (2 * b)
print(f"{q // 100}.{q % 100:02d}")' "$1" "$2" "$3"; }

@test "satisfaction: answers, average and shares, whole and in groups" {
    people 40
    awk 'BEGIN { srand(7); print "contact,member,kind,date,by,outcome,satisfaction"
        for (i = 0; i < 300; i++)
            printf "T%d,M%d,news,2026-%02d-%02d,x,reached,%s\n", i, int(rand() * 40),
                1 + int(rand() * 10), 1 + int(rand() * 28), rand() < 0.2 ? "" : 1 + int(rand() * 5) }' > c.csv
    vip-contact -q --as-of=2026-11-21 c.csv
    # The member's number says store and consultant: M7 is with 导购3 at S1.
    sed 1d c.csv | awk -F, '$7 != "" { m = substr($2, 2)
        k = "S" m % 2 ",导购" m % 4; n[k]++; t[k] += $7; s[k] += $7 >= 4; d[k] += $7 <= 2 }
        END { for (k in n) print k, n[k], t[k], s[k], d[k] }' | sort > sums
    report satisfaction --as-of=2026-11-21 --by=store,consultant > got
    while read -r key count points good bad; do
        echo "$key,$count,$(share "$points" "$count" 1),$good,$bad,$(share "$good" "$count" 100)"
    done < sums > wanted
    same "$(sort got)" "$(sort wanted)"
    [ "$(wc -l < got)" = 4 ]
    same "$(report satisfaction --as-of=2026-11-21 | cut -d, -f1)" "$(awk '{ n += $2 } END { print n }' sums)"
    same "$(report satisfaction --as-of=2026-11-21 --period=2026-03 | cut -d, -f1)" \
        "$(awk -F, '$4 ~ /^2026-03/ && $7 != ""' c.csv | wc -l)"
    same "$(report satisfaction --as-of=2026-11-21 --consultant=导购3 | cut -d, -f1)" \
        "$(awk '/导购3/ { print $2 }' sums)"
}

@test "churn: the last reason of each member, and who came back" {
    people 40
    awk 'BEGIN { srand(9); split("price product service technology promotion need management politics other", r)
        print "contact,member,kind,date,by,outcome,churn_reason"
        for (i = 0; i < 120; i++)
            printf "T%d,M%d,dormant,2026-%02d-%02d,x,reached,%s\n", i, int(rand() * 40),
                1 + i / 13, 1 + i % 13, rand() < 0.3 ? "" : r[1 + int(rand() * 9)] }' > c.csv
    vip-contact -q --as-of=2026-11-21 c.csv
    lines store,receipt,date,amount,member S,R1,2026-11-20,100,M1 S,R2,2026-11-20,100,M2 \
        S,R3,2026-11-20,100,M3 | vip-accrue -q --as-of=2026-11-21
    # The rows are in the order of their days: the last one of a member counts.
    sed 1d c.csv | awk -F, '$7 != "" { last[$2] = $7 }
        END { for (m in last) { n[last[m]]++; all++; back[last[m]] += m ~ /^M[123]$/ }
            for (r in n) print r, n[r], back[r], all }' | sort > sums
    while read -r reason count back all; do
        echo "$reason,$count,$back,$(share "$count" "$all" 100)"
    done < sums | sort -t, -k2,2nr -k1,1 > wanted
    same "$(report churn --as-of=2026-11-21)" "$(cat wanted)"
    [ "$(wc -l < wanted)" -ge 7 ]
    same "$(report churn --as-of=2026-11-21 --by=store | cut -d, -f1,3 | awk -F, '{ n[$1] += $2 } END { print n["S0"] + n["S1"] }')" \
        "$(awk '{ n += $2 } END { print n }' sums)"
}

@test "contacts: done, failed, open and overdue, for each consultant" {
    people 8
    awk 'BEGIN { print "store,receipt,date,amount,member"
        for (i = 0; i < 8; i++) printf "S,R%d,2026-10-01,100,M%d\n", i, i }' > pos.csv
    vip-accrue -q --as-of=2026-10-01 pos.csv
    vip-remind -q --mark --kind=follow-up --as-of=2026-11-01
    call=follow-up:1m:2026-10-01
    # Each of the eight had a call due on 1 November; 导购0 has M0 and M4.
    lines member,key,by,outcome "M0,$call,x,reached" "M4,$call,x,no-answer" "M1,$call,x,wrong-number" \
        "M2,$call,x,refused" "M6,$call,x,reached" | vip-contact -q --as-of=2026-11-01
    same "$(report contacts --as-of=2026-11-01)" "$(lines 导购0,2,1,0,1,0,50.00 导购1,2,0,1,1,0,0.00 \
        导购2,2,2,0,0,0,100.00 导购3,2,0,0,2,0,0.00)"
    # Two days on what was neither done nor given up is overdue.
    same "$(report contacts --as-of=2026-11-03)" "$(lines 导购0,2,1,0,0,1,50.00 导购1,2,0,1,0,1,0.00 \
        导购2,2,2,0,0,0,100.00 导购3,2,0,0,0,2,0.00)"
    # Given again, tried twice more without an answer: it is given up.
    vip-remind -q --mark --kind=follow-up --as-of=2026-11-03
    same "$(report contacts --as-of=2026-11-03 --consultant=导购0)" 导购0,2,1,0,1,0,50.00
    lines member,key,by,outcome "M4,$call,x,no-answer" | vip-contact -q --as-of=2026-11-03
    vip-remind -q --mark --kind=follow-up --as-of=2026-11-04
    lines member,key,by,outcome "M4,$call,x,no-answer" | vip-contact -q --as-of=2026-11-04
    same "$(report contacts --as-of=2026-11-05 --consultant=导购0)" 导购0,2,1,1,0,0,50.00
    same "$(report contacts --as-of=2026-11-05 --by=kind,channel --store=S1 | cut -d, -f1-4)" \
        "$(lines 导购1,call,follow-up,2 导购3,call,follow-up,2)"
    same "$(report contacts --period=2026-10 --as-of=2026-11-05)" ''
}

@test "complaints: how far each has come" {
    people 2
    lines complaint,member,step,date,by,note,amount,store C1,M0,heard,2026-11-01,顾丽,seam,,S0 \
        C1,,apologised,2026-11-02,陈晨,,, C1,,cause,2026-11-02,陈晨,thread,, C1,,remedy,2026-11-03,陈晨,sewn,, \
        C1,,compensation,2026-11-03,陈晨,,50, C1,,confirmed,2026-11-04,顾丽,,, C1,,closed,2026-11-05,顾丽,,, \
        C1,,followed-up,2026-11-12,陈晨,,, C2,M1,heard,2026-11-10,顾丽,late,,S1 \
        C0,M1,heard,2025-12-31,顾丽,old,, > steps.csv
    vip-contact -q --complaint --as-of=2026-11-20 steps.csv
    same "$(report complaints --as-of=2026-11-20)" "$(lines \
        C1,M0,某,S0,followed-up,陈晨,2026-11-01,2026-11-02,thread,sewn,50.00,2026-11-04,2026-11-05,2026-11-12,4 \
        C2,M1,某,S1,heard,顾丽,2026-11-10,,,,,,,,10)"
    same "$(report complaints --as-of=2026-11-20 --from=2025-01-01 --member=M1 | cut -d, -f1)" "$(lines C0 C2)"
    same "$(report complaints --as-of=2026-11-20 --store=S1 | cut -d, -f1)" C2
}
