/* The programme: the presets with their figures, every mistake with its place, and the days that
 * follow from a programme. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/rules/program_schema.h"
#include "lib/table/reader.h"
#include "lib/table/sheets.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vip_arena arena;
static struct vip_diag diag;

static int forget(void **state)
{
    (void)state;
    vip_arena_free(&arena);
    return 0;
}

static vip_day day(int year, int month, int date)
{
    return vip_day_from_civil(year, month, date);
}

/* ---- the presets
 * -------------------------------------------------------------------------------*/

static const struct vip_program *preset(const char *name)
{
    const struct vip_program *program = NULL;
    struct vip_sheet *sheets;
    char folder[64], text[1024];
    size_t count;

    snprintf(folder, sizeof folder, "programs/%s", name);
    if (vip_sheets_read_embedded(&sheets, &count, folder, vip_program_tables, &arena, &diag) ||
        vip_program_build(&program, sheets, count, 0, &arena, &diag))
        fail_msg("%s: %s", name, vip_diag_format(&diag, text, sizeof text));
    return program;
}

static void every_preset_builds(void **state)
{
    static const char *const names[] = {"basic",   "department-store", "menswear",   "outdoor",
                                        "fashion", "photo-studio",     "restaurant", "mall"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct vip_program *program = preset(names[i]);
        assert_string_equal(program->name, names[i]);
        assert_true(program->tier_count > 0 && program->earn_count > 0);
        for (size_t r = 0; r < program->reminder_count; r++) {
            const char *text = program->reminders[r].template_name;
            assert_non_null(vip_program_template(program, text, "en"));
            assert_non_null(vip_program_template(program, text, "zh"));
        }
        vip_arena_reset(&arena);
    }
}

static void an_unknown_preset_names_the_known_ones(void **state)
{
    struct vip_sheet *sheets;
    size_t count;
    char text[1024];

    (void)state;
    assert_int_equal(vip_sheets_read_embedded(&sheets, &count, "programs/basik", vip_program_tables,
                                              &arena, &diag),
                     VIP_EUSAGE);
    assert_string_equal(
        vip_diag_format(&diag, text, sizeof text),
        "basik: is neither a folder nor a preset: expected one of basic department-store fashion "
        "mall menswear outdoor photo-studio restaurant");
}

/* "single 1000 @JESSIE": what a rule says, for comparing many at once. */
static const char *rule_text(const struct vip_tier_rule *rule)
{
    static const char *const bases[] = {"enrolment", "single", "period", "card-year",
                                        "lifetime",  "visits", "points"};
    static char text[256];

    snprintf(text, sizeof text, "%s<%s %s %lld %d %s/%s/%s", rule->tier, rule->from_tier,
             bases[rule->basis], (long long)rule->threshold, rule->months, rule->category,
             rule->brand, rule->store);
    return text;
}

static void expect_entries(const struct vip_program *program, const char *const *expected)
{
    size_t i = 0;

    for (; i < program->entry_count && expected[i]; i++)
        assert_string_equal(rule_text(&program->entries[i]), expected[i]);
    assert_true(i == program->entry_count && !expected[i]);
}

static void basic_gives_a_point_a_yuan_to_whoever_enrols(void **state)
{
    const struct vip_program *program = preset("basic");

    (void)state;
    expect_entries(program, (const char *const[]){"member< enrolment 0 0 //", NULL});
    assert_int_equal(program->earn_count, 1);
    assert_int_equal(program->earns[0].effect, VIP_EFFECT_EARN);
    assert_int_equal(program->earns[0].points, 1);
    assert_int_equal(program->earns[0].per, 100);
    assert_int_equal(program->points_expire.mode, VIP_EXPIRE_NEVER);
    assert_int_equal(program->tier_count, 1);
    assert_true(program->qualifying_earns);
    assert_string_equal(program->card_format, "K{seq:6}");
}

static void basic_brings_the_standard_reminders(void **state)
{
    static const char *const kinds[] = {
        "birthday",      "follow-up",   "points-posted",   "points-expiring", "voucher-expiring",
        "card-expiring", "tier-change", "near-tier",       "dormant",         "holiday",
        "dossier",       "complaint",   "programme-change"};
    static const struct vip_span plan[] = {
        {3, VIP_SPAN_MINUTES}, {3, VIP_SPAN_DAYS},   {14, VIP_SPAN_DAYS}, {1, VIP_SPAN_MONTHS},
        {4, VIP_SPAN_MONTHS},  {6, VIP_SPAN_MONTHS}, {9, VIP_SPAN_MONTHS}};
    const struct vip_program *program = preset("basic");
    size_t calls = 0;

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t found = 0;
        for (size_t i = 0; i < program->reminder_count; i++)
            found += strcmp(program->reminders[i].kind, kinds[k]) == 0;
        assert_true(found > 0);
    }
    for (size_t i = 0; i < program->reminder_count; i++) {
        const struct vip_reminder *reminder = &program->reminders[i];
        if (strcmp(reminder->kind, "follow-up") != 0)
            continue;
        assert_true(calls < sizeof plan / sizeof *plan);
        assert_int_equal(reminder->offset.count, plan[calls].count);
        assert_int_equal(reminder->offset.unit, plan[calls].unit);
        calls++;
    }
    assert_int_equal(calls, sizeof plan / sizeof *plan);
    assert_true(program->reminders[0].month_list);
    assert_int_equal(program->reminders[1].offset.count, -7);
    assert_true(program->holiday_count > 0);
}

static void department_store_has_its_figures(void **state)
{
    static const struct {
        vip_points cost;
        vip_fen value;
        enum vip_reward_kind kind;
    } ladder[] = {{5000, 20000, VIP_REWARD_REBATE},
                  {8000, 50000, VIP_REWARD_REBATE},
                  {10000, 80000, VIP_REWARD_REBATE},
                  {15000, 138000, VIP_REWARD_GIFT}};
    const struct vip_program *program = preset("department-store");

    (void)state;
    expect_entries(program, (const char *const[]){"vip< single 100000 0 //",
                                                  "vip< single 80000 0 //JESSIE", NULL});
    assert_int_equal(program->tiers[0].valid_months, 12);
    assert_int_equal(program->card_valid.count, 12);
    assert_int_equal(program->card_valid.unit, VIP_SPAN_MONTHS);
    assert_int_equal(program->rebate_claim.count, 3);
    assert_int_equal(program->rebate_claim.unit, VIP_SPAN_MONTHS);
    assert_false(program->qualifying_earns);
    assert_int_equal(program->earn_count, 4);
    assert_string_equal(program->earns[1].promo, "*");
    assert_string_equal(program->earns[2].promo, "marked-down");
    assert_string_equal(program->earns[3].pay, "voucher|points");
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(program->earns[i].effect, VIP_EFFECT_NONE);
    assert_int_equal(program->reward_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(program->rewards[i].cost, ladder[i].cost);
        assert_int_equal(program->rewards[i].value, ladder[i].value);
        assert_int_equal(program->rewards[i].kind, ladder[i].kind);
        assert_true(program->rewards[i].consume_all && program->rewards[i].due_card_year);
    }
}

static void menswear_has_its_figures(void **state)
{
    const struct vip_program *program = preset("menswear");

    (void)state;
    expect_entries(
        program,
        (const char *const[]){
            "accumulation< enrolment 0 0 //", "elite< single 500000 0 business/!second/",
            "elite< single 300000 0 leather|golf/!second/", "elite< period 800000 12 /!second/",
            "diamond<elite period 2000000 12 /!second/", "diamond< single 1500000 0 /!second/",
            "knight< single 300000 0 /second/", "knight< period 800000 12 /second/", NULL});
    assert_true(vip_program_tier(program, "accumulation")->card_virtual);
    assert_int_equal(vip_program_tier(program, "accumulation")->valid_months, 12);
    assert_string_equal(vip_program_tier(program, "elite")->discount, "15%");
    assert_string_equal(vip_program_tier(program, "diamond")->discount, "20%");
    assert_string_equal(vip_program_tier(program, "knight")->discount, "15%");
    assert_string_not_equal(vip_program_tier(program, "knight")->ladder,
                            vip_program_tier(program, "elite")->ladder);

    const struct vip_benefit *elite = vip_program_benefit_of(program, "birthday", "elite");
    const struct vip_benefit *diamond = vip_program_benefit_of(program, "birthday", "diamond");
    const struct vip_benefit *knight = vip_program_benefit(program, "birthday-second");
    assert_int_equal(elite->items, 2);
    assert_string_equal(elite->discount, "40%");
    assert_int_equal(diamond->items, 3);
    assert_string_equal(diamond->discount, "50%");
    assert_int_equal(knight->items, 2);
    assert_string_equal(knight->discount, "40%");
    assert_false(elite->earns || diamond->earns || knight->earns);
    assert_int_equal(elite->quota, 1);
    assert_null(vip_program_benefit_of(program, "airport", "elite"));
    assert_non_null(vip_program_benefit_of(program, "airport", "diamond"));
}

static void tiers_are_sorted_by_ladder_and_rank(void **state)
{
    const struct vip_program *program = preset("menswear");

    (void)state;
    for (size_t i = 1; i < program->tier_count; i++) {
        const struct vip_tier *before = &program->tiers[i - 1], *tier = &program->tiers[i];
        int ladder = strcmp(before->ladder, tier->ladder);
        assert_true(ladder < 0 || (ladder == 0 && before->rank < tier->rank));
    }
}

static void outdoor_and_mall_have_their_figures(void **state)
{
    const struct vip_program *program = preset("outdoor");

    (void)state;
    assert_int_equal(program->points_expire.mode, VIP_EXPIRE_MONTHS);
    assert_int_equal(program->points_expire.months, 24);
    assert_int_equal(program->redeemable_after.count, 1);
    for (size_t i = 0; i < program->reward_count; i++)
        assert_int_equal(program->rewards[i].months, 1U << 2 | 1U << 7);
    program = preset("mall");
    assert_true(program->household_address);
    assert_int_equal(program->announce_months, 1U | 1U << 6);
    assert_int_equal(program->earns[1].effect, VIP_EFFECT_TIMES);
    assert_int_equal(program->earns[1].points, 200);
    assert_int_equal(program->earns[1].when, VIP_WHEN_BIRTHDAY_DAY);
    assert_true(program->incentives[0].rate);
    assert_int_equal(program->incentives[0].amount, 100);
}

/* ---- mistakes
 * ----------------------------------------------------------------------------------*/

struct memory {
    const char *data;
    size_t left;
};

static long read_memory(void *context, char *to, size_t size)
{
    struct memory *memory = context;

    if (size > memory->left)
        size = memory->left;
    memcpy(to, memory->data, size);
    memory->data += size;
    memory->left -= size;
    return (long)size;
}

static void make_sheet(struct vip_sheet *sheet, const char *name, const char *text)
{
    static const char *const columns[] = {"text"};
    static const size_t lines[] = {1};
    struct memory memory = {text, strlen(text)};
    char shown[1024];

    if (strncmp(name, "templates/", 10) == 0) {
        const char **cell = vip_arena_zero(&arena, 1, sizeof *cell);
        *cell = text;
        *sheet = (struct vip_sheet){name, name, columns, 1, cell, lines, 1};
        return;
    }
    if (vip_sheet_read_function(sheet, name, name, read_memory, &memory, &arena, &diag))
        fail_msg("%s", vip_diag_format(&diag, shown, sizeof shown));
}

/* A sound small programme, but for the one file that is given in its place or beside it. */
static int build_with(const char *name, const char *text, const struct vip_program **program)
{
    static const char *const sound[][2] = {
        {"program.csv", "key,value\nname,test\n"},
        {"tiers.csv", "tier,ladder,rank\nsilver,,1\ngold,,2\nknight,b,1\n"},
        {"templates/hello.en.txt", "Hello {name}"},
    };
    struct vip_sheet sheets[4];
    size_t count = 0;

    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++)
        if (strcmp(sound[i][0], name) != 0)
            make_sheet(&sheets[count++], sound[i][0], sound[i][1]);
    make_sheet(&sheets[count++], name, text);
    vip_diag_clear(&diag);
    return vip_program_build(program, sheets, count, 0, &arena, &diag);
}

#define RULE  "tier,from_tier,basis,threshold,months,category\n"
#define EARN  "rule,effect,points,per,promo,when,from,until\n"
#define GIFT  "reward,kind,cost,value,consume,months,tier,stock,limit,per,expires,witness\n"
#define BENE  "benefit,tier,quota,per,items,discount,guests,earns\n"
#define MIND  "kind,anchor,offset,channel,template,tier,consent,lacks\n"
#define BONUS "basis,from,until,amount\n"

/* File, what is in it, and the beginning of the message. */
static const char *const mistakes[][3] = {
    /* program.csv */
    {"program.csv", "key,value\nnaem,x\n", "program.csv:2: key: 'naem' is no key: expected name, "},
    {"program.csv", "key,value\nreview,yes\n", "program.csv:1: key: there is no key name: "},
    {"program.csv", "key,value\nname,x\nname,y\n",
     "program.csv:3: key: 'name' is on line 2 already: expected each key once"},
    {"program.csv", "key,value\nname,\n", "program.csv:2: value: is empty: expected a value"},
    {"program.csv", "key,wert\nname,x\n",
     "program.csv:1: wert: is no column of program.csv: expected key, value"},
    {"program.csv", "key\nname\n", "program.csv:1: value: is missing: expected this column"},
    {"program.csv", "key,value\nname,x\npoints_expire,24\n",
     "program.csv:3: value: '24' is no value of points_expire: expected never, card, year-end, "
     "24m or year-end+3m"},
    {"program.csv", "key,value\nname,x\npoints_expire,year-end3m\n", "program.csv:3: value: "},
    {"program.csv", "key,value\nname,x\npoints_expire,0m\n", "program.csv:3: value: "},
    {"program.csv", "key,value\nname,x\npoint_value,-1\n",
     "program.csv:3: value: '-1' is no value of point_value: expected yuan for one point"},
    {"program.csv", "key,value\nname,x\nqualifying_earns,maybe\n",
     "program.csv:3: value: 'maybe' is not known here: expected no or yes"},
    {"program.csv", "key,value\nname,x\nredeemable_after,1m\n",
     "program.csv:3: value: '1m' is no value of redeemable_after: expected days"},
    {"program.csv", "key,value\nname,x\nhousehold,on\n",
     "program.csv:3: value: 'on' is not known here: expected off or address"},
    {"program.csv", "key,value\nname,x\nidentify,phone|shoe\n",
     "program.csv:3: value: 'phone|shoe' is no value of identify: expected member, phone"},
    {"program.csv", "key,value\nname,x\nwitness,adjust|reward\n",
     "program.csv:3: value: 'adjust|reward' is no value of witness: expected some of adjust"},
    {"program.csv", "key,value\nname,x\nidentify,phone|email\n",
     "program.csv:3: value: 'phone|email' is no value of identify: expected member, phone"},
    {"program.csv", "key,value\nname,x\nidentify,+name\n",
     "program.csv:3: value: '+name' is no value of identify: expected member, phone"},
    {"program.csv", "key,value\nname,x\ncard_format,K\n",
     "program.csv:3: value: 'K' is no value of card_format: expected letters, digits"},
    {"program.csv", "key,value\nname,x\ncard_valid,12\n",
     "program.csv:3: value: '12' is not a span of time: expected 30d, 2w, 12m or never"},
    {"program.csv", "key,value\nname,x\ncard_valid,0m\n",
     "program.csv:3: value: '0m' is no value of card_valid: expected days or months"},
    {"program.csv", "key,value\nname,x\nposting_deadline,-3d\n",
     "program.csv:3: value: '-3d' is not a span of time"},
    {"program.csv", "key,value\nname,x\nminimum_age,200\n",
     "program.csv:3: value: '200' is too large: expected 120 or less"},
    {"program.csv", "key,value\nname,x\nannounce_months,1|13\n",
     "program.csv:3: value: '1|13' is not a list of months: expected 1 to 12, such as 3|8"},
    /* fields.csv */
    {"fields.csv", "field,kind\nsize,shoe\n",
     "fields.csv:2: kind: 'shoe' is not known here: expected text, date, number or choice:a|b"},
    {"fields.csv", "field\nsize\nsize\n",
     "fields.csv:3: field: 'size' is on line 2 already: expected it once"},
    {"fields.csv", "field,required\nsize,2\n", "fields.csv:2: required: '2' is not known here: "},
    /* tiers.csv */
    {"tiers.csv", "tier,rank,colour\nsilver,1,red\n",
     "tiers.csv:1: colour: is no column of tiers.csv: expected tier, ladder, rank, name_en, "
     "name_zh, card, valid_months, grace_months, on_lapse, discount"},
    {"tiers.csv", "tier\nsilver\n", "tiers.csv:1: rank: is missing: expected this column"},
    {"tiers.csv", "tier,rank\nsilver,1\nsilver,2\n",
     "tiers.csv:3: tier: 'silver' is on line 2 already: expected it once"},
    {"tiers.csv", "tier,rank\nsilver,1\ngold,1\n",
     "tiers.csv:3: rank: '1' is the rank of silver on line 2 already: "},
    {"tiers.csv", "tier,rank\nsilver,first\n", "tiers.csv:2: rank: 'first' is not a number"},
    {"tiers.csv", "tier,rank\nsilver,-1\n",
     "tiers.csv:2: rank: '-1' is too small: expected 0 or more"},
    {"tiers.csv", "tier,rank\n,1\n", "tiers.csv:2: tier: is empty: expected a value in every row"},
    {"tiers.csv", "tier,rank\na|b,1\n", "tiers.csv:2: tier: 'a|b' is not a name: "},
    {"tiers.csv", "tier,rank,card\nsilver,1,plastic\n",
     "tiers.csv:2: card: 'plastic' is not known here: expected physical or virtual"},
    {"tiers.csv", "tier,rank,on_lapse\nsilver,1,drop\n",
     "tiers.csv:2: on_lapse: 'drop' is not known here: expected requalify, step-down or close"},
    {"tiers.csv", "tier,rank,discount\nsilver,1,15\n",
     "tiers.csv:2: discount: '15' is not a share: expected 0% to 100%, such as 15%"},
    {"tiers.csv", "tier,rank,grace_months\nsilver,1,3\n",
     "tiers.csv:2: grace_months: a grace without an end: expected valid_months too"},
    /* entry.csv, keep.csv */
    {"entry.csv", RULE "elite,,single,1000,,\n",
     "entry.csv:2: tier: 'elite' is not a tier: tiers.csv has silver, gold, knight"},
    {"entry.csv", RULE "gold,bronze,single,1000,,\n",
     "entry.csv:2: from_tier: 'bronze' is not a tier: "},
    {"entry.csv", RULE "gold,knight,single,1000,,\n",
     "entry.csv:2: from_tier: 'knight' is on another ladder than gold: "},
    {"entry.csv", RULE "gold,,yearly,1000,,\n",
     "entry.csv:2: basis: 'yearly' is not known here: expected enrolment, single, period, "
     "card-year, lifetime, visits or points"},
    {"entry.csv", RULE "gold,,single,lots,,\n",
     "entry.csv:2: threshold: 'lots' is not a number: expected an amount in yuan"},
    {"entry.csv", RULE "gold,,single,1.234,,\n",
     "entry.csv:2: threshold: '1.234' has more than two decimals"},
    {"entry.csv", RULE "gold,,visits,2.5,12,\n", "entry.csv:2: threshold: '2.5' "},
    {"entry.csv", RULE "gold,,single,,,\n",
     "entry.csv:2: threshold: is empty: expected an amount in yuan"},
    {"entry.csv", RULE "gold,,single,0,,\n",
     "entry.csv:2: threshold: '0' is met by everyone: expected more than 0"},
    {"entry.csv", RULE "silver,,enrolment,100,,\n",
     "entry.csv:2: threshold: '100' with basis enrolment: expected an empty cell"},
    {"entry.csv", RULE "silver,,single,9,,\ngold,,period,1000,,\n",
     "entry.csv:3: months: is empty: expected the window in months with basis period"},
    {"entry.csv", RULE "gold,,single,1000,12,\n",
     "entry.csv:2: months: a window of 12 months with basis single: "},
    {"entry.csv", RULE "gold,,single,1000,,a||b\n",
     "entry.csv:2: category: 'a||b' has an empty part: expected a|b"},
    {"entry.csv", "tier,basis\ngold,single\n", "entry.csv:1: threshold: is missing: "},
    {"keep.csv", RULE "gold,,enrolment,,,\n", "keep.csv:2: basis: 'enrolment' keeps no tier: "},
    /* earn.csv */
    {"earn.csv", EARN "a,earns,1,1,,,,\n",
     "earn.csv:2: effect: 'earns' is not known here: expected earn, times, plus, none or once"},
    {"earn.csv", EARN "a,earn,1.5,1,,,,\n", "earn.csv:2: points: '1.5' "},
    {"earn.csv", EARN "a,earn,1,,,,,\n",
     "earn.csv:2: per: is empty: expected the yuan for which points are earned"},
    {"earn.csv", EARN "a,earn,1,0,,,,\n", "earn.csv:2: per: '0' is too small"},
    {"earn.csv", EARN "a,times,1.255,,,,,\n",
     "earn.csv:2: points: '1.255' has too many decimals: expected a factor such as 2 or 1.5"},
    {"earn.csv", EARN "a,times,,,,,,\n",
     "earn.csv:2: points: is empty: expected a factor with effect times"},
    {"earn.csv", EARN "a,times,2,1,,,,\n", "earn.csv:2: per: is for effect earn only"},
    {"earn.csv", EARN "a,none,1,,,,,\n", "earn.csv:2: points: '1' with effect none: "},
    {"earn.csv", EARN "a,plus,10,,,sundays,,\n",
     "earn.csv:2: when: 'sundays' is not known here: expected monday, tuesday"},
    {"earn.csv", EARN "a,plus,10,,,referral,,\n",
     "earn.csv:2: when: enrolment, referral and referred are no purchases: "},
    {"earn.csv", EARN "a,plus,10,,,,2026-02-30,\n", "earn.csv:2: from: '2026-02-30' "},
    {"earn.csv", EARN "a,plus,10,,,,2026-03-01,2026-02-01\n",
     "earn.csv:2: until: is before from: "},
    {"earn.csv", EARN "a,earn,1,1,,,,\na,earn,2,1,,,,\n", "earn.csv:3: rule: 'a' is on line 2"},
    /* rewards.csv */
    {"rewards.csv", GIFT "mug,present,10,,,,,,,,,\n",
     "rewards.csv:2: kind: 'present' is not known here: expected gift, goods, voucher or rebate"},
    {"rewards.csv", GIFT "mug,gift,,,,,,,,,,\n", "rewards.csv:2: cost: is empty"},
    {"rewards.csv", GIFT "mug,voucher,10,,,,,,,,,\n",
     "rewards.csv:2: value: is empty: expected the yuan that a voucher is worth"},
    {"rewards.csv", GIFT "mug,gift,10,,half,,,,,,,\n",
     "rewards.csv:2: consume: 'half' is not known here: expected cost or all"},
    {"rewards.csv", GIFT "mug,gift,10,,,0,,,,,,\n", "rewards.csv:2: months: '0' is not a list"},
    {"rewards.csv", GIFT "mug,gift,10,,,,elite,,,,,\n", "rewards.csv:2: tier: 'elite' is not a"},
    {"rewards.csv", GIFT "mug,gift,10,,,,,,,month,,\n",
     "rewards.csv:2: per: 'month' without a limit: expected a number in limit"},
    {"rewards.csv", GIFT "mug,gift,10,,,,,,1,week,,\n",
     "rewards.csv:2: per: 'week' is not known here: expected month, year, card or life"},
    /* benefits.csv */
    {"benefits.csv", BENE "lounge,platinum,,,,,,\n",
     "benefits.csv:2: tier: 'platinum' is not a tier: tiers.csv has silver, gold, knight"},
    {"benefits.csv", BENE "lounge,,4,,,,,\n", "benefits.csv:2: per: is empty: expected "},
    {"benefits.csv", BENE "lounge,gold|silver,,,,,,\nlounge,gold,,,,,,\n",
     "benefits.csv:3: benefit: 'lounge' is given to the same tier on line 2: "},
    {"benefits.csv", BENE "lounge,,,,,half,,\n", "benefits.csv:2: discount: 'half' is not a share"},
    /* the small tables */
    {"topups.csv", "amount,bonus\nmuch,1\n", "topups.csv:2: amount: 'much' is not a number"},
    {"topups.csv", "amount,bonus,tier\n100,1,elite\n", "topups.csv:2: tier: 'elite' is not a tier"},
    {"incentives.csv", BONUS "first-sale,,,5\n",
     "incentives.csv:2: basis: 'first-sale' is not known here: expected first-purchase, "
     "three-month-points or group-sales"},
    {"incentives.csv", BONUS "first-purchase,500,100,5\n",
     "incentives.csv:2: until: is not above from: "},
    {"incentives.csv", BONUS "group-sales,,,1\n",
     "incentives.csv:2: amount: '1' is not a share: expected a rate such as 1%"},
    {"classes.csv", "class,basis,threshold\nA,profit-share,80\n",
     "classes.csv:2: threshold: '80' is not a share"},
    {"holidays.csv", "name,date\nXmas,25.12.\n", "holidays.csv:2: date: '25.12.' "},
    {"holidays.csv", "name,date\nXmas,2026-12-25\n",
     "holidays.csv:2: date: '2026-12-25' is of one year: "},
    /* reminders.csv and the texts */
    {"reminders.csv", MIND "birthdays,,,sms,hello,,,\n",
     "reminders.csv:2: kind: 'birthdays' is not known here: expected birthday, follow-up"},
    {"reminders.csv", MIND "birthday,,,sms,good-day,,,\n",
     "reminders.csv:2: template: there is no text 'good-day': expected templates/good-day.zh.txt"},
    {"reminders.csv", MIND "birthday,purchase,,sms,hello,,,\n",
     "reminders.csv:2: anchor: 'purchase' is no anchor of birthday: expected birthday"},
    {"reminders.csv", MIND "follow-up,,soon,sms,hello,,,\n",
     "reminders.csv:2: offset: 'soon' is not a span of time: expected 3min, 3d, 2w, 1m or -7d"},
    {"reminders.csv", MIND "follow-up,,-3d,sms,hello,,,\n",
     "reminders.csv:2: offset: '-3d' is before the purchase, which nobody foresees: "},
    {"reminders.csv", MIND "follow-up,,month-list,sms,hello,,,\n",
     "reminders.csv:2: offset: 'month-list' is for birthdays only"},
    {"reminders.csv", MIND "birthday,,,pigeon,hello,,,\n",
     "reminders.csv:2: channel: 'pigeon' is not known here: expected sms, call, wechat, email, "
     "mail or visit"},
    {"reminders.csv", MIND "birthday,,,sms,hello,elite,,\n", "reminders.csv:2: tier: 'elite' is"},
    {"reminders.csv", MIND "birthday,,,sms,hello,,fax,\n", "reminders.csv:2: consent: 'fax' is"},
    {"reminders.csv", MIND "birthday,,,sms,hello,,,10%\n",
     "reminders.csv:2: lacks: '10%' with kind birthday: expected it with near-tier only"},
    {"templates/bye.en.txt", "Bye {name},\nmiss you, {nmae}",
     "templates/bye.en.txt:2: 11: '{nmae}' is no placeholder: expected name, points, tier"},
    {"templates/bye.zh.txt", "再见{name}，{points", "templates/bye.zh.txt:1: 10: '{' without its"},
    {"templates/bye.zh.txt", " \n", "templates/bye.zh.txt:1: 1: is empty: expected a text"},
    {"templates/bye.txt", "Bye", "templates/bye.txt: is no message text: expected NAME.en.txt"},
    {"tires.csv", "tier,rank\nsilver,1\n",
     "tires.csv: is no table of a programme: expected program.csv, fields.csv, tiers.csv"},
};

static void every_mistake_says_where_and_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct vip_program *program = NULL;
        char text[1024];
        int code = build_with(mistakes[i][0], mistakes[i][1], &program);
        vip_diag_format(&diag, text, sizeof text);
        if (code != VIP_EUSAGE || program ||
            strncmp(text, mistakes[i][2], strlen(mistakes[i][2])) != 0)
            print_error("mistake %zu gave %d:\n  %s\nfor\n  %s\n", i, code, text, mistakes[i][2]);
        assert_int_equal(code, VIP_EUSAGE);
        assert_null(program);
        assert_memory_equal(text, mistakes[i][2], strlen(mistakes[i][2]));
        vip_arena_reset(&arena);
    }
}

static void a_sheet_twice_or_no_program_is_a_mistake(void **state)
{
    const struct vip_program *program;
    struct vip_sheet sheets[2];

    (void)state;
    make_sheet(&sheets[0], "program.csv", "key,value\nname,x\n");
    sheets[1] = sheets[0];
    assert_int_equal(vip_program_build(&program, sheets, 2, 0, &arena, &diag), VIP_EUSAGE);
    assert_string_equal(diag.text, "is there twice: expected each table once");
    make_sheet(&sheets[0], "tiers.csv", "tier,rank\nsilver,1\n");
    assert_int_equal(vip_program_build(&program, sheets, 1, 0, &arena, &diag), VIP_EUSAGE);
    assert_string_equal(diag.text,
                        "there is no program.csv: expected it in the folder of a programme");
}

/* ---- cells
 * -------------------------------------------------------------------------------------*/

static const struct vip_program *sound(const char *name, const char *text)
{
    const struct vip_program *program = NULL;
    char shown[1024];

    if (build_with(name, text, &program))
        fail_msg("%s", vip_diag_format(&diag, shown, sizeof shown));
    return program;
}

static void an_empty_programme_has_plain_defaults(void **state)
{
    const struct vip_program *program = sound("program.csv", "key,value\nname,x\nreview,\n");

    (void)state;
    assert_int_equal(program->points_expire.mode, VIP_EXPIRE_NEVER);
    assert_true(program->qualifying_earns);
    assert_int_equal(program->redeemable_after.unit, VIP_SPAN_DAYS);
    assert_int_equal(program->redeemable_after.count, 0);
    assert_int_equal(program->posting_deadline.unit, VIP_SPAN_NEVER);
    assert_int_equal(program->claim_window.count, 30);
    assert_int_equal(program->card_valid.unit, VIP_SPAN_NEVER);
    assert_false(program->household_address || program->review);
    assert_string_equal(program->identify, "phone");
    assert_string_equal(program->witness, "");
    assert_string_equal(program->tiers[0].discount, "");
    assert_string_equal(program->tiers[0].name_zh, "silver");
}

static void keys_are_read(void **state)
{
    const struct vip_program *program =
        sound("program.csv", "key,value\nname,店\npoints_expire,year-end+3m\npoint_value,0.005\n"
                             "redeemable_after,7d\nhousehold,address\nidentify,phone | name+phone\n"
                             "card_valid,12m\nminimum_age,18\nreview,是\nannounce_months,1|07\n"
                             "witness,adjust | topup\n");

    (void)state;
    assert_string_equal(program->name, "店");
    assert_int_equal(program->points_expire.mode, VIP_EXPIRE_YEAR_END);
    assert_int_equal(program->points_expire.months, 3);
    assert_int_equal(program->point_value, 50);
    assert_int_equal(program->redeemable_after.count, 7);
    assert_true(program->household_address && program->review);
    assert_int_equal(program->card_valid.count, 12);
    assert_int_equal(program->minimum_age, 18);
    assert_int_equal(program->announce_months, 1U | 1U << 6);
    assert_true(vip_list_has(program->witness, "topup"));
    assert_false(vip_list_has(program->witness, "transfer"));
}

static void rules_take_the_unit_of_their_basis(void **state)
{
    const struct vip_program *program =
        sound("entry.csv", RULE "silver,,single,\"¥1,000\",,a | b\nsilver,,visits,3,,\n"
                                "gold,silver,points,3000,3,\nknight,,card-year,0.01,,\n");

    (void)state;
    assert_int_equal(program->entries[0].threshold, 100000);
    assert_string_equal(program->entries[0].category, "a|b");
    assert_int_equal(program->entries[1].threshold, 3);
    assert_int_equal(program->entries[2].threshold, 3000);
    assert_int_equal(program->entries[2].months, 3);
    assert_string_equal(program->entries[2].from_tier, "silver");
    assert_int_equal(program->entries[3].threshold, 1);
    assert_int_equal(program->entries[3].line, 5);
}

static void earn_rows_are_read(void **state)
{
    const struct vip_program *program =
        sound("earn.csv", EARN "base,earn,3,10,,,,\ndouble,times,1.5,,,sunday|birthday-day,,\n"
                               "welcome,once,100,,,enrolment,2026-01-01,2026年12月31日\n");

    (void)state;
    assert_int_equal(program->earns[0].points, 3);
    assert_int_equal(program->earns[0].per, 1000);
    assert_int_equal(program->earns[0].from, VIP_DAY_NONE);
    assert_int_equal(program->earns[1].points, 150);
    assert_int_equal(program->earns[1].when, VIP_WHEN_SUNDAY | VIP_WHEN_BIRTHDAY_DAY);
    assert_int_equal(program->earns[2].when, VIP_WHEN_ENROLMENT);
    assert_int_equal(program->earns[2].from, day(2026, 1, 1));
    assert_int_equal(program->earns[2].until, day(2026, 12, 31));
}

static void rewards_have_limits_or_none(void **state)
{
    const struct vip_program *program = sound(
        "rewards.csv", GIFT "mug,gift,10,,,3|8,gold,,,,,yes\nbag,voucher,20,5,,,,7,2,,30d,\n");

    (void)state;
    assert_int_equal(program->rewards[0].stock, -1);
    assert_int_equal(program->rewards[0].limit, -1);
    assert_string_equal(program->rewards[0].per, "");
    assert_int_equal(program->rewards[0].expires.unit, VIP_SPAN_NEVER);
    assert_int_equal(program->rewards[0].months, 1U << 2 | 1U << 7);
    assert_true(program->rewards[0].witness);
    assert_int_equal(program->rewards[1].stock, 7);
    assert_int_equal(program->rewards[1].limit, 2);
    assert_string_equal(program->rewards[1].per, "life");
    assert_int_equal(program->rewards[1].value, 500);
    assert_int_equal(program->rewards[1].expires.count, 30);
    assert_ptr_equal(vip_program_reward(program, "bag"), &program->rewards[1]);
    assert_null(vip_program_reward(program, "hat"));
}

static void reminders_take_what_is_usual(void **state)
{
    const struct vip_program *program = sound(
        "reminders.csv", MIND "birthday,,month-list,call,hello,,,\nnear-tier,,,sms,hello,,sms,\n"
                              "near-tier,,,sms,hello,,none,12.5%\n");

    (void)state;
    assert_true(program->reminders[0].month_list);
    assert_string_equal(program->reminders[0].anchor, "birthday");
    assert_string_equal(program->reminders[1].anchor, "purchase");
    assert_int_equal(program->reminders[1].offset.unit, VIP_SPAN_DAYS);
    assert_int_equal(program->reminders[1].lacks, 1000);
    assert_string_equal(program->reminders[1].consent, "sms");
    assert_int_equal(program->reminders[2].lacks, 1250);
    assert_string_equal(program->reminders[2].consent, "");
}

/* ---- the page
 * ----------------------------------------------------------------------------------*/

/* True when a line ".It Li a , b" of the page names the word. */
static bool is_item(const char *page, const char *word)
{
    static const char item[] = "\n.It Li ";
    size_t size = strlen(word);

    for (const char *at = strstr(page, item); at; at = strstr(at + 1, item)) {
        const char *name = at + sizeof item - 1;
        while (*name && *name != '\n') {
            size_t length = strcspn(name, " \n");
            if (length == size && memcmp(name, word, size) == 0)
                return true;
            name += length;
            name += strspn(name, " ,");
        }
    }
    return false;
}

static void expect_items(const char *page, const struct vip_cell_rule *rules)
{
    for (; rules->column; rules++)
        if (!is_item(page, rules->column))
            fail_msg("vip-programme(5) says nothing of %s", rules->column);
}

static void the_page_names_every_column(void **state)
{
    static char page[64 * 1024];
    FILE *file = fopen("share/man/vip-programme.5", "r");

    (void)state;
    if (!file) {
        print_message("share/man is not here: run from the root of the sources\n");
        skip();
    }
    page[fread(page, 1, sizeof page - 1, file)] = 0;
    fclose(file);
    expect_items(page, vip_key_rules);
    for (const struct vip_table_rule *table = vip_table_rules; table->name; table++)
        expect_items(page, table->cells);
}

/* ---- folders
 * -----------------------------------------------------------------------------------*/

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void remove_files(const char *folder)
{
    static const char *const names[] = {"program.csv", "README.txt", "tires.csv",
                                        "templates/birthday.zh.txt", "templates/note.en.txt"};
    char path[256];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/templates", folder);
    rmdir(path);
    rmdir(folder);
}

static int read_folder(const char *folder, struct vip_sheet **sheets, size_t *count)
{
    vip_diag_clear(&diag);
    return vip_sheets_read_directory(sheets, count, folder, NULL, vip_program_tables, &arena,
                                     &diag);
}

static void a_folder_is_read_with_the_shipped_texts(void **state)
{
    char folder[] = "/tmp/vip-programme-XXXXXX", path[256];
    const struct vip_program *program = NULL;
    struct vip_sheet *sheets;
    size_t count;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/templates", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(read_folder(folder, &sheets, &count), VIP_EUSAGE);
    assert_string_equal(diag.text, "there is no program.csv: expected the folder of a programme");
    write_file(folder, "program.csv", "\xEF\xBB\xBFkey,value\r\nname,mine\r\n");
    write_file(folder, "README.txt", "about");
    write_file(folder, "templates/birthday.zh.txt", "\xC4\xFA\xBA\xC3{name}\r\n"); /* GB18030 */
    write_file(folder, "templates/note.en.txt", "\xEF\xBB\xBFOne,\r\ntwo\r\n\r\n");
    assert_int_equal(read_folder(folder, &sheets, &count), 0);
    assert_int_equal(vip_program_build(&program, sheets, count, 0, &arena, &diag), 0);
    assert_string_equal(program->name, "mine");
    assert_string_equal(vip_program_template(program, "birthday", "zh"), "您好{name}");
    assert_string_equal(vip_program_template(program, "note", "en"), "One,\ntwo");
    assert_null(vip_program_template(program, "note", "zh"));
    assert_non_null(vip_program_template(program, "birthday", "en"));
    assert_non_null(vip_program_template(program, "thanks", "zh"));
    write_file(folder, "tires.csv", "tier,rank\n");
    assert_int_equal(read_folder(folder, &sheets, &count), VIP_EUSAGE);
    snprintf(path, sizeof path, "%s/tires.csv", folder);
    assert_string_equal(diag.file, path);
    remove_files(folder);
    assert_int_equal(read_folder(folder, &sheets, &count), VIP_EIO);
    assert_string_equal(diag.file, folder);
}

/* ---- days
 * --------------------------------------------------------------------------------------*/

static void points_run_out_at_the_end_of_short_months(void **state)
{
    static const struct {
        struct vip_expiry expiry;
        int earned[3], last[3];
    } cases[] = {
        {{VIP_EXPIRE_MONTHS, 6}, {2026, 8, 31}, {2027, 2, 28}},
        {{VIP_EXPIRE_MONTHS, 6}, {2023, 8, 31}, {2024, 2, 29}},
        {{VIP_EXPIRE_MONTHS, 24}, {2024, 3, 10}, {2026, 3, 10}},
        {{VIP_EXPIRE_MONTHS, 24}, {2024, 2, 29}, {2026, 2, 28}},
        {{VIP_EXPIRE_MONTHS, 12}, {2026, 2, 28}, {2027, 2, 28}},
        {{VIP_EXPIRE_MONTHS, 1}, {2026, 1, 31}, {2026, 2, 28}},
        {{VIP_EXPIRE_YEAR_END, 0}, {2026, 1, 1}, {2026, 12, 31}},
        {{VIP_EXPIRE_YEAR_END, 0}, {2026, 12, 31}, {2026, 12, 31}},
        {{VIP_EXPIRE_YEAR_END, 2}, {2026, 5, 5}, {2027, 2, 28}},
        {{VIP_EXPIRE_YEAR_END, 3}, {2026, 5, 5}, {2027, 3, 31}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vip_program program = {.points_expire = cases[i].expiry};
        const int *from = cases[i].earned, *to = cases[i].last;
        assert_int_equal(vip_points_expiry(&program, day(from[0], from[1], from[2]), VIP_DAY_NONE),
                         day(to[0], to[1], to[2]));
    }
}

static void points_go_with_the_card_or_never(void **state)
{
    struct vip_program program = {.points_expire = {VIP_EXPIRE_CARD, 0}};

    (void)state;
    assert_int_equal(vip_points_expiry(&program, 100, 465), 465);
    assert_int_equal(vip_points_expiry(&program, 100, VIP_DAY_NONE), VIP_DAY_NONE);
    program.points_expire.mode = VIP_EXPIRE_NEVER;
    assert_int_equal(vip_points_expiry(&program, 100, 465), VIP_DAY_NONE);
}

static void a_version_counts_from_its_day_on(void **state)
{
    struct vip_program first = {.effective = 100}, second = {.effective = 200},
                       third = {.effective = 300};
    const struct vip_program *versions[] = {&first, &second, &third};
    struct vip_programs all = {versions, 3}, one = {versions, 1};

    (void)state;
    assert_ptr_equal(vip_programs_on(&all, 0), &first);
    assert_ptr_equal(vip_programs_on(&all, 100), &first);
    assert_ptr_equal(vip_programs_on(&all, 199), &first);
    assert_ptr_equal(vip_programs_on(&all, 200), &second);
    assert_ptr_equal(vip_programs_on(&all, 299), &second);
    assert_ptr_equal(vip_programs_on(&all, 300), &third);
    assert_ptr_equal(vip_programs_on(&all, VIP_DAY_NONE), &third);
    assert_ptr_equal(vip_programs_on(&one, 9999), &first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_preset_builds, forget),
        cmocka_unit_test_teardown(an_unknown_preset_names_the_known_ones, forget),
        cmocka_unit_test_teardown(basic_gives_a_point_a_yuan_to_whoever_enrols, forget),
        cmocka_unit_test_teardown(basic_brings_the_standard_reminders, forget),
        cmocka_unit_test_teardown(department_store_has_its_figures, forget),
        cmocka_unit_test_teardown(menswear_has_its_figures, forget),
        cmocka_unit_test_teardown(tiers_are_sorted_by_ladder_and_rank, forget),
        cmocka_unit_test_teardown(outdoor_and_mall_have_their_figures, forget),
        cmocka_unit_test_teardown(every_mistake_says_where_and_what, forget),
        cmocka_unit_test_teardown(a_sheet_twice_or_no_program_is_a_mistake, forget),
        cmocka_unit_test_teardown(an_empty_programme_has_plain_defaults, forget),
        cmocka_unit_test_teardown(keys_are_read, forget),
        cmocka_unit_test_teardown(rules_take_the_unit_of_their_basis, forget),
        cmocka_unit_test_teardown(earn_rows_are_read, forget),
        cmocka_unit_test_teardown(rewards_have_limits_or_none, forget),
        cmocka_unit_test_teardown(reminders_take_what_is_usual, forget),
        cmocka_unit_test(the_page_names_every_column),
        cmocka_unit_test_teardown(a_folder_is_read_with_the_shipped_texts, forget),
        cmocka_unit_test(points_run_out_at_the_end_of_short_months),
        cmocka_unit_test(points_go_with_the_card_or_never),
        cmocka_unit_test(a_version_counts_from_its_day_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
