-- migrate:up

-- How far the publisher came, on which topics, and who leads: one row, written once a window.
-- The topics themselves say what is on them; this row says what must be there.
create table pathway.publisher_status (
    one boolean primary key default true check (one),
    leader text not null,
    leader_since timestamptz not null,
    cluster_id text,
    events_topic_id uuid,
    state_topic_id uuid,
    position bigint not null default 0,
    published_at timestamptz,
    stopped_at timestamptz,
    stopped_reason text,
    stopped_detail text
) with (fillfactor = 50);

-- What an operator decided about publishing, and why. A fact in it goes out as withheld.
create table pathway.publisher_decision (
    decision_id bigint generated always as identity primary key,
    decided_at timestamptz not null,
    decided_by text not null,
    reason text not null check (length(reason) > 0),
    decision text not null check (decision in ('START_OVER', 'WITHHOLD')),
    fact_id uuid,
    check ((decision = 'WITHHOLD') = (fact_id is not null))
);
create unique index publisher_decision_fact on pathway.publisher_decision (fact_id);

-- Signed witnesses of the log: what its facts up to a position were. Removing a last fact shows here.
create table pathway.checkpoint (
    number bigint primary key check (number > 0),
    at timestamptz not null,
    position bigint not null,
    facts bigint not null,
    digest bytea not null,
    previous bytea not null,
    key_id text not null,
    signature bytea not null
);
create trigger checkpoints_stay before update or delete on pathway.checkpoint
    for each row execute function pathway.refuse_change();
create trigger checkpoints_stay_all before truncate on pathway.checkpoint
    for each statement execute function pathway.refuse_change();

-- migrate:down

drop table pathway.checkpoint, pathway.publisher_decision, pathway.publisher_status;
