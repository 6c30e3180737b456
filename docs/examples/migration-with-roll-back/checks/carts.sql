-- Ends with an error where something is missing, or cannot be read.
SELECT count(*) FROM carts;
SELECT count(*) FROM vouchers;
