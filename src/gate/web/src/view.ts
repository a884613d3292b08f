// What a view is, and what it is given.
import type { Child } from './dom';
import type { TextKey } from './text';
import type { IconName } from './parts/icon';
import { may, type Right } from './session';

export interface Context {
  signal: AbortSignal;            // aborts when the view is left
  id: string | null;              // "#/people/ID"
  query: URLSearchParams;         // "#/events?person=ID"
}

export interface View {
  name: IconName;
  title: TextKey;
  right: Right | null;            // null: everybody who is signed in
  make: (context: Context) => Child;
}

export const allowed = (view: View): boolean => view.right === null || may(view.right);

export const go = (to: string): void => { location.hash = `#/${to}`; };
