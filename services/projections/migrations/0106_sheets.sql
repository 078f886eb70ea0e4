-- migrate:up

-- Answer sheets: published figures with text between them. As figures, they are never changed: another one is made.
create table projections.sheet (
    id uuid primary key,
    title text not null,
    -- Heading, text and figure of each part, as JSON.
    parts jsonb not null,
    made_by text not null,
    organisation text not null,
    made_at timestamptz not null,
    -- Of one that comes with the demo, by which it is made once.
    shipped text unique
);

create trigger sheet_stays before update or delete on projections.sheet
    for each row execute function projections.refuse_change_of_published();
create trigger sheet_stays_all before truncate on projections.sheet
    for each statement execute function projections.refuse_change_of_published();

revoke all on projections.sheet from projections_consumer, projections_web, projections_auditor;
grant select, insert on projections.sheet to projections_web;

-- migrate:down

drop table projections.sheet;
