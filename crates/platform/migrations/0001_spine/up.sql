-- The spine. One text for SQLite and PostgreSQL: `@id@` is each database's own growing 64-bit key.
-- Days are integers (days since 1970-01-01), instants are microseconds since 1970-01-01T00:00Z, JSON is text.
-- Every table with personal data leads with its keeper (実施機関), so that rights and shards can be cut along it.

-- Offices in a tree. A keeper is an office that keeps records (a municipality's centre, a health centre).
create table office (
  id @id@,
  parent bigint references office (id),
  kind text not null,                 -- prefecture | health_centre | municipality | centre | district_office
  code text not null,                 -- 団体コード where it has one
  name text not null,
  file bigint                         -- the office's own file: settings, assignments, arrivals are events there
);

create table staff (
  id @id@,
  login text not null unique,
  name text not null,
  kana text not null,
  password text not null,             -- argon2id
  must_change integer not null default 0,
  closed_on integer
);

-- A dated post: who holds which role in which office. The actor's set of keepers follows from it.
create table post (
  id @id@,
  staff bigint not null references staff (id),
  keeper bigint not null references office (id),
  role text not null,
  from_day integer not null,
  until_day integer
);
create index post_staff on post (staff);

create table session (
  token text primary key,             -- SHA-256 of the cookie, never the cookie
  staff bigint not null references staff (id),
  post bigint not null references post (id),
  csrf text not null,
  created_at bigint not null,
  seen_at bigint not null,
  ends_at bigint not null
);

create table sign_in_attempt (
  login text not null,
  origin text not null,
  at bigint not null
);
create index sign_in_attempt_at on sign_in_attempt (login, at);

-- What was typed when a session ended or a conflict came; kept for its author, 24 hours.
create table draft (
  id @id@,
  staff bigint not null references staff (id),
  path text not null,
  form text not null,
  at bigint not null
);

-- A file (ケース記録): the stream of what one keeper recorded about one subject.
create table file (
  id @id@,
  keeper bigint not null references office (id),
  subject text not null,              -- person | office
  version integer not null,           -- seq of its last event
  head text not null,                 -- last link of its chain
  rederive_on integer,                -- when the turning of the date alone changes its duties
  derived_for integer,                -- the day its duties were derived for
  standing text not null default 'outside', -- covered | released | listed | outside (not on the register)
  covered_by integer                  -- the day by which a next step opens
);
create index file_keeper on file (keeper, rederive_on);

-- Files of the same person (across offices, 仮登録 and register, merges).
create table person_link (
  keeper bigint not null references office (id),
  file bigint not null references file (id),
  person bigint not null,             -- the smallest file id of the group
  since bigint not null,
  ended bigint,
  primary key (keeper, file, since)
);

create table event (
  id @id@,
  keeper bigint not null references office (id),
  file bigint not null references file (id),
  seq integer not null,
  episode integer,
  kind text not null,
  version integer not null,
  day_lo integer,
  day_hi integer,
  day2 integer,
  code text,
  product text,
  number double precision,
  source text not null,
  batch bigint,
  sensitivity integer not null,
  actor bigint not null,
  recorded_at bigint not null,
  corrects bigint,
  erased_by bigint,
  salt text,
  digest text not null,               -- SHA-256 of salt, rule columns and body
  link text not null,                 -- SHA-256 of the previous link and this header: survives 抹消
  body text,
  unique (file, seq)
);
create index event_batch on event (batch);
create index event_keeper on event (keeper, recorded_at);

-- A command's id: a double submit does nothing, and finds what the first one did.
create table command (
  id text primary key,
  keeper bigint not null,
  actor bigint not null,
  at bigint not null,
  result text not null
);

-- Read table: duties, one row per phase. Rebuilt from events by `tsumugi rebuild`.
create table duty (
  keeper bigint not null,
  file bigint not null,
  key text not null,
  phase integer not null,
  episode integer,
  service text not null,
  dose integer,
  occurrence integer not null,
  rule text not null,
  rule_from integer,
  tier integer not null,
  source text not null,
  programme text not null,
  category text not null,             -- 支援区分 of the subject at derivation
  kind text not null,
  applies_from integer,
  applies_until integer,
  legal_from integer,
  legal_to integer,
  standard_from integer,
  standard_to integer,
  target integer,
  escalates_on integer,
  next_on integer,                    -- the next dated step of the ladder, once one was agreed
  settled_on integer,
  settled_by bigint,
  settled_how text,                   -- done | excused | closed
  primary key (keeper, file, key, phase)
);
create index duty_open on duty (keeper, tier, target) where settled_how is null;

-- Read table: people index.
create table person (
  keeper bigint not null,
  file bigint not null,
  name text not null,
  kana text not null,
  birth_lo integer,
  birth_hi integer,
  sex text not null,
  number text not null,               -- 宛名番号
  household text not null,
  district text not null,
  address text not null,
  phone text not null,
  protected integer not null,         -- 秘匿・支援措置: masked by the data layer
  gone text not null,                 -- '' | moved_out | died
  gone_on integer,
  provisional integer not null,
  category text not null,             -- '' | needs_support
  subjects text not null,             -- space separated: child pregnancy postpartum
  edd integer,
  primary key (keeper, file)
);
create index person_kana on person (keeper, kana);
create index person_household on person (keeper, household);
create index person_number on person (keeper, number);

-- Read table: relations between files of one keeper, both directions.
create table relation (
  keeper bigint not null,
  file bigint not null,
  other bigint not null,
  role text not null,                 -- what `other` is to `file`
  from_day integer not null,
  until_day integer,
  event bigint not null,
  primary key (keeper, file, other, role, event)
);

-- Read table: 地区 × 事業 × 区分 → staff, dated.
create table assignment (
  keeper bigint not null,
  event bigint not null,
  district text not null,
  programme text not null,
  category text not null,
  staff bigint not null,
  from_day integer not null,
  until_day integer,
  primary key (keeper, event)
);

-- Read table: how far the evidence of each source reaches.
create table arrival (
  keeper bigint not null,
  source text not null,
  through integer not null,
  lag_days integer not null,
  primary key (keeper, source)
);

-- Read table: the office's settings (稼働基準日 …).
create table setting (
  keeper bigint not null,
  name text not null,
  value text not null,
  primary key (keeper, name)
);

-- An import: staged first, then applied in chunks with a cursor.
create table batch (
  id @id@,
  keeper bigint not null references office (id),
  kind text not null,
  name text not null,
  digest text not null,
  actor bigint not null,
  at bigint not null,
  state text not null,                -- staged | applying | applied | withdrawn
  rows_total integer not null,
  rows_done integer not null,
  errors integer not null,
  summary text not null,
  withdrawn_at bigint
);

create table staged_row (
  keeper bigint not null,
  batch bigint not null references batch (id),
  line integer not null,
  content text not null,
  primary key (keeper, batch, line)
);

create table staged_error (
  keeper bigint not null,
  batch bigint not null references batch (id),
  line integer not null,
  position integer not null,
  said text not null,
  primary key (keeper, batch, line, position)
);

-- The reading log: one row per opened file; one row per list, search, print or export with its ids.
create table reading (
  id @id@,
  keeper bigint not null,
  staff bigint not null,
  post bigint not null,
  at bigint not null,
  what text not null,                 -- person | list | export | reveal
  purpose text not null,
  files text not null
);
create index reading_keeper on reading (keeper, at);

-- Published rulebooks by content hash: an upgrade never rewrites an old "why".
create table rulebook (
  hash text primary key,
  published_at bigint not null,
  content text not null
);

create table meta (
  name text primary key,
  value text not null
);
