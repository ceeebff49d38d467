const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML, as opposed to a text that is to be shown. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a piece: texts and numbers are escaped, pieces stay, nothing is nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined;

/** A piece of HTML of a template: whatever is filled in is escaped, in attributes (in double quotes) as in text. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) text += `${written(value)}${strings[index + 1] ?? ''}`;
  return new Html(text);
}

function written(value: HtmlValue): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replaceAll(/[&<>"']/gu, (character) => ESCAPES[character] ?? character);
}

/** A link to an address that others gave: one that is not of the web is shown, and leads nowhere. */
export function webLink(address: string, said: string): Html {
  if (!/^https?:\/\//iu.test(address)) return html`<span>${said}</span>`;
  return html`<a href="${address}" rel="noopener noreferrer nofollow">${said}</a>`;
}
