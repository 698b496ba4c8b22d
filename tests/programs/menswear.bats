#!/usr/bin/env bats
# menswear: an accumulation card, elite and diamond, a second brand with a ladder of its own.
load story

setup() {
    fresh
    opens menswear 2024-01-01
}

@test "elite: ¥5000 of the business line in one receipt, ¥3000 of leather or golf" {
    for member in Biz Less Mixed Lea Golf Short Casual; do
        joins accumulation 2024-02-01 $member
    done
    earns 4999 2024-02-10 Less 4999.99 category=business
    earns 5000 2024-02-10 Biz 5000 category=business
    earns 4000 2024-02-10 Mixed 4000 category=business receipt=M1 line=1
    earns 2000 2024-02-10 Mixed 2000 category=casual receipt=M1 line=2
    earns 3000 2024-02-10 Lea 3000 category=leather
    earns 1500 2024-02-10 Golf 1500 category=golf receipt=G1 line=1
    earns 1500 2024-02-10 Golf 1500 category=leather receipt=G1 line=2
    earns 2999 2024-02-10 Short 2999.99 category=golf
    earns 5000 2024-02-10 Casual 5000 category=casual
    night 2024-02-10 Biz,accumulation,elite,upgrade,2024-02-10, \
        Lea,accumulation,elite,upgrade,2024-02-10, Golf,accumulation,elite,upgrade,2024-02-10,
    has "$(<cards.csv)" ,Biz,elite,
    sound 2024-02-10
}

@test "elite: ¥8000 in twelve months, on the day when it is reached" {
    joins accumulation 2024-02-01 Sum
    joins accumulation 2024-02-01 Less
    joins accumulation 2024-02-01 Slow
    for member in Sum Less Slow; do earns 4000 2024-02-10 $member 4000; done
    earns 4000 2025-02-09 Sum 4000
    earns 3999 2025-02-09 Less 3999.99
    # The accumulation cards have ended by then; what was added up still counts.
    night 2025-02-09 Less,accumulation,,lapse,2025-02-02, Slow,accumulation,,lapse,2025-02-02, \
        Sum,accumulation,,lapse,2025-02-02, Sum,,elite,upgrade,2025-02-09,
    earns 4000 2025-02-10 Slow 4000
    night 2025-02-10
    sound 2025-02-10
}

@test "elite straight away, with the purchase of the application" {
    joins elite 2024-02-01 Lea spent=3000 receipt=L1 store=S1 category=leather
    joins accumulation 2024-02-01 Less spent=2999.99 receipt=L2 store=S1 category=leather
    joins diamond 2024-02-01 Dia spent=15000 receipt=L3 store=S1 category=casual
    joins accumulation\|knight 2024-02-01 Kim spent=3000 receipt=L4 store=S1 brand=second
    night 2024-02-01
    sound 2024-02-01
}

@test "diamond: ¥15000 at once, or from elite ¥20000 in twelve months" {
    joins accumulation 2024-02-01 Once
    joins accumulation 2024-02-01 Less
    joins accumulation 2024-02-01 Step
    joins accumulation 2024-02-01 Near
    earns 15000 2024-02-10 Once 15000
    earns 14999 2024-02-10 Less 14999.99
    earns 10000 2024-02-10 Step 10000
    earns 10000 2024-02-10 Near 10000
    night 2024-02-10 Less,accumulation,elite,upgrade,2024-02-10, \
        Near,accumulation,elite,upgrade,2024-02-10, Once,accumulation,diamond,upgrade,2024-02-10, \
        Step,accumulation,elite,upgrade,2024-02-10,
    earns 10000 2024-12-01 Step 10000
    earns 9999 2024-12-01 Near 9999.99
    night 2024-12-01 Step,elite,diamond,upgrade,2024-12-01,
    sound 2024-12-01
}

@test "what comes back takes its tier along, a fen is enough" {
    joins accumulation 2024-02-01 Biz
    joins accumulation 2024-02-01 Dia
    earns 5000 2024-02-10 Biz 5000 category=business receipt=B1
    earns 15000 2024-02-10 Dia 15000 receipt=D1
    night 2024-02-10 Biz,accumulation,elite,upgrade,2024-02-10, \
        Dia,accumulation,diamond,upgrade,2024-02-10,
    brings_back 0 2024-03-01 Biz 0.01 B1
    brings_back 0 2024-03-01 Dia 0.01 D1
    night 2024-03-01 Biz,elite,accumulation,revocation,2024-03-01,2025-02-01 \
        Dia,diamond,elite,revocation,2024-03-01,
    sound 2024-03-01
}

@test "what comes back takes along what rested on the sum of twelve months, and knight" {
    for member in Sum Step Lea Kim Kay; do joins accumulation 2024-02-01 $member; done
    earns 4000 2024-02-10 Sum 4000
    earns 4000 2024-03-10 Sum 4000 receipt=S2
    earns 10000 2024-02-10 Step 10000
    earns 10000 2024-03-10 Step 10000 receipt=T2
    earns 3000 2024-02-10 Lea 3000 category=leather receipt=L1
    earns 3000 2024-02-10 Kim 3000 brand=second receipt=K1
    earns 2900 2024-02-10 Kay 2900 brand=second
    earns 2900 2024-02-11 Kay 2900 brand=second
    earns 2200 2024-02-12 Kay 2200 brand=second receipt=K2
    night 2024-03-10 Sum,accumulation,elite,upgrade,2024-03-10, \
        Step,accumulation,elite,upgrade,2024-02-10, Step,elite,diamond,upgrade,2024-03-10, \
        Lea,accumulation,elite,upgrade,2024-02-10, Kim,,knight,upgrade,2024-02-10, \
        Kay,,knight,upgrade,2024-02-12,
    brings_back 0 2024-03-20 Sum 0.01 S2
    brings_back 0 2024-03-20 Step 0.01 T2
    brings_back 0 2024-03-20 Lea 0.01 L1
    brings_back 0 2024-03-20 Kim 0.01 K1
    brings_back 0 2024-03-20 Kay 0.01 K2
    night 2024-03-20 Sum,elite,accumulation,revocation,2024-03-20,2025-02-01 \
        Step,diamond,elite,revocation,2024-03-20, \
        Lea,elite,accumulation,revocation,2024-03-20,2025-02-01 \
        Kim,knight,,revocation,2024-03-20, Kay,knight,,revocation,2024-03-20,
    sound 2024-03-20
}

# table SHEET HEADING…: the cells of these columns, as they were loaded.
table() {
    local sheet=$1 headings
    shift
    headings=$(printf "'%s'," "$@")
    sqlite3 "$VIP_DB" "SELECT value FROM program_cell
        WHERE sheet = '$sheet' AND heading IN (${headings%,}) ORDER BY line, position" | paste -sd' '
}

@test "what each tier has off is in the tables by which the tills are set" {
    same "$(table tiers.csv tier discount)" 'accumulation  elite 15% diamond 20% knight 15%'
    same "$(table benefits.csv tier items discount)" 'elite 2 40% diamond 3 50% knight 2 40% diamond  '
}

@test "the birthday privilege: elite two items, diamond three, once a year, earning nothing" {
    joins elite 2024-02-01 Eli spent=5000 receipt=E1 store=S1 category=business birthday=1980-05-31
    joins diamond 2024-02-01 Dia spent=15000 receipt=E2 store=S1 birthday=1981-05-01
    joins accumulation 2024-02-01 Acc birthday=1982-05-01
    denied wrong-month 2024-04-30 Eli birthday kind=benefit
    denied wrong-tier 2024-05-01 Acc birthday kind=benefit
    denied too-many-items 2024-05-01 Eli birthday kind=benefit quantity=3
    denied too-many-items 2024-05-01 Dia birthday kind=benefit quantity=4
    takes 0 2024-05-01 Eli birthday kind=benefit quantity=2 store=S1 receipt=P1
    earns 0 2024-05-01 Eli 600 benefit=birthday receipt=P1
    same "$(cell reason)" benefit
    earns 100 2024-05-01 Eli 100 receipt=P1 line=2
    takes 0 2024-05-31 Dia birthday kind=benefit quantity=3
    denied used-this-year 2024-05-20 Eli birthday kind=benefit store=S2
    # What comes back gives the privilege back, in the same month.
    brings_back 0 2024-05-21 Eli 600 P1/1
    takes 0 2024-05-22 Eli birthday kind=benefit store=S2
    denied wrong-month 2024-06-01 Dia birthday kind=benefit
    takes 0 2025-05-01 Eli birthday kind=benefit
    night 2025-05-01 Acc,accumulation,,lapse,2025-02-02,
    sound 2025-05-01
}

@test "the airport's fast lane is for diamond" {
    joins elite 2024-02-01 Eli spent=5000 receipt=E1 store=S1 category=business
    joins diamond 2024-02-01 Dia spent=15000 receipt=E2 store=S1
    denied wrong-tier 2024-02-02 Eli airport kind=benefit
    takes 0 2024-02-02 Dia airport kind=benefit
}

@test "the second brand: a ladder of its own, knight for ¥3000 at once or ¥8000 a year" {
    for member in Once Less Sum First; do joins accumulation 2024-02-01 $member; done
    earns 3000 2024-02-10 Once 3000 brand=second
    earns 2999 2024-02-10 Less 2999.99 brand=second
    earns 2900 2024-02-10 Sum 2900 brand=second
    earns 2900 2024-02-11 Sum 2900 brand=second
    earns 2199 2024-02-12 Sum 2199.99 brand=second
    # What is bought of one brand counts for its ladder alone.
    earns 8000 2024-02-12 First 8000 brand=main
    night 2024-02-12 First,accumulation,elite,upgrade,2024-02-12, \
        Once,,knight,upgrade,2024-02-10,
    earns 0 2024-02-13 Sum 0.01 brand=second
    night 2024-02-13 Sum,,knight,upgrade,2024-02-13,
    takes 0 2024-05-20 Once birthday-second kind=benefit quantity=2
    denied too-many-items 2024-05-20 Sum birthday-second kind=benefit quantity=3
    denied wrong-tier 2024-05-20 First birthday-second kind=benefit
    sound 2024-05-20
}

@test "one card a group purchase" {
    joins elite 2024-02-01 One source=group spent=10000 receipt=GR store=S1 category=business
    turned_away group-card 2024-02-01 Two source=group spent=10000 receipt=GR store=S1 \
        category=business
}

@test "the accumulation card ends after its year, with what was not reached" {
    joins accumulation 2024-02-01 Acc
    night 2025-02-01
    night 2025-02-02 Acc,accumulation,,lapse,2025-02-02,
    has "$(<expired.csv)" Acc,accumulation,
    sound 2025-02-02
}
