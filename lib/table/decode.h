/* Bytes to UTF-8: settles on the encoding and converts. Private to lib/table. */
#ifndef VIP_TABLE_DECODE_H
#define VIP_TABLE_DECODE_H

#include "lib/base/error.h"
#include "lib/table/reader.h"
#include <stdbool.h>
#include <stddef.h>

struct vip_decoder;

/* Reads from `read`; file is the descriptor behind it when that is a regular file, which is then
 * looked at whole before the first byte is given out, else -1. encoding as in vip_reader_options;
 * VIP_EUSAGE when iconv does not know it. */
int vip_decoder_open(struct vip_decoder **decoder, vip_read_function read, void *context, int file,
                     const char *encoding, struct vip_diag *diag);
void vip_decoder_close(struct vip_decoder *decoder);

/* Puts up to size bytes (at least VIP_DECODE_ROOM) of UTF-8 into to. Returns how many, 0 at the
 * end, or an error; a leading byte-order mark is given out too. An error in what was
 * read is reported after everything before it was given out; diag->line stays 0 when the line is
 * the one that the caller is reading. */
enum { VIP_DECODE_ROOM = 64 };
long vip_decoder_read(struct vip_decoder *decoder, char *to, size_t size, struct vip_diag *diag);

const char *vip_decoder_encoding(const struct vip_decoder *decoder, bool *guessed);

/* The number of leading bytes of text that are valid UTF-8, at the speed of memory for ASCII. */
size_t vip_utf8_span(const char *text, size_t size);

/* Clears diag, then notes VIP_EINPUT with the line (0: none) and the text. Returns VIP_EINPUT. */
int vip_input_fail(struct vip_diag *diag, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
