-- Addresses from which nobody is answered.
CREATE TABLE blocked_address (
    address TEXT PRIMARY KEY,                       -- an IPv4 address, or the /64 of an IPv6 household
    reason TEXT,
    blocked_at INTEGER NOT NULL,
    blocked_by INTEGER NOT NULL,
    expires_at INTEGER                              -- NULL: until further notice
) STRICT, WITHOUT ROWID;
