-- The import of past records. A staged row knows the person it is about and whether it waits for a decision; rows are
-- worked off person by person, so that each file is derived once.

-- '' | waiting (somebody has to decide) | settled (somebody decided; `decision` says who, when and why)
alter table staged_row add column state text not null default '';
alter table staged_row add column decision text not null default '';
create index staged_row_file on staged_row (keeper, batch, file, line);
create index staged_row_state on staged_row (keeper, batch, state, line);
-- Whoever has no 宛名番号 in a file is looked for by the day of birth.
create index person_birth on person (keeper, birth_lo);
