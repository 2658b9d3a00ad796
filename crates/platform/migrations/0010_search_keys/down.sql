drop table search_key;
drop table person_key;
create index person_kana on person (keeper, kana);
drop index person_order;
