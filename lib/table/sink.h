/* Bytes out: UTF-8 in, the output encoding out, to standard output or to a file that appears whole
 * or not at all. Private to lib/table. */
#ifndef VIP_TABLE_SINK_H
#define VIP_TABLE_SINK_H

#include "lib/base/error.h"
#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { VIP_SINK_SIZE = 64 * 1024 };

struct vip_sink {
    int file;
    const char *name;   /* for messages, borrowed from path */
    char *path;         /* where the file is to appear; NULL: standard output or a device */
    char *part;         /* the temporary file beside it */
    iconv_t converter;  /* (iconv_t)-1: UTF-8 */
    char *encoding;     /* owned; NULL: UTF-8 */
    int error;          /* errno of the first failure; 0: none */
    bool not_encodable; /* error came from the converter */
    size_t used;
    char data[VIP_SINK_SIZE];
};

/* path NULL or "-": standard output. encoding NULL: UTF-8. On failure nothing is left behind. */
int vip_sink_open(struct vip_sink *sink, const char *path, const char *encoding,
                  struct vip_diag *diag);

/* Puts bytes that did not fit into the buffer; use vip_sink_put. */
void vip_sink_overflow(struct vip_sink *sink, const char *data, size_t size);

/* Putting never fails: the first failure is kept, and told by vip_sink_status. */
static inline void vip_sink_put(struct vip_sink *sink, const char *data, size_t size)
{
    if (size > VIP_SINK_SIZE - sink->used) {
        vip_sink_overflow(sink, data, size);
        return;
    }
    memcpy(sink->data + sink->used, data, size);
    sink->used += size;
}

static inline void vip_sink_byte(struct vip_sink *sink, char byte)
{
    if (sink->used == VIP_SINK_SIZE) {
        vip_sink_overflow(sink, &byte, 1);
        return;
    }
    sink->data[sink->used++] = byte;
}

static inline void vip_sink_text(struct vip_sink *sink, const char *text)
{
    vip_sink_put(sink, text, strlen(text));
}

/* 0, or VIP_EIO if anything failed so far. */
int vip_sink_status(const struct vip_sink *sink, struct vip_diag *diag);

/* Writes out what is buffered. */
int vip_sink_flush(struct vip_sink *sink, struct vip_diag *diag);

/* Flush, sync, close, rename; the sink is over in every case, and on failure no file appears. */
int vip_sink_close(struct vip_sink *sink, struct vip_diag *diag);
void vip_sink_abandon(struct vip_sink *sink);

#endif
