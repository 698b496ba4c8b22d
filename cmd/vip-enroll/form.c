/* The programme's form (fields.csv): which columns carry its fields, what a row says under them. */
#include "cmd/vip-enroll/parts.h"

#include "lib/rules/admission.h"
#include "lib/table/names.h"
#include <string.h>

struct vip_form_field {
    const struct vip_field *field;
    int fixed;          /* the column of ours that it is; NONE: it goes to the dossier */
    size_t first, last; /* else the columns that may carry it */
};

enum { NONE = -1 };

static const char never_a_column[] = "\x01";

/* ---- binding ---- */

static int fixed_column(const char *field)
{
    for (int i = 0; i < VIP_CELL_COUNT; i++)
        if (strcmp(vip_enroll_columns[i], field) == 0)
            return i;
    return NONE;
}

static bool has_column(const struct vip_enroll *run, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(run->columns[i], name) == 0)
            return true;
    return false;
}

/* A field is known by its name and its labels, as the header names know them. */
static struct vip_form_field bind_field(struct vip_enroll *run, const struct vip_field *field,
                                        size_t *count)
{
    const char *const names[] = {field->field, field->label_en, field->label_zh};
    struct vip_form_field bound = {field, fixed_column(field->field), *count, *count};
    for (size_t i = 0; i < 3 && bound.fixed == NONE; i++) {
        const char *canonical = vip_names_canonical(run->context->names, names[i]);
        const char *name = canonical ? canonical : names[i];
        if (*name && !has_column(run, *count, name))
            run->columns[(*count)++] = name;
    }
    bound.last = *count;
    return bound;
}

int vip_form_bind(struct vip_enroll *run,
                  bool (*reads)(enum vip_enroll_job, enum vip_enroll_column))
{
    const struct vip_program *program = run->program;
    size_t count = VIP_CELL_COUNT;
    struct vip_form_field *form =
        vip_arena_zero(&run->lasting, program->field_count + 1, sizeof *form);
    run->columns = vip_arena_zero(&run->lasting, VIP_CELL_COUNT + 3 * program->field_count + 1,
                                  sizeof *run->columns);
    if (!form || !run->columns)
        return vip_fail_memory(&run->context->diag);
    for (enum vip_enroll_column i = 0; i < VIP_CELL_COUNT; i++)
        run->columns[i] = reads(run->job, i) ? vip_enroll_columns[i] : never_a_column;
    for (size_t i = 0; i < program->field_count; i++)
        form[i] = bind_field(run, &program->fields[i], &count);
    run->form = form;
    run->form_count = program->field_count;
    return VIP_OK;
}

/* ---- reading ---- */

/* The first cell that is not empty under one of the field's names; "" for a column of ours. */
static const char *cell_of(const struct vip_form_field *field, const char *const *cells)
{
    for (size_t i = field->first; i < field->last; i++)
        if (*cells[i])
            return cells[i];
    return "";
}

int vip_form_read(struct vip_enroll *run, const char *const *cells, struct vip_fact **facts,
                  size_t *count)
{
    *count = 0;
    *facts = vip_arena_zero(run->arena, run->form_count + 1, sizeof **facts);
    if (!*facts)
        return vip_fail_memory(&run->context->diag);
    for (size_t i = 0; i < run->form_count; i++) {
        const struct vip_field *field = run->form[i].field;
        const char *value = cell_of(&run->form[i], cells);
        int error = vip_field_judge(field, &value, run->arena, &run->context->diag);
        if (error != VIP_OK)
            return error;
        if (*value)
            (*facts)[(*count)++] = (struct vip_fact){field->field, value};
    }
    return VIP_OK;
}

/* The ID number may have said the birthday and the gender. */
static bool is_given(const struct vip_form_field *field, const char *const *cells,
                     const struct vip_member *person)
{
    if (field->fixed == VIP_CELL_BIRTHDAY)
        return person->birthday.month != 0;
    if (field->fixed == VIP_CELL_GENDER)
        return *person->gender;
    return field->fixed == NONE ? *cell_of(field, cells) : *cells[field->fixed];
}

int vip_form_check(struct vip_enroll *run, const char *const *cells,
                   const struct vip_member *person)
{
    for (size_t i = 0; i < run->form_count; i++) {
        const struct vip_field *field = run->form[i].field;
        if (field->required && !is_given(&run->form[i], cells, person))
            return vip_refuse(&run->context->diag, "missing-field", field->field,
                              "%s (%s) is missing: the programme requires it", field->label_en,
                              field->label_zh);
    }
    return VIP_OK;
}
