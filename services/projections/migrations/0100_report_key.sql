-- migrate:up

-- Reports for who may see no person are counted over a protected population (docs/small-cells.md): this key
-- decides, for each person for good, who is left out of it and who counts twice. Whoever knows it knows that.
create table projections.report_key (
    is_one boolean primary key default true check (is_one),
    key bytea not null check (length(key) >= 32),
    -- Of 256 persons, so many are left out and as many count twice.
    moved int not null default 13 check (moved between 0 and 100)
);
insert into projections.report_key (key)
select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

revoke all on projections.report_key from public, projections_consumer, projections_web, projections_auditor;
grant select on projections.report_key to projections_web;

-- migrate:down
drop table projections.report_key;
