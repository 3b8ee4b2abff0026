-- Stock allocation in PostgreSQL, for the comparison: the work of some orders as one call, and so one transaction.
-- One row for each SKU, its warehouses in an array: one row lock for each line. A call takes its locks in the order of SKUs,
-- so calls never wait for each other in a circle; a lock is held until the call is durable.
DROP TABLE IF EXISTS stock, orders, backorder;
DROP FUNCTION IF EXISTS reserve, place_orders;

CREATE TABLE stock (
  sku int PRIMARY KEY,
  available int[] NOT NULL
) WITH (fillfactor = 50); -- room for the next version of a row beside it

CREATE TABLE orders (
  id bigint PRIMARY KEY,
  preferred smallint NOT NULL,
  sku int[] NOT NULL,
  quantity int[] NOT NULL,
  taken int[] NOT NULL, -- units by line and warehouse: line * 4 + warehouse
  placed_at timestamptz NOT NULL DEFAULT now()
);

-- Who waits. The place is drawn while the SKU's row is locked: first come, first served.
CREATE TABLE backorder (
  sku int NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY,
  order_id bigint NOT NULL,
  line smallint NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (sku, place)
);

-- Reserves for one line: the preferred warehouse first, then the others by priority. Returns the units by warehouse.
CREATE FUNCTION reserve(wanted_sku int, preferred int, wanted int) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  taken int[] := '{0,0,0,0}';
  missing int := wanted;
  there int[];
  warehouse int;
  units int;
BEGIN
  UPDATE stock SET available[preferred + 1] = available[preferred + 1] - wanted
    WHERE sku = wanted_sku AND available[preferred + 1] >= wanted;
  IF FOUND THEN
    taken[preferred + 1] := wanted;
    RETURN taken;
  END IF;
  SELECT available INTO there FROM stock WHERE sku = wanted_sku FOR UPDATE;
  FOR place IN 0..4 LOOP
    warehouse := CASE WHEN place = 0 THEN preferred + 1 ELSE place END;
    units := least(there[warehouse], missing);
    IF units > 0 THEN
      there[warehouse] := there[warehouse] - units;
      taken[warehouse] := taken[warehouse] + units;
      missing := missing - units;
    END IF;
    EXIT WHEN missing = 0;
  END LOOP;
  IF missing < wanted THEN UPDATE stock SET available = there WHERE sku = wanted_sku; END IF;
  RETURN taken;
END $$;

-- Places orders of three lines each, all in one transaction. Returns the units by order, line and warehouse.
CREATE FUNCTION place_orders(ids bigint[], preferred int[], skus int[], quantities int[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
  lines CONSTANT int := 3;
  taken int[] := array_fill(0, ARRAY[4 * array_length(skus, 1)]);
  got int[];
  missing int;
  number int;
BEGIN
  FOR number IN SELECT place FROM unnest(skus) WITH ORDINALITY AS asked(sku, place) ORDER BY sku, place LOOP
    got := reserve(skus[number], preferred[(number - 1) / lines + 1], quantities[number]);
    taken[4 * number - 3] := got[1];
    taken[4 * number - 2] := got[2];
    taken[4 * number - 1] := got[3];
    taken[4 * number] := got[4];
    missing := quantities[number] - got[1] - got[2] - got[3] - got[4];
    IF missing > 0 THEN
      INSERT INTO backorder (sku, order_id, line, quantity)
        VALUES (skus[number], ids[(number - 1) / lines + 1], (number - 1) % lines + 1, missing);
    END IF;
  END LOOP;
  FOR number IN 1..array_length(ids, 1) LOOP
    INSERT INTO orders (id, preferred, sku, quantity, taken)
      VALUES (ids[number], preferred[number], skus[lines * (number - 1) + 1 : lines * number],
              quantities[lines * (number - 1) + 1 : lines * number], taken[4 * lines * (number - 1) + 1 : 4 * lines * number]);
  END LOOP;
  RETURN taken;
END $$;
