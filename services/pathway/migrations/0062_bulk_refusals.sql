-- migrate:up

-- What is refused is kept once, however often a file is brought in or the same is asked of a whole group.
create unique index refused_once on pathway.refused_command (command_id)
    where actor_kind = 'IMPORT' or starts_with(command_id, 'bulk:');
drop index pathway.refused_line;

-- migrate:down

create unique index refused_line on pathway.refused_command (command_id) where actor_kind = 'IMPORT';
drop index pathway.refused_once;
