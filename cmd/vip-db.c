/* vip-db: the database itself. It makes one, loads programmes into it, says what is in it, proves
 * that it is whole, and copies it out and back. Each verb opens the database in its own way. */
#include "cmd/vip-db/parts.h"
#include <sys/stat.h>

struct vip_db_given vip_db_given = {
    .effective = VIP_DAY_NONE, .from = VIP_DAY_NONE, .to = VIP_DAY_NONE};

static const struct vip_option options[] = {
    {"program", 0, VIP_OPTION_TEXT, "NAME|DIR", &vip_db_given.program,
     "init: the programme to begin with, a preset or a folder (default basic)", NULL, "directory"},
    {"effective", 0, VIP_OPTION_DAY, "DATE", &vip_db_given.effective,
     "load, init: the day from which the programme counts (init: default 1900-01-01)", NULL, NULL},
    {"force", 0, VIP_OPTION_FLAG, NULL, &vip_db_given.force,
     "backup, restore: put the copy in the place of a file that exists", NULL, NULL},
    {"member", 0, VIP_OPTION_TEXT, "MEMBER", &vip_db_given.member,
     "audit: the points of this member, entry by entry", NULL, NULL},
    {"from", 0, VIP_OPTION_DAY, "DATE", &vip_db_given.from, "audit: from this day on", NULL, NULL},
    {"to", 0, VIP_OPTION_DAY, "DATE", &vip_db_given.to, "audit: up to this day and with it", NULL,
     NULL},
    {0},
};

static const struct vip_verb verbs[] = {
    {"init", "", "make a new database with a programme in it", vip_db_run_init},
    {"load", "DIR|NAME", "take a programme into force from a day on", vip_db_run_load},
    {"info", "", "print what the database is and how much is in it", vip_db_run_info},
    {"check", "", "prove that nothing in it was damaged or changed", vip_db_run_check},
    {"backup", "FILE", "copy it while others write", vip_db_run_backup},
    {"restore", "FILE", "put a backup in its place", vip_db_run_restore},
    {"migrate", "", "bring its schema up to this version", vip_db_run_migrate},
    {"export", "DIR", "write every table as CSV into a new folder", vip_db_run_export},
    {"import", "DIR", "make a new database from what export --reveal wrote", vip_db_run_import},
    {"audit", "", "print who did what, and when", vip_db_run_audit},
    {0},
};

static const char *const examples[] = {
    "vip-db init --program=menswear",
    "a new database with the preset for a menswear chain",
    "vip-db load --effective=2027-01-01 programme/",
    "a programme of one's own, in force from the new year",
    "vip-db backup /backup/vip-$(date +%F).db",
    "tonight's backup, while the tills are busy",
    NULL,
};

static const struct vip_command command = {
    .name = "vip-db",
    .synopsis = "[OPTION...] VERB [OPERAND]",
    .summary = "make, load, examine, check, copy, export and import the database",
    .flags = VIP_COMMAND_NO_DATABASE | VIP_COMMAND_NO_INPUT,
    .options = options,
    .verbs = verbs,
    .examples = examples,
};

int main(int argc, char **argv)
{
    umask(077); /* whatever it writes, a whole database of people may be in it */
    return vip_command_main(&command, argc, argv);
}
