-- migrate:up

-- What several callers record, in one commit: `sizes` says how many of the facts are whose, in this order. Each
-- stands or falls by itself; who falls is told by which constraint, and nothing of theirs stays.
create function pathway.append_each(
    sizes integer[], ids uuid[], versions bigint[], topics text[], states bytea[], hashes bytea[],
    fact_ids uuid[], days date[], instants timestamptz[], besides jsonb[]
) returns table (positions bigint[], refused_by text) language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    a integer := 1;
    b integer;
begin
    -- Before the first of them, because a lock that is taken within one is given back when that falls.
    perform pg_advisory_xact_lock(7249112015);
    for place in 1 .. cardinality(sizes) loop
        b := a + sizes[place] - 1;
        begin
            positions := array(select pathway.append(
                ids[a:b], versions[a:b], topics[a:b], states[a:b], hashes[a:b], fact_ids[a:b],
                days[a:b], instants[a:b], besides[place]));
            perform pathway.hold(besides[place] -> 'held');
            refused_by := null;
        exception when unique_violation then
            positions := null;
            get stacked diagnostics refused_by = constraint_name;
        end;
        return next;
        a := b + 1;
    end loop;
end $$;

-- To give a function away, one's new owner must be able to make things there.
grant create on schema pathway to pathway_recorder;
alter function pathway.append_each(
    integer[], uuid[], bigint[], text[], bytea[], bytea[], uuid[], date[], timestamptz[], jsonb[]
) owner to pathway_recorder;
revoke create on schema pathway from pathway_recorder;
revoke all on function pathway.append_each(
    integer[], uuid[], bigint[], text[], bytea[], bytea[], uuid[], date[], timestamptz[], jsonb[]
) from public;
grant execute on function pathway.append_each(
    integer[], uuid[], bigint[], text[], bytea[], bytea[], uuid[], date[], timestamptz[], jsonb[]
) to pathway_api, pathway_scheduler;

-- What conflicts left at the end of the log is not worth the table's lock, which its cutting would take.
alter table pathway.pathway_events set (vacuum_truncate = false);

-- migrate:down

alter table pathway.pathway_events reset (vacuum_truncate);
drop function pathway.append_each;
