-- Programme versions and their cells.

-- name: program_posted
SELECT max(day) FROM (
    SELECT max(day) AS day FROM ledger
    UNION ALL SELECT max(last_purchase) FROM account
    UNION ALL SELECT max(effective) FROM tier_change
) AS days;

-- name: program_forget_cells
DELETE FROM program_cell WHERE effective = ?1;

-- name: program_forget
DELETE FROM program_version WHERE effective = ?1;

-- name: program_insert
INSERT INTO program_version (effective, name, batch) VALUES (?1, ?2, ?3);

-- name: program_unseen
-- Whatever nights vip-tier has seen: for this version it has to look at everyone.
UPDATE sequence SET last = ?1 - 1 WHERE name = 'tier:version' AND last >= ?1;

-- name: program_cell_insert
INSERT INTO program_cell (effective, sheet, line, position, heading, value)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: program_cells
SELECT v.effective, c.sheet, c.line, c.position, c.heading, c.value
FROM program_version AS v LEFT JOIN program_cell AS c ON c.effective = v.effective
ORDER BY v.effective, c.sheet, c.line, c.position;

-- name: program_version_cells
SELECT v.name, c.sheet, c.line, c.position, c.heading, c.value
FROM program_version AS v JOIN program_cell AS c ON c.effective = v.effective
WHERE v.effective = ?1
ORDER BY c.sheet, c.line, c.position;
