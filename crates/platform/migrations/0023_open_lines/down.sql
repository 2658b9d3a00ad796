drop index event_recent;
drop index person_district;
drop index duty_planned;
drop index duty_open;
alter table duty drop column home;
create index duty_open on duty (keeper, tier, target) where settled_how is null;
