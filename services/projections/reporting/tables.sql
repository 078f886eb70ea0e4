-- What reports count. Every row is one fact of one pathway, with the person it is about: reports
-- count persons. The commune is the one on the fact's own day: the newest told on or before
-- it, or else the first that was told afterwards.

create table inflow (
    pathway_id uuid primary key,
    person_ref uuid not null,
    enrolled_on date not null,
    -- An import derived the day, or the history from there may be incomplete (imported from an older system):
    -- measures that start at enrolment leave the pathway out.
    inferred boolean not null,
    category text,
    channel text not null,
    -- As at entry: what was told first.
    commune text,
    age_group text,
    gender text,
    education text,
    unemployed_since date,
    first_module_on date,
    first_module_kind text,
    -- Of a stage.
    first_module_form text,
    first_module_measure text,
    first_module_organisation text,
    first_module_ended_on date,
    -- The first day of work on or after that.
    hired_after_module_on date,
    first_hired_on date
);

create index inflow_enrolled on inflow (enrolled_on);

-- How the pathway stood from day to day, as at the end of each day: who guided it, and what was
-- told of the person. Whatever happened on a day is grouped by the row of that day.
create table situation (
    pathway_id uuid not null,
    since date not null,
    -- Inclusive; null in the last row.
    until date,
    person_ref uuid not null,
    status text,
    open boolean not null,
    counsellor text,
    unit text,
    -- The organisation that guides; null is VDAB itself, or the promotor of WEP+.
    provider text,
    lot text,
    scheme text,
    category text,
    commune text,
    age_group text,
    gender text,
    education text,
    unemployed_since date,
    primary key (pathway_id, since)
);

create index situation_open on situation (since, until) where open;

-- Counsellors and partners who registered something, by the day it is true for.
create table contact (
    pathway_id uuid not null,
    contact_on date not null,
    organisation text not null,
    counsellor text not null,
    primary key (pathway_id, contact_on, organisation, counsellor)
);

create index contact_day on contact (contact_on);

create table module (
    pathway_id uuid not null,
    module_id uuid not null,
    person_ref uuid not null,
    kind text not null,
    -- Of a stage.
    form text,
    measure text not null,
    organisation text not null,
    -- Of a WEP+ module; null is not told.
    work_floor text,
    started_on date not null,
    planned_until date not null,
    last_day date,
    status text not null,
    reason text,
    -- How it ended, in a report's words: COMPLETED, STOPPED_EARLY, MEASURE_ENDED; null while it runs.
    ending text,
    migrated boolean not null,
    commune_at_start text,
    commune_at_end text,
    -- After an IBO: by which day the employer hires, null where nobody has to; the first day of the hire
    -- that meets it; and what was decided instead (VRIJGESTELD, GESCHONDEN), why and on which day.
    hire_due_by date,
    hire_met_on date,
    hire_decision text,
    hire_motive text,
    hire_decided_on date,
    primary key (pathway_id, module_id)
);

create index module_started on module (started_on);
create index module_ended on module (last_day) where last_day is not null;

create table hire (
    pathway_id uuid not null,
    event_id uuid not null,
    person_ref uuid not null,
    hired_on date not null,
    -- The last day of the job, as told or else as its contract says; null is open-ended or not told.
    ends_on date,
    employer text not null,
    contract text not null,
    proof text not null,
    linked_module_id uuid,
    commune text,
    primary key (pathway_id, event_id)
);

create index hire_person on hire (person_ref, hired_on);
create index hire_day on hire (hired_on);

create table migration (
    pathway_id uuid not null,
    event_id uuid not null,
    person_ref uuid not null,
    migrated_on date not null,
    to_scheme text not null,
    lot text,
    organisation_before text not null,
    organisation_after text not null,
    commune text,
    primary key (pathway_id, event_id)
);

create table closing (
    pathway_id uuid primary key,
    person_ref uuid not null,
    closed_on date not null,
    exit_type text not null,
    -- On what evidence; null is not told.
    proof text,
    commune text
);

create index closing_closed on closing (closed_on);

create table employment_check (
    pathway_id uuid not null,
    version int not null,
    person_ref uuid not null,
    -- Months after the way out, on the day `since`.
    months int not null,
    since date not null,
    measured_on date not null,
    source text not null,
    in_work boolean not null,
    same_employer boolean,
    -- The best source of the latest way out: reports count this one of its months.
    counts boolean not null,
    commune text,
    primary key (pathway_id, version)
);

-- What was allowed and is worth a look: SOFT_MAXIMUM, BACKDATED, WAIVED, and OWN_CASE beside one of those.
create table exceptional_fact (
    pathway_id uuid not null,
    event_id uuid not null,
    kind text not null,
    person_ref uuid not null,
    exception_on date not null,
    commune text,
    primary key (pathway_id, event_id, kind)
);

create index exceptional_fact_day on exceptional_fact (exception_on);

-- Reference data: a NIS code begins with its province and arrondissement. The longest prefix
-- that is valid on the day wins. Source: Statbel's list of communes (REFNIS). The province of
-- Brabant was split on 1 January 1995; on 1 January 2025 Zwijndrecht (11056, Antwerp) went into
-- Beveren-Kruibeke-Zwijndrecht (46030, East Flanders), so that its old code means another
-- province from that day on.
create table province_by_nis (
    prefix text not null,
    province text not null,
    valid_from date not null,
    valid_until date,
    source text not null,
    primary key (prefix, valid_from)
);

insert into province_by_nis values
    ('1', 'ANTWERPEN', '1977-01-01', null, 'REFNIS'),
    ('2', 'BRABANT', '1977-01-01', '1994-12-31', 'REFNIS'),
    ('21', 'BRUSSELS_HOOFDSTEDELIJK_GEWEST', '1995-01-01', null, 'REFNIS'),
    ('23', 'VLAAMS_BRABANT', '1995-01-01', null, 'REFNIS'),
    ('24', 'VLAAMS_BRABANT', '1995-01-01', null, 'REFNIS'),
    ('25', 'WAALS_BRABANT', '1995-01-01', null, 'REFNIS'),
    ('3', 'WEST_VLAANDEREN', '1977-01-01', null, 'REFNIS'),
    ('4', 'OOST_VLAANDEREN', '1977-01-01', null, 'REFNIS'),
    ('5', 'HENEGOUWEN', '1977-01-01', null, 'REFNIS'),
    ('6', 'LUIK', '1977-01-01', null, 'REFNIS'),
    ('7', 'LIMBURG', '1977-01-01', null, 'REFNIS'),
    ('8', 'LUXEMBURG', '1977-01-01', null, 'REFNIS'),
    ('9', 'NAMEN', '1977-01-01', null, 'REFNIS'),
    ('11056', 'OOST_VLAANDEREN', '2025-01-01', null, 'merger of communes on 1 January 2025');

create function province_at(commune text, day date) returns text
    language sql stable parallel safe
begin atomic
    select p.province
      from province_by_nis p
     where starts_with(commune, p.prefix)
       and day >= p.valid_from
       and (p.valid_until is null or day <= p.valid_until)
     order by length(p.prefix) desc
     limit 1;
end;
