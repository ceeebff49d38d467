/** How much longer than usual everything lasts: `TANDEM_CHAOS_ROUNDS`, by default 1. */
export function rounds(): number {
  return Math.max(1, Number(process.env['TANDEM_CHAOS_ROUNDS'] ?? 1));
}
