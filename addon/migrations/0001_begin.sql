-- Times are ISO 8601 in UTC. Lists and requests are JSON.

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    position INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    started TEXT,
    ended TEXT,
    stage TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    eta_s REAL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    model TEXT,
    pid INTEGER,
    on_cpu INTEGER NOT NULL,
    revivals INTEGER NOT NULL
) STRICT;

CREATE TABLE models (
    id TEXT PRIMARY KEY,
    word TEXT NOT NULL,
    version INTEGER NOT NULL,
    phrase TEXT NOT NULL,
    language TEXT NOT NULL,
    created TEXT NOT NULL,
    size INTEGER NOT NULL,
    cutoff INTEGER NOT NULL,
    "window" INTEGER NOT NULL,
    recall REAL,
    recall_low REAL,
    false_accepts_high REAL,
    summary TEXT NOT NULL,
    notes TEXT NOT NULL,
    job TEXT,
    deleted TEXT
) STRICT;

CREATE TABLE samples (
    id TEXT PRIMARY KEY,
    phrase TEXT NOT NULL,
    speaker TEXT NOT NULL,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    created TEXT NOT NULL,
    seconds REAL NOT NULL,
    peak_dbfs REAL NOT NULL,
    snr_db REAL,
    problems TEXT NOT NULL,
    deleted TEXT
) STRICT;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE profiles (
    name TEXT PRIMARY KEY,
    request TEXT NOT NULL
) STRICT;

-- What became of jobs, models and recordings, kept when they are gone.
CREATE TABLE history (
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    became TEXT NOT NULL
) STRICT;

CREATE INDEX history_of ON history (what, id);

CREATE TRIGGER job_new AFTER INSERT ON jobs BEGIN
    INSERT INTO history VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'job', new.id, new.state);
END;

CREATE TRIGGER job_changed AFTER UPDATE OF state ON jobs WHEN old.state <> new.state BEGIN
    INSERT INTO history VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'job', new.id, new.state);
END;

CREATE TRIGGER model_new AFTER INSERT ON models BEGIN
    INSERT INTO history VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'model', new.id, 'made');
END;

CREATE TRIGGER model_changed AFTER UPDATE OF deleted ON models WHEN old.deleted IS NOT new.deleted BEGIN
    INSERT INTO history
    VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'model', new.id, iif(new.deleted IS NULL, 'restored', 'deleted'));
END;

CREATE TRIGGER sample_new AFTER INSERT ON samples BEGIN
    INSERT INTO history
    VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'sample', new.id, new.label || ', ' || new.state);
END;

CREATE TRIGGER sample_changed AFTER UPDATE OF label, state ON samples
WHEN old.label <> new.label OR old.state <> new.state BEGIN
    INSERT INTO history
    VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'sample', new.id, new.label || ', ' || new.state);
END;

CREATE TRIGGER sample_gone AFTER UPDATE OF deleted ON samples WHEN old.deleted IS NOT new.deleted BEGIN
    INSERT INTO history
    VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), 'sample', new.id, iif(new.deleted IS NULL, 'restored', 'deleted'));
END;
