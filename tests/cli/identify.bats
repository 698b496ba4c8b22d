#!/usr/bin/env bats
# Whom a row means: every way to name a member, at the till, and what does not agree.
load ../helper

setup() {
    fresh
    shop --program=menswear
    lines name,phone,id_no,birthday 王芳,13812341234,11010519491231002X, 王芳,13812345678,,1980-05-06 \
        李四,13900001234,,农历八月十五 买买提·吐尔逊,13700000001,, >people.csv
    exits 0 vip-enroll -q --as-of=2026-01-01 people.csv
}

# means MEMBER COLUMNS CELLS: a purchase whose row names its member so is that member's.
number=0
means() {
    number=$((number + 1))
    lines "store,receipt,date,amount,$2" "S1,R$number,2026-01-02,10,$3" | iconv -t GB18030 >row.csv
    exits 0 vip-accrue --as-of=2026-01-02 -e GB18030 row.csv
    same "$(tail -n 1 <<<"$out" | cut -d, -f1)" "$1"
}

# means_nobody REASON COLUMNS CELLS: it is refused with that word.
means_nobody() {
    lines "store,receipt,date,amount,$2" "S1,X,2026-01-02,10,$3" >row.csv
    exits 1 vip-accrue --as-of=2026-01-02 row.csv
    has "$err" "[$1]"
}

@test "each column that names a member finds the member" {
    means M0000001 member M0000001
    means M0000001 会员卡号 Ｋ０００００１
    means M0000001 card K000001
    means M0000003 手机号码 '139 0000 1234'
    means M0000001 身份证号 11010519491231002x
    means M0000003 姓名,生日 李四,农历八月十五
    means M0000002 name,birthday '王　芳,1980-05-06'
}

@test "the last four digits of the phone will do beside the name" {
    means M0000001 姓名,手机 王芳,1234
    means M0000002 name,phone 王芳,5678
    means M0000003 name,phone 李四,１２３４
    means M0000004 name,phone 买买提吐尔逊,0001
    means M0000002 card,phone K000002,5678
    means_nobody not-identified phone 1234
    means_nobody no-such-member name,phone 王芳,9999
    means_nobody disagree card,phone K000002,1234
    exits 0 vip-enroll -q --as-of=2026-01-02 <<<$'name,phone\n王芳,13999991234'
    means_nobody ambiguous name,phone 王芳,1234
    means M0000001 name,phone 王芳,13812341234
}

@test "what is given must agree" {
    means M0000002 member,card,phone,name,birthday M0000002,K000002,13812345678,王芳,05-06
    means_nobody disagree member,card M0000002,K000001
    means_nobody disagree card,phone K000002,13812341234
    means_nobody disagree phone,name 13812345678,李四
    means_nobody disagree card,birthday K000002,05-07
    means_nobody disagree card,id_no K000002,11010519491231002X
    means_nobody disagree card,phone K000002,13600000000
    means_nobody ambiguous name 王芳
    means_nobody not-identified birthday 05-06
    means_nobody no-such-member card K999999
    means_nobody spoilt-number phone 1.38E+10
}

@test "what a list has masked agrees with its member, and names nobody by itself" {
    means M0000001 member,name,phone,id_no 'M0000001,王芳,138****1234,110105********002X'
    means M0000002 name,phone '王芳,138****5678'
    means_nobody disagree member,phone 'M0000002,138****1234'
    means_nobody not-identified phone '138****5678'
    means_nobody no-such-member id_no '110105********002X'
    # What vip-find prints, another command reads.
    exits 0 vip-find -f csv 王芳
    sed '1s/$/,reason/; 2,$s/$/,found/' <<<"$out" >found.csv
    exits 0 vip-enroll --suspend --as-of=2026-01-02 found.csv
}

@test "every command that reads members takes the end of the phone with the name" {
    local row=$'name,phone,reason\n王芳,5678,seen at the till'
    exits 0 vip-card lost --as-of=2026-01-02 <<<"$row"
    has "$out" M0000002,K000002
    exits 0 vip-enroll --suspend --as-of=2026-01-02 <<<"$row"
    has "$out" M0000002,
    exits 0 vip-enroll --resume --as-of=2026-01-02 <<<"$row"
    exits 0 vip-enroll --opening --as-of=2026-01-02 <<<$'name,phone,points\n王芳,5678,7'
    has "$out" M0000002,
    exits 0 vip-accrue --adjust --as-of=2026-01-02 <<<$'request,name,phone,points,reason,by\nq,王芳,5678,7,gift,boss'
    has "$out" M0000002,
    exits 0 vip-tier --grant --as-of=2026-01-02 <<<$'name,phone,tier,until,reason,by\n王芳,5678,elite,2027-01-01,x,boss'
    has "$out" M0000002,
    exits 0 vip-contact --as-of=2026-01-02 <<<$'name,phone,kind,outcome\n王芳,5678,care,reached'
    has "$out" M0000002,
    exits 0 vip-redeem --offers --as-of=2026-01-02 <<<$'name,phone\n王芳,5678'
}
