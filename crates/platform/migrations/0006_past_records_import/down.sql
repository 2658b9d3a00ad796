drop index person_birth;
drop index staged_row_state;
drop index staged_row_file;
alter table staged_row drop column decision;
alter table staged_row drop column state;
