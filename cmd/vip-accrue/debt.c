/* A debt in words: the reason of a row that left a balance below zero. */
#include "cmd/vip-accrue/parts.h"

const char *vip_accrue_debt(struct vip_arena *arena, const struct vip_program *program,
                            vip_points owed)
{
    char yuan[VIP_MONEY_TEXT];
    vip_fen fen;
    if (!program->point_value || !vip_scale(owed, program->point_value, 100, &fen))
        return vip_arena_format(arena, "debt %lld points", (long long)owed);
    vip_fen_format(fen, yuan);
    return vip_arena_format(arena, "debt %lld points %s yuan", (long long)owed, yuan);
}
