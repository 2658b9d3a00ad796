drop index batch_digest;
drop index staged_row_household;
drop index staged_row_number;
alter table staged_row drop column file;
alter table staged_row drop column mark;
alter table staged_row drop column household;
alter table staged_row drop column number;
alter table batch drop column progress;
