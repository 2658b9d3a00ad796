drop index reading_file_reading;
