-- Read table: which readings a file stands in, so that who looked at whom is found without walking through the whole log.
-- `keeper` is the file's: whoever answers for the file finds every reading of it, from whichever post it was made. Written
-- with each reading, made anew from the log by `tsumugi rebuild`. `@clustered@` keeps the rows in the order of their key
-- where the database can.
create table reading_file (
  keeper bigint not null references office (id),
  file bigint not null,
  reading bigint not null,
  primary key (keeper, file, reading)
) @clustered@;
insert into reading_file (keeper, file, reading)
with recursive named (reading, file, rest) as (
  select id, cast('' as text), ltrim(files, ' ') from reading
  union all
  select reading, substr(rest, 1, length(rest) - length(ltrim(rest, '0123456789'))),
    ltrim(ltrim(rest, '0123456789'), ' ')
  from named where ltrim(rest, '0123456789') <> rest
)
select distinct f.keeper, f.id, n.reading from named n join file f on f.id = cast('0' || n.file as bigint);
-- 緊急閲覧 are few: those of an office are found without walking through its records.
create index event_emergency on event (keeper, recorded_at) where kind = 'emergency';
create index event_emergency_reviewed on event (keeper, number) where kind = 'emergency_reviewed';
