-- The schema of a vip database, version 1. One file; every table is STRICT.
--
-- Numbers: days since 1970-01-01, fen, whole points. Codes (stores, categories, brands, sellers…)
-- are numbers into `code`, so that the big tables stay narrow. Tables that belong to a member carry
-- the member's number, first in the key where they are read by member.
-- The facts are code, member, purchase, ledger, lot_use, stored_ledger, tier_change, redemption,
-- voucher, card; `account`, `stored_account`, `tier_state` and `store_day` are kept sums of them,
-- which vip-db check recomputes.

-- What was done: one row for each transaction that changed something. The chain of hashes binds
-- every ledger entry to it (see lib/db/batch.h).
CREATE TABLE batch (
    batch     INTEGER PRIMARY KEY,
    at        TEXT    NOT NULL,            -- UTC, ISO 8601
    as_of     INTEGER NOT NULL,            -- the business day of the run
    login     TEXT    NOT NULL,
    command   TEXT    NOT NULL,            -- "vip-accrue"
    file      TEXT,                        -- the input it came from
    entries   INTEGER NOT NULL,            -- ledger rows written
    sum       BLOB    NOT NULL,            -- order-free sum of the entries' hashes
    hash      BLOB    NOT NULL             -- over the row and the hash before it
) STRICT;

-- What is worth knowing later but moves no points: who looked at whole phone numbers, who loaded
-- a programme, who suspended whom and why.
CREATE TABLE event (
    event     INTEGER PRIMARY KEY,
    batch     INTEGER NOT NULL REFERENCES batch,
    member    INTEGER,
    what      TEXT    NOT NULL,            -- a fixed word: reveal, load, suspend, update…
    detail    TEXT
) STRICT;

CREATE TABLE program_version (
    effective INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL,
    batch     INTEGER NOT NULL REFERENCES batch
) STRICT;

-- The programme's tables cell by cell, as they were loaded; a template is a sheet of one cell.
CREATE TABLE program_cell (
    effective INTEGER NOT NULL REFERENCES program_version,
    sheet     TEXT    NOT NULL,
    line      INTEGER NOT NULL,
    position  INTEGER NOT NULL,            -- of the column, from 0
    heading   TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    PRIMARY KEY (effective, sheet, line, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
    code      INTEGER PRIMARY KEY,
    text      TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE member (
    id          INTEGER PRIMARY KEY,
    member      TEXT    NOT NULL UNIQUE,   -- the number that people see
    application TEXT    NOT NULL UNIQUE,   -- key of the application it came with
    name        TEXT,
    name_key    TEXT,                      -- folded, for finding
    phone       TEXT,
    birthday    TEXT,                      -- as vip_birthday_format writes it
    birth_month INTEGER,                   -- solar month, or lunar month + 100
    birth_day   INTEGER,
    id_no       TEXT,
    gender      TEXT CHECK (gender IN ('F', 'M')),
    address     TEXT,
    address_key TEXT,                      -- folded, for the household rule
    email       TEXT,
    store       INTEGER REFERENCES code (code),
    consultant  INTEGER REFERENCES code (code),
    source      TEXT    NOT NULL DEFAULT 'regular',
    referrer    INTEGER REFERENCES member (id),
    qualifying  TEXT,                      -- receipt that made them a member
    spent       INTEGER,                   -- its amount, fen
    category    INTEGER REFERENCES code (code), -- of what was bought, as far as tiers ask for it
    brand       INTEGER REFERENCES code (code),
    consent_sms  INTEGER NOT NULL DEFAULT 0,
    consent_call INTEGER NOT NULL DEFAULT 0,
    batch       INTEGER NOT NULL REFERENCES batch
) STRICT;
CREATE UNIQUE INDEX member_phone ON member (phone) WHERE phone IS NOT NULL;
CREATE INDEX member_name ON member (name_key, phone) WHERE name_key IS NOT NULL;
-- For parts of a name: what stands behind its first and its second character; long names, which are
-- few, are read through. The phone is in, for its last digits.
CREATE INDEX member_given ON member (substr(name_key, 2), phone) WHERE length(name_key) > 1;
CREATE INDEX member_given2 ON member (substr(name_key, 3), phone) WHERE length(name_key) > 2;
CREATE INDEX member_long ON member (name_key, phone) WHERE length(name_key) > 3;
CREATE UNIQUE INDEX member_id_no ON member (id_no) WHERE id_no IS NOT NULL;
CREATE INDEX member_address ON member (address_key) WHERE address_key IS NOT NULL;
CREATE INDEX member_group ON member (qualifying) WHERE source = 'group';
CREATE INDEX member_birthday ON member (birth_month, birth_day) WHERE birth_month IS NOT NULL;
-- So that vip-tier reads the wide row of those alone whose application named a purchase.
CREATE INDEX member_spent ON member (id) WHERE spent > 0;

-- For who has how many, and for handing them on.
CREATE INDEX member_consultant ON member (consultant) WHERE consultant IS NOT NULL;

-- Who looked after a member since when; the last row is who does now (empty: nobody).
CREATE TABLE consultant_history (
    member     INTEGER NOT NULL REFERENCES member (id),
    since      INTEGER NOT NULL,
    consultant INTEGER REFERENCES code (code),
    batch      INTEGER NOT NULL REFERENCES batch,
    PRIMARY KEY (member, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier (
    member    INTEGER NOT NULL REFERENCES member (id),
    field     TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    PRIMARY KEY (member, field)
) STRICT, WITHOUT ROWID;

-- What every posting touches, kept apart from the wide member row, so that a day's news dirties
-- few pages. status: 0 pending, 1 active, 2 suspended, 3 cancelled, 4 forgotten, 5 merged.
CREATE TABLE account (
    member         INTEGER PRIMARY KEY REFERENCES member (id),
    status         INTEGER NOT NULL,
    enrolled       INTEGER NOT NULL,
    balance        INTEGER NOT NULL DEFAULT 0,
    entries        INTEGER NOT NULL DEFAULT 0, -- number of the member's last ledger entry
    spent          INTEGER NOT NULL DEFAULT 0, -- fen that count towards tiers, ever
    first_purchase INTEGER,
    last_purchase  INTEGER,
    next_expiry    INTEGER                 -- no open lot ends before this day
) STRICT;
CREATE INDEX account_expiry ON account (next_expiry) WHERE next_expiry IS NOT NULL;
-- Few: reports leave them out without reading all the others.
CREATE INDEX account_out ON account (member) WHERE status NOT IN (1, 2);

-- Records that were found to be a person's second one, and the member that stands for them now. The
-- ledger of `member` is closed history, which sums over the ledger pass over: `stays` has a copy of
-- it, whose entries are numbered `before` higher.
CREATE TABLE merged (
    member    INTEGER PRIMARY KEY REFERENCES member (id),
    stays     INTEGER NOT NULL REFERENCES member (id),
    before    INTEGER NOT NULL,
    batch     INTEGER NOT NULL REFERENCES batch
) STRICT;
CREATE INDEX merged_stays ON merged (stays);

CREATE INDEX account_enrolled ON account (enrolled);

-- Who bought when, for what counts from the last purchase: a row for each day that was the last one
-- when a batch was written. Those with a later one by now are passed over (account.last_purchase).
CREATE TABLE bought (
    day       INTEGER NOT NULL,
    member    INTEGER NOT NULL,
    PRIMARY KEY (day, member)
) STRICT, WITHOUT ROWID;

-- state: 0 issued (waits for activation), 1 active, 2 lost, 3 replaced, 4 expired, 5 cancelled.
CREATE TABLE card (
    card      TEXT    PRIMARY KEY,
    member    INTEGER NOT NULL REFERENCES member (id),
    state     INTEGER NOT NULL,
    virtual   INTEGER NOT NULL,            -- 1: an accumulation card, a number only
    tier      TEXT    NOT NULL,
    issued    INTEGER NOT NULL,
    expires   INTEGER,
    replaces  TEXT,
    batch     INTEGER NOT NULL REFERENCES batch
) STRICT, WITHOUT ROWID;
CREATE INDEX card_member ON card (member);
CREATE INDEX card_expires ON card (expires) WHERE state = 1 AND expires IS NOT NULL;
CREATE INDEX card_ended ON card (expires) WHERE state = 4 AND expires IS NOT NULL;

CREATE TABLE sequence (
    name      TEXT    PRIMARY KEY,         -- "member", "card:K", "card:K:0101"
    last      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every line of every sale, members' or not. Key: store, receipt, line.
-- kind: 0 sale, 1 return.
CREATE TABLE purchase (
    store       INTEGER NOT NULL,
    receipt     TEXT    NOT NULL,
    line        INTEGER NOT NULL,
    day         INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    amount      INTEGER NOT NULL,          -- fen paid (or paid back), never negative
    quantity    INTEGER NOT NULL,          -- hundredths
    member      INTEGER,                   -- empty: a sale to a non-member
    entry       INTEGER,                   -- the ledger entry of the member
    points      INTEGER NOT NULL,          -- earned, or taken back (negative)
    reason      INTEGER NOT NULL,          -- why it earned nothing; enum vip_earn_reason
    returned    INTEGER NOT NULL,          -- fen of it that came back so far
    returned_points INTEGER NOT NULL,      -- points of it that were taken back so far
    category    INTEGER,
    brand       INTEGER,
    promo       INTEGER,
    seller      INTEGER,
    pay         INTEGER,
    benefit     INTEGER,
    list_price  INTEGER,
    minute      INTEGER,
    original    TEXT,                      -- a return's original, as given
    batch       INTEGER NOT NULL,
    source_line INTEGER NOT NULL,          -- line of the file (its name is in batch)
    PRIMARY KEY (store, receipt, line)
) STRICT, WITHOUT ROWID;

-- What each store sold on each day, kept by the postings, so that reports need not walk the lines:
-- sums of its lines in fen, a return on the day on which it came back. A receipt counts when a line
-- of that day is a sale, and is a member's when such a line is.
CREATE TABLE store_day (
    day       INTEGER NOT NULL,
    store     INTEGER NOT NULL,
    net       INTEGER NOT NULL,
    member_net INTEGER NOT NULL,
    receipts  INTEGER NOT NULL,
    member_receipts INTEGER NOT NULL,
    buyers    BLOB    NOT NULL,            -- who bought, and what they kept: lib/db/store_day.h
    PRIMARY KEY (day, store)
) STRICT, WITHOUT ROWID;

-- The points ledger: append-only, clustered by member, so that a member's statement, lots and tier
-- are one short scan. kind: enum vip_entry_kind.
CREATE TABLE ledger (
    member    INTEGER NOT NULL,
    entry     INTEGER NOT NULL,            -- 1, 2, 3… for each member
    kind      INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    points    INTEGER NOT NULL,            -- signed
    amount    INTEGER NOT NULL,            -- fen that count towards tiers, signed
    spend_day INTEGER NOT NULL,            -- the day on which amount counts; of points received by
                                           -- a transfer the day on which they were earned
    available INTEGER,                     -- a credit can be spent from this day on
    expires   INTEGER,                     -- a credit's last good day; empty: never
    store     INTEGER,
    ref       TEXT,                        -- receipt, or request
    line      INTEGER,
    category  INTEGER,
    brand     INTEGER,
    batch     INTEGER NOT NULL,
    PRIMARY KEY (member, entry)
) STRICT, WITHOUT ROWID;

-- Which debit took how much from which credit (a lot). A lot's rest is its points less its uses.
-- A use with entry = lot paid off an older debt when the lot was opened; negative points put back.
CREATE TABLE lot_use (
    member    INTEGER NOT NULL,
    lot       INTEGER NOT NULL,
    entry     INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    PRIMARY KEY (member, lot, entry)
) STRICT, WITHOUT ROWID;

-- Money paid in advance, apart from the points: append-only, bound to its batch as the ledger is.
-- kind: enum vip_stored_kind. What was paid (principal) and what was given with it (bonus) stand
-- apart; both in fen, signed.
CREATE TABLE stored_ledger (
    member    INTEGER NOT NULL,
    entry     INTEGER NOT NULL,            -- 1, 2, 3… for each member
    kind      INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    principal INTEGER NOT NULL,
    bonus     INTEGER NOT NULL,
    undoes    INTEGER,                     -- the spending that a refund or a cancellation gives back
    store     INTEGER,
    receipt   TEXT,
    request   TEXT    NOT NULL,
    batch     INTEGER NOT NULL,
    PRIMARY KEY (member, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE stored_account (
    member    INTEGER PRIMARY KEY REFERENCES member (id),
    principal INTEGER NOT NULL,
    bonus     INTEGER NOT NULL,
    entries   INTEGER NOT NULL             -- number of the last entry
) STRICT;

-- Bonuses given once: ref is '' for once in a life, "store/receipt" for once a receipt.
CREATE TABLE bonus (
    member    INTEGER NOT NULL,
    rule      TEXT    NOT NULL,
    ref       TEXT    NOT NULL,
    PRIMARY KEY (member, rule, ref)
) STRICT, WITHOUT ROWID;

-- Members of whom vip-tier has not seen the latest entries. A column of account would have a night's
-- run write a page for each of them; these are few pages side by side.
CREATE TABLE touched (
    member    INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE tier_state (
    member    INTEGER NOT NULL,
    ladder    TEXT    NOT NULL,
    tier      TEXT    NOT NULL,            -- '' after a lapse to none
    since     INTEGER NOT NULL,
    expires   INTEGER,
    number    INTEGER NOT NULL,            -- of the last tier_change
    run       INTEGER NOT NULL,            -- of that one, too
    PRIMARY KEY (member, ladder)
) STRICT, WITHOUT ROWID;
CREATE INDEX tier_state_expires ON tier_state (expires) WHERE expires IS NOT NULL;
CREATE INDEX tier_state_tier ON tier_state (tier);

CREATE TABLE tier_change (
    member    INTEGER NOT NULL,
    ladder    TEXT    NOT NULL,
    number    INTEGER NOT NULL,
    from_tier TEXT    NOT NULL,
    to_tier   TEXT    NOT NULL,
    rule      TEXT    NOT NULL,            -- upgrade, renewal, downgrade, lapse, revocation, grant…
    evidence  TEXT    NOT NULL,
    effective INTEGER NOT NULL,
    expires   INTEGER,
    run       INTEGER NOT NULL,            -- the business day on which it was found
    batch     INTEGER NOT NULL,
    PRIMARY KEY (member, ladder, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX tier_change_run ON tier_change (run);

CREATE TABLE tier_grant (
    member    INTEGER NOT NULL,
    tier      TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    until     INTEGER,
    reason    TEXT    NOT NULL,
    granted_by TEXT   NOT NULL,
    batch     INTEGER NOT NULL,
    PRIMARY KEY (member, tier, day)
) STRICT, WITHOUT ROWID;

-- Requests that spent or moved something, by their key. state: 0 posted, 1 cancelled.
CREATE TABLE redemption (
    request   TEXT    PRIMARY KEY,
    member    INTEGER NOT NULL,
    kind      TEXT    NOT NULL,            -- reward, voucher, benefit, stored, cancel, adjust,
                                           -- transfer, topup
    item      TEXT    NOT NULL,
    quantity  INTEGER NOT NULL,
    amount    INTEGER,
    guests    INTEGER,
    points    INTEGER NOT NULL,            -- change of the member's balance
    value     INTEGER,                     -- fen
    day       INTEGER NOT NULL,
    store     INTEGER,
    receipt   TEXT,
    done_by   TEXT,
    witness   TEXT,
    voucher   TEXT,
    entry     INTEGER,                     -- of the ledger; of kind stored and topup, and of what
                                           -- cancels them, of stored_ledger
    state     INTEGER NOT NULL,
    batch     INTEGER NOT NULL,
    source_line INTEGER NOT NULL,
    reason    TEXT,                        -- of an adjustment or a transfer
    receiver  INTEGER                      -- to whom points were transferred
) STRICT, WITHOUT ROWID;
CREATE INDEX redemption_member ON redemption (member, item, day);
CREATE INDEX redemption_receiver ON redemption (receiver) WHERE receiver IS NOT NULL;

-- What was handed out of each reward and not taken back, for its stock: a sum of redemption.
CREATE TABLE reward_taken (
    reward    TEXT    PRIMARY KEY,
    quantity  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE voucher (
    voucher   TEXT    PRIMARY KEY,
    member    INTEGER NOT NULL,
    reward    TEXT    NOT NULL,
    value     INTEGER,
    issued    INTEGER NOT NULL,
    expires   INTEGER,
    state     INTEGER NOT NULL,            -- 0 open, 1 used, 2 expired, 3 void
    request   TEXT    NOT NULL,
    used      TEXT                         -- the request that used it
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_member ON voucher (member);
CREATE INDEX voucher_expires ON voucher (expires) WHERE state = 0 AND expires IS NOT NULL;

-- Reminders that were given, once each, or moved to another day.
CREATE TABLE reminder (
    member    INTEGER NOT NULL,
    key       TEXT    NOT NULL,            -- "birthday:2026", "follow-up:3d:2026-11-18"
    kind      TEXT    NOT NULL,
    due       INTEGER NOT NULL,
    channel   TEXT    NOT NULL,
    marketing INTEGER NOT NULL,            -- 1: needs a consent; one a day
    marked    INTEGER,                     -- the business day of the run that gave it; empty: moved
    again     INTEGER,                     -- to be given (again) from this day on
    outcome   TEXT,                        -- of the last contact
    tries     INTEGER NOT NULL DEFAULT 0,  -- contacts that came to nothing
    facts     TEXT,                        -- what its message tells, to write it again
    batch     INTEGER NOT NULL,
    PRIMARY KEY (member, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_key ON reminder (key);
CREATE INDEX reminder_again ON reminder (again) WHERE again IS NOT NULL;
CREATE INDEX reminder_marked ON reminder (marked) WHERE marked IS NOT NULL;

-- What came of contacts. The key is given, or made of member, reminder, day, who and outcome.
CREATE TABLE contact (
    contact   TEXT    PRIMARY KEY,
    member    INTEGER NOT NULL,
    key       TEXT,                        -- of the reminder; empty: of one's own accord
    kind      TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    done_by   TEXT,
    channel   TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    note      TEXT,
    satisfaction INTEGER,                  -- 1 to 5
    churn_reason TEXT,
    batch     INTEGER NOT NULL,
    source_line INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_member ON contact (member, day);

-- Phones at which contacts failed in a row; a new number, and one that answers, begins anew.
CREATE TABLE unreached (
    member    INTEGER PRIMARY KEY REFERENCES member (id),
    failures  INTEGER NOT NULL,
    last      INTEGER NOT NULL             -- the day of the last one
) STRICT;
CREATE INDEX unreached_last ON unreached (last);

-- Complaints and their steps, 0 heard to 7 followed-up (lib/rules/contact.h).
CREATE TABLE complaint (
    complaint TEXT    PRIMARY KEY,
    member    INTEGER NOT NULL,
    store     INTEGER REFERENCES code (code),
    opened    INTEGER NOT NULL,
    step      INTEGER NOT NULL,            -- the last one
    closed    INTEGER,
    batch     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX complaint_member ON complaint (member);
CREATE INDEX complaint_closed ON complaint (closed) WHERE closed IS NOT NULL;

CREATE TABLE complaint_step (
    complaint TEXT    NOT NULL REFERENCES complaint,
    step      INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    done_by   TEXT,
    note      TEXT,
    amount    INTEGER,                     -- fen, of a compensation
    batch     INTEGER NOT NULL,
    source_line INTEGER NOT NULL,
    PRIMARY KEY (complaint, step)
) STRICT, WITHOUT ROWID;

-- Staff: where each works, in which group and shift, since when. Who moves or leaves has an until.
CREATE TABLE staff_post (
    staff     INTEGER NOT NULL REFERENCES code (code),
    since     INTEGER NOT NULL,
    until     INTEGER,                     -- the last day; empty: still there
    name      TEXT,
    store     INTEGER REFERENCES code (code),
    team      TEXT,
    shift     TEXT,
    role      TEXT,
    batch     INTEGER NOT NULL REFERENCES batch,
    PRIMARY KEY (staff, since)
) STRICT, WITHOUT ROWID;

-- New cards to be won in a month, by a store (staff 0) or a person. month: its first day.
CREATE TABLE target (
    month     INTEGER NOT NULL,
    store     INTEGER NOT NULL,            -- code; 0: wherever the person works
    staff     INTEGER NOT NULL,
    cards     INTEGER NOT NULL,
    batch     INTEGER NOT NULL REFERENCES batch,
    PRIMARY KEY (month, store, staff)
) STRICT, WITHOUT ROWID;

-- Days worked. A whole month in one row stands at its first day.
CREATE TABLE attendance (
    staff     INTEGER NOT NULL REFERENCES code (code),
    day       INTEGER NOT NULL,
    days      INTEGER NOT NULL,            -- hundredths
    batch     INTEGER NOT NULL REFERENCES batch,
    PRIMARY KEY (staff, day)
) STRICT, WITHOUT ROWID;

-- A new phone begins anew. Triggers stand last: that is where VACUUM puts them.
CREATE TRIGGER unreached_ends AFTER UPDATE OF phone ON member WHEN old.phone IS NOT new.phone
BEGIN DELETE FROM unreached WHERE member = new.id; END;

-- What is written stays: nobody changes or removes a ledger entry, a batch, an event.
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger can only be added to'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT raise(ABORT, 'the ledger can only be added to'); END;
CREATE TRIGGER lot_use_no_update BEFORE UPDATE ON lot_use
BEGIN SELECT raise(ABORT, 'lot uses can only be added to'); END;
CREATE TRIGGER lot_use_no_delete BEFORE DELETE ON lot_use
BEGIN SELECT raise(ABORT, 'lot uses can only be added to'); END;
CREATE TRIGGER stored_ledger_no_update BEFORE UPDATE ON stored_ledger
BEGIN SELECT raise(ABORT, 'the ledger of stored value can only be added to'); END;
CREATE TRIGGER stored_ledger_no_delete BEFORE DELETE ON stored_ledger
BEGIN SELECT raise(ABORT, 'the ledger of stored value can only be added to'); END;
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch
WHEN old.hash <> x''
BEGIN SELECT raise(ABORT, 'the audit log can only be added to'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
BEGIN SELECT raise(ABORT, 'the audit log can only be added to'); END;
-- Forgetting a person empties what people wrote; nothing else may change.
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
WHEN new.detail IS NOT NULL OR new.event <> old.event OR new.batch <> old.batch
    OR new.member IS DISTINCT FROM old.member OR new.what <> old.what
BEGIN SELECT raise(ABORT, 'the audit log can only be added to'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'the audit log can only be added to'); END;
CREATE TRIGGER tier_change_no_update BEFORE UPDATE ON tier_change
WHEN new.evidence <> '' OR new.member <> old.member OR new.ladder <> old.ladder
    OR new.number <> old.number OR new.from_tier <> old.from_tier OR new.to_tier <> old.to_tier
    OR new.rule <> old.rule OR new.effective <> old.effective
    OR new.expires IS DISTINCT FROM old.expires OR new.run <> old.run OR new.batch <> old.batch
BEGIN SELECT raise(ABORT, 'the history of tiers can only be added to'); END;
CREATE TRIGGER tier_change_no_delete BEFORE DELETE ON tier_change
BEGIN SELECT raise(ABORT, 'the history of tiers can only be added to'); END;

-- program_cell with the days on which each version is in force; the first one is so before its day, too.
CREATE VIEW program_in_force (sheet, line, heading, value, since, until) AS
SELECT c.sheet, c.line, c.heading, c.value,
    CASE WHEN c.effective > (SELECT min(v.effective) FROM program_version AS v) THEN c.effective
         ELSE -2147483648 END,
    coalesce((SELECT min(v.effective) - 1 FROM program_version AS v
              WHERE v.effective > c.effective), 2147483647)
FROM program_cell AS c;

-- incentives.csv, one row for each of its lines.
CREATE VIEW incentive (basis, first, next, amount, since, until) AS
SELECT max(CASE WHEN heading = 'basis' THEN value END),
    nullif(max(CASE WHEN heading = 'from' THEN value END), ''),
    nullif(max(CASE WHEN heading = 'until' THEN value END), ''),
    max(CASE WHEN heading = 'amount' THEN value END), since, until
FROM program_in_force
WHERE sheet = 'incentives.csv'
GROUP BY since, until, line;

-- What the cells of the 5 × 5 grid of recency and frequency are called (reports rfm, rfm-members).
CREATE VIEW rfm_segment (r, f, segment) AS VALUES
    (1, 1, 'hibernating'), (1, 2, 'hibernating'), (2, 1, 'hibernating'), (2, 2, 'hibernating'),
    (1, 3, 'at-risk'), (1, 4, 'at-risk'), (2, 3, 'at-risk'), (2, 4, 'at-risk'),
    (1, 5, 'cannot-lose'), (2, 5, 'cannot-lose'),
    (3, 1, 'about-to-sleep'), (3, 2, 'about-to-sleep'),
    (3, 3, 'need-attention'),
    (3, 4, 'loyal'), (3, 5, 'loyal'), (4, 4, 'loyal'), (4, 5, 'loyal'),
    (4, 1, 'promising'),
    (4, 2, 'potential-loyal'), (4, 3, 'potential-loyal'), (5, 2, 'potential-loyal'),
    (5, 3, 'potential-loyal'),
    (5, 1, 'new'),
    (5, 4, 'champion'), (5, 5, 'champion');
