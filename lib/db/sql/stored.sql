-- The ledger of stored value.

-- name: stored_get
SELECT principal, bonus, entries FROM stored_account WHERE member = ?1;

-- name: stored_save
INSERT INTO stored_account (member, principal, bonus, entries) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (member) DO UPDATE SET principal = excluded.principal, bonus = excluded.bonus,
    entries = excluded.entries;

-- name: stored_insert
INSERT INTO stored_ledger (member, entry, kind, day, principal, bonus, undoes, store, receipt,
    request, batch)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: stored_spent
-- What is left to be given back of a spending (?2), or of all spendings on a receipt (?4, of any
-- store when ?3 is empty), the last first.
SELECT s.entry, s.day,
    -s.principal - coalesce((SELECT sum(u.principal) FROM stored_ledger AS u
                             WHERE u.member = s.member AND u.undoes = s.entry), 0),
    -s.bonus - coalesce((SELECT sum(u.bonus) FROM stored_ledger AS u
                         WHERE u.member = s.member AND u.undoes = s.entry), 0)
FROM stored_ledger AS s
WHERE s.member = ?1 AND s.kind = 2 AND (?2 IS NULL OR s.entry = ?2)
    AND (?4 IS NULL OR s.receipt = ?4) AND (?3 IS NULL OR s.store = ?3)
ORDER BY s.entry DESC;

-- name: stored_of_request
SELECT coalesce(sum(principal), 0), coalesce(sum(bonus), 0) FROM stored_ledger
WHERE member = ?1 AND request = ?2;

-- name: stored_copy
INSERT INTO stored_ledger (member, entry, kind, day, principal, bonus, undoes, store, receipt,
    request, batch)
SELECT ?2, entry + ?3, kind, day, principal, bonus, undoes + ?3, store, receipt, request, ?4
FROM stored_ledger WHERE member = ?1;

-- name: stored_copied
SELECT entry, kind, day, principal, bonus, undoes, store, receipt, request FROM stored_ledger
WHERE member = ?1 AND entry > ?2 ORDER BY entry;
