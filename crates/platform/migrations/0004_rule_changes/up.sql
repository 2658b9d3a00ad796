-- Rules changed in the program: a town's own files as published, the work of computing and carrying out a change with its
-- cursor, and which book was in force for whom since when.

-- Read table of the office's file: what holds at a path for this keeper.
create table local_rule (
  keeper bigint not null references office (id),
  path text not null,
  state text not null,                -- own | gone | shipped (again what the program has there)
  content text not null,              -- of `own`
  event bigint not null,              -- the publication that put it there
  primary key (keeper, path)
);
create index local_rule_event on local_rule (event);

-- keeper 0: the rules as shipped. A keeper without rows goes by those.
create table book_in_force (
  keeper bigint not null,
  since bigint not null,
  hash text not null references rulebook (hash),
  primary key (keeper, since)
);
insert into book_in_force (keeper, since, hash)
  select 0, published_at, min(hash) from rulebook group by published_at;

-- kind: preview | publish. The cursor and the counts (JSON) move in the same transaction as each chunk.
create table rule_work (
  keeper bigint not null references office (id),
  proposal bigint not null,
  kind text not null,
  state text not null,                -- running | done
  actor bigint not null,
  last_file bigint not null,
  done integer not null,
  total integer not null,
  day integer not null,               -- the day the duties are derived for
  at bigint not null,                 -- when it was ordered
  before_hash text not null,
  after_hash text not null,
  counts text not null,
  primary key (keeper, proposal, kind)
);

-- Whose duties a proposal changes, for the list by name; gone with the publication or the next computation.
create table rule_effect (
  keeper bigint not null references office (id),
  proposal bigint not null,
  file bigint not null references file (id),
  said text not null,                 -- JSON: what changes in whose charge
  primary key (keeper, proposal, file)
);
