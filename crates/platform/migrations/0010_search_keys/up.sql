-- Read tables: how persons are found. Rebuilt from events by `tsumugi rebuild`; whoever starts the new program derives
-- everybody anew, which fills them. `@bytes@` makes a column be compared byte by byte on both databases, `@clustered@` keeps
-- the rows in the order of their key where the database can.

-- The folded name and reading, words with a space between; 宛名番号 and phones as they are looked for. No phone of
-- whoever is protected.
create table person_key (
  keeper bigint not null,
  file bigint not null,
  name text not null,
  kana text not null,
  number text not null,
  phone text not null,
  primary key (keeper, file)
) @clustered@;

-- One row for each place in a name where somebody may begin to search, from there to its end; and one for each number.
-- What begins with what was typed is one stretch of this table.
create table search_key (
  keeper bigint not null,
  kind integer not null,              -- store/keys.rs
  key text @bytes@ not null,
  file bigint not null,
  primary key (keeper, kind, key, file)
) @clustered@;

-- 名簿 from the beginning, and whose relatives are looked for.
create index person_order on person (keeper, kana, file);
drop index person_kana;
