/* A sample shop: members and till lines of three menswear stores, for the demo and its tests.
 *
 *   sample-shop members N                 N applications, and a few that must be refused
 *   sample-shop sales FROM TO [MEMBERS]   the till lines of these days, of 2000 members
 *
 * UTF-8 CSV with Chinese headings. Everything is a function of a number (of the member, the store,
 * the day, the receipt): no clock and no random source, so that the bytes are the same everywhere,
 * and a day has the same lines by itself as within its year. */
#include "lib/base/date.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS = 2000,
    MOST_MEMBERS = 1000000,
    STORES = 3,
    STAFF = 4,        /* of a store */
    BACK_WITHIN = 14, /* days in which goods can be returned */
    FIRST_RETURN = 901
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

/* ---- chance: a number scattered ---- */

enum stream { PERSON, HOME, TRADE, DAY, RECEIPT, LINE };

struct dice {
    uint64_t state;
};

static uint64_t scatter(uint64_t x) /* the finish of SplitMix64 */
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static struct dice dice_of(enum stream stream, uint64_t a, uint64_t b)
{
    return (struct dice){scatter(scatter(scatter((uint64_t)stream + 1) ^ a) ^ b)};
}

static int roll(struct dice *dice, int below)
{
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    return (int)((scatter(dice->state) >> 33) % (uint64_t)below);
}

#define PICK(dice, list) ((list)[roll((dice), COUNT(list))])

/* ---- the house ---- */

static const char *const stores[STORES] = {"春熙店", "太古里店", "万象城店"};
static const char *const store_codes[STORES] = {"CX", "TG", "WX"};
static const char *const staff[STORES][STAFF] = {{"李敏", "周倩", "吴磊", "何静"},
                                                 {"陈晨", "赵雪", "孙凯", "唐蕾"},
                                                 {"郑洁", "冯涛", "蒋丽", "曹阳"}};

static vip_day opening(void)
{
    return vip_day_from_civil(2025, 11, 15);
}

struct home { /* where and since when somebody is a member */
    int store, consultant;
    vip_day enrolled;
    int zeal; /* 1 … 8: how often they come */
};

static struct home home_of(int member)
{
    static const int zeals[] = {8, 5, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1};
    struct dice dice = dice_of(HOME, (uint64_t)member, 0);
    struct home home;
    home.store = roll(&dice, STORES);
    home.consultant = roll(&dice, STAFF);
    home.zeal = PICK(&dice, zeals);
    home.enrolled = opening() + (roll(&dice, 5) ? roll(&dice, 365) : roll(&dice, 7));
    return home;
}

/* Eight digits that no other member has, behind any prefix. */
static void print_phone(int member, int digits)
{
    static const char *const prefixes[] = {"134", "135", "136", "137", "138", "139", "150", "151",
                                           "152", "158", "159", "182", "187", "188", "130", "131",
                                           "132", "155", "156", "186", "133", "153", "180", "189"};
    struct dice dice = dice_of(PERSON, (uint64_t)member, 1);
    char tail[16];
    snprintf(tail, sizeof tail, "%08d", (int)((INT64_C(48271939) * member + 12345678) % 100000000));
    printf("%s%.*s", PICK(&dice, prefixes), digits, tail);
}

/* ---- members ---- */

struct person {
    int number;
    struct dice dice;
    struct home home;
    bool woman, lunar;
    struct vip_civil born;
};

enum fault { NO_FAULT, SHORT_PHONE, WRONG_ID, NO_NAME, NO_SUCH_DAY, PHONE_TAKEN, FAULTS };

static struct person person_of(int number)
{
    struct person person = {
        .number = number, .dice = dice_of(PERSON, (uint64_t)number, 0), .home = home_of(number)};
    person.woman = roll(&person.dice, 10) < 3;
    person.born.year = 1958 + (roll(&person.dice, 48) + roll(&person.dice, 48)) / 2;
    person.born.month = 1 + roll(&person.dice, 12);
    person.born.day = 1 + roll(&person.dice, vip_month_length(person.born.year, person.born.month));
    person.lunar = roll(&person.dice, 1995) < 1995 - person.born.year;
    return person;
}

static void print_name(struct person *person)
{
    static const char *const families[] = {
        "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴",   "周",   "徐",   "孙",  "马",
        "朱", "胡", "郭", "何", "林", "高", "罗", "郑", "梁",   "谢",   "宋",   "唐",  "许",
        "邓", "冯", "韩", "曹", "曾", "彭", "萧", "蔡", "潘",   "田",   "董",   "袁",  "于",
        "余", "叶", "蒋", "杜", "苏", "魏", "程", "吕", "丁",   "沈",   "任",   "姚",  "卢",
        "傅", "钟", "姜", "崔", "谭", "廖", "范", "汪", "欧阳", "司马", "上官", "诸葛"};
    static const char *const men[] = {"伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "明", "超",
                                      "刚", "平", "辉", "鹏", "华", "飞", "鑫", "波", "斌", "宇",
                                      "浩", "凯", "健", "俊", "帆", "旭", "宁", "龙", "林", "毅",
                                      "志", "建", "恒", "文", "海", "翔", "睿", "泽", "晨", "轩"};
    static const char *const women[] = {"芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲",
                                        "婷", "雪", "慧", "倩", "颖", "琳", "洁", "梅", "莉", "欣",
                                        "佳", "思", "雨", "梦", "嘉", "怡", "晓", "丹", "蕾", "薇"};
    fputs(PICK(&person->dice, families), stdout);
    for (int length = 1 + (roll(&person->dice, 10) < 7); length > 0; length--)
        fputs(person->woman ? PICK(&person->dice, women) : PICK(&person->dice, men), stdout);
}

static void print_lunar(const struct vip_civil *born)
{
    static const char *const months[] = {"正", "二", "三", "四", "五", "六",
                                         "七", "八", "九", "十", "冬", "腊"};
    static const char *const tens[] = {"初", "十", "廿"};
    static const char *const ones[] = {"十", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    int day = born->day > 29 ? 29 : born->day;
    printf("农历%s月", months[born->month - 1]);
    if (day % 10)
        printf("%s%s", tens[day / 10], ones[day % 10]);
    else
        printf("%s十", day == 10 ? "初" : "二");
}

/* As people write it: mostly ISO, but not always, sometimes without the year, sometimes not. */
static void print_birthday(struct person *person, enum fault fault)
{
    const struct vip_civil *born = &person->born;
    int way = roll(&person->dice, 20);
    if (fault == NO_SUCH_DAY)
        printf("%d-02-30", born->year);
    else if (person->lunar)
        print_lunar(born);
    else if (way < 12)
        printf("%d-%02d-%02d", born->year, born->month, born->day);
    else if (way < 15)
        printf("%d/%d/%d", born->year, born->month, born->day);
    else if (way < 17)
        printf("%d年%d月%d日", born->year, born->month, born->day);
    else if (way < 18)
        printf("%02d-%02d", born->month, born->day);
}

/* GB 11643, worked out here by itself: what reads it shall not be what made it. */
static char check_digit(const char *first_17)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < COUNT(weights); i++)
        sum += (first_17[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static void print_id_no(struct person *person, enum fault fault)
{
    static const char *const areas[] = {"510104", "510105", "510106", "510107",
                                        "510108", "510112", "510703", "500103"};
    const char *area = PICK(&person->dice, areas);
    int number = 2 * roll(&person->dice, 500) + !person->woman;
    bool given = roll(&person->dice, 100) < 35;
    char id_no[32];
    if (fault != WRONG_ID && (person->lunar || fault != NO_FAULT || !given))
        return;
    snprintf(id_no, sizeof id_no, "%s%04d%02d%02d%03d", area, person->born.year, person->born.month,
             person->born.day, number);
    char check = check_digit(id_no);
    if (fault == WRONG_ID)
        check = check == '1' ? '2' : '1';
    printf("%s%c", id_no, check);
}

static void print_address(struct person *person)
{
    static const char *const roads[] = {
        "锦江区红星路二段", "锦江区东大街下东大街段", "青羊区人民中路一段", "青羊区蜀都大道",
        "武侯区科华北路",   "武侯区桐梓林北路",       "成华区建设路",       "成华区二环路东三段",
        "金牛区交大路",     "金牛区一环路北四段",     "高新区天府大道北段", "高新区天仁路"};
    if (roll(&person->dice, 10) < 3)
        return;
    printf("成都市%s%d号", PICK(&person->dice, roads), 1 + roll(&person->dice, 300));
    if (roll(&person->dice, 4))
        printf("%d栋%d单元%d%02d室", 1 + roll(&person->dice, 12), 1 + roll(&person->dice, 3),
               1 + roll(&person->dice, 28), 1 + roll(&person->dice, 6));
}

static void print_consents(struct person *person)
{
    printf(",%s,%s,", roll(&person->dice, 10) < 8 ? "是" : "否",
           roll(&person->dice, 10) < 6 ? "是" : "");
}

static void print_dossier(struct person *person)
{
    static const char *const jobs[] = {"",     "",       "",       "工程师", "教师",   "医生",
                                       "律师", "公务员", "企业主", "销售",   "设计师", "会计"};
    static const char *const sizes[] = {"", "", "", "S", "M", "L", "XL", "XXL", "48", "50", "52"};
    static const char *const hobbies[] = {"",     "",     "",     "高尔夫", "网球", "摄影",
                                          "钓鱼", "阅读", "旅行", "品茶",   "跑步", "围棋"};
    printf("%s,%s,%s\n", PICK(&person->dice, jobs), PICK(&person->dice, sizes),
           PICK(&person->dice, hobbies));
}

static void print_member(int number, enum fault fault)
{
    struct person person = person_of(number);
    char enrolled[VIP_DATE_TEXT];
    if (fault != NO_NAME)
        print_name(&person);
    putchar(',');
    print_phone(fault == PHONE_TAKEN ? 1 : number, fault == SHORT_PHONE ? 7 : 8);
    printf(",%s,", person.woman ? "女" : "男");
    print_birthday(&person, fault);
    putchar(',');
    print_id_no(&person, fault);
    putchar(',');
    print_address(&person);
    vip_day_format(person.home.enrolled, enrolled);
    printf(",%s,%s,%s", stores[person.home.store], staff[person.home.store][person.home.consultant],
           enrolled);
    print_consents(&person);
    print_dossier(&person);
}

/* The faults are people of their own, behind the numbers of the members. */
static void print_members(int count)
{
    int faults = 0;
    puts("姓名,手机号,性别,生日,身份证号,地址,店铺,导购,入会日期,短信许可,电话许可,职业,尺码,爱好");
    for (int number = 1; number <= count; number++) {
        print_member(number, NO_FAULT);
        if (number % 400 == 0) {
            faults++;
            print_member(count + faults, (enum fault)(1 + (faults - 1) % (FAULTS - 1)));
        }
    }
}

/* ---- till lines ---- */

struct category {
    const char *name;
    int share; /* of a hundred lines */
    int low, high;
    bool second; /* the second brand has it too */
};

static const struct category categories[] = {{"休闲", 47, 128, 980, true},
                                             {"商务", 12, 780, 5980, true},
                                             {"皮具", 11, 280, 3280, false},
                                             {"高尔夫", 6, 380, 2980, false},
                                             {"配饰", 24, 58, 398, true}};

struct receipt {
    int store, number;
    vip_day day;
    int minute, lines, seller;
    int member;     /* 0: not a member */
    int back_after; /* days until a line of it is brought back; 0: never */
    int back_line;
    const char *pay;
};

struct line {
    const struct category *category;
    bool second;
    int quantity, list_price, paid;
    const char *promo; /* or NULL */
};

static uint64_t receipt_key(int store, int number)
{
    return (uint64_t)store * 1000 + (uint64_t)number;
}

/* What is reduced on this day; NULL: nothing. */
static const char *promotion_of(vip_day day)
{
    static const struct {
        const char *name;
        int from, to; /* month × 100 + day */
    } promotions[] = {{"双十一", 1101, 1111},
                      {"双十二", 1210, 1212},
                      {"新春", 125, 214},
                      {"六一八", 610, 618},
                      {"换季", 820, 831}};
    struct vip_civil civil = vip_day_civil(day);
    int date = civil.month * 100 + civil.day;
    for (int i = 0; i < COUNT(promotions); i++)
        if (date >= promotions[i].from && date <= promotions[i].to)
            return promotions[i].name;
    return NULL;
}

static int receipts_of(int store, vip_day day)
{
    struct dice dice = dice_of(DAY, (uint64_t)day, (uint64_t)store);
    int count = 9 + roll(&dice, 7) + (vip_day_weekday(day) >= 6 ? 8 : 0);
    return promotion_of(day) ? count * 3 / 2 : count;
}

/* Who buys: those who come often more often, mostly in their own store; 0: not a member. */
static int buyer_of(struct dice *dice, int store, vip_day day, int members)
{
    if (roll(dice, 100) < 35)
        return 0;
    for (int tries = 0; tries < 200; tries++) {
        int member = 1 + roll(dice, members);
        struct home home = home_of(member);
        if (home.enrolled <= day && roll(dice, 8) < home.zeal &&
            (home.store == store || roll(dice, 6) == 0))
            return member;
    }
    return 0;
}

static struct receipt receipt_of(int store, vip_day day, int number, int members)
{
    static const char *const pays[] = {"微信",   "微信",   "微信",   "微信", "支付宝",
                                       "支付宝", "支付宝", "银行卡", "现金"};
    struct dice dice = dice_of(RECEIPT, (uint64_t)day, receipt_key(store, number));
    struct receipt receipt = {.store = store, .day = day, .number = number};
    receipt.minute = 600 + 700 * (number - 1) / receipts_of(store, day) + roll(&dice, 10);
    receipt.lines = 1 + (roll(&dice, 10) < 4) + (roll(&dice, 10) < 2);
    receipt.seller = roll(&dice, STAFF);
    receipt.member = buyer_of(&dice, store, day, members);
    receipt.pay = PICK(&dice, pays);
    if (roll(&dice, 100) < 6)
        receipt.back_after = 1 + roll(&dice, BACK_WITHIN);
    receipt.back_line = 1 + roll(&dice, receipt.lines);
    return receipt;
}

static const struct category *category_of(struct dice *dice)
{
    int at = roll(dice, 100);
    const struct category *category = categories;
    while (at >= category->share)
        at -= category++->share;
    return category;
}

static struct line line_of(const struct receipt *receipt, int number)
{
    struct dice dice =
        dice_of(LINE, (uint64_t)receipt->day,
                receipt_key(receipt->store, receipt->number) * 10 + (uint64_t)number);
    struct line line = {.category = category_of(&dice), .quantity = 1};
    int span = line.category->high - line.category->low;
    int dear = roll(&dice, span), cheap = roll(&dice, span);
    int price = line.category->low + (dear < cheap ? dear : cheap);
    line.second = line.category->second && roll(&dice, 5) == 0;
    if (line.category->high < 500 && roll(&dice, 4) == 0)
        line.quantity = 2 + roll(&dice, 2);
    line.list_price = (price / 10 * 10 + 8) * line.quantity * 100;
    line.paid = line.list_price;
    if (promotion_of(receipt->day) && roll(&dice, 10) < 6) {
        line.promo = promotion_of(receipt->day);
        line.paid = line.list_price / 100 * 75;
    }
    return line;
}

static void print_number(int store, vip_day day, int number)
{
    struct vip_civil civil = vip_day_civil(day);
    printf("%s%02d%02d%02d%03d", store_codes[store], civil.year % 100, civil.month, civil.day,
           number);
}

/* What a sale and a return have in common: from the category to the phone. */
static void print_rest(const struct receipt *receipt, const struct line *line, bool back)
{
    printf("%s,%s,%s,", line->category->name, line->second ? "副线" : "主线",
           back ? "退货" : "销售");
    if (back) {
        print_number(receipt->store, receipt->day, receipt->number);
        printf("/%d", receipt->back_line);
    }
    printf(",%s,%d.%02d,%s,%s,", line->promo ? line->promo : "", line->list_price / 100,
           line->list_price % 100, staff[receipt->store][receipt->seller], receipt->pay);
    if (receipt->member)
        print_phone(receipt->member, 8);
    putchar('\n');
}

static void print_date(vip_day day, int minute)
{
    char date[VIP_DATE_TEXT];
    vip_day_format(day, date);
    printf("%s %02d:%02d", date, minute / 60, minute % 60);
}

static void print_sale(const struct receipt *receipt, int number)
{
    struct line line = line_of(receipt, number);
    printf("%s,", stores[receipt->store]);
    print_number(receipt->store, receipt->day, receipt->number);
    printf(",%d,", number);
    print_date(receipt->day, receipt->minute);
    printf(",%d.%02d,%d,", line.paid / 100, line.paid % 100, line.quantity);
    print_rest(receipt, &line, false);
}

/* As tills write it: a receipt of its own, with a negative amount. */
static void print_return(const struct receipt *receipt, vip_day day, int number)
{
    struct line line = line_of(receipt, receipt->back_line);
    printf("%s,", stores[receipt->store]);
    print_number(receipt->store, day, number);
    printf(",1,");
    print_date(day, 1200 + number % 60);
    printf(",-%d.%02d,-%d,", line.paid / 100, line.paid % 100, line.quantity);
    print_rest(receipt, &line, true);
}

static void print_returns(int store, vip_day day, int members)
{
    int number = FIRST_RETURN;
    for (vip_day sold = day - BACK_WITHIN; sold < day; sold++)
        for (int i = 1; sold >= opening() && i <= receipts_of(store, sold); i++) {
            struct receipt receipt = receipt_of(store, sold, i, members);
            if (receipt.back_after == day - sold)
                print_return(&receipt, day, number++);
        }
}

static void print_sales(vip_day from, vip_day to, int members)
{
    puts(
        "店铺,小票号,行号,日期,金额,数量,品类,品牌,类型,原小票,促销,吊牌价,营业员,支付方式,手机号");
    for (vip_day day = from < opening() ? opening() : from; day <= to; day++)
        for (int store = 0; store < STORES; store++) {
            for (int i = 1; i <= receipts_of(store, day); i++) {
                struct receipt receipt = receipt_of(store, day, i, members);
                for (int line = 1; line <= receipt.lines; line++)
                    print_sale(&receipt, line);
            }
            print_returns(store, day, members);
        }
}

/* ---- the command ---- */

static bool day_of(const char *text, vip_day *day)
{
    const char *why = "";
    if (vip_day_parse(text, day, NULL, &why) == 0)
        return true;
    fprintf(stderr, "sample-shop: '%s' %s\n", text, why);
    return false;
}

static bool count_of(const char *text, int *count)
{
    char *end;
    long value = strtol(text, &end, 10);
    *count = (int)value;
    if (end != text && !*end && value >= 1 && value <= MOST_MEMBERS)
        return true;
    fprintf(stderr, "sample-shop: '%s' is not a number from 1 to %d\n", text, MOST_MEMBERS);
    return false;
}

static int close_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    perror("sample-shop: standard output");
    return 4;
}

int main(int argc, char **argv)
{
    int members = MEMBERS;
    vip_day from, to;
    if (argc == 3 && strcmp(argv[1], "members") == 0) {
        if (!count_of(argv[2], &members))
            return 2;
        print_members(members);
        return close_output();
    }
    if ((argc == 4 || argc == 5) && strcmp(argv[1], "sales") == 0) {
        if (!day_of(argv[2], &from) || !day_of(argv[3], &to) ||
            (argc == 5 && !count_of(argv[4], &members)))
            return 2;
        print_sales(from, to, members);
        return close_output();
    }
    fputs("usage: sample-shop members N\n       sample-shop sales FROM TO [MEMBERS]\n", stderr);
    return 2;
}
