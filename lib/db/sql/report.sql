-- What a report asks of the database besides its own SELECT.

-- name: report_code
SELECT code FROM code WHERE text = ?1;

-- name: report_member
SELECT coalesce(g.stays, m.id) FROM member AS m LEFT JOIN merged AS g ON g.member = m.id
WHERE m.member = ?1;

-- name: report_tier
SELECT 1 FROM program_cell WHERE sheet = 'tiers.csv' AND heading = 'tier' AND value = ?1 LIMIT 1;

-- name: report_point_value
-- In the version that is in force on a day, or in the first one.
SELECT v.value FROM program_in_force AS v
JOIN program_in_force AS k ON k.since = v.since AND k.sheet = v.sheet AND k.line = v.line
WHERE ?1 BETWEEN k.since AND k.until
  AND k.sheet = 'program.csv' AND k.heading = 'key' AND k.value = 'point_value'
  AND v.heading = 'value'
LIMIT 1;
