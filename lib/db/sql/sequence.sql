-- name: sequence_next
INSERT INTO sequence (name, last) VALUES (?1, 1)
ON CONFLICT (name) DO UPDATE SET last = sequence.last + 1
RETURNING last;
