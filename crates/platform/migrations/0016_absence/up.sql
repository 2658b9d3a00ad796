-- Read table: who is away when, and who answers meanwhile (代行), from the records of the office's own file.
create table absence (
  keeper bigint not null,
  event bigint not null,
  staff bigint not null,
  from_day integer not null,
  until_day integer,                  -- the last day; empty: not known yet
  substitute bigint,                  -- empty: what is theirs falls to 統括支援員
  primary key (keeper, event)
);
