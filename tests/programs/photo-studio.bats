#!/usr/bin/env bats
# photo-studio: members registered by name; levels with their benefits and quotas.
load story

setup() {
    fresh
    opens photo-studio 2024-01-01
}

# level MEMBER TIER: given by the manager.
level() {
    sheet "member=$1" "tier=$2" reason=opening by=manager |
        vip-tier -q --as-of=2024-01-10 --grant
}

@test "members are registered by name: name and phone find them, a phone alone does not" {
    turned_away missing-field 2024-01-10 Ann birthday=
    joins '' 2024-01-10 Ann phone=13800138000
    lines name,phone,store,receipt,date,amount Ann,13800138000,S1,R1,2024-01-11,100 |
        vip-accrue -q --as-of=2024-01-11
    lines phone,store,receipt,date,amount 13800138000,S1,R2,2024-01-11,100 >pos.csv
    exits 1 vip-accrue --as-of=2024-01-11 pos.csv
    lines name,phone,store,receipt,date,amount Bea,13800138000,S1,R2,2024-01-11,100 >pos.csv
    exits 1 vip-accrue --as-of=2024-01-11 pos.csv
    balance Ann 100
}

@test "a birthday shooting a year, in the birthday's month or the month before" {
    joins '' 2024-01-10 Ann birthday=1990-05-20
    joins '' 2024-01-10 Jan birthday=1990-01-20
    joins '' 2024-01-10 Non birthday=1990-05-20
    level Ann pearl
    level Jan crown
    denied wrong-tier 2024-04-01 Non birthday-shooting kind=benefit
    denied wrong-month 2024-03-31 Ann birthday-shooting kind=benefit
    denied too-many-items 2024-04-01 Ann birthday-shooting kind=benefit quantity=4
    takes 0 2024-04-01 Ann birthday-shooting kind=benefit quantity=3
    denied used-this-year 2024-05-20 Ann birthday-shooting kind=benefit
    denied wrong-month 2024-06-01 Ann birthday-shooting kind=benefit
    takes 0 2025-05-31 Ann birthday-shooting kind=benefit
    # A January birthday's month before is December: one shooting for both.
    takes 0 2024-12-01 Jan birthday-shooting kind=benefit
    denied used-this-year 2025-01-20 Jan birthday-shooting kind=benefit
    takes 0 2025-12-31 Jan birthday-shooting kind=benefit
}

@test "a desk calendar a year, costumes at half price as often as wanted" {
    joins '' 2024-01-10 Ann
    for tier in pearl jade amber crown; do
        joins '' 2024-01-10 "Ms$tier"
        level "Ms$tier" $tier
        takes 0 2024-02-01 "Ms$tier" calendar kind=benefit
        denied limit-reached 2024-12-31 "Ms$tier" calendar kind=benefit
        takes 0 2025-01-01 "Ms$tier" calendar kind=benefit
        takes 0 2024-02-01 "Ms$tier" costume kind=benefit quantity=5
        takes 0 2024-02-01 "Ms$tier" costume kind=benefit quantity=5
    done
    denied wrong-tier 2024-02-01 Ann calendar kind=benefit
    exits 0 vip-redeem --offers --member=Mspearl --as-of=2024-05-01 -f csv
    has "$out" Mspearl,benefit,costume,
    sound 2025-01-01
}

@test "what stored value paid earns nothing; a lost card is replaced, the points stay" {
    joins '' 2024-01-10 Ann
    earns 0 2024-02-01 Ann 800 pay=stored
    earns 200 2024-02-01 Ann 200 pay=cash receipt=P1
    brings_back 100 2024-02-02 Ann 100 P1
    lines member Ann | vip-card -q lost --as-of=2024-03-01
    lines request,card,item,kind q1,K000001,calendar,benefit >rows.csv
    refuses 1 '[card-lost]' vip-redeem --as-of=2024-03-01 rows.csv
    lines member Ann >who.csv
    vip-card -q replace --as-of=2024-03-02 who.csv
    exits 0 vip-card activate -f tsv --as-of=2024-03-05 who.csv
    same "$(cell card)" K000002
    balance K000002 100
    sound 2024-03-05
}
