/** One label of a series; both texts are any UTF-8. An empty value means the same as no such label. */
export interface Label {
  readonly name: string;
  readonly value: string;
}
