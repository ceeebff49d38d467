declare module 'bcryptjs' {
  /** Whether a text is what a hash was made of. */
  export function compare(text: string, hash: string): Promise<boolean>;
  /** A hash of a text, of a cost from 4 to 31. */
  export function hashSync(text: string, cost: number): string;
}
