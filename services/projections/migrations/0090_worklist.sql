-- migrate:up

-- What people make for themselves on the caseload, and so outlives a rebuild. All of it is of one person.

-- An alert that its counsellor put off: until a day, and while what it speaks of is of the same day.
create table projections.snooze (
    owner text not null,
    pathway_id uuid not null,
    alert text not null,
    -- The day that the alert spoke of; another one wakes it.
    about_day date,
    until date not null,
    reason text not null check (length(reason) between 3 and 200),
    made_at timestamptz not null,
    primary key (owner, pathway_id, alert)
);

create table projections.reminder (
    owner text not null,
    pathway_id uuid not null,
    on_day date not null,
    reason text not null check (length(reason) between 3 and 200),
    made_at timestamptz not null,
    primary key (owner, pathway_id)
);

create table projections.saved_filter (
    owner text not null,
    name text not null check (length(name) between 1 and 60),
    -- The filter's fields as the page's address says them.
    query text not null check (length(query) <= 2000),
    made_at timestamptz not null,
    primary key (owner, name)
);

revoke all on projections.snooze, projections.reminder, projections.saved_filter
    from projections_consumer, projections_web;
grant select, insert, update, delete on projections.snooze, projections.reminder, projections.saved_filter
    to projections_web;

-- migrate:down

drop table projections.saved_filter, projections.reminder, projections.snooze;
