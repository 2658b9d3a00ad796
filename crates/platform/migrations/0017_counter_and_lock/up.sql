-- 窓口モード (a visitor may see the screen) and the lock of a screen nobody sits at. Both are the session's, on the server: what is
-- hidden must not depend on the browser.
alter table session add column counter integer not null default 0;
alter table session add column locked_at bigint;
