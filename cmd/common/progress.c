/* How far long work has come: one line on a terminal, rewritten now and then, gone at the end. A
 * process has one standard error, and so one such line. */
#include "cmd/common/command.h"
#include "cmd/common/frame.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { AFTER_MS = 1000, EVERY_MS = 250 }; /* $VIP_PROGRESS_MS stands for the first */

static struct {
    bool wanted; /* standard error is a terminal, and no rows of ours run over it */
    bool stands; /* the line is on the terminal now */
    long after, every;
    struct timespec begun, last;
} line;

static long milliseconds(struct timespec from, struct timespec to)
{
    return (long)(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
}

static void begin(const struct vip_context *context, bool wanted)
{
    const char *after = getenv("VIP_PROGRESS_MS");

    line.wanted = wanted && !context->quiet && isatty(STDERR_FILENO);
    line.after = after && *after ? strtol(after, NULL, 10) : AFTER_MS;
    line.every = line.after < EVERY_MS ? line.after : EVERY_MS;
    clock_gettime(CLOCK_MONOTONIC, &line.begun);
    line.last = line.begun;
}

void vip_progress_begin(const struct vip_context *context)
{
    bool rows_on_terminal = isatty(STDOUT_FILENO) && !context->output_path;

    begin(context, !rows_on_terminal);
}

void vip_progress_begin_query(const struct vip_context *context)
{
    begin(context, true);
}

/* The seconds since it began, when it is time to say something; else negative. */
static long due(void)
{
    struct timespec now;

    if (!line.wanted)
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long passed = milliseconds(line.begun, now);
    if (passed < line.after || milliseconds(line.last, now) < line.every)
        return -1;
    line.stands = true;
    line.last = now;
    return passed / 1000;
}

void vip_progress_show(const struct vip_context *context, const char *what, uint64_t rows)
{
    if (due() >= 0)
        fprintf(stderr, "\r%s: %s: %llu rows\033[K", context->command->name, what,
                (unsigned long long)rows);
}

void vip_progress_wait(const struct vip_context *context, const char *what)
{
    long seconds = due();

    if (seconds >= 0)
        fprintf(stderr, "\r%s: %s: %ld s\033[K", context->command->name, what, seconds);
}

void vip_progress_clear(void)
{
    if (line.stands)
        fputs("\r\033[K", stderr);
    line.stands = false;
}
