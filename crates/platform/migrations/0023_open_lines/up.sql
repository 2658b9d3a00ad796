-- The list counts what is open without reading a row of it: everything a count compares lies in an index, where people live
-- (it decides who answers) included. What presses is found by the day it begins to (`PRESSES` in
-- `platform/src/store/tables.rs` is the same text), what is planned by where people live and by service. The condition of
-- both indexes is in them as a column, or SQLite would read the rows for it.
alter table duty add column home text not null default '';
drop index duty_open;
create index duty_open on duty (keeper, tier, (
  case when next_on is not null then next_on
    when legal_to < coalesce(target, standard_to, legal_to) then legal_to
    else coalesce(target, standard_to, legal_to) end
), next_on, legal_to, home, service, programme, category, source, sensitivity, hidden_from, applies_from, applies_until,
  legal_from, target, standard_to, file, settled_how) where settled_how is null;
create index duty_planned on duty (keeper, tier, home, service, programme, category, sensitivity, hidden_from, applies_from,
  applies_until, legal_from, legal_to, next_on, target, standard_to, file, settled_how) where settled_how is null;
create index person_district on person (keeper, protected, district);
-- さきほどの記録: one's own of the last hours, also on a day on which an import brought a million.
create index event_recent on event (keeper, actor, recorded_at) where batch is null;
