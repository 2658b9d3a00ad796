drop table rule_effect;
drop table rule_work;
drop table book_in_force;
drop table local_rule;
