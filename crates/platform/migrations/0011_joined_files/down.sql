drop index person_provisional;
drop table person_link;
create table person_link (
  keeper bigint not null references office (id),
  file bigint not null references file (id),
  person bigint not null,
  since bigint not null,
  ended bigint,
  primary key (keeper, file, since)
);
insert into person_link (keeper, file, person, since) select keeper, id, id, 0 from file where subject = 'person';
