-- What is published, and what was sent to which satellite. Lists and targets are JSON.

CREATE TABLE publications (
    word TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    phrase TEXT NOT NULL,
    published TEXT NOT NULL,
    previous TEXT NOT NULL,
    overridden TEXT NOT NULL
) STRICT;

CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    targets TEXT NOT NULL,
    started TEXT,
    ended TEXT,
    "of" TEXT,
    undone INTEGER NOT NULL,
    replaced TEXT NOT NULL
) STRICT;
