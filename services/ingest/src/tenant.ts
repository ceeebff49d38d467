import { refuse, type Refusal } from './refusal.ts';

/** What a tenant's name may be made of, and its length: the rules of Cortex and Mimir, whose senders we serve. */
const TENANT = /^[A-Za-z0-9!\-_.*'()]{1,150}$/;

/** The tenant of a request: the header's, or the default where there is none. */
export function tenantOf(
  header: string | undefined,
  defaultTenant: string,
): { readonly ok: true; readonly tenant: string } | Refusal {
  if (header === undefined || header === '') return { ok: true, tenant: defaultTenant };
  if (TENANT.test(header) && header !== '.' && header !== '..') return { ok: true, tenant: header };
  return refuse(400, 'invalid-tenant', "the tenant may have letters, digits and !-_.*'() only, 150 at most");
}
