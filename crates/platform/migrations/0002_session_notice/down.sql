alter table session drop column notice;
