drop index event_emergency_reviewed;
drop index event_emergency;
drop table reading_file;
