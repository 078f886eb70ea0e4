-- migrate:up

-- What stands before a person: who is somebody's own file or relative, and who is confidential. Ended
-- ones stay, to tell who could not see whom when. The motive is a code: no personal data fits in it.
create table pathway.barrier (
    barrier_id uuid primary key,
    kind text not null check (kind in ('EIGEN_DOSSIER', 'VERWANT', 'VERTROUWELIJK')),
    person_ref uuid not null,
    caller_ref text check (caller_ref <> ''),
    motive text not null check (motive ~ '^[A-Z]+(_[A-Z]+)*$' and length(motive) between 3 and 60),
    set_at timestamptz not null,
    set_by text not null,
    ended_at timestamptz,
    ended_by text,
    -- A confidential file is so for everybody; the others are about one caller.
    constraint barrier_before check ((kind = 'VERTROUWELIJK') = (caller_ref is null)),
    constraint barrier_ended check ((ended_at is null) = (ended_by is null) and ended_at >= set_at)
);
create unique index barrier_stands_once on pathway.barrier (person_ref, kind, caller_ref)
    nulls not distinct where ended_at is null;
create index barrier_person on pathway.barrier (person_ref);

-- Who looked at whom against a rule, and until when. The reason is free text: sealed under the
-- person's key, unreadable when the person is destroyed.
create table pathway.override (
    override_id uuid primary key,
    caller_ref text not null check (caller_ref <> ''),
    organisation text not null,
    person_ref uuid not null,
    rule text not null check (rule in ('OVERLEDEN', 'AFGESLOTEN', 'VAN_ANDEREN')),
    reason bytea not null,
    since timestamptz not null,
    until timestamptz not null,
    ended_at timestamptz,
    constraint override_at_most_a_day check (until > since and until - since <= interval '24 hours'),
    constraint override_ended check (ended_at >= since and ended_at < until)
);
create index override_caller on pathway.override (caller_ref, until);

create function pathway.refuse_change_but_to_end() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    -- What is left of a row without its end says whether only the end was set, and once.
    if tg_op = 'UPDATE' and (to_jsonb(old) ->> 'ended_at') is null
        and (to_jsonb(new) ->> 'ended_at') is not null
        and to_jsonb(old) - array['ended_at', 'ended_by'] = to_jsonb(new) - array['ended_at', 'ended_by']
    then
        return new;
    end if;
    raise exception '% rows are never changed or removed, but for being ended once', tg_table_name;
end $$;
create trigger barrier_stays before update or delete on pathway.barrier
    for each row execute function pathway.refuse_change_but_to_end();
create trigger barrier_stays_all before truncate on pathway.barrier
    for each statement execute function pathway.refuse_change_but_to_end();
create trigger override_stays before update or delete on pathway.override
    for each row execute function pathway.refuse_change_but_to_end();
create trigger override_stays_all before truncate on pathway.override
    for each statement execute function pathway.refuse_change_but_to_end();

grant select, insert on pathway.barrier, pathway.override to pathway_api;
grant update (ended_at, ended_by) on pathway.barrier to pathway_api;
grant update (ended_at) on pathway.override to pathway_api;

-- migrate:down

drop table pathway.override, pathway.barrier;
drop function pathway.refuse_change_but_to_end;
