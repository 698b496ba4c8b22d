-- Two records of one person become one: ?1 goes, ?2 stays. See lib/db/merge.h.

-- name: merged_stays
SELECT stays FROM merged WHERE member = ?1;

-- name: merged_into
-- Whether records were merged into a member.
SELECT 1 FROM merged WHERE stays = ?1 LIMIT 1;

-- name: merged_insert
INSERT INTO merged (member, stays, before, batch) VALUES (?1, ?2, ?3, ?4);

-- name: merged_follow
-- What was merged into the one that goes now leads to the one that stays.
UPDATE merged SET stays = ?2, before = before + ?3 WHERE stays = ?1;

-- name: merge_copy
INSERT INTO ledger (member, entry, kind, day, points, amount, spend_day, available, expires, store,
    ref, line, category, brand, batch)
SELECT ?2, entry + ?3, kind, day, points, amount, spend_day, available, expires, store, ref, line,
    category, brand, ?4
FROM ledger WHERE member = ?1;

-- name: merge_copy_uses
INSERT INTO lot_use (member, lot, entry, points)
SELECT ?2, lot + ?3, entry + ?3, points
FROM lot_use WHERE member = ?1;

-- name: merge_copied
SELECT entry, kind, day, points, amount, spend_day, available, expires, store, ref, line, category,
    brand
FROM ledger WHERE member = ?1 AND entry > ?2 ORDER BY entry;

-- name: merge_copied_uses
SELECT lot, entry, points FROM lot_use WHERE member = ?1 AND lot > ?2 ORDER BY lot, entry;

-- name: merge_purchases
-- One pass for all that a batch has merged: purchases that earned nothing stand in no ledger.
UPDATE purchase
SET entry = entry + (SELECT g.before FROM merged AS g WHERE g.member = purchase.member),
    member = (SELECT g.stays FROM merged AS g WHERE g.member = purchase.member)
WHERE member IN (SELECT g.member FROM merged AS g WHERE g.batch = ?1);

-- name: merge_qualifying
-- The larger of two purchases that made somebody a member.
UPDATE member SET qualifying = (SELECT m.qualifying FROM member AS m WHERE m.id = ?1),
    spent = (SELECT m.spent FROM member AS m WHERE m.id = ?1),
    category = (SELECT m.category FROM member AS m WHERE m.id = ?1),
    brand = (SELECT m.brand FROM member AS m WHERE m.id = ?1)
WHERE id = ?2;

-- name: member_release_phone
UPDATE member SET phone = NULL WHERE id = ?1 AND id <> ?2;

-- name: member_release_id_no
UPDATE member SET id_no = NULL WHERE id = ?1 AND id <> ?2;

-- name: merge_consultants
-- Who looked after the one that goes, as far back as nobody is known of the one that stays.
INSERT INTO consultant_history (member, since, consultant, batch)
SELECT ?2, h.since, h.consultant, h.batch FROM consultant_history AS h
WHERE h.member = ?1
  AND NOT EXISTS (SELECT 1 FROM consultant_history AS s WHERE s.member = ?2 AND s.since <= h.since);

-- name: merge_cards
UPDATE card SET member = ?2 WHERE member = ?1;

-- name: merge_redemptions
-- ?3 is how much higher entries of points are numbered, ?4 those of stored value.
UPDATE redemption
SET member = ?2,
    entry = entry + CASE
        WHEN kind IN ('stored', 'topup') OR (kind = 'cancel' AND EXISTS
            (SELECT 1 FROM redemption AS r WHERE r.request = redemption.item AND r.kind = 'stored'))
        THEN ?4 ELSE ?3 END
WHERE member = ?1;

-- name: merge_receivers
UPDATE redemption SET receiver = ?2 WHERE receiver = ?1;

-- name: merge_vouchers
UPDATE voucher SET member = ?2 WHERE member = ?1;

-- name: merge_dossier
UPDATE dossier SET member = ?2
WHERE member = ?1
    AND NOT EXISTS (SELECT 1 FROM dossier AS d WHERE d.member = ?2 AND d.field = dossier.field);

-- name: merge_bonuses
INSERT INTO bonus (member, rule, ref) SELECT ?2, rule, ref FROM bonus WHERE member = ?1
ON CONFLICT DO NOTHING;

-- name: merge_grants
INSERT INTO tier_grant (member, tier, day, until, reason, granted_by, batch)
SELECT ?2, tier, day, until, reason, granted_by, batch FROM tier_grant WHERE member = ?1
ON CONFLICT DO NOTHING;

-- name: merge_reminders
UPDATE reminder SET member = ?2
WHERE member = ?1
    AND NOT EXISTS (SELECT 1 FROM reminder AS r WHERE r.member = ?2 AND r.key = reminder.key);

-- name: merge_contacts
UPDATE contact SET member = ?2 WHERE member = ?1;

-- name: merge_complaints
UPDATE complaint SET member = ?2 WHERE member = ?1;

-- name: merge_tier_end
INSERT INTO tier_change (member, ladder, number, from_tier, to_tier, rule, evidence, effective,
    expires, run, batch)
SELECT member, ladder, number + 1, tier, '', 'merge', ?3, ?2, NULL, ?2, ?4
FROM tier_state WHERE member = ?1 AND tier <> '';

-- name: merge_tier_state
UPDATE tier_state SET tier = '', since = ?2, expires = NULL, number = number + 1, run = ?2
WHERE member = ?1 AND tier <> '';
