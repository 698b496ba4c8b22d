-- The peer of vip-report statement: one member's ledger with the running balance.
SELECT date(l.day * 86400, 'unixepoch') AS date, l.kind, s.text AS store, l.ref, l.line,
    printf('%.2f', l.amount / 100.0) AS amount, l.points,
    sum(l.points) OVER (ORDER BY l.day, l.entry) AS balance,
    date(l.expires * 86400, 'unixepoch') AS expires,
    CASE WHEN l.points > 0 THEN l.points - coalesce((SELECT sum(u.points) FROM lot_use AS u
        WHERE u.member = l.member AND u.lot = l.entry), 0) END AS "left"
FROM ledger AS l LEFT JOIN code AS s ON s.code = l.store
WHERE l.member = (SELECT id FROM member WHERE member = 'M0004498')
ORDER BY l.day, l.entry;
