-- A ledger of schema version 1, as text: two slices, a loan with two legs, three audit rows.
-- Ledgers in the field look like this. If a test of it fails, do not change this file.
PRAGMA user_version = 1;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('boot_id','0d9ff0f6-7d9e-4a5e-8bb6-0a9d6b9b3d11');
CREATE TABLE slice (
  key TEXT PRIMARY KEY, kind INTEGER NOT NULL, amount INTEGER NOT NULL, capabilities TEXT NOT NULL,
  forced_end INTEGER NOT NULL, fence INTEGER NOT NULL,
  state INTEGER NOT NULL, epoch INTEGER NOT NULL, reason TEXT NOT NULL,
  lease TEXT, loan TEXT, borrower TEXT, host_port TEXT, priority INTEGER, term_millis INTEGER,
  deadline_millis INTEGER, renewal INTEGER, ending INTEGER, reboot_graces INTEGER,
  attachment_kind TEXT, attachment_address TEXT, attachment_bytes INTEGER,
  wipe_method TEXT, wiped_bytes INTEGER, wipe_verified_bytes INTEGER, wipe_epoch INTEGER
) WITHOUT ROWID;
INSERT INTO slice VALUES('mem0',1,1073741824,'cxl%2F3.0 fast ',2,1,1,3,'because',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'zero',10,9,2);
INSERT INTO slice VALUES('mem1',1,1073741824,'cxl%2F3.0 fast ',2,1,4,3,'because','0000000000000001ffffffffffffffff','fffffffffffffffb0000000000000006','00000000000000010000000000000002','port1',4,900000,123456,77,2,1,'file-window','/x',1073741824,'zero',10,9,2);
CREATE TABLE loan (
  id TEXT PRIMARY KEY, state INTEGER NOT NULL, kind INTEGER NOT NULL, amount INTEGER NOT NULL, capability TEXT,
  term_millis INTEGER NOT NULL, priority INTEGER NOT NULL, worst_forced_end INTEGER NOT NULL,
  lender TEXT, max_lenders INTEGER NOT NULL, explanation TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO loan VALUES('fffffffffffffffb0000000000000006',3,1,2147483648,'fast',900000,3,2,'00000000000000010000000000000002',2,'one lender');
CREATE TABLE leg (
  loan TEXT NOT NULL REFERENCES loan (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  lease TEXT NOT NULL UNIQUE, state INTEGER NOT NULL, epoch INTEGER NOT NULL,
  deadline_millis INTEGER NOT NULL, forced_millis INTEGER NOT NULL,
  owner TEXT NOT NULL, slice_key TEXT NOT NULL, kind INTEGER NOT NULL, amount INTEGER NOT NULL,
  capabilities TEXT NOT NULL, forced_end INTEGER NOT NULL, fence INTEGER NOT NULL,
  granted_state INTEGER, granted_remaining INTEGER,
  attachment_kind TEXT, attachment_address TEXT, attachment_bytes INTEGER,
  wipe_method TEXT, wiped_bytes INTEGER, wipe_verified_bytes INTEGER, wipe_epoch INTEGER,
  PRIMARY KEY (loan, position)
) WITHOUT ROWID;
INSERT INTO leg VALUES('fffffffffffffffb0000000000000006',0,'00000000000000080000000000000009',3,4,5,6,'00000000000000010000000000000002','mem0',1,1073741824,'fast ',2,2,4,1234,'file-window','/x',5,'zero',10,9,2);
INSERT INTO leg VALUES('fffffffffffffffb0000000000000006',1,'0000000000000008000000000000000a',1,0,5,6,'00000000000000010000000000000002','mem0',1,1073741824,'fast ',2,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, at_epoch_millis INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
);
INSERT INTO audit VALUES(1,1790000000000,'daemon','slice.wiped','mem0','{"epoch":3}','e8617c21660f8327450194c9630b06400777d88a01e24e07041a765e0087c2c6');
INSERT INTO audit VALUES(2,1790000060000,'b 000102','lease.grant','1','{"slice":"mem1","text":"two\nlines"}','eb4fe305f87ba1fb39ee1e5fc1cfb3f3f3673677012e70c9e52822c98a19f28d');
INSERT INTO audit VALUES(3,1790000060000,'daemon','loan.active','2','{}','7dcee1606c6d5b079fe0cdc0867702f32e55e95b6eea81c3a6f9d02b3a70f4c1');
