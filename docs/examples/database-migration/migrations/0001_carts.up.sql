CREATE TABLE carts (id uuid PRIMARY KEY, owner text NOT NULL);
