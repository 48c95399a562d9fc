-- min 15
-- live
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (id int);
INSERT INTO t SELECT g FROM generate_series(1, 100) g;
-- desired
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (id int) USING heap_too;
