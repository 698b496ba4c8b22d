-- A person forgotten: what says who it was goes, what was bought and earned stays. ?1 is the member.

-- name: forget_cards
-- Some shops take the phone as the number of the card, or of the member.
UPDATE card SET card = 'forgotten:' || ?1 || ':' || length(card)
WHERE card IN (SELECT phone FROM member WHERE id = ?1 UNION SELECT id_no FROM member WHERE id = ?1);

-- name: forget_replaced
UPDATE card SET replaces = 'forgotten:' || ?1 || ':' || length(replaces)
WHERE member IN (SELECT ?1 UNION SELECT stays FROM merged WHERE member = ?1)
  AND replaces IN (SELECT phone FROM member WHERE id = ?1 UNION SELECT id_no FROM member WHERE id = ?1);

-- name: forget_member
UPDATE member SET member = CASE WHEN member IN (phone, id_no) THEN 'forgotten:' || id ELSE member END,
    application = 'forgotten:' || id, name = NULL, name_key = NULL, phone = NULL,
    birthday = NULL, birth_month = NULL, birth_day = NULL, id_no = NULL, gender = NULL,
    address = NULL, address_key = NULL, email = NULL, referrer = NULL, consent_sms = 0,
    consent_call = 0
WHERE id = ?1;

-- name: forget_dossier
DELETE FROM dossier WHERE member = ?1;

-- name: forget_events
UPDATE event SET detail = NULL WHERE member = ?1 AND detail IS NOT NULL;

-- name: forget_tier_changes
UPDATE tier_change SET evidence = '' WHERE member = ?1;

-- name: forget_grants
UPDATE tier_grant SET reason = '' WHERE member = ?1;

-- name: forget_contacts
UPDATE contact SET note = NULL WHERE member = ?1;

-- name: forget_complaints
UPDATE complaint_step SET note = NULL
WHERE complaint IN (SELECT complaint FROM complaint WHERE member = ?1);

-- name: forget_requests
UPDATE redemption SET reason = NULL WHERE (member = ?1 OR receiver = ?1) AND reason IS NOT NULL;

-- name: forget_reminders
UPDATE reminder SET facts = NULL, again = NULL WHERE member = ?1;

-- name: forget_unreached
DELETE FROM unreached WHERE member = ?1;

-- name: forget_vouchers
UPDATE voucher SET state = 3 WHERE member = ?1 AND state = 0;

-- name: forget_account
-- A record that was merged stays one.
UPDATE account SET status = 4 WHERE member = ?1 AND status <> 5;

-- name: forget_merged
SELECT member FROM merged WHERE stays = ?1;
