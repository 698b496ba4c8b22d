/* Errors: what went wrong, where, and why, in one small struct that the caller owns.
 *
 * Every function of libvip that can fail returns 0 (VIP_OK; or, where it says so, a positive count)
 * or a negative enum vip_error, and fills the struct vip_diag it was given. Nothing in lib prints
 * or exits. */
#ifndef VIP_BASE_ERROR_H
#define VIP_BASE_ERROR_H

#include <stddef.h>

enum vip_error {
    VIP_OK = 0,
    VIP_EREFUSED = -1, /* one row or request that the rules refuse; the others go on */
    VIP_EINPUT = -2,   /* input that cannot be read on: encoding, quoting, doubled column */
    VIP_EUSAGE = -3,   /* called wrongly: option, operand, programme table */
    VIP_EDATABASE = -4, /* database absent, not ours, newer, damaged, not writable */
    VIP_EIO = -5,      /* a file or stream failed */
    VIP_EMEMORY = -6,  /* out of memory */
    VIP_EBUSY = -7,    /* the database stayed locked past the timeout: try again */
};

struct vip_diag {
    enum vip_error code;
    char file[256];   /* as the user named it; "" when no file is meant */
    size_t line;      /* 1-based physical line; 0 when none is meant */
    char column[64];  /* column name or number; "" when none is meant */
    char reason[32];  /* the fixed word of a refusal ("too-few-points"); "" otherwise */
    char text[512];   /* what was wrong and what was expected: lower case, no full stop */
};

/* Empties diag. */
void vip_diag_clear(struct vip_diag *diag);

/* Notes code and a formatted text; keeps file, line and column that are already there. Returns code. */
int vip_fail(struct vip_diag *diag, enum vip_error code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As vip_fail with VIP_EREFUSED, the fixed reason word and the column at fault ("" or NULL: none). */
int vip_refuse(struct vip_diag *diag, const char *reason, const char *column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* As vip_fail with VIP_EIO, appending ": " and strerror(error_number). */
int vip_fail_errno(struct vip_diag *diag, int error_number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory: fills diag, returns VIP_EMEMORY. */
int vip_fail_memory(struct vip_diag *diag);

#ifdef __clang_analyzer__
/* What these return is never 0: the analyser, which sees one file at a time, would doubt it. */
#define vip_fail(diag, code, ...)     ((void)(vip_fail)(diag, code, __VA_ARGS__), (int)(code))
#define vip_refuse(...)               ((void)(vip_refuse)(__VA_ARGS__), (int)VIP_EREFUSED)
#define vip_fail_errno(...)           ((void)(vip_fail_errno)(__VA_ARGS__), (int)VIP_EIO)
#define vip_fail_memory(diag)         ((void)(vip_fail_memory)(diag), (int)VIP_EMEMORY)
#endif

/* Says where: any of file (NULL keeps), line (0 keeps), column (NULL keeps). */
void vip_diag_place(struct vip_diag *diag, const char *file, size_t line, const char *column);

/* Writes "file:line: column: text", leaving out the parts that are empty, into to (NUL-terminated,
 * cut at size). Returns to. */
const char *vip_diag_format(const struct vip_diag *diag, char *to, size_t size);

#endif
