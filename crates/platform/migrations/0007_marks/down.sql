alter table file drop column marks;
