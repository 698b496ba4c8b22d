/* Telling UTF-8 from GB18030 by looking at all of a sample. A name in GBK is hardly ever valid
 * UTF-8, so the order is UTF-8 first; Latin-1 is hardly ever valid GB18030 for long, so what is
 * neither is refused with the place, and never guessed at. */
#include "lib/table/detect.h"

#include "lib/table/decode.h"
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, LONGEST_CHARACTER = 4 };

/* Where a sample stops being of an encoding. */
struct misfit {
    bool found;
    uint64_t offset;
    size_t line;
};

typedef size_t (*span_function)(iconv_t converter, char *text, size_t size);

static size_t utf8_span(iconv_t converter, char *text, size_t size)
{
    (void)converter;
    return vip_utf8_span(text, size);
}

/* The number of leading bytes that are whole GB18030 characters with a place in Unicode. */
static size_t gb18030_span(iconv_t converter, char *text, size_t size)
{
    char scrap[16 * 1024];
    char *from = text;
    size_t left = size;
    size_t result;
    do {
        char *to = scrap;
        size_t room = sizeof scrap;
        result = iconv(converter, &from, &left, &to, &room);
    } while (result == (size_t)-1 && errno == E2BIG);
    return size - left;
}

/* Up to BLOCK bytes of the sample from offset on; -1 with errno. */
static ssize_t sample_read(const struct vip_sample *sample, uint64_t offset, char *to)
{
    if (sample->file < 0) {
        size_t left = sample->size - (size_t)offset;
        size_t size = left < BLOCK ? left : BLOCK;
        memcpy(to, sample->data + offset, size);
        return (ssize_t)size;
    }
    ssize_t got;
    do
        got = pread(sample->file, to, BLOCK, (off_t)(sample->start + (int64_t)offset));
    while (got < 0 && errno == EINTR);
    return got;
}

/* Looks for the first byte that does not fit. 0 or -1 with errno. */
static int find_misfit(const struct vip_sample *sample, span_function span, iconv_t converter,
                       char *block, struct misfit *misfit)
{
    uint64_t offset = 0;
    for (;;) {
        ssize_t got = sample_read(sample, offset, block);
        if (got <= 0)
            return (int)got;
        size_t good = span(converter, block, (size_t)got);
        offset += good;
        /* A character cut by the block's end is seen whole in the next, which begins with it. */
        if (good == 0) {
            misfit->found = !(sample->cut && got < LONGEST_CHARACTER);
            misfit->offset = offset;
            return 0;
        }
    }
}

/* The line on which the misfit stands. 0 or -1 with errno. */
static int find_line(const struct vip_sample *sample, char *block, struct misfit *misfit)
{
    uint64_t offset = 0;
    misfit->line = sample->lines + 1;
    while (offset < misfit->offset) {
        ssize_t got = sample_read(sample, offset, block);
        if (got <= 0)
            return (int)got;
        for (ssize_t i = 0; i < got && offset < misfit->offset; i++, offset++)
            misfit->line += block[i] == '\n';
    }
    return 0;
}

static int refuse(const struct vip_sample *sample, char *block, struct misfit *utf8,
                  struct misfit *gb18030, struct vip_diag *diag)
{
    if (find_line(sample, block, utf8) < 0 || find_line(sample, block, gb18030) < 0) {
        vip_diag_clear(diag);
        return vip_fail_errno(diag, errno, "cannot read");
    }
    /* The one that went further is more likely what was meant. */
    size_t line = utf8->offset >= gb18030->offset ? utf8->line : gb18030->line;
    return vip_input_fail(diag, line,
                          "is neither UTF-8 (see line %zu, byte %llu of the input) nor GB18030 "
                          "(line %zu, byte %llu): name the encoding with --input-encoding",
                          utf8->line, (unsigned long long)(sample->bytes + utf8->offset + 1),
                          gb18030->line, (unsigned long long)(sample->bytes + gb18030->offset + 1));
}

/* With a block of memory and a converter at hand. */
static int detect(const struct vip_sample *sample, char *block, iconv_t converter, bool *gb18030,
                  struct vip_diag *diag)
{
    struct misfit utf8 = {0};
    struct misfit gb = {0};
    *gb18030 = false;
    int read = find_misfit(sample, utf8_span, converter, block, &utf8);
    if (read == 0 && utf8.found)
        read = find_misfit(sample, gb18030_span, converter, block, &gb);
    if (read < 0) {
        vip_diag_clear(diag);
        return vip_fail_errno(diag, errno, "cannot read");
    }
    if (utf8.found && gb.found)
        return refuse(sample, block, &utf8, &gb, diag);
    *gb18030 = utf8.found;
    return VIP_OK;
}

int vip_detect(const struct vip_sample *sample, bool *gb18030, struct vip_diag *diag)
{
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1) {
        vip_diag_clear(diag);
        return vip_fail_errno(diag, errno, "iconv knows no GB18030");
    }
    char *block = malloc(BLOCK);
    int code;
    if (block) {
        code = detect(sample, block, converter, gb18030, diag);
    } else {
        vip_diag_clear(diag);
        code = vip_fail_memory(diag);
    }
    free(block);
    iconv_close(converter);
    return code;
}
