-- Row rights of PostgreSQL: what they are is laid by the program after its steps, for every table there is then (rights.rs).
-- One of them asks in which readings a file stands, reading by reading; so does whoever makes that table anew.
create index reading_file_reading on reading_file (reading);
