/* How far long work has come: one line on a terminal, rewritten now and then, gone at the end. A
 * process has one standard error, and so one such line. */
#include "cmd/common/command.h"
#include "cmd/common/frame.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { AFTER_MS = 1000, EVERY_MS = 250 };

static struct {
    bool wanted; /* standard error is a terminal, and no rows of ours run over it */
    bool stands; /* the line is on the terminal now */
    struct timespec begun, last;
} line;

static long milliseconds(struct timespec from, struct timespec to)
{
    return (long)(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
}

void vip_progress_begin(const struct vip_context *context)
{
    bool rows_on_terminal = isatty(STDOUT_FILENO) && !context->output_path;

    line.wanted = !context->quiet && isatty(STDERR_FILENO) && !rows_on_terminal;
    clock_gettime(CLOCK_MONOTONIC, &line.begun);
    line.last = line.begun;
}

void vip_progress_show(const struct vip_context *context, const char *what, uint64_t rows)
{
    struct timespec now;

    if (!line.wanted)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (milliseconds(line.begun, now) < AFTER_MS || milliseconds(line.last, now) < EVERY_MS)
        return;
    fprintf(stderr, "\r%s: %s: %llu rows\033[K", context->command->name, what,
            (unsigned long long)rows);
    line.stands = true;
    line.last = now;
}

void vip_progress_clear(void)
{
    if (line.stands)
        fputs("\r\033[K", stderr);
    line.stands = false;
}
