-- Every table in the order of its key. The names of columns decide how export.c writes them.

-- name: export_batch
SELECT batch, at, as_of, login, command, file, entries, sum, hash
FROM batch ORDER BY batch;

-- name: export_event
SELECT event, batch, member, what, detail
FROM event ORDER BY event;

-- name: export_program_version
SELECT effective, name, batch
FROM program_version ORDER BY effective;

-- name: export_program_cell
SELECT effective, sheet, line, position, heading, value
FROM program_cell ORDER BY effective, sheet, line, position;

-- name: export_code
SELECT code, text
FROM code ORDER BY code;

-- name: export_member
SELECT id, member, application, name, name_key, phone, birthday, birth_month, birth_day, id_no,
    gender, address, address_key, email, store, consultant, source, referrer, qualifying, spent,
    category, brand, consent_sms, consent_call, batch
FROM member ORDER BY id;

-- name: export_consultant_history
SELECT member, since, consultant, batch
FROM consultant_history ORDER BY member, since;

-- name: export_dossier
SELECT member, field, value
FROM dossier ORDER BY member, field;

-- name: export_account
SELECT member, status, enrolled, balance, entries, spent, first_purchase, last_purchase,
    next_expiry
FROM account ORDER BY member;

-- name: export_merged
SELECT member, stays, before, batch
FROM merged ORDER BY member;

-- name: export_bought
SELECT day, member
FROM bought ORDER BY day, member;

-- name: export_card
SELECT card, member, state, virtual, tier, issued, expires, replaces, batch
FROM card ORDER BY card;

-- name: export_sequence
SELECT name, last
FROM sequence ORDER BY name;

-- name: export_purchase
SELECT store, receipt, line, day, kind, amount, quantity, member, entry, points, reason,
    returned, returned_points, category, brand, promo, seller, pay, benefit, list_price, minute,
    original, batch, source_line
FROM purchase ORDER BY store, receipt, line;

-- name: export_ledger
SELECT member, entry, kind, day, points, amount, spend_day, available, expires, store, ref, line,
    category, brand, batch
FROM ledger ORDER BY member, entry;

-- name: export_lot_use
SELECT member, lot, entry, points
FROM lot_use ORDER BY member, lot, entry;

-- name: export_stored_ledger
SELECT member, entry, kind, day, principal, bonus, undoes, store, receipt, request, batch
FROM stored_ledger ORDER BY member, entry;

-- name: export_stored_account
SELECT member, principal, bonus, entries
FROM stored_account ORDER BY member;

-- name: export_bonus
SELECT member, rule, ref
FROM bonus ORDER BY member, rule, ref;

-- name: export_touched
SELECT member
FROM touched ORDER BY member;

-- name: export_tier_state
SELECT member, ladder, tier, since, expires, number
FROM tier_state ORDER BY member, ladder;

-- name: export_tier_change
SELECT member, ladder, number, from_tier, to_tier, rule, evidence, effective, expires, run, batch
FROM tier_change ORDER BY member, ladder, number;

-- name: export_tier_grant
SELECT member, tier, day, until, reason, granted_by, batch
FROM tier_grant ORDER BY member, tier, day;

-- name: export_redemption
SELECT request, member, kind, item, quantity, amount, guests, points, value, day, store, receipt,
    done_by, witness, voucher, entry, state, batch, source_line, reason, receiver
FROM redemption ORDER BY request;

-- name: export_voucher
SELECT voucher, member, reward, value, issued, expires, state, request, used
FROM voucher ORDER BY voucher;

-- name: export_reminder
SELECT member, key, kind, due, channel, marketing, marked, again, outcome, tries, facts, batch
FROM reminder ORDER BY member, key;

-- name: export_contact
SELECT contact, member, key, kind, day, done_by, channel, outcome, note, satisfaction, churn_reason,
    batch, source_line
FROM contact ORDER BY contact;

-- name: export_unreached
SELECT member, failures, last
FROM unreached ORDER BY member;

-- name: export_complaint
SELECT complaint, member, store, opened, step, closed, batch
FROM complaint ORDER BY complaint;

-- name: export_complaint_step
SELECT complaint, step, day, done_by, note, amount, batch, source_line
FROM complaint_step ORDER BY complaint, step;

-- name: export_staff_post
SELECT staff, since, until, name, store, team, shift, role, batch
FROM staff_post ORDER BY staff, since;

-- name: export_target
SELECT month, store, staff, cards, batch
FROM target ORDER BY month, store, staff;

-- name: export_attendance
SELECT staff, day, days, batch
FROM attendance ORDER BY staff, day;
