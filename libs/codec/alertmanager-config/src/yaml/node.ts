/** Where something stands in a file; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A scalar as it stands in the file. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly text: string;
  /** Written without quotes and not as a block: only then it may be a number, a boolean, null, a merge key. */
  readonly plain: boolean;
  /** As `!!int`; nothing where none is written. */
  readonly tag: string | undefined;
  readonly at: Position;
}

/** A list. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly at: Position;
}

/** A mapping, duplicate and merge keys included. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly at: Position;
}

/** What an alias (`*name`) stands for; it may be seen more often than it was written. */
export interface AliasNode {
  readonly kind: 'alias';
  readonly target: YamlNode;
  readonly at: Position;
}

/** A key with its value. */
export interface MapEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** A node of a document. */
export type YamlNode = ScalarNode | ListNode | MapNode | AliasNode;

/** What a node or alias is in the end. */
export function follow(node: YamlNode): Exclude<YamlNode, AliasNode> {
  let current = node;
  while (current.kind === 'alias') current = current.target;
  return current;
}

/** Whether a key is `<<`, which takes over the entries of its value. */
export function isMergeKey(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.text === '<<' && (key.tag === undefined ? key.plain : key.tag === '!!merge');
}
