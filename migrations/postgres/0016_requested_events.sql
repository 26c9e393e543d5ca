-- Who asked for what an event is about, as in `operation`; NULL for what the worker does. The logins of an operator, and
-- the reason in their words, are wiped when the signup is erased.
ALTER TABLE event ADD COLUMN requester_kind TEXT;
ALTER TABLE event ADD COLUMN requester TEXT;
ALTER TABLE event ADD COLUMN reason TEXT;
