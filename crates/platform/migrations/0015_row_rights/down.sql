drop index duty_open;
create index duty_open on duty (keeper, tier, (
  case when next_on is not null then next_on
    when legal_to < coalesce(target, standard_to, legal_to) then legal_to
    else coalesce(target, standard_to, legal_to) end
), next_on, legal_to, home, service, programme, category, source, sensitivity, hidden_from, applies_from, applies_until,
  legal_from, target, standard_to, file, settled_how) where settled_how is null;
drop index reading_file_reading;
