-- Files of the same person are read together (まとめる). A read table, made from `joined` events; the rows of before named
-- every file by itself and said nothing.
drop table person_link;
create table person_link (
  keeper bigint not null references office (id),
  file bigint not null references file (id),
  person bigint not null references file (id), -- the file it is read with
  event bigint not null,              -- the record that says so, in `file`
  number text not null,               -- 宛名番号 that `file` had until then, for rows of the register that still carry it
  since bigint not null,
  ended bigint,                       -- when that was taken back
  primary key (keeper, file, since)
);
create index person_link_file on person_link (file) where ended is null;
create index person_link_person on person_link (person) where ended is null;
create index person_link_number on person_link (keeper, number) where ended is null;
-- 仮登録 waiting for the register, found without walking through everybody.
create index person_provisional on person (keeper, file) where provisional = 1;
