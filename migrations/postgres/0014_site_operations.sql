-- Mails to admins are operations of the site. Each goes on from when its next mail was allowed; where there is nothing to
-- report then, it ends.
INSERT INTO operation (kind, target, tenant, step, needs, due_at, trying_since, requester_kind, created_at, updated_at)
SELECT 'send_alert', kind, '', 'send_alert', 'mail', due_at, due_at, 'service', due_at, due_at FROM alert;

DROP TABLE alert;
