// Who is signed in. The token lives in sessionStorage alone: it is gone with the tab.
const kToken = 'kface.token';

export type Role = 'gate' | 'operator' | 'admin' | 'auditor';
export interface Me { name: string; role: Role }

let me: Me | null = null;
let in_memory: string | null = null; // where storage is switched off

export function token(): string | null {
  try {
    return sessionStorage.getItem(kToken) ?? in_memory;
  } catch {
    return in_memory;
  }
}

export function keep_token(value: string): void {
  in_memory = value;
  try {
    sessionStorage.setItem(kToken, value);
  } catch {
    // It stays in memory.
  }
}

export function forget_token(): void {
  in_memory = null;
  me = null;
  try {
    sessionStorage.removeItem(kToken);
  } catch {
    // Nothing was kept.
  }
}

export const signed_in = (): Me | null => me;
export const set_me = (value: Me): void => { me = value; };

// What the page offers to a role; the service decides by itself what it grants.
export type Right = 'decide' | 'gate_picture' | 'enrol' | 'people' | 'events' | 'distances' |
  'audit' | 'remove' | 'tokens';
const kRights: Record<Role, Right[]> = {
  gate: ['decide'],
  operator: ['decide', 'gate_picture', 'enrol', 'people', 'events', 'distances'],
  admin: ['decide', 'gate_picture', 'enrol', 'people', 'events', 'distances', 'remove', 'tokens'],
  auditor: ['people', 'events', 'distances', 'audit'],
};
export const may = (right: Right): boolean => me !== null && (kRights[me.role] ?? []).includes(right);
