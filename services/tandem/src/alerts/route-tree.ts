import { formatMatchers, matchesAll, type LabelSet, type Route } from '@tandem/alerting';

import { printable } from '../ha/table.ts';

interface Branch {
  readonly text: string;
  readonly branches: readonly Branch[];
}

/** Every route with its receiver, as `amtool config routes show` draws it. */
export function routeTree(root: Route): string {
  return ['Routing tree:', '.', ...draw([wholeBranch(root)], '')].join('\n');
}

function wholeBranch(route: Route): Branch {
  const more = route.continue ? '  continue: true' : '';
  return {
    text: `${nameOf(route)}${more}  receiver: ${route.options.receiver}`,
    branches: route.routes.map(wholeBranch),
  };
}

/** The routes an alert takes, as `amtool config routes test --tree` draws them. */
export function matchingTree(root: Route, labels: LabelSet): string {
  return ['Matching routes:', '.', ...draw([matchingBranch(root, labels)], '')].join('\n');
}

function matchingBranch(route: Route, labels: LabelSet): Branch {
  const taken: Route[] = [];
  for (const child of route.routes) {
    if (!matchesAll(child.matchers, labels)) continue;
    taken.push(child);
    if (!child.continue) break;
  }
  const receiver = taken.length === 0 ? `  receiver: ${route.options.receiver}` : '';
  return { text: `${nameOf(route)}${receiver}`, branches: taken.map((child) => matchingBranch(child, labels)) };
}

function nameOf({ matchers }: Route): string {
  return matchers.length === 0 ? 'default-route' : formatMatchers(matchers);
}

function draw(branches: readonly Branch[], before: string): readonly string[] {
  return branches.flatMap(({ text, branches: below }, index) => {
    const last = index === branches.length - 1;
    const line = `${before}${last ? '└── ' : '├── '}${printable(text)}`;
    return [line, ...draw(below, `${before}${last ? '    ' : '│   '}`)];
  });
}
