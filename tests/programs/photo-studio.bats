#!/usr/bin/env bats
# photo-studio: members registered by name; levels with their benefits and quotas.
load story

setup() {
    fresh
    opens photo-studio 2024-01-01
}

# level MEMBER TIER: by what is paid in.
level() {
    local -A amounts=([pearl]=10000 [jade]=20000 [amber]=30000 [crown]=50000)
    sheet "request=L$1" "member=$1" "amount=${amounts[$2]}" by=Li |
        vip-accrue --topup -q --as-of=2024-01-10
}

@test "a fen less is the level below; the level stays when the money is spent, and more lifts it" {
    for member in Bea Eve Ann; do joins '' 2024-01-10 $member; done
    pays_in 20999.99 2024-01-10 Bea 19999.99
    same "$(cell tier)" pearl
    pays_in 49999.99 2024-01-10 Eve 49999.99
    same "$(cell tier)" amber
    pays_in 11000.00 2024-01-10 Ann 10000
    takes 0 2024-02-01 Ann '' kind=stored amount=11000 receipt=R9 store=S1
    exits 0 vip-find -f tsv Ann
    same "$(cell tier) $(cell stored)" 'pearl 0.00'
    pays_in 55000.00 2024-03-01 Ann 50000
    exits 0 vip-find -f tsv Ann
    same "$(cell tier)" crown
    night 2024-03-02
    sound 2024-03-02
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
    # One that did not take place can be had another day.
    lines request,kind,item C1,cancel,"Q$told" >cancel.csv
    exits 0 vip-redeem --as-of=2025-05-31 cancel.csv
    takes 0 2025-05-31 Ann birthday-shooting kind=benefit
    denied used-this-year 2025-05-31 Ann birthday-shooting kind=benefit
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

# pays PRINCIPAL BONUS STORED TIER DAY MEMBER: paid in advance; what was given with it, what is
# stored then, and the level that follows.
pays() {
    sheet "request=T$6-$1" "member=$6" "amount=$1" by=manager >topup.csv
    exits 0 vip-accrue --topup -f tsv -o paid.tsv --as-of="$5" topup.csv
    out=$(<paid.tsv)
    same "$(cell principal)|$(cell bonus)|$(cell stored)|$(cell tier)" "$1.00|$2.00|$3.00|$4"
    has "$(vip-find -f csv "$6")" ",$4,"
}

@test "the level follows what is paid in advance, and its card" {
    local member
    for member in Ann Bea Cat Dan; do joins '' 2024-01-10 "$member"; done
    pays 10000 1000 11000 pearl 2024-01-11 Ann
    exits 0 vip-card issue -f csv --as-of=2024-01-11 paid.tsv
    has "$out" Ann,
    pays 20000 3000 23000 jade 2024-01-11 Bea
    pays 30000 0 30000 amber 2024-01-11 Cat
    pays 50000 5000 55000 crown 2024-01-11 Dan
    lines request,member,amount,by T9,Ann,9999.99,manager >topup.csv
    refuses 1 '[no-such-topup]' vip-accrue --topup --as-of=2024-01-11 topup.csv
    night 2024-01-11
    sound 2024-01-11
}

@test "what is paid out of it earns nothing, and goes back to the member" {
    joins '' 2024-01-10 Ann
    joins '' 2024-01-10 Bea
    pays 10000 1000 11000 pearl 2024-01-11 Ann
    takes 0 2024-02-01 Ann '' kind=stored amount=10500 receipt=P1 store=S1
    earns 0 2024-02-01 Ann 10500 pay=stored receipt=P1
    earns 500 2024-02-02 Ann 800 pay=stored:300.00\|cash:500.00
    denied other-member 2024-02-03 Bea "Q$((told - 2))" kind=stored amount=-10500
    denied exceeds-spent 2024-02-03 Ann '' kind=stored amount=-10500.01 receipt=P1 store=S1
    takes 0 2024-02-03 Ann '' kind=stored amount=-10500 receipt=P1 store=S1
    has "$(vip-find -f csv Ann)" ,11000.00,
    sound 2024-02-03
}
