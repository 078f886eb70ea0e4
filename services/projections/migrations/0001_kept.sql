-- migrate:up
-- What outlives a rebuild: pathways that wait for a person, and who looked at whom.

create table projections.parked (
    projection text not null,
    -- Null when the record's key names no pathway; then nothing waits behind it.
    pathway_id uuid,
    from_version int,
    partition int not null,
    "offset" bigint not null,
    reason text not null check (reason in ('BROKEN', 'FAILED', 'GAP', 'FORK')),
    -- Where it hurts and why; never the message itself.
    error text not null,
    since timestamptz not null,
    check ((pathway_id is null) = (from_version is null))
);

create unique index parked_pathway on projections.parked (projection, pathway_id)
    where pathway_id is not null;
create unique index parked_record on projections.parked (projection, partition, "offset")
    where pathway_id is null;

create table projections.access_row (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    caller_ref text not null,
    caller_kind text not null,
    organisation text not null,
    about text,
    endpoint text not null,
    purpose text not null,
    decision text not null check (decision in ('PERMIT', 'DENY')),
    correlation_id text not null,
    -- A refusal may come before anyone is known to be asked for; a look never does.
    check (about is not null or decision = 'DENY')
);

create index access_row_about on projections.access_row (about, at);
create index access_row_caller on projections.access_row (caller_ref, at);

create function projections.refuse_change_of_access_row() returns trigger language plpgsql as $$
begin
    raise exception 'rows of access are never changed';
end $$;

create trigger access_row_is_never_changed before update on projections.access_row
for each row execute function projections.refuse_change_of_access_row();

-- migrate:down
drop table projections.access_row;
drop function projections.refuse_change_of_access_row();
drop table projections.parked;
