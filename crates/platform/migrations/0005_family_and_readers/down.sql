alter table relation drop column sensitivity;
delete from duty where sensitivity > 0;
create table duty_before (
  keeper bigint not null,
  file bigint not null,
  key text not null,
  phase integer not null,
  episode integer,
  service text not null,
  dose integer,
  occurrence integer not null,
  rule text not null,
  rule_from integer,
  tier integer not null,
  source text not null,
  programme text not null,
  category text not null,
  kind text not null,
  applies_from integer,
  applies_until integer,
  legal_from integer,
  legal_to integer,
  standard_from integer,
  standard_to integer,
  target integer,
  escalates_on integer,
  next_on integer,
  settled_on integer,
  settled_by bigint,
  settled_how text,
  primary key (keeper, file, key, phase)
);
insert into duty_before select keeper, file, key, phase, episode, service, dose, occurrence, rule, rule_from, tier, source,
  programme, category, kind, applies_from, applies_until, legal_from, legal_to, standard_from, standard_to, target,
  escalates_on, next_on, settled_on, settled_by, settled_how from duty;
drop table duty;
alter table duty_before rename to duty;
create index duty_open on duty (keeper, tier, target) where settled_how is null;
