/* Looking cells up by the name of their column. */
#include "lib/base/sheet.h"

#include <string.h>

int vip_sheet_column(const struct vip_sheet *sheet, const char *column)
{
    for (size_t i = 0; i < sheet->column_count; i++)
        if (strcmp(sheet->columns[i], column) == 0)
            return (int)i;
    return -1;
}

const char *vip_sheet_cell(const struct vip_sheet *sheet, size_t row, const char *column)
{
    int at = vip_sheet_column(sheet, column);
    if (at < 0 || row >= sheet->row_count)
        return "";
    return sheet->cells[row * sheet->column_count + (size_t)at];
}
