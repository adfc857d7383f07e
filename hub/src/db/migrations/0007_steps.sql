-- Of a batch with a step of a workflow: when anything of its device had last been received before (0: never); NULL: it
-- has none.
ALTER TABLE batches ADD COLUMN since INTEGER;

-- Where records that move by a workflow stand, and what runs in them: made from records, so that lists read a row of each.
CREATE TABLE progress (
    office BLOB NOT NULL,
    record BLOB NOT NULL,
    kind TEXT NOT NULL,
    feed TEXT NOT NULL,
    -- The commune that it is of.
    commune TEXT NOT NULL,
    -- The user to whom it was given; NULL: nobody.
    worker BLOB,
    is_open INTEGER NOT NULL,
    -- People took different steps, and none was chosen.
    undecided INTEGER NOT NULL,
    -- When an alarm began that nobody has met; NULL: none runs.
    alarm INTEGER,
    -- When the first of its deadlines ends; NULL: none runs.
    due INTEGER,
    -- The state that its steps lead to; NULL: its field says so.
    stands TEXT,
    -- Those that run: workflow::clocks::Timed as JSON.
    clocks TEXT NOT NULL,
    PRIMARY KEY (office, record)
) STRICT, WITHOUT ROWID;
-- What is open, the first due first.
CREATE INDEX progress_due ON progress (office, is_open, due);
-- Alarms that nobody has met.
CREATE INDEX progress_alarm ON progress (office, alarm) WHERE alarm IS NOT NULL;

-- How far an alarm has gone up, so that nobody is called twice for one step of it.
CREATE TABLE alarms (
    office BLOB NOT NULL,
    record BLOB NOT NULL,
    clock TEXT NOT NULL,
    -- When it began.
    began INTEGER NOT NULL,
    -- So many steps of its row were called.
    steps INTEGER NOT NULL,
    PRIMARY KEY (office, record, clock)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('progress', 'progress', '20000 20000 1'),
    ('progress', 'progress_due', '20000 20000 10000 1'),
    ('progress', 'progress_alarm', '20 20 1'),
    ('alarms', 'alarms', '1000 1000 2 1');
ANALYZE sqlite_schema;

-- Made by no rulebook: at the start all rows are made anew.
UPDATE office SET rulebook = '';
