-- migrate:up

-- Figures that somebody published: what was asked, what was answered, and what that was made of, for ever.
create table projections.published (
    id uuid primary key,
    -- Everything as canonical JSON, its own bytes kept, so that the digest can be made again.
    document text not null,
    -- SHA-256 of the document.
    digest bytea not null check (length(digest) = 32),
    -- The same as in the document, to search by.
    report text not null,
    question text not null,
    published_by text not null,
    organisation text not null,
    published_at timestamptz not null
);
create index published_newest on projections.published (published_at, id);

create function projections.refuse_change_of_published() returns trigger language plpgsql as $$
begin
    raise exception 'what was published is never changed; publish it again instead';
end $$;

create trigger published_stays before update or delete on projections.published
    for each row execute function projections.refuse_change_of_published();
create trigger published_stays_all before truncate on projections.published
    for each statement execute function projections.refuse_change_of_published();

revoke all on projections.published from projections_consumer, projections_web, projections_auditor;
grant select, insert on projections.published to projections_web;
grant select on projections.published to projections_auditor;

-- migrate:down

drop table projections.published;
drop function projections.refuse_change_of_published();
