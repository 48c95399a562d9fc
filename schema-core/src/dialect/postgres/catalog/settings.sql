-- Everything that decides how the server prints a type, an expression or a constant.
SET LOCAL search_path = '';
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL quote_all_identifiers = off;
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL standard_conforming_strings = on;
SET LOCAL lock_timeout = 0;
SET LOCAL row_security = on;
-- What thousands of tables have is sorted in memory, and not compiled first.
SET LOCAL work_mem = '32MB';
SET LOCAL jit = off
