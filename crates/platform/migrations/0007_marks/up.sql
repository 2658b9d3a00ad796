-- What of a file's read tables is stored, as digests: a derivation compares with them and writes only what changed,
-- without reading the rows. Empty: nothing is known, everything is written.

alter table file add column marks text not null default '';
