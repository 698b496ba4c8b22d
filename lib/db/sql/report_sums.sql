-- name: rfm_out
-- Who does not count among the members; few, and so an index of their own.
SELECT member FROM account WHERE status NOT IN (1, 2);

-- name: rfm_wanted
SELECT m.id FROM member AS m
WHERE (?1 IS NULL OR m.store = ?1) AND (?2 IS NULL OR m.consultant = ?2)
    AND (?3 IS NULL OR EXISTS (SELECT 1 FROM tier_state AS t WHERE t.member = m.id AND t.tier = ?3));
