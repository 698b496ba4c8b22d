#!/usr/bin/env bats
# Input that is not what it should be: each mistake has a message that says where and what to do, the
# right exit status, and leaves the database as it was.
load ../helper

setup() {
    fresh
    needs_tool sqlite3
    shop
    lines name,phone,enrolled 张三,13812345678,2026-01-01 李四,13812345679,2026-01-01 >members.csv
    vip-enroll -q --as-of=2026-11-21 members.csv
    before=$(sqlite3 "$VIP_DB" .dump)
}

unchanged() { same "$(sqlite3 "$VIP_DB" .dump)" "$before"; }

# bad STATUS MESSAGE [FILE…]: vip-accrue (on pos.csv) ends with STATUS and says MESSAGE first, after
# its own name; nothing is posted.
bad() {
    local wanted=$1 message=$2
    shift 2
    [ $# -gt 0 ] || set -- pos.csv
    exits "$wanted" vip-accrue --as-of=2026-11-21 -f csv "$@"
    same "$(grep -v 'rows\? read' <<<"$err")" "vip-accrue: $message"
    hasnt "$out" posted
    unchanged
}

# row MESSAGE CELLS: the row, under all the columns that need be, is refused with MESSAGE.
row() {
    lines store,receipt,date,amount,member "$2" >pos.csv
    bad 1 "pos.csv:2: $1"
    has "$err" '1 row read, 0 accepted, 0 known, 1 refused'
}

@test "an empty file is an error; a header alone is a day without sales" {
    : >pos.csv
    bad 4 'pos.csv: is empty: expected a line of column names'
    printf '\n\r\n  \n' >pos.csv
    bad 4 'pos.csv: is empty: expected a line of column names'
    printf '\xef\xbb\xbf' >pos.csv
    bad 4 'pos.csv: is empty: expected a line of column names'
    lines store,receipt,date,amount,member >pos.csv
    exits 0 vip-accrue -f csv pos.csv
    same "$err" 'vip-accrue: 0 rows read, 0 accepted, 0 known, 0 refused'
    same "$out" member,card,store,receipt,line,date,kind,amount,points,balance,status,reason
    unchanged
}

@test "a wrong delimiter, and columns that are missing, are named with what is there" {
    lines 'store|receipt|date|amount' 'A|R1|2026-11-20|1' >pos.csv
    bad 4 "pos.csv: column 'store' (店铺) is missing; the file has: store|receipt|date|amount; is it a \
table, and do commas or tabs part its columns? (see --input-format)"
    lines 店铺,小票号,日期 A,R1,2026-11-20 >pos.csv
    bad 4 "pos.csv: column 'amount' (金额) is missing; the file has: 店铺, 小票号, 日期"
}

@test "bytes of no encoding are named with line and byte" {
    printf 'store,receipt,date,amount\nCaf\xe9,R1,2026-11-20,1\n' >pos.csv
    bad 4 'pos.csv:2: is neither UTF-8 (see line 2, byte 30 of the input) nor GB18030 (line 2, byte 30): name the encoding with --input-encoding'
    exits 0 vip-accrue -n -f csv --input-encoding=LATIN1 pos.csv
    unchanged
}

@test "amounts that are none" {
    row "amount: '1e3' is in scientific notation: write it out in full [bad-cell]" A,R1,2026-11-20,1e3,
    row "amount: '12.345' has more than two decimals [bad-cell]" A,R1,2026-11-20,12.345,M0000001
    row "amount: '-0' is minus zero: write 0 [bad-cell]" A,R1,2026-11-20,-0,M0000001
    row "amount: '99999999999999999999' is too large [bad-cell]" \
        A,R1,2026-11-20,99999999999999999999,M0000001
    row "amount: '1,28.0' has a comma that does not part groups of three digits [bad-cell]" \
        'A,R1,2026-11-20,"1,28.0",M0000001'
    row "amount: 'twelve' is not a number [bad-cell]" A,R1,2026-11-20,twelve,M0000001
    row "amount: '0x10' is not a number [bad-cell]" A,R1,2026-11-20,0x10,M0000001
    row "amount: '12 34' is not a number [bad-cell]" 'A,R1,2026-11-20,12 34,M0000001'
    row 'amount: is empty: each line needs its store, receipt, date and amount [missing-field]' \
        A,R1,2026-11-20,,M0000001
}

@test "dates that are none" {
    row "date: '2026-02-30' does not exist [bad-cell]" A,R1,2026-02-30,1,M0000001
    row "date: '2026-13-01' does not exist [bad-cell]" A,R1,2026-13-01,1,M0000001
    row "date: '20-11-2026' is not a date (2026-11-21) [bad-cell]" A,R1,20-11-2026,1,M0000001
    row "date: '46346' is not a date (2026-11-21) [bad-cell]" A,R1,46346,1,M0000001
    row "date: '2026-11-20 25:00' is not a date (2026-11-21) [bad-cell]" \
        'A,R1,2026-11-20 25:00,1,M0000001'
    row "date: '2026-11-22' is later than today (see --as-of) [bad-cell]" A,R1,2026-11-22,1,M0000001
    row 'date: is empty: each line needs its store, receipt, date and amount [missing-field]' \
        A,R1,,1,M0000001
}

@test "keys that are none" {
    row 'store: is empty: each line needs its store, receipt, date and amount [missing-field]' \
        ,R1,2026-11-20,1,M0000001
    row 'receipt: is empty: each line needs its store, receipt, date and amount [missing-field]' \
        A,　,2026-11-20,1,M0000001
    row "receipt: '2.02611E+13' was a number to a spreadsheet: export the column as text [spoilt-number]" \
        A,2.02611E+13,2026-11-20,1,M0000001
}

@test "other cells that are wrong" {
    lines store,receipt,date,amount,line,quantity,list_price,kind,phone \
        A,R1,2026-11-20,1,0,,,, A,R2,2026-11-20,1,1.5,,,, A,R3,2026-11-20,1,2147483648,,,, \
        A,R4,2026-11-20,1,,1.555,,, A,R5,2026-11-20,1,,-1,,, A,R6,2026-11-20,1,,99999999999,,, \
        A,R7,2026-11-20,1,,,x,, A,R8,2026-11-20,1,,,-5,, A,R9,2026-11-20,1,,,,refund, \
        A,R10,2026-11-20,-1,,,,sale, A,R11,2026-11-20,1,,,,,1.38E+10 >pos.csv
    bad 1 "pos.csv:2: line: '0' is not a line number (1, 2, 3…) [bad-cell]
vip-accrue: pos.csv:3: line: '1.5' is not a whole number [bad-cell]
vip-accrue: pos.csv:4: line: '2147483648' is not a line number (1, 2, 3…) [bad-cell]
vip-accrue: pos.csv:5: quantity: '1.555' has too many decimals [bad-cell]
vip-accrue: pos.csv:6: quantity: '-1' is negative: expected the kind return (退货) [bad-cell]
vip-accrue: pos.csv:7: quantity: '99999999999' is more than any sale [bad-cell]
vip-accrue: pos.csv:8: list_price: 'x' is not a number [bad-cell]
vip-accrue: pos.csv:9: list_price: '-5' is negative [bad-cell]
vip-accrue: pos.csv:10: kind: 'refund' is neither sale (销售) nor return (退货) [bad-cell]
vip-accrue: pos.csv:11: amount: '-1' is negative: expected the kind return (退货) [bad-cell]
vip-accrue: pos.csv:12: phone: a spreadsheet has made '1.38E+10' of the number: format the column as text and type it again [spoilt-number]"
}

@test "two columns of one name, in one language or in two" {
    lines store,receipt,date,amount,amount A,R1,2026-11-20,1,1 >pos.csv
    bad 4 "pos.csv:1: amount: two columns have this name: 'amount' (column 4) and 'amount' (column 5)"
    lines store,receipt,date,金额,Amount A,R1,2026-11-20,1,1 >pos.csv
    bad 4 "pos.csv:1: amount: two columns have this name: '金额' (column 4) and 'Amount' (column 5)"
}

@test "a mebibyte in one cell is refused, wherever it stands, and its message is short" {
    local cell
    cell=$(head -c 1048576 /dev/zero | tr '\0' x)
    for row in "$cell,R1,2026-11-20,1,M0000001,a" "A,$cell,2026-11-20,1,M0000001,a" \
        "A,R1,$cell,1,M0000001,a" "A,R1,2026-11-20,$cell,M0000001,a" "A,R1,2026-11-20,1,$cell,a" \
        "A,R1,2026-11-20,1,M0000001,$cell"; do
        printf '%s\n' store,receipt,date,amount,member,category "$row" >pos.csv
        exits 1 vip-accrue --as-of=2026-11-21 -f csv pos.csv
        has "$err" 'has 1048576 bytes: expected at most 255; is a quote missing? [too-long]'
        [ "${#err}" -lt 300 ] || complain 'a long message'
        unchanged
    done
}

@test "rows of too few or too many cells, and a quote that is never closed" {
    lines store,receipt,date,amount A,R1,2026-11-20 A,R2,2026-11-20,1,000 >pos.csv
    bad 1 'pos.csv:2: has 3 cells, expected 4 as in the header [too-few-cells]
vip-accrue: pos.csv:3: has 5 cells, expected 4 as in the header [too-many-cells]'
    lines store,receipt,date,amount 'A,"R1,2026-11-20,1' A,R2,2026-11-20,1 >pos.csv
    bad 4 'pos.csv:2: the quote opened here is never closed'
}

@test "a file that breaks off keeps the rows before the break" {
    lines store,receipt,date,amount,member A,R1,2026-11-20,5,M0000001 'A,"R2,2026-11-20,1,' >pos.csv
    exits 4 vip-accrue --as-of=2026-11-21 -f csv pos.csv
    has "$err" 'pos.csv:3: the quote opened here is never closed'
    has "$out" M0000001,K000001,A,R1,1,2026-11-20,sale,5.00,5,5,posted,
    same "$(sqlite3 "$VIP_DB" 'SELECT receipt FROM purchase')" R1
}

@test "a directory, a missing file, and one that may not be read" {
    mkdir folder
    bad 4 'folder: is a directory: name the files in it' folder
    bad 4 'absent.csv: cannot open: No such file or directory' absent.csv
    [ "$(id -u)" -ne 0 ] || skip 'root may read everything'
    lines store,receipt,date,amount >secret.csv
    chmod 000 secret.csv
    bad 4 'secret.csv: cannot open: Permission denied' secret.csv
}

@test "a bad file among good ones: those before it stay, those after it are not read" {
    lines store,receipt,date,amount,member A,R1,2026-11-20,1,M0000001 >one.csv
    lines store,receipt,date,amount,member A,R2,2026-11-20,1,M0000001 >two.csv
    exits 4 vip-accrue --as-of=2026-11-21 -f csv one.csv absent.csv two.csv
    same "$(sqlite3 "$VIP_DB" 'SELECT receipt FROM purchase')" R1
    exits 0 vip-accrue --as-of=2026-11-21 -f csv one.csv two.csv
    has "$err" '2 rows read, 1 accepted, 1 known, 0 refused'
}

# ---- every job that reads rows ----

# Each with columns and a row that is good but for what a test puts into it.
jobs=(
    'vip-enroll|name,phone,birthday,gender,address,email,store,consultant,enrolled,receipt,spent,application|李四,13912345679,1990-01-02,F,街1号,x@example.cn,S1,A,2026-11-01,Q9,60,p9'
    'vip-enroll --update|member,name,birthday,email,store,consultant|M0000001,张新,1990-01-02,y@example.cn,S2,B'
    'vip-enroll --suspend|member,reason,by|M0000001,noise,boss'
    'vip-enroll --opening|member,points,date,expires,spent,request|M0000001,100,2026-01-01,2027-01-01,50,o1'
    'vip-enroll --merge|from,to,reason|M0000001,M0000002,one'
    'vip-enroll --forget|member,reason,by|M0000001,asked,boss'
    'vip-accrue|store,receipt,date,amount,category,member|A,R1,2026-11-20,1,shoes,M0000001'
    'vip-accrue --adjust|request,points,reason,by,witness,member|a9,10,slip,Li,Wu,M0000001'
    'vip-accrue --transfer|request,from,to,points,reason,by|t9,M0000001,M0000002,10,gift,Li'
    'vip-accrue --topup|request,amount,by,store,receipt,member|u9,1000,Li,S1,R9,M0000001'
    'vip-redeem|request,kind,item,quantity,guests,date,store,receipt,by,witness,member|q9,reward,mug,1,0,2026-11-20,S1,R9,a,b,M0000001'
    'vip-redeem|request,kind,amount,member|q8,stored,10,M0000001'
    'vip-redeem --offers|member|M0000001'
    'vip-tier --grant|member,tier,until,reason,by|M0000001,member,2027-12-31,friend,boss'
    'vip-card lost|card,reason|K000001,stolen'
    'vip-contact|contact,kind,date,by,channel,outcome,note,satisfaction,churn_reason,member|c9,follow-up,2026-11-20,A,sms,reached,ok,5,price,M0000001'
    'vip-contact --complaint|complaint,step,date,by,note,amount,member|C9,compensation,2026-11-20,A,shoe,1,M0000001'
    'vip-staff roster|staff,name,store,group,since,left|Z,安,S1,鞋,2026-11-01,2026-11-20'
    'vip-staff targets|month,store,staff,target|2026-11,S1,A,20'
    'vip-staff attendance|date,staff,days|2026-11-05,A,1'
)

# every_job COLUMNS CELL REASON: where a job has one of these columns ("*": any), CELL in it is
# refused, and nothing is changed. Rows are refused before anybody is looked up.
every_job() {
    local wanted=",$1," cell=$2 reason=$3 job command heading row names cells place tried=0
    for job in "${jobs[@]}"; do
        IFS='|' read -r command heading row <<<"$job"
        IFS=, read -ra names <<<"$heading"
        for place in "${!names[@]}"; do
            [[ $wanted == *",${names[place]},"* || $wanted == ',*,' ]] || continue
            IFS=, read -ra cells <<<"$row"
            cells[place]=$cell
            printf '%s\n' "$heading" "$(IFS=, && echo "${cells[*]}")" >rows.csv
            # shellcheck disable=SC2086
            exits 1 $command --as-of=2026-11-21 rows.csv
            [[ $err == *"rows.csv:2: ${names[place]}: "* && $err =~ $reason ]] ||
                complain "$command: ${names[place]}"
            [ "${#err}" -lt 400 ] || complain 'a long message'
            tried=$((tried + 1))
        done
        unchanged
    done
    [ "$tried" -ge "${4-1}" ]
}

@test "a mebibyte in any cell of any job" {
    # Jobs that look somebody up first have him.
    every_job '*' "$(head -c 1048576 /dev/zero | tr '\0' x)" '\[too-long\]' 80
}

@test "numbers that are none, in every job" {
    local columns=amount,points,quantity,spent,satisfaction,days,target,guests
    every_job $columns 1e3 '\[bad-[a-z]+\]' 10
    every_job $columns 12.345 '\[bad-[a-z]+\]' 10
    every_job $columns -0 '\[bad-[a-z]+\]' 10
    every_job $columns 99999999999999999999 '\[bad-[a-z]+\]' 10
}

@test "dates that are none, in every job" {
    every_job date,enrolled,until,expires,since,left,birthday,month 2026-02-30 '\[bad-[a-z]+\]' 10
    every_job date,enrolled,until,expires,since,left,birthday,month 46346 '\[bad-[a-z]+\]' 10
}

@test "keys that a spreadsheet has spoilt, in every job" {
    every_job receipt,request,application,complaint,contact,store,staff,consultant,item,member,card,from,to,phone \
        1.38E+10 '\[spoilt-number\]' 30
}
