/** A tree with everything that decides where an alert goes. */
export const ROUTING = `
route:
  receiver: default
  group_by: [alertname, cluster]
  routes:
    - matchers: ['service=~"foo1|foo2|baz"']
      receiver: mail
      routes:
        - match: {severity: critical}
          receiver: pager
    - match_re: {owner: 'team-(B|C)'}
      receiver: bc
      group_by: []
      continue: true
      routes:
        - matchers: ['"ü b"=c', env!="test"]
          receiver: utf8
          group_by: ['...']
        - matchers: ['a=~"x.*"', 'a!~".*y"']
    - matchers: ['owner!=""', 'env="prod"']
      receiver: 'two words, a comma'
      continue: true
    - matchers: ['env=~".*"']
      receiver: last
receivers: [{name: default}, {name: mail}, {name: pager}, {name: bc}, {name: utf8}, {name: 'two words, a comma'}, {name: last}]
`;

/** Labels of alerts, and the receivers they go to. */
export const ROUTED_ALERTS: readonly (readonly [labels: readonly string[], receivers: string])[] = [
  [[], 'last'],
  [['service=foo1'], 'mail'],
  [['service=foo12'], 'last'],
  [['service=baz', 'severity=critical'], 'pager'],
  [['owner=team-B'], 'bc,last'],
  [['owner=team-BC'], 'last'],
  [['owner=team-C', '"ü b"=c'], 'utf8,last'],
  [['owner=team-C', '"ü b"=c', 'env=test'], 'bc,last'],
  [['owner=team-B', 'a=x1', 'env=prod'], 'bc,two words, a comma,last'],
  [['owner=team-B', 'a=xy'], 'bc,last'],
  [['owner=x', 'env=prod'], 'two words, a comma,last'],
];
