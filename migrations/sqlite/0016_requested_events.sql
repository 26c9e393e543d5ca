-- The requester of what an event is about, as in `operation`; NULL in events of earlier versions. The logins of an
-- operator, and the reason in their words, are wiped when the signup is erased.
ALTER TABLE event ADD COLUMN requester_kind TEXT;
ALTER TABLE event ADD COLUMN requester TEXT;
ALTER TABLE event ADD COLUMN reason TEXT;
