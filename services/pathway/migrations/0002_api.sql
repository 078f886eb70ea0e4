-- migrate:up

-- Who looked at whom, or tried to: one row for each person in an answer, never changed.
create table pathway.access_row (
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
create index access_row_about on pathway.access_row (about, at);
create index access_row_caller on pathway.access_row (caller_ref, at);

create function pathway.refuse_change_of_access_row() returns trigger language plpgsql as $$
begin
    raise exception 'rows of access are never changed';
end $$;
create trigger access_row_is_never_changed before update on pathway.access_row
    for each row execute function pathway.refuse_change_of_access_row();

-- Every pathway that a person has or had, so that a look-up need not read the whole log. It follows
-- from the log's enrolments, and could be made again from them.
create table pathway.person_pathway (
    pathway_id uuid primary key,
    person_ref uuid not null
);
create index person_pathway_person on pathway.person_pathway (person_ref);

create function pathway.note_person_pathway() returns trigger language plpgsql as $$
begin
    insert into pathway.person_pathway (pathway_id, person_ref)
    values (new.pathway_id, new.person_ref);
    return null;
end $$;
-- Whoever records an enrolment reserves the person's open pathway in the same commit.
create trigger person_pathway_is_noted after insert on pathway.open_pathway
    for each row execute function pathway.note_person_pathway();

insert into pathway.person_pathway (pathway_id, person_ref)
select originator_id, (convert_from(state, 'UTF8')::jsonb #>> '{fact,person_ref}')::uuid
from pathway.pathway_events where originator_version = 1;

-- Which field of the command broke the rule.
alter table pathway.refused_command add column field text;

-- migrate:down

alter table pathway.refused_command drop column field;
drop trigger person_pathway_is_noted on pathway.open_pathway;
drop function pathway.note_person_pathway;
drop table pathway.person_pathway, pathway.access_row;
drop function pathway.refuse_change_of_access_row;
