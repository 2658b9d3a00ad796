-- Accounts and posts are records of the office's own file since this step: the event each row follows from.
-- Empty: it was there before (a demo of an older program), until something is recorded about it.

alter table staff add column event bigint;
alter table post add column event bigint;
