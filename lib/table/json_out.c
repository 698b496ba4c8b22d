/* JSON out: one object a line, under the canonical column names in every language, so that scripts
 * need not care for --lang. Numbers are numbers, dates and texts strings, an empty cell null. */
#include "lib/table/back_end.h"

#include <stdio.h>

enum { VALUE_TEXT = 48 };

static void put_escape(struct vip_sink *sink, unsigned char byte)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    char code[8];
    vip_sink_byte(sink, '\\');
    if (byte >= 32) {
        vip_sink_byte(sink, (char)byte);
    } else if (letters[byte]) {
        vip_sink_byte(sink, letters[byte]);
    } else {
        snprintf(code, sizeof code, "u%04x", byte);
        vip_sink_text(sink, code);
    }
}

static void put_string(struct vip_sink *sink, const char *text)
{
    vip_sink_byte(sink, '"');
    const char *plain = text;
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 32 && byte != '"' && byte != '\\')
            continue;
        vip_sink_put(sink, plain, (size_t)(text - plain));
        put_escape(sink, byte);
        plain = text + 1;
    }
    vip_sink_put(sink, plain, (size_t)(text - plain));
    vip_sink_byte(sink, '"');
}

static void put_value(struct vip_sink *sink, const struct vip_value *value)
{
    char text[VALUE_TEXT];
    const char *printed = vip_value_text(value, text, sizeof text);
    if (vip_value_is_empty(value) || !*printed) /* a float that is no number has no text */
        vip_sink_put(sink, "null", 4);
    else if (value->type == VIP_TEXT || value->type == VIP_DAY)
        put_string(sink, printed);
    else
        vip_sink_text(sink, printed);
}

static void json_heading(struct vip_writer *writer)
{
    (void)writer; /* each row names its values */
}

static int json_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct vip_sink *sink = &writer->sink;
    for (size_t i = 0; i < writer->column_count; i++) {
        vip_sink_byte(sink, i == 0 ? '{' : ',');
        put_string(sink, writer->columns[i].name);
        vip_sink_byte(sink, ':');
        put_value(sink, &values[i]);
    }
    vip_sink_put(sink, "}\n", 2);
    return VIP_OK;
}

const struct vip_back_end vip_back_end_json = {.heading = json_heading, .row = json_row};
