/* Bytes out. A file is written beside its target under a hidden name, synced, closed with every
 * result checked, and renamed: a reader sees the old file or the whole new one. */
#include "lib/table/sink.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_TRIES = 100 };

static int fail_memory(struct vip_diag *diag)
{
    vip_diag_clear(diag);
    return vip_fail_memory(diag);
}

static int fail_errno(const struct vip_sink *sink, int error_number, const char *what,
                      struct vip_diag *diag)
{
    vip_diag_clear(diag);
    vip_diag_place(diag, sink->name, 0, NULL);
    return vip_fail_errno(diag, error_number, "%s", what);
}

/* ---- opening ---- */

/* The file that path leads to through links, so that a link stays a link. NULL: out of memory. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : strdup(path);
}

/* ".NAME.PID-N.part" in the folder of path. NULL: out of memory. */
static char *part_name(const char *path, int try)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    struct vip_buffer name = {0};
    if (vip_buffer_add(&name, path, folder) < 0 ||
        vip_buffer_format(&name, ".%s.%ld-%d.part", path + folder, (long)getpid(), try) < 0) {
        vip_buffer_free(&name);
        return NULL;
    }
    return name.data;
}

/* Opens a new file beside sink->path, with the mode that the file will have. */
static int open_part(struct vip_sink *sink, const struct stat *old, struct vip_diag *diag)
{
    for (int try = 0; try < PART_TRIES; try++) {
        sink->part = part_name(sink->path, try);
        if (!sink->part)
            return fail_memory(diag);
        sink->file = open(sink->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (sink->file >= 0)
            break;
        int why = errno;
        free(sink->part);
        sink->part = NULL;
        if (why != EEXIST)
            return fail_errno(sink, why, "cannot write", diag);
    }
    if (sink->file < 0)
        return fail_errno(sink, EEXIST, "cannot make a temporary file beside it", diag);
    if (old && fchmod(sink->file, old->st_mode & 0777) < 0)
        return fail_errno(sink, errno, "cannot set its mode", diag);
    return VIP_OK;
}

static int open_target(struct vip_sink *sink, const char *path, struct vip_diag *diag)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (!exists && errno != ENOENT)
        return fail_errno(sink, errno, "cannot write", diag);
    if (exists && S_ISDIR(status.st_mode))
        return fail_errno(sink, EISDIR, "cannot write", diag);
    if (exists && !S_ISREG(status.st_mode)) {
        sink->file = open(path, O_WRONLY | O_CLOEXEC);
        return sink->file < 0 ? fail_errno(sink, errno, "cannot write", diag) : VIP_OK;
    }
    if (exists && access(path, W_OK) < 0)
        return fail_errno(sink, errno, "cannot write", diag);
    sink->path = resolve(path);
    if (!sink->path)
        return fail_memory(diag);
    return open_part(sink, exists ? &status : NULL, diag);
}

static int open_converter(struct vip_sink *sink, const char *encoding, struct vip_diag *diag)
{
    if (!encoding || strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0)
        return VIP_OK;
    sink->encoding = strdup(encoding);
    if (!sink->encoding)
        return fail_memory(diag);
    sink->converter = iconv_open(encoding, "UTF-8");
    if (sink->converter != (iconv_t)-1)
        return VIP_OK;
    vip_diag_clear(diag);
    return vip_fail(diag, VIP_EUSAGE,
                    "'%s' is no encoding that iconv knows: see iconv --list for the names",
                    encoding);
}

int vip_sink_open(struct vip_sink *sink, const char *path, const char *encoding,
                  struct vip_diag *diag)
{
    bool standard = !path || strcmp(path, "-") == 0;
    sink->name = standard ? "standard output" : path;
    sink->file = standard ? STDOUT_FILENO : -1;
    sink->path = sink->part = sink->encoding = NULL;
    sink->converter = (iconv_t)-1;
    sink->error = 0;
    sink->not_encodable = false;
    sink->used = 0;
    int code = open_converter(sink, encoding, diag);
    if (code == VIP_OK && !standard)
        code = open_target(sink, path, diag);
    if (code < 0)
        vip_sink_abandon(sink);
    return code;
}

/* ---- writing ---- */

/* Waits until a descriptor that someone made non-blocking takes more. */
static void wait_writable(int file)
{
    struct pollfd ready = {.fd = file, .events = POLLOUT};
    poll(&ready, 1, -1);
}

static void write_all(struct vip_sink *sink, const char *data, size_t size)
{
    while (size > 0 && !sink->error) {
        ssize_t done = write(sink->file, data, size);
        if (done >= 0) {
            data += done;
            size -= (size_t)done;
        } else if (errno == EAGAIN) {
            wait_writable(sink->file);
        } else if (errno != EINTR) {
            sink->error = errno;
        }
    }
}

/* Converts and writes; a character that the end has cut stays in the buffer. */
static void write_converted(struct vip_sink *sink)
{
    char *from = sink->data;
    size_t left = sink->used;
    while (left > 0 && !sink->error) {
        char converted[VIP_SINK_SIZE];
        char *to = converted;
        size_t room = sizeof converted;
        size_t result = iconv(sink->converter, &from, &left, &to, &room);
        int why = result == (size_t)-1 ? errno : 0;
        write_all(sink, converted, sizeof converted - room);
        if (why == EINVAL)
            break;
        if (why == EILSEQ && !sink->error) {
            sink->error = EILSEQ;
            sink->not_encodable = true;
        }
    }
    memmove(sink->data, from, left);
    sink->used = left;
}

static void write_out(struct vip_sink *sink)
{
    if (sink->error) {
        sink->used = 0; /* it cannot be written any more */
        return;
    }
    if (sink->converter != (iconv_t)-1) {
        write_converted(sink);
        return;
    }
    write_all(sink, sink->data, sink->used);
    sink->used = 0;
}

void vip_sink_overflow(struct vip_sink *sink, const char *data, size_t size)
{
    while (size > 0) {
        size_t room = VIP_SINK_SIZE - sink->used;
        size_t part = size < room ? size : room;
        memcpy(sink->data + sink->used, data, part);
        sink->used += part;
        data += part;
        size -= part;
        if (sink->used == VIP_SINK_SIZE)
            write_out(sink);
        if (sink->error)
            return;
    }
}

int vip_sink_status(const struct vip_sink *sink, struct vip_diag *diag)
{
    if (!sink->error)
        return VIP_OK;
    if (!sink->not_encodable)
        return fail_errno(sink, sink->error, "cannot write", diag);
    vip_diag_clear(diag);
    vip_diag_place(diag, sink->name, 0, NULL);
    return vip_fail(diag, VIP_EIO,
                    "cannot write a text that %s has no characters for: choose another "
                    "--output-encoding",
                    sink->encoding);
}

int vip_sink_flush(struct vip_sink *sink, struct vip_diag *diag)
{
    write_out(sink);
    return vip_sink_status(sink, diag);
}

/* ---- closing ---- */

/* Ends an encoding that has states (ISO-2022-CN) in its first one. */
static void end_conversion(struct vip_sink *sink)
{
    if (sink->converter == (iconv_t)-1 || sink->error)
        return;
    char rest[64];
    char *to = rest;
    size_t room = sizeof rest;
    iconv(sink->converter, NULL, NULL, &to, &room);
    write_all(sink, rest, sizeof rest - room);
    if (sink->used > 0 && !sink->error) { /* a cut character: the text was not UTF-8 */
        sink->error = EILSEQ;
        sink->not_encodable = true;
    }
}

/* Closing is where a network file system tells of a full disk. Standard output stays open for
 * others, so a second descriptor of it is closed instead. */
static void close_file(struct vip_sink *sink)
{
    int file = sink->file;
    sink->file = -1;
    if (file == STDOUT_FILENO && !sink->part)
        file = dup(file);
    int why = 0;
    if (sink->part && !sink->error && fsync(file) < 0)
        why = errno;
    if ((file < 0 || close(file) < 0) && why == 0)
        why = errno;
    if (!sink->error)
        sink->error = why;
}

/* Makes the rename itself last; not every file system can, so no result is asked for. */
static void sync_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        slash[slash == path] = '\0';
    int folder = open(slash ? path : ".", O_RDONLY | O_CLOEXEC);
    if (folder < 0)
        return;
    fsync(folder);
    close(folder);
}

int vip_sink_close(struct vip_sink *sink, struct vip_diag *diag)
{
    write_out(sink);
    end_conversion(sink);
    close_file(sink);
    if (sink->part && !sink->error) {
        if (rename(sink->part, sink->path) < 0) {
            sink->error = errno;
        } else {
            free(sink->part);
            sink->part = NULL;
            sync_folder(sink->path);
        }
    }
    int code = vip_sink_status(sink, diag);
    vip_sink_abandon(sink);
    return code;
}

void vip_sink_abandon(struct vip_sink *sink)
{
    if (sink->file >= 0 && sink->file != STDOUT_FILENO)
        close(sink->file);
    sink->file = -1;
    if (sink->part)
        unlink(sink->part);
    if (sink->converter != (iconv_t)-1)
        iconv_close(sink->converter);
    sink->converter = (iconv_t)-1;
    free(sink->part);
    free(sink->path);
    free(sink->encoding);
    sink->part = sink->path = sink->encoding = NULL;
}
