-- migrate:up

-- The chain: each row's hash is made of what the row says and of the hash of the row before it. The
-- numbers have no holes, so they are given here and not by a sequence, which a rollback would leave one in.
alter table projections.access_row
    alter id drop identity,
    add column role text not null default '',
    add column rule text not null default '',
    add column prev_hash bytea,
    add column hash bytea;

-- The newest row's number and hash: what the next row follows, and what tells that a last row is gone.
create table projections.access_head (
    one boolean primary key default true check (one),
    id bigint not null,
    hash bytea not null
) with (fillfactor = 50);
insert into projections.access_head (id, hash) values (0, decode(repeat('00', 32), 'hex'));

create function projections.access_hash(looked projections.access_row) returns bytea language sql stable
set search_path = pg_catalog, pg_temp as $$
    select sha256(looked.prev_hash || convert_to(json_build_array(
        looked.id, to_char(looked.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        looked.caller_ref, looked.caller_kind, looked.organisation, looked.about, looked.endpoint,
        looked.role, looked.rule, looked.purpose, looked.decision, looked.correlation_id
    )::text, 'UTF8'))
$$;

-- The only way in: one call for a whole list. Whoever writes holds the newest row's place until the
-- commit, so that rows stand in the order of commits; who waits too long for it is refused the look.
create function projections.record_looks(told jsonb, people text[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
    looked projections.access_row := jsonb_populate_record(null::projections.access_row, told);
    person text;
begin
    select head.id, head.hash into strict looked.id, looked.hash
    from projections.access_head as head for update;
    foreach person in array people loop
        looked.id := looked.id + 1;
        looked.about := person;
        looked.prev_hash := looked.hash;
        looked.hash := projections.access_hash(looked);
        insert into projections.access_row (
            id, at, caller_ref, caller_kind, organisation, about, endpoint, role, rule, purpose,
            decision, correlation_id, prev_hash, hash)
        values (
            looked.id, looked.at, looked.caller_ref, looked.caller_kind, looked.organisation,
            looked.about, looked.endpoint, looked.role, looked.rule, looked.purpose,
            looked.decision, looked.correlation_id, looked.prev_hash, looked.hash);
    end loop;
    update projections.access_head set id = looked.id, hash = looked.hash;
end $$;

-- Rows from before the chain get their places in it, in the order in which they were written.
alter table projections.access_row disable trigger access_row_is_never_changed;
do $$
declare
    looked projections.access_row;
    written bigint;
    last_id bigint := 0;
    last_hash bytea := decode(repeat('00', 32), 'hex');
begin
    for looked in select * from projections.access_row order by id loop
        written := looked.id;
        last_id := last_id + 1;
        looked.id := last_id;
        looked.prev_hash := last_hash;
        last_hash := projections.access_hash(looked);
        update projections.access_row set id = last_id, prev_hash = looked.prev_hash, hash = last_hash
        where id = written;
    end loop;
    update projections.access_head set id = last_id, hash = last_hash;
end $$;

drop trigger access_row_is_never_changed on projections.access_row;
create trigger access_row_stays before update or delete on projections.access_row
    for each row execute function projections.refuse_change_of_access_row();
create trigger access_row_stays_all before truncate on projections.access_row
    for each statement execute function projections.refuse_change_of_access_row();
create trigger access_head_moves_on before update on projections.access_head
    for each row when (new.id <= old.id) execute function projections.refuse_change_of_access_row();
create trigger access_head_stays before delete on projections.access_head
    for each row execute function projections.refuse_change_of_access_row();
create trigger access_head_stays_all before truncate on projections.access_head
    for each statement execute function projections.refuse_change_of_access_row();

alter table projections.access_row
    alter role drop default,
    alter rule drop default,
    alter prev_hash set not null,
    alter hash set not null;

-- migrate:down

drop function projections.record_looks, projections.access_hash;
drop table projections.access_head;
drop trigger access_row_stays on projections.access_row;
drop trigger access_row_stays_all on projections.access_row;
alter table projections.access_row
    drop column role, drop column rule, drop column prev_hash, drop column hash,
    alter id add generated always as identity;
select setval(pg_get_serial_sequence('projections.access_row', 'id'),
    greatest(1, (select max(id) from projections.access_row)));
create trigger access_row_is_never_changed before update on projections.access_row
    for each row execute function projections.refuse_change_of_access_row();
