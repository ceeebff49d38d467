import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatGoDuration, parseGoDuration } from '../src/go/go-duration.ts';
import { formatGoUrl, parseGoUrl } from '../src/go/go-url.ts';
import { formatHostPort, parseHostPort } from '../src/go/host-port.ts';
import { formatPrometheusDuration, parsePrometheusDuration } from '../src/go/prometheus-duration.ts';
import { templateProblem, TEMPLATE_FUNCTIONS } from '../src/index.ts';

describe('G1: durations of Prometheus', () => {
  it.each([
    ['0', '0s'],
    ['1h30m', '1h30m'],
    ['90m', '1h30m'],
    ['14d', '2w'],
    ['90d', '90d'],
    ['365d', '1y'],
    ['1y2w3d4h5m6s7ms', '382d4h5m6s7ms'],
  ])('%s is written %s', (text, expected) => {
    const outcome = parsePrometheusDuration(text);
    expect(outcome.ok && formatPrometheusDuration(outcome.value)).toBe(expected);
  });

  it.each([
    ['', 'empty duration string'],
    ['5', 'not a valid duration string: "5"'],
    ['1m1h', 'not a valid duration string: "1m1h"'],
    ['1.5h', 'unknown unit "." in duration "1.5h"'],
    ['300y', 'duration out of range'],
  ])('%s is refused', (text, error) => {
    expect(parsePrometheusDuration(text)).toEqual({ ok: false, error });
  });

  it('every number of ms is read again as the same', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(parsePrometheusDuration(formatPrometheusDuration(ms))).toEqual({ ok: true, value: ms });
      }),
    );
  });
});

describe('G2: durations of Go', () => {
  it.each([
    ['1h', '1h0m0s'],
    ['90s', '1m30s'],
    ['1.5s', '1.5s'],
    ['-2ms', '-2ms'],
    ['1500us', '1.5ms'],
    ['.5s', '500ms'],
    ['10ns', '10ns'],
    ['0', '0s'],
  ])('%s is written %s', (text, expected) => {
    const outcome = parseGoDuration(text);
    expect(outcome.ok && formatGoDuration(outcome.value)).toBe(expected);
  });

  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['s', 'time: invalid duration "s"'],
    ['300000000h', 'time: invalid duration "300000000h"'],
  ])('%s is refused', (text, error) => {
    expect(parseGoDuration(text)).toEqual({ ok: false, error });
  });
});

describe('G3: addresses', () => {
  it.each(['mail.example:25', '[::1]:25', ':25'])('%s is taken', (text) => {
    const outcome = parseHostPort(text);
    expect(outcome.ok && formatHostPort(outcome.value)).toBe(text);
  });

  it.each([
    ['mail', 'address mail: missing port in address'],
    ['mail:', 'address "mail:": port cannot be empty'],
    ['::1:25', 'address ::1:25: too many colons in address'],
    ['[::1', "address [::1: missing ']' in address"],
    ['[::1]', 'address [::1]: missing port in address'],
  ])('%s is refused', (text, error) => {
    expect(parseHostPort(text)).toEqual({ ok: false, error });
  });
});

describe('G4: URLs as Go writes them', () => {
  it.each([
    ['http://x.example', 'http://x.example'],
    ['HTTP://X.example/', 'http://X.example/'],
    ['http://x.example/a b', 'http://x.example/a%20b'],
    ['http://x.example/a%2Fb', 'http://x.example/a%2Fb'],
    ['http://x.example/é', 'http://x.example/%C3%A9'],
    ['http://x.example/a?b c#d e', 'http://x.example/a?b c#d%20e'],
    ['http://u:p%40@x.example:80/', 'http://u:p%40@x.example:80/'],
    ['http://[::1]:80/', 'http://[::1]:80/'],
    ["http://x.example/(a)'*", "http://x.example/(a)'*"],
    ['mailto:a@b', 'mailto:a@b'],
  ])('%s is %s', (text, expected) => {
    const outcome = parseGoUrl(text);
    expect(outcome.ok && formatGoUrl(outcome.value)).toBe(expected);
  });

  it.each([
    ['http://x.example/%zz', 'invalid URL escape "%zz"'],
    ['http://x.example:port/', 'invalid port ":port" after host'],
    ['http://a b/', 'invalid character " " in host name'],
    ['://x', 'missing protocol scheme'],
    ['1:2', 'first path segment in URL cannot contain colon'],
    ['http://x\u007f', 'net/url: invalid control character in URL'],
  ])('%s is refused without showing it', (text, error) => {
    expect(parseGoUrl(text)).toEqual({ ok: false, error });
  });
});

describe('G5: the syntax of templates', () => {
  it.each([
    '',
    'no action',
    '{{ .Status }}',
    '{{- /* a comment */ -}}',
    '{{ define "a" }}{{ range $i, $a := .Alerts }}{{ if eq $i 0 }}{{ break }}{{ else if gt $i 1 }}{{ continue }}{{ end }}{{ end }}{{ end }}',
    '{{ with $x := .Labels.SortedPairs }}{{ (index $x 0).Name | toUpper }}{{ $x = nil | list }}{{ else }}-{{ end }}',
    '{{ template "a" . }}{{ block "b" (dict "k" `v`) }}{{ . }}{{ end }}',
    '{{ printf "%d %c" -1.5e3 \'x\' | safeHtml }}',
    '{{ $.Alerts.Firing | len }}',
  ])('%s is a template', (text) => {
    expect(templateProblem(text, TEMPLATE_FUNCTIONS)).toBeUndefined();
  });

  it.each([
    ['{{ .Status', 'unclosed action'],
    ['{{/* x', 'unclosed comment'],
    ['{{ "x }}', 'unterminated quoted string'],
    ['{{ }}', 'missing value for command'],
    ['{{ if }}x{{ end }}', 'missing value for if'],
    ['{{ if true }}x', 'unexpected EOF'],
    ['{{ end }}', 'unexpected {{end}}'],
    ['{{ else }}', 'unexpected {{else}}'],
    ['{{ if true }}{{ else }}{{ else }}{{ end }}', 'expected end; found {{else}}'],
    ['{{ shout .Status }}', 'function "shout" not defined'],
    ['{{ $x }}', 'undefined variable "$x"'],
    ['{{ if $x := 1 }}{{ end }}{{ $x }}', 'undefined variable "$x"'],
    ['{{ . | 5 }}', 'non executable command in pipeline stage 2'],
    ['{{ (len . }}', 'unclosed left paren'],
    ['{{ break }}', '{{break}} outside {{range}}'],
    ['{{ if true }}{{ define "a" }}{{ end }}{{ end }}', 'unexpected {{define}}'],
    ['{{ template a }}', 'unexpected <a> in template clause'],
    ['{{ .A ! }}', 'unexpected "!" in command'],
    ['{{ "a""b" }}', 'unexpected <"b"> in operand'],
  ])('%s is none', (text, problem) => {
    expect(templateProblem(text, TEMPLATE_FUNCTIONS)).toContain(problem);
  });
});
