-- refused access method heap_of_ours does not exist
-- live
CREATE TABLE t (a text);
-- desired
CREATE ACCESS METHOD heap_of_ours TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t (a text);
CREATE TABLE u (a text) USING heap_of_ours;
