/* clock RUNS COMMAND…: runs the command that often, its output thrown away, and prints the
 * microseconds of each run: for what takes a few milliseconds, where a shell's own fork would be a
 * good part of the figure. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

/* Microseconds, or -1 when the command could not be run or failed. */
static long long run(char **command, const posix_spawn_file_actions_t *quiet)
{
    pid_t child;
    int status;
    long long begin = now();
    if (posix_spawnp(&child, command[0], quiet, NULL, command, environ) != 0 ||
        waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? now() - begin : -1;
}

int main(int count, char **arguments)
{
    posix_spawn_file_actions_t quiet;
    long runs = count > 2 ? strtol(arguments[1], NULL, 10) : 0;
    if (runs < 1) {
        fputs("usage: clock RUNS COMMAND...\n", stderr);
        return 2;
    }
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    for (; runs > 0; runs--) {
        long long time = run(arguments + 2, &quiet);
        if (time < 0) {
            fprintf(stderr, "clock: %s failed\n", arguments[2]);
            return 1;
        }
        printf("%lld\n", time);
    }
    posix_spawn_file_actions_destroy(&quiet);
    return 0;
}
