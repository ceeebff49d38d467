import { z } from 'zod';

/** What the kit knows of a value beyond its zod type. */
export interface ValueKind {
  /** Its name in the reference: `duration`, `size` … */
  readonly name: string;
  readonly secret: boolean;
  /** The compiled value as one writes it in the file. */
  readonly format: (value: unknown) => string | number;
}

/** Kinds by the schema that reads them. */
export const KINDS: z.core.$ZodRegistry<ValueKind> = z.registry<ValueKind>();

/** Keys that name a file with the value of a secret, by their schema: `password_file` is `of` `password`. */
export const SECRET_FILES: z.core.$ZodRegistry<{ readonly of: string }> = z.registry<{ readonly of: string }>();

/** Issues whose message completes "expected …", so that what was given instead is added. */
export const EXPECTATION = 'expectation';

/** How text becomes a value. */
export interface Reader<Input, Output> {
  readonly name: string;
  readonly secret?: boolean;
  /** What the message says is expected: `a duration such as 30s`. */
  readonly expected: string;
  /** Gives `undefined` for what it does not understand; the input is what was written, of any type. */
  readonly read: (value: Input | undefined) => Output | undefined;
  readonly format: (value: Output) => string | number;
}

/** A schema from a reader: it takes what is written in the file, a flag or the environment, and gives the compiled value. */
export function compiledSchema<Input, Output>(reader: Reader<Input, Output>): z.ZodType<Output, Input> {
  const schema = z.custom<Input>().transform((value, context): Output => {
    const output = reader.read(value);
    if (output !== undefined) return output;
    context.issues.push({
      code: 'custom',
      message: reader.expected,
      input: value,
      params: { [EXPECTATION]: true },
    });
    return z.NEVER;
  });
  KINDS.add(schema, {
    name: reader.name,
    secret: reader.secret ?? false,
    format: (value) => reader.format(value as Output),
  });
  return schema;
}
