/** A text with the signs of regular expressions escaped, as Go's `regexp.QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
}
