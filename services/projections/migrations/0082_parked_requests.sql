-- migrate:up

-- A GAP is tried again by itself, each time after a longer pause; null: at once.
alter table projections.parked add column tried int not null default 0;
alter table projections.parked add column next_try timestamptz;

-- What people decided to leave as it is. It holds for the parking that they saw, and outlives rebuilds.
create table projections.parked_decision (
    projection text not null,
    pathway_id uuid not null,
    from_version int not null,
    parked_for text not null,
    reason text not null check (length(reason) > 0),
    decided_by text not null,
    decided_at timestamptz not null,
    primary key (projection, pathway_id)
);

-- What people ask of a parked pathway: the pages write it down, the read model's consumer does it and says
-- what came of it. Kept, for whoever asks later what was done to a read model.
create table projections.parked_request (
    request_id uuid primary key,
    projection text not null,
    pathway_id uuid not null,
    asked text not null check (asked in ('PREVIEW', 'RETRY', 'GIVE_UP')),
    reason text check (length(reason) > 0),
    asked_by text not null,
    organisation text not null,
    asked_at timestamptz not null,
    done_at timestamptz,
    outcome text check (outcome in ('APPLIED', 'WAITS_ON', 'GIVEN_UP', 'NOT_PARKED')),
    -- Why it waits on: never what an event holds.
    detail text,
    events int,
    -- How many rows come and go, by table.
    row_counts jsonb,
    check ((asked = 'GIVE_UP') = (reason is not null)),
    check ((done_at is null) = (outcome is null))
);
-- The same asked twice is asked once.
create unique index parked_request_waits on projections.parked_request (projection, pathway_id, asked)
    where done_at is null;
create index parked_request_of on projections.parked_request (projection, pathway_id, asked_at);

-- The rows that a preview would change, for some minutes: they say of a person what read models do.
create table projections.parked_preview (
    request_id uuid primary key,
    changes jsonb not null,
    made_at timestamptz not null
);

-- The pages ask and do nothing themselves: what comes of it they cannot write.
revoke all on projections.parked_decision, projections.parked_request, projections.parked_preview
    from projections_consumer, projections_web;
grant select on projections.parked_decision, projections.parked_request, projections.parked_preview
    to projections_web;
grant insert (request_id, projection, pathway_id, asked, reason, asked_by, organisation, asked_at)
    on projections.parked_request to projections_web;
grant select on projections.parked_request to projections_consumer;
grant update (done_at, outcome, detail, events, row_counts) on projections.parked_request
    to projections_consumer;
grant select, insert, delete on projections.parked_preview to projections_consumer;
grant select, insert, update, delete on projections.parked_decision to projections_consumer;

-- migrate:down

drop table projections.parked_preview, projections.parked_request, projections.parked_decision;
alter table projections.parked drop column tried, drop column next_try;
