-- Read table: since when an office is what it is (子育て世代包括支援センター, こども家庭センター), from the records of its own file.
-- Nothing in it is about a person: every office of the same prefecture may read it.
create table office_period (
  keeper bigint not null,
  event bigint not null,
  name text not null,                 -- support_centre | family_centre
  from_day integer not null,
  until_day integer,
  primary key (keeper, event)
);
