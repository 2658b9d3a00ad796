drop table office_period;
