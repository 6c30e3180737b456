/** What all socks of a cart cost together, in cents. */
export const totalOf = (socks) => socks.reduce((sum, { cents, count }) => sum + cents * count, 0);
