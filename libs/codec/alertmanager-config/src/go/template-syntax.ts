import { templateActions, TemplateSyntaxError, type TemplateAction, type TemplateToken } from './template-lexer.ts';

/** Functions every Go template has. */
const BUILT_IN = 'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge'.split(' ');

/** Functions of Alertmanager's templates. */
export const TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'toUpper toLower title trimSpace join match safeHtml safeUrl urlUnescape reReplaceAll stringSlice routeLabels date ' +
    'tz now since humanizeDuration toDate mustToDate toJson base64encode base64decode list append dict'
  ).split(' '),
);

/**
 * What is wrong with the syntax of a Go template, or `undefined`: actions and their nesting, pipelines, names of functions
 * and variables. Whether a field exists, or a template that is called, shows only when it is executed.
 */
export function templateProblem(text: string, functions: ReadonlySet<string>): string | undefined {
  try {
    new TemplateChecker(templateActions(text), functions).check();
    return undefined;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error.message;
    throw error;
  }
}

/** What ends a list of actions. */
type Ending = 'end' | 'else' | 'eof';

class TemplateChecker {
  readonly #actions: Iterator<TemplateAction>;
  readonly #functions: ReadonlySet<string>;
  #variables: string[] = ['$'];
  #tokens: TemplateAction = [];
  #at = 0;
  #ranges = 0;
  #depth = 0;

  constructor(actions: Iterator<TemplateAction>, functions: ReadonlySet<string>) {
    this.#actions = actions;
    this.#functions = new Set([...BUILT_IN, ...functions]);
  }

  check(): void {
    const ending = this.#list();
    if (ending !== 'eof') throw new TemplateSyntaxError(`unexpected {{${ending}}}`);
  }

  #list(): Ending {
    for (;;) {
      const next = this.#actions.next();
      if (next.done === true) return 'eof';
      this.#tokens = next.value;
      this.#at = 0;
      const first = this.#tokens[0];
      if (first?.kind === 'identifier' && (first.text === 'end' || first.text === 'else')) {
        this.#at = 1;
        if (first.text === 'end') this.#close('end');
        return first.text;
      }
      this.#action(first);
    }
  }

  #action(first: TemplateToken | undefined): void {
    const keyword = first?.kind === 'identifier' ? first.text : '';
    const branch = keyword === 'if' || keyword === 'with' || keyword === 'range';
    if (!['define', 'block', 'template', 'break', 'continue'].includes(keyword) && !branch) {
      this.#pipeline('command');
      this.#close('command');
      return;
    }
    this.#at = 1;
    if (branch) this.#branch(keyword);
    else if (keyword === 'break' || keyword === 'continue') this.#leave(keyword);
    else this.#named(keyword);
  }

  #branch(keyword: string): void {
    const outer = this.#variables.length;
    this.#pipeline(keyword);
    this.#close(keyword);
    if (keyword === 'range') this.#ranges++;
    const ending = this.#body(keyword);
    if (keyword === 'range') this.#ranges--;
    if (ending === 'else') this.#otherwise(keyword);
    this.#variables.length = outer;
  }

  #otherwise(keyword: string): void {
    const next = this.#tokens[this.#at];
    if (next?.kind === 'identifier' && next.text === keyword && keyword !== 'range') {
      this.#at++;
      this.#branch(keyword);
      return;
    }
    this.#close('else');
    if (this.#body('else') === 'else') throw new TemplateSyntaxError('expected end; found {{else}}');
  }

  #body(keyword: string): Ending {
    this.#depth++;
    const ending = this.#list();
    this.#depth--;
    if (ending === 'eof') throw new TemplateSyntaxError(`unexpected EOF: {{${keyword}}} has no {{end}}`);
    return ending;
  }

  #leave(keyword: string): void {
    if (this.#ranges === 0) throw new TemplateSyntaxError(`{{${keyword}}} outside {{range}}`);
    this.#close(keyword);
  }

  /** `define`, `block` and `template`: a name first. */
  #named(keyword: string): void {
    const name = this.#take();
    if (name?.kind !== 'string') throw new TemplateSyntaxError(`unexpected ${shown(name)} in ${keyword} clause`);
    if (keyword === 'define' && this.#depth > 0) throw new TemplateSyntaxError('unexpected {{define}}');
    if (keyword === 'block' || (keyword === 'template' && this.#at < this.#tokens.length)) this.#pipeline(keyword);
    this.#close(keyword);
    if (keyword === 'template') return;
    const outer = { variables: this.#variables, ranges: this.#ranges };
    this.#variables = ['$'];
    this.#ranges = 0;
    if (this.#body(keyword) === 'else') throw new TemplateSyntaxError(`unexpected {{else}} in ${keyword} clause`);
    this.#variables = outer.variables;
    this.#ranges = outer.ranges;
  }

  #pipeline(context: string): void {
    this.#declaration(context);
    for (let stage = 1; ; stage++) {
      this.#command(context, stage);
      if (this.#tokens[this.#at]?.kind !== '|') return;
      this.#at++;
    }
  }

  /** `$x :=`, `$x =`, in a range also `$i, $x :=`. */
  #declaration(context: string): void {
    const [first, second, third, sign] = this.#tokens.slice(this.#at, this.#at + 4);
    if (first?.kind !== 'variable') return;
    if (isAssignment(second)) {
      this.#assign([first], second);
    } else if (context === 'range' && second?.kind === ',' && third?.kind === 'variable') {
      if (!isAssignment(sign)) throw new TemplateSyntaxError('range can only initialize variables');
      this.#assign([first, third], sign);
    }
  }

  #assign(variables: readonly TemplateToken[], sign: TemplateToken | undefined): void {
    this.#at += variables.length * 2;
    for (const variable of variables) {
      if (sign?.kind === ':=') this.#variables.push(variable.text);
      else this.#known(variable);
    }
  }

  #known(variable: TemplateToken): void {
    if (!this.#variables.includes(variable.text))
      throw new TemplateSyntaxError(`undefined variable "${variable.text}"`);
  }

  #command(context: string, stage: number): void {
    const first = this.#tokens[this.#at];
    if (first === undefined || !startsOperand(first)) {
      throw new TemplateSyntaxError(`missing value for ${stage === 1 ? context : 'command'}`);
    }
    if (stage > 1 && !isExecutable(first)) {
      throw new TemplateSyntaxError(`non executable command in pipeline stage ${stage}`);
    }
    this.#operand();
    for (let next = this.#tokens[this.#at]; startsOperand(next); next = this.#tokens[this.#at]) {
      if (next?.spaced === false) throw new TemplateSyntaxError(`unexpected ${shown(next)} in operand`);
      this.#operand();
    }
  }

  #operand(): void {
    const token = this.#take();
    if (token?.kind === 'variable') this.#known(token);
    else if (token?.kind === 'identifier') this.#identifier(token);
    else if (token?.kind === '(') this.#parenthesised();
    for (let next = this.#tokens[this.#at]; isChained(next); next = this.#tokens[this.#at]) {
      if (token !== undefined && UNCHAINED.has(token.kind)) {
        throw new TemplateSyntaxError(`unexpected . after term ${shown(token)}`);
      }
      this.#at++;
    }
  }

  #parenthesised(): void {
    this.#pipeline('parenthesized pipeline');
    if (this.#take()?.kind !== ')') throw new TemplateSyntaxError('unclosed left paren');
  }

  #identifier({ text }: TemplateToken): void {
    if (['true', 'false', 'nil'].includes(text) || this.#functions.has(text)) return;
    throw new TemplateSyntaxError(`function "${text}" not defined`);
  }

  #take(): TemplateToken | undefined {
    return this.#tokens[this.#at++];
  }

  #close(context: string): void {
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new TemplateSyntaxError(`unexpected ${shown(rest)} in ${context}`);
  }
}

/** Kinds that have no fields. */
const UNCHAINED: ReadonlySet<TemplateToken['kind']> = new Set(['number', 'string', 'character', 'dot']);

function isChained(token: TemplateToken | undefined): boolean {
  return token?.kind === 'field' && !token.spaced;
}

function isAssignment(token: TemplateToken | undefined): boolean {
  return token?.kind === ':=' || token?.kind === '=';
}

function startsOperand(token: TemplateToken | undefined): boolean {
  return token !== undefined && !['|', ')', ',', ':=', '='].includes(token.kind);
}

function isExecutable({ kind, text }: TemplateToken): boolean {
  if (kind === 'identifier') return !['true', 'false', 'nil'].includes(text);
  return kind === 'field' || kind === 'variable' || kind === '(';
}

function shown(token: TemplateToken | undefined): string {
  return token === undefined ? 'end of action' : `<${token.text}>`;
}
