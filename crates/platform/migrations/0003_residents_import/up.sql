-- The import of residents. Staged rows can be found by 宛名番号 and household, so that what is on file is compared in
-- sets; the batch keeps its cursor and counts (JSON) in the same transaction as the events of each chunk.

alter table batch add column progress text not null default '';

alter table staged_row add column number text not null default '';    -- 宛名番号
alter table staged_row add column household text not null default '';
-- What a person should look at before it happens, and what the second pass works on:
-- '' | birth | child | moved_out | died | protected_on | protected_off
alter table staged_row add column mark text not null default '';
alter table staged_row add column file bigint;                        -- the file a row was applied to, where a later pass needs it
create index staged_row_number on staged_row (keeper, batch, number);
create index staged_row_household on staged_row (keeper, batch, household, mark);
create index batch_digest on batch (keeper, kind, digest);
