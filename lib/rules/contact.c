/* The words of contacts and complaints, and what follows from them: see contact.h. */
#include "lib/rules/contact.h"

#include "lib/base/text.h"

#include <string.h>

struct word {
    const char *word, *chinese; /* chinese: the first is shown, all are taken: "已联系|接通" */
};

static const struct word outcomes[] = {{"sent", "已发送|已发"},
                                       {"reached", "已联系|接通"},
                                       {"no-answer", "无人接听|未接"},
                                       {"refused", "拒绝|拒接"},
                                       {"wrong-number", "号码错误|空号|错号"},
                                       {"failed", "失败|发送失败"},
                                       {NULL, NULL}};

static const struct word channels[] = {
    {"sms", "短信"},       {"call", "电话|致电"},  {"wechat", "微信"}, {"email", "邮件|电子邮件"},
    {"mail", "信函|邮寄"}, {"visit", "面谈|到店"}, {NULL, NULL}};

static const struct word churn_reasons[] = {
    {"price", "价格"},      {"product", "产品"}, {"service", "服务"},    {"technology", "技术"},
    {"promotion", "促销"},  {"need", "需求"},    {"management", "管理"}, {"politics", "政治"},
    {"other", "其他|其它"}, {NULL, NULL}};

static const struct word steps[] = {
    {"heard", "倾听|受理"},      {"apologised", "致歉|道歉"},   {"cause", "原因|查明原因"},
    {"remedy", "解决方案|方案"}, {"compensation", "补偿|赔偿"}, {"confirmed", "客户确认|确认"},
    {"closed", "结案"},          {"followed-up", "复访|回访"},  {NULL, NULL}};

static const struct word *const lists[] = {outcomes, channels, churn_reasons, steps};

int vip_contact_find(enum vip_contact_list list, const char *cell)
{
    const struct word *words = lists[list];

    for (int i = 0; *cell && words[i].word; i++)
        if (vip_text_same(words[i].word, cell) || vip_list_has(words[i].chinese, cell))
            return i;
    return -1;
}

const char *vip_contact_word(enum vip_contact_list list, int index)
{
    return lists[list][index].word;
}

const char *vip_contact_words(enum vip_contact_list list, struct vip_arena *arena)
{
    const struct word *words = lists[list];
    const char *text = "";

    for (int i = 0; text && words[i].word; i++)
        text = vip_arena_format(arena, "%s%s%s (%.*s)", text, i ? ", " : "", words[i].word,
                                (int)strcspn(words[i].chinese, "|"), words[i].chinese);
    return text ? text : "";
}

vip_day vip_contact_again(const struct vip_program *program, enum vip_outcome outcome, int tries,
                          vip_day day)
{
    if (outcome != VIP_OUTCOME_NO_ANSWER && outcome != VIP_OUTCOME_FAILED)
        return VIP_DAY_NONE;
    return tries < program->contact_tries ? vip_day_add_span(day, program->contact_retry)
                                          : VIP_DAY_NONE;
}

int vip_contact_doubt(enum vip_outcome outcome, const char *channel)
{
    if (strcmp(channel, "sms") != 0 && strcmp(channel, "call") != 0)
        return 0;
    if (outcome == VIP_OUTCOME_FAILED || outcome == VIP_OUTCOME_WRONG_NUMBER)
        return 1;
    return outcome == VIP_OUTCOME_REACHED ? -1 : 0;
}

int vip_complaint_next(int last)
{
    return last == VIP_STEP_FOLLOWED_UP ? -1 : last + 1;
}

bool vip_complaint_may(int last, enum vip_step step)
{
    int next = vip_complaint_next(last);

    return next == (int)step ||
           (next == VIP_STEP_COMPENSATION && step == VIP_STEP_COMPENSATION + 1);
}
