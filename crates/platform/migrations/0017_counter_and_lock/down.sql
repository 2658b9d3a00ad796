alter table session drop column locked_at;
alter table session drop column counter;
