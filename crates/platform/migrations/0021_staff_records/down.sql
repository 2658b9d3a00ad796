alter table post drop column event;
alter table staff drop column event;
