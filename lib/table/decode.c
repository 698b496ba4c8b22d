/* Bytes to UTF-8. UTF-8 input is checked and copied; everything else goes through iconv. Nothing is
 * ever replaced: a byte that does not fit ends the input with its offset. */
#include "lib/table/decode.h"

#include "lib/base/text.h"
#include "lib/table/detect.h"
#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    CHUNK = 64 * 1024,     /* read at a time */
    WINDOW = 1024 * 1024,  /* of a pipe, looked at before its encoding is settled */
    LONGEST_CHARACTER = 4, /* bytes, in UTF-8 and in GB18030 */
};

enum mode {
    UNDECIDED, /* a pipe that has given nothing but ASCII so far */
    UTF8,
    CONVERT,
};

struct vip_decoder {
    vip_read_function read;
    void *context;
    enum mode mode;
    char *encoding; /* owned */
    bool guessed;
    iconv_t converter; /* (iconv_t)-1: none */
    bool flushed;      /* the converter was asked for what it held back */

    char *raw; /* bytes as read; start..end are not given out yet */
    size_t start, end, capacity;
    bool ended;      /* the source has nothing more */
    uint64_t offset; /* of raw[start] in the source */
    size_t lines;    /* given out while undecided */
};

int vip_input_fail(struct vip_diag *diag, size_t line, const char *format, ...)
{
    char text[sizeof diag->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    vip_diag_clear(diag);
    vip_diag_place(diag, NULL, line, NULL);
    return vip_fail(diag, VIP_EINPUT, "%s", text);
}

static int fail_memory(struct vip_diag *diag)
{
    vip_diag_clear(diag);
    return vip_fail_memory(diag);
}

/* ---- validity ---- */

static size_t ascii_span(const char *text, size_t size)
{
    size_t at = 0;
    for (; size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < size && !((unsigned char)text[at] & 0x80))
        at++;
    return at;
}

/* Chinese: U+1000 to U+CFFF, three bytes of which none can be overlong or a surrogate. */
static bool is_chinese(const char *text, size_t size)
{
    if (size < 3)
        return false;
    unsigned char lead = (unsigned char)text[0];
    return lead >= 0xE1 && lead <= 0xEC && ((unsigned char)text[1] & 0xC0) == 0x80 &&
           ((unsigned char)text[2] & 0xC0) == 0x80;
}

size_t vip_utf8_span(const char *text, size_t size)
{
    size_t at = 0;
    for (;;) {
        while (is_chinese(text + at, size - at))
            at += 3;
        size_t ascii = ascii_span(text + at, size - at);
        at += ascii;
        if (at == size)
            return at;
        uint32_t code_point;
        size_t length = vip_utf8_decode(text + at, size - at, &code_point);
        if (length == 0)
            return at;
        at += length;
    }
}

/* ---- the source ---- */

/* Reads once more. */
static int fill(struct vip_decoder *decoder, struct vip_diag *diag)
{
    if (decoder->start == decoder->end)
        decoder->start = decoder->end = 0;
    if (decoder->start > 0 && decoder->capacity - decoder->end < CHUNK) {
        memmove(decoder->raw, decoder->raw + decoder->start, decoder->end - decoder->start);
        decoder->end -= decoder->start;
        decoder->start = 0;
    }
    void *raw = decoder->raw;
    if (vip_array_grow(&raw, &decoder->capacity, decoder->end + CHUNK, 1) < 0)
        return fail_memory(diag);
    decoder->raw = raw;
    long got = decoder->read(decoder->context, decoder->raw + decoder->end, CHUNK);
    if (got < 0) {
        vip_diag_clear(diag);
        return vip_fail_errno(diag, errno, "cannot read");
    }
    decoder->ended = got == 0;
    decoder->end += (size_t)got;
    return VIP_OK;
}

static size_t held(const struct vip_decoder *decoder)
{
    return decoder->end - decoder->start;
}

static void consume(struct vip_decoder *decoder, size_t size)
{
    decoder->start += size;
    decoder->offset += size;
}

/* ---- settling on an encoding ---- */

static bool is_utf8_name(const char *encoding)
{
    return strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
}

static int settle(struct vip_decoder *decoder, const char *encoding, bool guessed,
                  struct vip_diag *diag)
{
    char *copy = strdup(is_utf8_name(encoding) ? "UTF-8" : encoding);
    if (!copy)
        return fail_memory(diag);
    free(decoder->encoding);
    decoder->encoding = copy;
    decoder->guessed = guessed;
    decoder->mode = is_utf8_name(encoding) ? UTF8 : CONVERT;
    if (decoder->mode == UTF8)
        return VIP_OK;
    decoder->converter = iconv_open("UTF-8", encoding);
    if (decoder->converter != (iconv_t)-1)
        return VIP_OK;
    vip_diag_clear(diag);
    return vip_fail(diag, VIP_EUSAGE,
                    "'%s' is no encoding that iconv knows: see iconv --list for the names",
                    encoding);
}

/* By the byte-order mark. 1 settled, 0 there is none, or an error. */
static int settle_by_mark(struct vip_decoder *decoder, struct vip_diag *diag)
{
    static const struct {
        const char *mark, *encoding;
    } marks[] = {{"\xEF\xBB\xBF", "UTF-8"}, {"\xFF\xFE", "UTF-16LE"}, {"\xFE\xFF", "UTF-16BE"}};
    for (;;) {
        size_t size = held(decoder);
        bool may_begin = size == 0;
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            size_t length = strlen(marks[i].mark);
            size_t common = size < length ? size : length;
            if (memcmp(decoder->raw + decoder->start, marks[i].mark, common) != 0)
                continue;
            if (common == length) {
                int code = settle(decoder, marks[i].encoding, false, diag);
                return code < 0 ? code : 1;
            }
            may_begin = true;
        }
        if (!may_begin || decoder->ended)
            return 0;
        int code = fill(decoder, diag);
        if (code < 0)
            return code;
    }
}

static int settle_by_sample(struct vip_decoder *decoder, const struct vip_sample *sample,
                            struct vip_diag *diag)
{
    bool gb18030;
    int code = vip_detect(sample, &gb18030, diag);
    if (code < 0)
        return code;
    return settle(decoder, gb18030 ? "GB18030" : "UTF-8", gb18030, diag);
}

/* A pipe has given a byte beyond ASCII: the mebibyte that holds it decides. */
static int settle_by_window(struct vip_decoder *decoder, struct vip_diag *diag)
{
    while (held(decoder) < WINDOW && !decoder->ended) {
        int code = fill(decoder, diag);
        if (code < 0)
            return code;
    }
    struct vip_sample sample = {.file = -1,
                                .data = decoder->raw + decoder->start,
                                .size = held(decoder),
                                .cut = !decoder->ended,
                                .lines = decoder->lines,
                                .bytes = decoder->offset};
    return settle_by_sample(decoder, &sample, diag);
}

static int settle_at_open(struct vip_decoder *decoder, int file, const char *encoding,
                          struct vip_diag *diag)
{
    if (encoding && *encoding && strcasecmp(encoding, "auto") != 0)
        return settle(decoder, encoding, false, diag);
    int64_t start = file < 0 ? -1 : (int64_t)lseek(file, 0, SEEK_CUR);
    int code = fill(decoder, diag);
    if (code == 0)
        code = settle_by_mark(decoder, diag);
    if (code != 0 || start < 0)
        return code < 0 ? code : VIP_OK;
    struct vip_sample sample = {.file = file, .start = start};
    return settle_by_sample(decoder, &sample, diag);
}

int vip_decoder_open(struct vip_decoder **decoder, vip_read_function read, void *context, int file,
                     const char *encoding, struct vip_diag *diag)
{
    *decoder = NULL;
    struct vip_decoder *made = calloc(1, sizeof *made);
    if (!made)
        return fail_memory(diag);
    made->read = read;
    made->context = context;
    made->converter = (iconv_t)-1;
    int code = settle_at_open(made, file, encoding, diag);
    if (code < 0) {
        vip_decoder_close(made);
        return code;
    }
    *decoder = made;
    return VIP_OK;
}

void vip_decoder_close(struct vip_decoder *decoder)
{
    if (!decoder)
        return;
    if (decoder->converter != (iconv_t)-1)
        iconv_close(decoder->converter);
    free(decoder->encoding);
    free(decoder->raw);
    free(decoder);
}

const char *vip_decoder_encoding(const struct vip_decoder *decoder, bool *guessed)
{
    if (guessed)
        *guessed = decoder->guessed;
    return decoder->encoding ? decoder->encoding : "UTF-8";
}

/* ---- giving out ---- */

static long give(struct vip_decoder *decoder, char *to, size_t size)
{
    memcpy(to, decoder->raw + decoder->start, size);
    consume(decoder, size);
    return (long)size;
}

static int refuse_byte(const struct vip_decoder *decoder, struct vip_diag *diag)
{
    unsigned byte = (unsigned char)decoder->raw[decoder->start];
    return vip_input_fail(diag, 0,
                          "byte 0x%02X (byte %llu of the input) is not %s: name the encoding with "
                          "--input-encoding, or repair the file",
                          byte, (unsigned long long)decoder->offset + 1, decoder->encoding);
}

/* ASCII is the same in all that may be meant; the first other byte begins the window. So what is
 * given out does not depend on how the pipe was filled. */
static long read_undecided(struct vip_decoder *decoder, char *to, size_t size,
                           struct vip_diag *diag)
{
    size_t ready = held(decoder);
    size_t ascii = ascii_span(decoder->raw + decoder->start, ready < size ? ready : size);
    if (ascii == 0 && ready > 0) {
        int code = settle_by_window(decoder, diag);
        return code < 0 ? code : vip_decoder_read(decoder, to, size, diag);
    }
    for (size_t i = 0; i < ascii; i++)
        decoder->lines += decoder->raw[decoder->start + i] == '\n';
    return give(decoder, to, ascii);
}

/* A character may be cut in two by the end of what was read: only with LONGEST_CHARACTER bytes at
 * hand, or at the end, does no progress mean that the bytes are wrong. */
static bool may_be_cut(const struct vip_decoder *decoder)
{
    return held(decoder) < LONGEST_CHARACTER && !decoder->ended;
}

static long read_utf8(struct vip_decoder *decoder, char *to, size_t size, struct vip_diag *diag)
{
    for (;;) {
        size_t ready = held(decoder);
        size_t good = vip_utf8_span(decoder->raw + decoder->start, ready < size ? ready : size);
        if (good > 0 || ready == 0)
            return give(decoder, to, good);
        if (!may_be_cut(decoder))
            return refuse_byte(decoder, diag);
        int code = fill(decoder, diag);
        if (code < 0)
            return code;
    }
}

/* Some encodings hold a character back until they know that nothing combines with it. */
static long flush_converter(struct vip_decoder *decoder, char *to, size_t size)
{
    size_t room = size;
    if (!decoder->flushed)
        iconv(decoder->converter, NULL, NULL, &to, &room);
    decoder->flushed = true;
    return (long)(size - room);
}

static long read_converted(struct vip_decoder *decoder, char *to, size_t size,
                           struct vip_diag *diag)
{
    for (;;) {
        char *from = decoder->raw + decoder->start;
        char *target = to;
        size_t left = held(decoder);
        size_t room = size;
        size_t result = iconv(decoder->converter, &from, &left, &target, &room);
        int why = result == (size_t)-1 ? errno : 0;
        consume(decoder, held(decoder) - left);
        if (room < size)
            return (long)(size - room);
        if (why == EILSEQ || (why == EINVAL && decoder->ended))
            return refuse_byte(decoder, diag);
        if (decoder->ended)
            return flush_converter(decoder, to, size);
        int code = fill(decoder, diag);
        if (code < 0)
            return code;
    }
}

long vip_decoder_read(struct vip_decoder *decoder, char *to, size_t size, struct vip_diag *diag)
{
    if (decoder->start == decoder->end && !decoder->ended) {
        int code = fill(decoder, diag);
        if (code < 0)
            return code;
    }
    if (decoder->mode == UNDECIDED)
        return read_undecided(decoder, to, size, diag);
    if (decoder->mode == UTF8)
        return read_utf8(decoder, to, size, diag);
    return read_converted(decoder, to, size, diag);
}
