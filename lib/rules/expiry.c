/* Days that follow from the programme: which version is in force, and how long points are good. */
#include "lib/rules/program.h"

const struct vip_program *vip_programs_on(const struct vip_programs *programs, vip_day day)
{
    size_t found = 0;

    for (size_t i = 1; i < programs->count && programs->versions[i]->effective <= day; i++)
        found = i;
    return programs->versions[found];
}

vip_day vip_points_expiry(const struct vip_program *program, vip_day earned, vip_day card_end)
{
    switch (program->points_expire.mode) {
    case VIP_EXPIRE_MONTHS:
        return vip_day_add_months(earned, program->points_expire.months);
    case VIP_EXPIRE_CARD:
        return card_end;
    case VIP_EXPIRE_YEAR_END:
        return vip_day_add_months(vip_day_from_civil(vip_day_civil(earned).year, 12, 31),
                                  program->points_expire.months);
    case VIP_EXPIRE_NEVER:
        break;
    }
    return VIP_DAY_NONE;
}
