/* Errors: filling and printing struct vip_diag. Texts that do not fit are cut, never in the middle
 * of a UTF-8 character: a cell of a megabyte must not make a message that cannot be read. */
#include "lib/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef vip_fail
#undef vip_refuse
#undef vip_fail_errno
#undef vip_fail_memory

/* Cuts off a UTF-8 character that the end of a full buffer has left incomplete. */
static void cut_whole(char *text)
{
    size_t size = strlen(text);
    size_t start = size;
    while (start > 0 && size - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size - (start - 1) < length)
        text[start - 1] = '\0';
}

static void copy(char *to, size_t size, const char *from)
{
    size_t length = strlen(from);
    if (length < size) {
        memmove(to, from, length + 1);
        return;
    }
    memmove(to, from, size - 1);
    to[size - 1] = '\0';
    cut_whole(to);
}

__attribute__((format(printf, 3, 0))) static int fail(struct vip_diag *diag, enum vip_error code,
                                                      const char *format, va_list arguments)
{
    if (!diag)
        return code;
    /* Through a text of its own, since the arguments may point into diag. */
    char text[sizeof diag->text];
    int length = vsnprintf(text, sizeof text, format, arguments);
    if (length < 0)
        text[0] = '\0';
    else if ((size_t)length >= sizeof text)
        cut_whole(text);
    memcpy(diag->text, text, sizeof text);
    diag->code = code;
    diag->reason[0] = '\0';
    return code;
}

void vip_diag_clear(struct vip_diag *diag)
{
    diag->code = VIP_OK;
    diag->line = 0;
    diag->file[0] = diag->column[0] = diag->reason[0] = diag->text[0] = '\0';
}

int vip_fail(struct vip_diag *diag, enum vip_error code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(diag, code, format, arguments);
    va_end(arguments);
    return code;
}

int vip_refuse(struct vip_diag *diag, const char *reason, const char *column, const char *format,
               ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(diag, VIP_EREFUSED, format, arguments);
    va_end(arguments);
    if (diag) {
        copy(diag->reason, sizeof diag->reason, reason ? reason : "");
        copy(diag->column, sizeof diag->column, column ? column : "");
    }
    return VIP_EREFUSED;
}

int vip_fail_errno(struct vip_diag *diag, int error_number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(diag, VIP_EIO, format, arguments);
    va_end(arguments);
    if (!diag)
        return VIP_EIO;
    char why[128];
    if (strerror_r(error_number, why, sizeof why) != 0)
        snprintf(why, sizeof why, "error %d", error_number);
    /* A long text gives way: the cause matters more than its end. */
    size_t room = sizeof diag->text - strlen(why) - 3;
    if (strlen(diag->text) > room) {
        diag->text[room] = '\0';
        cut_whole(diag->text);
    }
    size_t used = strlen(diag->text);
    snprintf(diag->text + used, sizeof diag->text - used, ": %s", why);
    return VIP_EIO;
}

int vip_fail_memory(struct vip_diag *diag)
{
    return vip_fail(diag, VIP_EMEMORY, "out of memory");
}

void vip_diag_place(struct vip_diag *diag, const char *file, size_t line, const char *column)
{
    if (file)
        copy(diag->file, sizeof diag->file, file);
    if (line)
        diag->line = line;
    if (column)
        copy(diag->column, sizeof diag->column, column);
}

const char *vip_diag_format(const struct vip_diag *diag, char *to, size_t size)
{
    char line[24] = "";
    if (diag->line)
        snprintf(line, sizeof line, "%s%zu", diag->file[0] ? ":" : "", diag->line);
    int length =
        snprintf(to, size, "%s%s%s%s%s%s", diag->file, line, diag->file[0] || line[0] ? ": " : "",
                 diag->column, diag->column[0] ? ": " : "", diag->text);
    if (size > 0 && length >= 0 && (size_t)length >= size)
        cut_whole(to);
    return to;
}
