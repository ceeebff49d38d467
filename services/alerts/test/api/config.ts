/** A configuration with all that shows in the API: receivers with labels, routes that go on, muting, inhibition. */
export const CONFIG = `
route:
  receiver: default
  group_by: [alertname]
  labels: {team: root}
  routes:
    - receiver: team-X
      matchers: [team="X"]
      group_by: ['...']
      mute_time_intervals: [always]
      labels: {tier: "1"}
      continue: true
    - receiver: team-Y
      matchers: [team=~"X|Y"]
receivers:
  - name: default
  - name: team-X
    labels: {owner: x}
  - name: team-Y
    labels: {owner: y}
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname]
time_intervals:
  - name: always
    time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]
`;
