/* Who is meant by what was shown at the till. */
#ifndef VIP_DB_IDENTIFY_H
#define VIP_DB_IDENTIFY_H

#include "lib/base/map.h"
#include "lib/db/engine.h"

/* What a row says of the member: any of them; "" or NULL is not given. */
struct vip_identity {
    const char *member, *card, *phone, *id_no, *name, *birthday;
};

/* True when nothing at all is given (a sale to a non-member). */
bool vip_identity_empty(const struct vip_identity *identity);

/* Finds the one member that all given columns agree on. VIP_EREFUSED with reason: "no-such-member",
 * "disagree" (two columns name two members), "ambiguous" (a name alone, or several fit),
 * "spoilt-number" (1.38E+10: a spreadsheet has spoilt it), "not-identified" (what is given is not
 * enough by the programme's `identify`), "bad-date" (a birthday that is none).
 * The last four digits of the phone are enough in its place where the name is given, too.
 * A card, whatever its state, a member number and an ID number are always enough; for the rest
 * identify is the programme's list ("phone|name+phone|name+birthday"). What the member has not told
 * (no birthday is kept, say) cannot disagree.
 * When `member` or `card` is given the answer is kept in cache (a zeroed map; NULL: none), which is
 * bounded. */
int vip_member_identify(struct vip_db *db, const struct vip_identity *identity, const char *identify,
                        struct vip_map *cache, int64_t *member, struct vip_diag *diag);

/* Finds many at once, at a third of the cost, where a member number or a card is all that is given.
 * One that is still 0 in members has to be identified by itself. The quickest when numbers are in
 * order. */
int vip_members_identify(struct vip_db *db, const struct vip_identity *identities, size_t count,
                         int64_t *members, struct vip_diag *diag);

/* For tables of columns: those by which a member can be found, in the order of struct vip_identity,
 * one of which an input must have; and the identity in six cells that stand in that order. */
#define VIP_IDENTITY_COLUMNS "member", "card", "phone", "id_no", "name", "birthday"
#define VIP_IDENTITY_NEEDED "member|card|phone|id_no|name"
enum { VIP_IDENTITY_COUNT = 6 };
struct vip_identity vip_identity_of(const char *const cells[VIP_IDENTITY_COUNT]);

/* The member whose number, card or phone this is, whichever finds one; else VIP_EREFUSED with that
 * reason and column. */
int vip_member_named(struct vip_db *db, const char *name, const char *reason, const char *column,
                     int64_t *member, struct vip_diag *diag);

#endif
