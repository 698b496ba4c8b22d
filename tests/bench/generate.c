/* The bench's own data: members and till lines, the same for the same numbers.
 *
 *   generate members N            N members as an application file
 *   generate lines   N MEMBERS    N till lines of a year, in the order of the tills
 *   generate day     N MEMBERS    N lines of the day after
 *   generate requests N MEMBERS   N requests for rewards on that day
 *
 * Every eighth line is a non-member's; a receipt has one to three lines; stores have one to two
 * hundred tills' worth of receipts that rise within the store. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORES = 200, DAYS = 365 };

static uint64_t state = UINT64_C(88172645463325252);

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

/* Names as they are spread in China: few family names, given names of one or two characters. */
static void print_name(uint64_t number)
{
    static const char family[] = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗";
    static const char given[] =
        "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲红建国华志雪琳"
        "晨宇轩涵梓萱浩然子怡欣妍佳琪雨彤";
    enum { CHARACTER = 3, FAMILIES = sizeof family / CHARACTER, GIVEN = sizeof given / CHARACTER };
    uint64_t first = number / FAMILIES % GIVEN, second = number / FAMILIES / GIVEN % GIVEN;
    printf("%.3s%.3s", family + number % FAMILIES * CHARACTER, given + first * CHARACTER);
    if (number % 3)
        printf("%.3s", given + second * CHARACTER);
}

static void print_members(uint64_t count)
{
    puts("member,name,phone,enrolled");
    for (uint64_t i = 1; i <= count; i++) {
        printf("M%07llu,", (unsigned long long)i);
        print_name(i);
        printf(",13%09llu,2024-12-31\n", (unsigned long long)i);
    }
}

static void print_date(uint64_t day) /* days of 2025 from 0 on, and one of 2026 */
{
    static const int months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;
    if (day >= DAYS) {
        fputs("2026-01-01", stdout);
        return;
    }
    while (day >= (uint64_t)months[month])
        day -= (uint64_t)months[month++];
    printf("2025-%02d-%02d", month + 1, (int)day + 1);
}

static void print_receipt(uint64_t store, uint64_t number, uint64_t day, uint64_t lines,
                          uint64_t members)
{
    uint64_t member = draw(8) ? draw(members) + 1 : 0;
    for (uint64_t line = 1; line <= lines; line++) {
        printf("S%03llu,R%03llu%09llu,%llu,", (unsigned long long)store, (unsigned long long)store,
               (unsigned long long)number, (unsigned long long)line);
        print_date(day);
        printf(",%llu.%02llu,%llu,C%02llu,B%02llu,", (unsigned long long)(10 + draw(990)),
               (unsigned long long)draw(100), (unsigned long long)(1 + draw(3)),
               (unsigned long long)draw(20), (unsigned long long)draw(40));
        if (member)
            printf("M%07llu", (unsigned long long)member);
        putchar('\n');
    }
}

static void print_lines(uint64_t count, uint64_t members, bool one_day)
{
    static uint64_t receipts[STORES + 1];
    puts("store,receipt,line,date,amount,quantity,category,brand,member");
    for (uint64_t i = 0; i <= STORES; i++)
        receipts[i] = one_day ? 500000000 : 0;
    for (uint64_t done = 0; done < count;) {
        uint64_t lines = 1 + draw(3), store = 1 + draw(STORES);
        lines = lines < count - done ? lines : count - done;
        print_receipt(store, ++receipts[store], one_day ? DAYS : done * DAYS / count, lines,
                      members);
        done += lines;
    }
}

/* Three gifts and a voucher, and so on; in the order of the shops, which is none. */
static void print_requests(uint64_t count, uint64_t members)
{
    puts("request,member,item,date,store");
    for (uint64_t i = 1; i <= count; i++)
        printf("Q%07llu,M%07llu,%s,2026-01-01,S%03llu\n", (unsigned long long)i,
               (unsigned long long)(1 + draw(members)), i % 4 ? "mug" : "coupon",
               (unsigned long long)(1 + draw(STORES)));
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t members = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (argc > 2 && strcmp(argv[1], "members") == 0)
        print_members(count);
    else if (argc > 3 && strcmp(argv[1], "lines") == 0)
        print_lines(count, members, false);
    else if (argc > 3 && strcmp(argv[1], "day") == 0)
        print_lines(count, members, true);
    else if (argc > 3 && strcmp(argv[1], "requests") == 0)
        print_requests(count, members);
    else
        return fputs("usage: generate members N | lines|day|requests N MEMBERS\n", stderr), 2;
    return fflush(stdout) || ferror(stdout) ? 4 : 0;
}
