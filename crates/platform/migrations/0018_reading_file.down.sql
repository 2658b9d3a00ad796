drop index event_emergency;
drop table reading_file;
