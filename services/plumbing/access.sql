-- Who looked at whom, or tried to: one row for each person in an answer, never changed or removed.
-- Copy into migrations of each schema that answers about people (SCHEMA is that schema).
create table SCHEMA.access_row (
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

create index access_row_about on SCHEMA.access_row (about, at);
create index access_row_caller on SCHEMA.access_row (caller_ref, at);

create function SCHEMA.refuse_change_of_access_row() returns trigger language plpgsql as $$
begin
    raise exception 'rows of access are never changed';
end $$;

create trigger access_row_is_never_changed before update on SCHEMA.access_row
for each row execute function SCHEMA.refuse_change_of_access_row();

-- The chain: each row's hash is made of what the row says and of the hash of the row before it. The
-- numbers have no holes, so they are given here and not by a sequence, which a rollback would leave one in.
alter table SCHEMA.access_row
    alter id drop identity,
    add column role text not null default '',
    add column rule text not null default '',
    add column prev_hash bytea,
    add column hash bytea;

-- The newest row's number and hash: what the next row follows, and what tells that a last row is gone.
create table SCHEMA.access_head (
    one boolean primary key default true check (one),
    id bigint not null,
    hash bytea not null
) with (fillfactor = 50);
insert into SCHEMA.access_head (id, hash) values (0, decode(repeat('00', 32), 'hex'));

create function SCHEMA.access_hash(looked SCHEMA.access_row) returns bytea language sql stable
set search_path = pg_catalog, pg_temp as $$
    select sha256(looked.prev_hash || convert_to(json_build_array(
        looked.id, to_char(looked.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        looked.caller_ref, looked.caller_kind, looked.organisation, looked.about, looked.endpoint,
        looked.role, looked.rule, looked.purpose, looked.decision, looked.correlation_id
    )::text, 'UTF8'))
$$;

-- The only way in: one call for a whole list. Whoever writes holds the newest row's place until the
-- commit, so that rows stand in the order of commits; who waits too long for it is refused the look.
create function SCHEMA.record_looks(told jsonb, people text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    looked SCHEMA.access_row := jsonb_populate_record(null::SCHEMA.access_row, told);
    person text;
begin
    select head.id, head.hash into strict looked.id, looked.hash
    from SCHEMA.access_head as head for update;
    foreach person in array people loop
        looked.id := looked.id + 1;
        looked.about := person;
        looked.prev_hash := looked.hash;
        looked.hash := SCHEMA.access_hash(looked);
        insert into SCHEMA.access_row (
            id, at, caller_ref, caller_kind, organisation, about, endpoint, role, rule, purpose,
            decision, correlation_id, prev_hash, hash)
        values (
            looked.id, looked.at, looked.caller_ref, looked.caller_kind, looked.organisation,
            looked.about, looked.endpoint, looked.role, looked.rule, looked.purpose,
            looked.decision, looked.correlation_id, looked.prev_hash, looked.hash);
    end loop;
    update SCHEMA.access_head set id = looked.id, hash = looked.hash;
end $$;

-- Rows from before the chain get their places in it, in the order in which they were written.
alter table SCHEMA.access_row disable trigger access_row_is_never_changed;
do $$
declare
    looked SCHEMA.access_row;
    written bigint;
    last_id bigint := 0;
    last_hash bytea := decode(repeat('00', 32), 'hex');
begin
    for looked in select * from SCHEMA.access_row order by id loop
        written := looked.id;
        last_id := last_id + 1;
        looked.id := last_id;
        looked.prev_hash := last_hash;
        last_hash := SCHEMA.access_hash(looked);
        update SCHEMA.access_row set id = last_id, prev_hash = looked.prev_hash, hash = last_hash
        where id = written;
    end loop;
    update SCHEMA.access_head set id = last_id, hash = last_hash;
end $$;

drop trigger access_row_is_never_changed on SCHEMA.access_row;
create trigger access_row_stays before update or delete on SCHEMA.access_row
    for each row execute function SCHEMA.refuse_change_of_access_row();
create trigger access_row_stays_all before truncate on SCHEMA.access_row
    for each statement execute function SCHEMA.refuse_change_of_access_row();
create trigger access_head_moves_on before update on SCHEMA.access_head
    for each row when (new.id <= old.id) execute function SCHEMA.refuse_change_of_access_row();
create trigger access_head_stays before delete on SCHEMA.access_head
    for each row execute function SCHEMA.refuse_change_of_access_row();
create trigger access_head_stays_all before truncate on SCHEMA.access_head
    for each statement execute function SCHEMA.refuse_change_of_access_row();

alter table SCHEMA.access_row
    alter role drop default,
    alter rule drop default,
    alter prev_hash set not null,
    alter hash set not null;
