/* A calendar (RFC 5545): each row is an event of a whole day, under the key that the row has, so
 * that a calendar that is read again moves nothing and doubles nothing. It says the same each time:
 * the stamp is the day itself, not the clock. */
#include "lib/table/back_end.h"

#include "lib/base/text.h"
#include <stdio.h>

enum { LINE_OCTETS = 75, VALUE_TEXT = 48 };

/* The columns that make an event; which place each has among those of the rows. */
enum { DUE, KEY, MEMBER, NAME, KIND, CHANNEL, PHONE, STORE, MESSAGE, PARTS };

static const char *const parts[PARTS] = {"due",     "key",   "member", "name",   "kind",
                                         "channel", "phone", "store",  "message"};

static int find_column(const struct vip_writer *writer, const char *name)
{
    for (size_t i = 0; i < writer->column_count; i++)
        if (strcmp(writer->columns[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int ics_open(struct vip_writer *writer, struct vip_diag *diag)
{
    for (size_t i = DUE; i <= MEMBER; i++)
        if (find_column(writer, parts[i]) < 0)
            return vip_fail(diag, VIP_EUSAGE,
                            "ics is a calendar of what is due: these rows have no column %s",
                            parts[i]);
    return VIP_OK;
}

/* The bytes of the next character; those of a text that is not UTF-8 stand for themselves. */
static size_t character(const char *text)
{
    uint32_t code_point;
    size_t size = vip_utf8_decode(text, strlen(text), &code_point);

    return size ? size : 1;
}

/* One line, folded where it is long: never within a character. */
static void put_line(struct vip_sink *sink, const char *line)
{
    size_t used = 0;

    for (size_t size; *line; line += size) {
        size = character(line);
        if (used + size > LINE_OCTETS) {
            vip_sink_put(sink, "\r\n ", 3);
            used = 1;
        }
        vip_sink_put(sink, line, size);
        used += size;
    }
    vip_sink_put(sink, "\r\n", 2);
}

/* Text as a value: escaped, other control characters left out. */
static int add_text(struct vip_buffer *line, const char *text)
{
    int error = VIP_OK;

    for (; !error && *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\n')
            error = vip_buffer_text(line, "\\n");
        else if (strchr("\\;,", byte))
            error = vip_buffer_format(line, "\\%c", byte);
        else if (byte >= ' ' && byte != 127)
            error = vip_buffer_byte(line, (char)byte);
    }
    return error;
}

/* An event on its way out; a line of it in the buffer. */
struct event {
    struct vip_writer *writer;
    const struct vip_value *values;
    struct vip_buffer line;
    int error;
};

static const char *part(const struct event *event, int index, char *to)
{
    int column = find_column(event->writer, parts[index]);

    if (column < 0 || vip_value_is_empty(&event->values[column]))
        return "";
    return vip_value_text(&event->values[column], to, VALUE_TEXT);
}

static void begin_line(struct event *event, const char *name)
{
    vip_buffer_clear(&event->line);
    if (!event->error)
        event->error = vip_buffer_text(&event->line, name);
}

static void add(struct event *event, const char *before, const char *text)
{
    if (!event->error)
        event->error = add_text(&event->line, before);
    if (!event->error)
        event->error = add_text(&event->line, text);
}

static void end_line(struct event *event)
{
    if (!event->error)
        put_line(&event->writer->sink, event->line.data);
}

/* 20261121 */
static void put_day(struct event *event, const char *name, vip_day day, const char *behind)
{
    struct vip_civil civil = vip_day_civil(day);

    begin_line(event, name);
    if (!event->error)
        event->error = vip_buffer_format(&event->line, ":%04d%02d%02d%s", civil.year, civil.month,
                                         civil.day, behind);
    end_line(event);
}

static void put_summary(struct event *event)
{
    char text[VALUE_TEXT];
    const char *name = part(event, NAME, text), *channel;

    begin_line(event, "SUMMARY:");
    add(event, "", *name ? name : part(event, MEMBER, text));
    add(event, " · ", part(event, KIND, text));
    channel = part(event, CHANNEL, text);
    if (*channel)
        add(event, " · ", channel);
    end_line(event);
}

static void put_description(struct event *event)
{
    char text[VALUE_TEXT];
    const char *phone = part(event, PHONE, text);

    begin_line(event, "DESCRIPTION:");
    add(event, "", part(event, MESSAGE, text));
    if (*phone)
        add(event, "\n", phone);
    end_line(event);
}

static int ics_row(struct vip_writer *writer, const struct vip_value *values)
{
    struct event event = {.writer = writer, .values = values};
    const struct vip_value *due = &values[find_column(writer, parts[DUE])];
    char text[VALUE_TEXT];

    if (vip_value_is_empty(due))
        return VIP_OK;
    put_line(&writer->sink, "BEGIN:VEVENT");
    begin_line(&event, "UID:");
    add(&event, "", part(&event, KEY, text));
    add(&event, "/", part(&event, MEMBER, text));
    add(&event, "", "@vip");
    end_line(&event);
    put_day(&event, "DTSTAMP", (vip_day)due->number, "T000000Z");
    put_day(&event, "DTSTART;VALUE=DATE", (vip_day)due->number, "");
    put_summary(&event);
    put_description(&event);
    if (*part(&event, STORE, text)) {
        begin_line(&event, "LOCATION:");
        add(&event, "", part(&event, STORE, text));
        end_line(&event);
    }
    begin_line(&event, "CATEGORIES:");
    add(&event, "", part(&event, KIND, text));
    end_line(&event);
    put_line(&writer->sink, "TRANSP:TRANSPARENT");
    put_line(&writer->sink, "END:VEVENT");
    vip_buffer_free(&event.line);
    writer->page.row_count++;
    return event.error;
}

static void ics_heading(struct vip_writer *writer)
{
    put_line(&writer->sink, "BEGIN:VCALENDAR");
    put_line(&writer->sink, "VERSION:2.0");
    put_line(&writer->sink, "PRODID:-//vip//vip-remind//EN");
    put_line(&writer->sink, "CALSCALE:GREGORIAN");
    put_line(&writer->sink, "METHOD:PUBLISH");
}

/* A calendar must have something in it: where nothing is due, a time zone that nobody uses. */
static void ics_finish(struct vip_writer *writer)
{
    static const char *const zone[] = {
        "BEGIN:VTIMEZONE",    "TZID:UTC",         "BEGIN:STANDARD", "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD",   "END:VTIMEZONE"};

    for (size_t i = 0; !writer->page.row_count && i < sizeof zone / sizeof zone[0]; i++)
        put_line(&writer->sink, zone[i]);
    put_line(&writer->sink, "END:VCALENDAR");
}

const struct vip_back_end vip_back_end_ics = {
    .open = ics_open, .heading = ics_heading, .row = ics_row, .finish = ics_finish};
