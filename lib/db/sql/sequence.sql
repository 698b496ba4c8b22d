-- name: sequence_last
SELECT last FROM sequence WHERE name = ?1;

-- name: sequence_set
INSERT INTO sequence (name, last) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET last = excluded.last;
