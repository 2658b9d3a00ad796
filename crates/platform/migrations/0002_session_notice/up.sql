-- What the last act did, shown once on the next page. Kept with the session so that no name ever stands in an address.
alter table session add column notice text not null default '';
