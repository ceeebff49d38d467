import { optional, optionalStruct, textMap } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { canonicalHeader } from '../schema/headers.ts';
import { tlsConfig } from '../schema/tls.ts';
import { hostPort, secret } from '../schema/values.ts';
import { sendResolved } from './common.ts';

const threading = struct({
  name: 'threading',
  fields: { enabled: given(flag), thread_by_date: given(text) },
});

const fields = {
  ...sendResolved,
  to: given(text),
  from: given(text),
  hello: given(text),
  smarthost: given(hostPort),
  auth_username: given(text),
  auth_password: given(secret),
  auth_password_file: given(text),
  auth_secret: given(secret),
  auth_secret_file: given(text),
  auth_identity: given(text),
  headers: given(textMap),
  html: given(text),
  text: given(text),
  require_tls: given(optional(flag)),
  tls_config: given(optionalStruct(tlsConfig)),
  force_implicit_tls: given(optional(flag)),
  threading: given(threading),
};

/** Mail. */
export type EmailConfig = StructOf<typeof fields>;

/** `email_configs` */
export const email = struct({
  name: 'email_configs',
  fields,
  defaults: { html: '{{ template "email.default.html" . }}' },
  finish: (value, refuse) => {
    if (value.to === '') refuse('missing to address in email config');
    const headers = new Map<string, string>();
    for (const [name, content] of value.headers) {
      const canonical = canonicalHeader(name);
      if (headers.has(canonical)) refuse(`duplicate header "${canonical}" in email config`, 'headers');
      headers.set(canonical, content);
    }
    checkThreading({ ...value, headers }, refuse);
    return { ...value, headers };
  },
});

function checkThreading({ threading: { enabled, thread_by_date: by }, headers }: EmailConfig, refuse: Refuse): void {
  if (!enabled) return;
  for (const name of ['References', 'In-Reply-To']) {
    if (headers.has(name)) {
      refuse(`conflicting configuration: threading.enabled conflicts with custom ${name} header`, 'threading');
    }
  }
  if (by !== 'none' && by !== 'daily') refuse("threading.thread_by_date must be either 'none' or 'daily'", 'threading');
}
