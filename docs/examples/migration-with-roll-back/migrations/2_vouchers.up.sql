CREATE TABLE vouchers (code text PRIMARY KEY, cart uuid REFERENCES carts (id));
