-- The audit chain over events and the reading log. Every transaction that writes rows of them leaves one seal for each
-- keeper: which rows it wrote, and a MAC over them and over the seal before. The key of the MAC is not in the database.

-- Seals of one keeper stand in lanes, each a chain of its own, so that nobody waits for another's commit to seal his.
create table seal (
  keeper bigint not null,
  lane integer not null,
  no integer not null,                -- 1, 2, 3 … without a hole
  at bigint not null,                 -- when it was committed, in real time
  events text not null,               -- ids of the events it covers: 12-40 45
  readings text not null,             -- ids of rows of the reading log
  mac text not null,                  -- HMAC-SHA-256 over the MAC before, all of the above and what the rows say
  primary key (keeper, lane, no)
);

-- The last seal of each lane; whoever seals holds its row until the commit.
create table seal_head (
  keeper bigint not null,
  lane integer not null,
  no integer not null,
  mac text not null,
  primary key (keeper, lane)
);
