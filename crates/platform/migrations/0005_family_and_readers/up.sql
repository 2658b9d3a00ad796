-- Across the family. Who may know of a duty: it stands for whoever may see its level (`sensitivity`, as an event's) and not
-- yet the level at which another form of it stands instead (`hidden_from`). A read table: whoever starts the new program
-- derives everybody anew.
create table duty_next (
  keeper bigint not null,
  file bigint not null,
  key text not null,
  phase integer not null,
  sensitivity integer not null default 0,
  hidden_from integer,
  episode integer,
  service text not null,
  dose integer,
  occurrence integer not null,
  rule text not null,
  rule_from integer,
  tier integer not null,
  source text not null,
  programme text not null,
  category text not null,             -- 支援区分 of the subject at derivation
  kind text not null,
  applies_from integer,
  applies_until integer,
  legal_from integer,
  legal_to integer,
  standard_from integer,
  standard_to integer,
  target integer,
  escalates_on integer,
  next_on integer,                    -- the next dated step of the ladder, once one was agreed
  settled_on integer,
  settled_by bigint,
  settled_how text,                   -- done | excused | closed
  primary key (keeper, file, key, phase, sensitivity)
);
insert into duty_next (keeper, file, key, phase, episode, service, dose, occurrence, rule, rule_from, tier, source,
  programme, category, kind, applies_from, applies_until, legal_from, legal_to, standard_from, standard_to, target,
  escalates_on, next_on, settled_on, settled_by, settled_how)
select keeper, file, key, phase, episode, service, dose, occurrence, rule, rule_from, tier, source,
  programme, category, kind, applies_from, applies_until, legal_from, legal_to, standard_from, standard_to, target,
  escalates_on, next_on, settled_on, settled_by, settled_how from duty;
drop table duty;
alter table duty_next rename to duty;
create index duty_open on duty (keeper, tier, target) where settled_how is null;

-- Who may know of a relation: the sensitivity of the record that says so. One that is hidden (特別養子縁組) has no row.
alter table relation add column sensitivity integer not null default 0;
