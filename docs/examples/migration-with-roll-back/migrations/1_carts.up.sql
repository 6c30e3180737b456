CREATE TABLE carts (id uuid PRIMARY KEY, customer text NOT NULL);
