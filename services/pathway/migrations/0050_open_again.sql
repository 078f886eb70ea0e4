-- migrate:up

-- A pathway that is open again after a correction is reserved again; whose it is stays as it was.
create or replace function pathway.note_person_pathway() returns trigger language plpgsql as $$
begin
    insert into pathway.person_pathway (pathway_id, person_ref)
    values (new.pathway_id, new.person_ref) on conflict (pathway_id) do nothing;
    return null;
end $$;

-- migrate:down

create or replace function pathway.note_person_pathway() returns trigger language plpgsql as $$
begin
    insert into pathway.person_pathway (pathway_id, person_ref)
    values (new.pathway_id, new.person_ref);
    return null;
end $$;
