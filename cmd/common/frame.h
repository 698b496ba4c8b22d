/* What the files of cmd/common share among themselves; commands include command.h only. */
#ifndef VIP_CMD_FRAME_H
#define VIP_CMD_FRAME_H

#include "cmd/common/command.h"

enum { VIP_OPTION_LIMIT = 96 };

/* One call's options: the command's own, then the common ones it inherits. The targets of some
 * common options are in here, so that it must stay where it was collected. */
struct vip_parse {
    struct vip_option options[VIP_OPTION_LIMIT];
    size_t count;
    size_t own; /* the first `own` are the command's */
    bool given[VIP_OPTION_LIMIT];
    bool help, version;
    int lang, format, input_format; /* indices into their choices; -1: not given */
};

/* Puts the two tables together. A command's own option of the same name stands for the common one.
 * VIP_EUSAGE when there are more than VIP_OPTION_LIMIT. */
int vip_options_collect(struct vip_parse *parse, struct vip_context *context);

/* Collects and parses; options and operands may come in any order. Operands are left in context.
 * Stops at once at --help and --version. VIP_EUSAGE with context->diag filled. */
int vip_options_parse(struct vip_parse *parse, struct vip_context *context, int argc, char **argv);

/* Refuses an option that was given and is for other verbs than this one (VIP_EUSAGE). */
int vip_options_check_verb(const struct vip_parse *parse, struct vip_context *context);

/* "DATE" or, for a choice without a name of its own, "csv|tsv"; in to. Returns to. */
const char *vip_option_argument(const struct vip_option *option, char *to, size_t size);

/* The help line, with the choices behind it where the argument does not show them; in to. */
const char *vip_option_help(const struct vip_option *option, char *to, size_t size);

/* --help and --version on standard output. */
void vip_help_print(const struct vip_parse *parse, const struct vip_command *command);
void vip_version_print(const struct vip_command *command);

/* --generate=man|bash|zsh|fish on standard output: what tools/generate-docs asks for.
 * False when what is none of them. */
bool vip_generate(const struct vip_parse *parse, const struct vip_command *command,
                  const char *what);

/* One line on standard error, control characters made visible, over the progress line. */
void vip_say(const struct vip_context *context, const char *text);

/* ---- input.c ---- */

void vip_walk_free(struct vip_context *context);

/* ---- rejects.c ---- */

/* Learns the first `keep` columns of a file that is being read; nothing without --rejects. */
int vip_rejects_columns(struct vip_context *context, const struct vip_reader *reader, size_t keep);

/* Keeps a refused row. Failures come out at the close. */
void vip_rejects_add(struct vip_context *context, const struct vip_row *row,
                     const struct vip_diag *diag);

/* Writes the file of --rejects, with its heading alone when nothing was refused. Frees. */
int vip_rejects_close(struct vip_context *context, struct vip_diag *diag);

#endif
