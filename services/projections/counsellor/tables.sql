-- What a counsellor looks at: the caseload, each pathway's modules, each pathway's timeline.

create table caseload (
    pathway_id uuid primary key,
    person_ref uuid,
    status text not null,
    counsellor text,
    unit text,
    counsellor_since date,
    enrolled_on date,
    -- An import derived the day of enrolment from the first module.
    enrolment_inferred boolean not null,
    -- Older systems that its history comes from, and the last day of which not everything may be known.
    legacy_sources text[] not null,
    incomplete_until date,
    category text,
    -- NIS code, the newest that was told.
    commune text,
    scheme text,
    guiding_organisation text,
    -- What the newest screening found, and where the newest referral stands; `guided_until` is its clock.
    distance text,
    screened_on date,
    -- When the newest plan was agreed on, and when it is looked at again.
    plan_agreed_on date,
    plan_review_on date,
    referral_provider text,
    referral_status text,
    guided_until date,
    -- The clock was extended once, and so past its soft maximum.
    referral_extended boolean not null,
    -- KBO number of each organisation that guides or guided, to its last day, or null while it does.
    partners jsonb not null,
    running_kinds text[] not null,
    running_organisations text[] not null,
    -- First day of the module that runs longest, and the first planned last day of what runs.
    running_since date,
    next_planned_end date,
    -- Last day of the newest absence from a module that runs.
    absent_until date,
    modules int not null,
    hires int not null,
    last_hired_on date,
    last_employer text,
    -- While guidance waits: since when, and until when as expected.
    suspended_on date,
    suspended_until date,
    -- First day on which a planned module is to start.
    planned_start date,
    -- A module that runs or is planned is to last longer than the soft maximum of such a module.
    soft_maximum_passed boolean not null,
    -- By which day an employer has to hire after an IBO who did not yet, the first such day.
    hire_due_by date,
    -- Last day of a job that ended inside the protection after an IBO, with no other since.
    ended_in_protection_on date,
    -- IBOs that run without the signatures of all three parties before their start.
    unsigned_ibos int not null,
    -- From which day on it is due to look whether the person works: the first check that nobody told.
    check_due_on date,
    -- First day on which more was done than to enrol and assign, and since when nobody guides it.
    first_contact_on date,
    without_counsellor_since date,
    -- Day of the newest referral, and the first hard maximum of what runs that its planned end reaches.
    referred_on date,
    hard_maximum_on date,
    -- Appointments missed without an excuse since the last transmission.
    missed_appointments int not null,
    -- The newest exemption; no last day is open-ended.
    exempt_since date,
    exempt_until date,
    closed_on date,
    exit_type text,
    -- The pathway that this one is a part of now: it stands in no list any more.
    merged_into uuid,
    last_fact_on date not null,
    last_recorded_at timestamptz not null,
    version int not null
);

create index caseload_counsellor on caseload (counsellor, enrolled_on, pathway_id);
create index caseload_unit on caseload (unit, enrolled_on, pathway_id);
create index caseload_enrolled on caseload (enrolled_on, pathway_id);
create index caseload_last_fact on caseload (last_fact_on, pathway_id);
create index caseload_person on caseload (person_ref);
create index caseload_partners on caseload using gin (partners);

create table module (
    pathway_id uuid not null,
    module_id uuid not null,
    kind text not null,
    form text,
    organisation text not null,
    establishment text,
    occupation text,
    project text,
    work_floor text,
    started_on date not null,
    planned_until date not null,
    last_day date,
    hours_per_week numeric,
    status text not null,
    reason text,
    migrated boolean not null,
    past_soft_maximum boolean not null,
    primary key (pathway_id, module_id)
);

create table timeline (
    pathway_id uuid not null,
    version int not null,
    event_id uuid not null,
    -- The event's name in the contract, such as ibo-started, without its version.
    event text not null,
    occurred_on date not null,
    recorded_at timestamptz not null,
    actor_type text not null,
    actor_org text not null,
    pathway_status text,
    -- What a sentence needs: the event's data, with the module that it speaks of filled in.
    details jsonb not null,
    primary key (pathway_id, version)
);
