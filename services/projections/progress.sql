-- What every projection keeps beside its own tables: how far it is, and the events that made its rows.
-- No schema is named: the same tables are made again elsewhere for an audit.

create table made_from (
    -- SHA-256 of the statements that made this schema, to notice when a release has others.
    statements text not null,
    -- SHA-256 of the code that made rows here: of whoever filled it, and of each other release that wrote since.
    codes text[] not null,
    -- When a rebuild had filled it; null where a consumer did, or while a rebuild is under way.
    filled_at timestamptz,
    -- Which topic was read: names alone would hide that a topic was made anew. Null: none yet.
    topic text,
    topic_id uuid,
    cluster_id text
);

create table partition_progress (
    partition int primary key,
    next_offset bigint not null,
    -- The newest fact read from it, by place in the whole log and by the moment it was recorded.
    newest_position bigint,
    newest_recorded_at timestamptz,
    -- Everything that was in the partition at this moment is in the rows.
    complete_until timestamptz
) with (fillfactor = 50);

create table pathway_progress (
    pathway_id uuid primary key,
    version int not null,
    event_id uuid not null
) with (fillfactor = 80);

create table pathway_event (
    pathway_id uuid not null,
    version int not null,
    event_id uuid not null,
    position bigint not null,
    occurred_on date not null,
    recorded_at timestamptz not null,
    type text not null,
    message jsonb not null,
    primary key (pathway_id, version)
);

-- When what stands at which offsets was applied: a row for each batch and partition that brought
-- something. Those of more than 90 days ago go; `partition_progress` still says that they were read.
create table applied_range (
    partition int not null,
    first_offset bigint not null,
    next_offset bigint not null,
    applied_at timestamptz not null,
    primary key (partition, next_offset)
);

-- What a parked pathway caught up on later than its batch: its versions from the first to before the next.
create table caught_up (
    pathway_id uuid not null,
    first_version int not null,
    next_version int not null,
    applied_at timestamptz not null,
    primary key (pathway_id, next_version)
);
