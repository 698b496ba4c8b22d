/* Who is near a tier, as rows of a report: see report_near.h. */
#include "lib/db/report_near.h"

#include "lib/db/program.h"
#include "lib/db/tier.h"
#include <stdlib.h>

enum { NEAR_COLUMNS = 10 };

struct near_row {
    struct vip_value values[NEAR_COLUMNS];
};

struct vip_report_near {
    struct vip_db *db;
    struct vip_arena *arena;
    struct vip_bulk bulk;
    struct near_row *rows;
    size_t count, capacity, next;
};

static const char *basis_type(enum vip_basis basis)
{
    return basis == VIP_BASIS_VISITS ? "count" : basis == VIP_BASIS_POINTS ? "points" : "yuan";
}

static int keep_row(void *context, const char *number, const struct vip_tier_figure *figure)
{
    struct vip_report_near *near = context;
    const struct vip_tier_rule *rule = figure->rule;
    const char *member = vip_arena_text(near->arena, number);
    if (!member || vip_array_grow((void **)&near->rows, &near->capacity, near->count + 1,
                                  sizeof *near->rows) != VIP_OK)
        return VIP_EMEMORY;
    near->rows[near->count++] = (struct near_row){{
        vip_text(member),
        {.type = VIP_TEXT, .text = vip_arena_text(near->arena, figure->ladder)},
        vip_text(vip_arena_text(near->arena, figure->tier)),
        vip_text(vip_basis_word(rule->basis)),
        vip_int(figure->reached),
        vip_int(rule->threshold),
        vip_int(rule->threshold - figure->reached),
        vip_int(vip_tier_missing_share(figure)),
        vip_date(figure->by),
        vip_text(basis_type(rule->basis)),
    }};
    return VIP_OK;
}

static bool next_row(void *context, struct vip_value *values)
{
    struct vip_report_near *near = context;
    if (near->next == near->count)
        return false;
    for (int i = 0; i < NEAR_COLUMNS; i++)
        values[i] = near->rows[near->next].values[i];
    near->next++;
    return true;
}

static int gather(struct vip_report_near *near, vip_day as_of, struct vip_diag *diag)
{
    struct vip_arena scratch = {0};
    struct vip_programs programs;
    struct vip_tier_near job = {.as_of = as_of, .lacks = 10000, .row = keep_row, .context = near};
    int error = vip_programs_load(near->db, &scratch, &programs, diag);
    if (error == VIP_OK)
        error = vip_tier_engine_open(&job.engine, near->db, &programs, diag);
    if (error == VIP_OK)
        error = vip_tier_near_each(&job, diag);
    vip_tier_engine_close(job.engine);
    vip_arena_free(&scratch);
    return error == VIP_EMEMORY ? vip_fail_memory(diag) : error;
}

int vip_report_near_open(struct vip_report_near **near, struct vip_db *db, vip_day as_of,
                         struct vip_arena *arena, struct vip_diag *diag)
{
    struct vip_report_near *made = calloc(1, sizeof *made);
    *near = made;
    if (!made)
        return vip_fail_memory(diag);
    made->db = db;
    made->arena = arena;
    made->bulk = (struct vip_bulk){next_row, made};
    int error = gather(made, as_of, diag);
    vip_db_feed(db, &made->bulk);
    return error;
}

void vip_report_near_close(struct vip_report_near *near)
{
    if (!near)
        return;
    vip_db_feed(near->db, NULL);
    free(near->rows);
    free(near);
}
