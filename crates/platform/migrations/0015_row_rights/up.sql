-- Row rights of PostgreSQL: what they are is laid by the program after its steps, for every table there is then (rights.rs).
-- One of them asks in which readings a file stands, reading by reading; so does whoever makes that table anew.
create index reading_file_reading on reading_file (reading);

-- What presses, as PostgreSQL compares it in the index under row rights: `coalesce` in it would mean looking at every row of
-- the keeper first (it is not known not to tell what it saw), `case` does not. The same text as `PRESSES`.
drop index duty_open;
create index duty_open on duty (keeper, tier, (
  case when next_on is not null then next_on
    when legal_to < case when target is not null then target when standard_to is not null then standard_to else legal_to end
      then legal_to
    when target is not null then target when standard_to is not null then standard_to else legal_to end
), next_on, legal_to, home, service, programme, category, source, sensitivity, hidden_from, applies_from, applies_until,
  legal_from, target, standard_to, file, settled_how) where settled_how is null;
