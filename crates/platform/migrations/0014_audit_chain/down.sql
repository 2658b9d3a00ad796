drop table seal_head;
drop table seal;
delete from meta where name = 'audit_key';
