import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CartTest {
  @Test
  void costsWhatItsSocksCost() {
    assertEquals(1598, new Cart(2, 799).total());
  }
}
