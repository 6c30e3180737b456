/** What is in a cart, in cents. */
record Cart(int socks, int centsEach) {
  int total() {
    return socks * centsEach;
  }
}
