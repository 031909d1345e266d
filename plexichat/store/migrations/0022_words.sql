-- Lines of audit logs that quote what was said, to find them once they are old.
CREATE INDEX audit_words ON audit (id)
    WHERE action IN ('message_edit', 'message_delete') AND changes IS NOT NULL;
