-- migrate:up

-- A line of a register that was refused is kept once, however often the file is brought in.
create unique index refused_line on pathway.refused_command (command_id) where actor_kind = 'IMPORT';

-- migrate:down

drop index pathway.refused_line;
