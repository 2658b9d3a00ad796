drop table absence;
