-- migrate:up

-- What `pathway auditor` has proven: `following` goes on with the log, `round` goes through all of it once more, and
-- `complete` is the last round that came to its end. Each says how far, when, and what differed.
create table pathway.proof (
    kind text primary key check (kind in ('following', 'round', 'complete')),
    -- Every fact up to there was compared.
    position bigint not null,
    -- Where a round ends: what was published when it began.
    until bigint not null,
    begun_at timestamptz not null,
    at timestamptz not null,
    facts bigint not null,
    told_earlier bigint not null,
    differences bigint not null,
    -- The first of them, as text: places and ids, never a value.
    first_differences text[] not null check (cardinality(first_differences) <= 20),
    found_at timestamptz,
    -- On which topics, and the next offset of each partition.
    place jsonb not null
) with (fillfactor = 50);

-- That somebody wants a round now: it takes this away when it begins.
create table pathway.proof_wanted (
    one boolean primary key default true check (one),
    since timestamptz not null
);

grant select, insert, update, delete on pathway.proof, pathway.proof_wanted to pathway_auditor;
grant select on pathway.proof to pathway_api;

-- migrate:down

drop table pathway.proof_wanted, pathway.proof;
