// What the service says, as far as the page reads it. Whatever a service may leave out is optional.
export interface Person {
  id: string;
  name: string;
  groups: string[];
  card?: string | null;
  vehicle?: string | null;
  valid_from?: string | null;
  valid_until?: string | null;
  consent_at?: string | null;
  created_at?: string | null;
}
export interface NewPerson {
  name: string;
  groups: string[];
  card: string;
  vehicle: string;
  valid_from: string | null;
  valid_until: string | null;
  consent_at: string;
}
export interface Quality {
  face_size_px?: number;
  sharpness?: number;
  brightness?: number;
  yaw_degrees?: number;
  roll_degrees?: number;
}
export interface EnrolledFace {
  id: string;
  quality?: Quality;
  quality_score?: number;
  looks_like?: { person: string; name?: string } | null;
}
export interface Face {
  id: string;
  created_at?: string;
  quality?: Quality;
  quality_score?: number;
  model?: string;
  has_photo?: boolean;
}
export interface FaceCheck {
  quality?: Quality;
  quality_score?: number;
  good: boolean;
  advice: string[];
}
export interface Decision {
  event?: string | null;
  verdict: string;
  reason: string;
  person?: string | null;
  name?: string | null;
  distance?: number | null;
  threshold?: number | null;
  far?: number | null;
  far_gallery?: number | null;
  margin?: number | null;
  quality_score?: number | null;
  liveness?: number | null;
  time_ms?: number | null;
  note?: string | null;
}
export interface Match { person: string; name?: string; distance: number }
export interface EventRecord {
  sequence: number;
  at: string;
  kind: string;
  gate?: string | null;
  event?: string | null;
  actor?: string | null;
  person?: string | null;
  name?: string | null;
  direction?: string | null;
  verdict?: string | null;
  reason?: string | null;
  distance?: number | null;
  threshold?: number | null;
  far?: number | null;
  margin?: number | null;
  quality?: number | null;
  liveness?: number | null;
  time_ms?: number | null;
  note?: string | null;
}
export interface EventAnswer {
  event: string;
  records: EventRecord[];
  details: { vehicle?: string | null; card?: string | null; has_photo?: boolean } | null; // null: no longer kept
}
export interface Bin { from: number; to: number; granted: number; denied: number; not_sure: number }
export interface Distances { threshold: number | null; bins: Bin[]; days: number; num_decisions: number }
export interface Head { sequence: number; chain: string }
export interface Model {
  name: string;
  space?: string;
  backbone?: string;
  recipe?: string;
  threshold?: {
    distance?: number; far?: number | null; rule?: string; num_people?: number; unseen_people?: boolean;
  };
  embedding_dim?: number;
}
export interface Health {
  status: string;
  people?: number;
  templates?: number;
  storage?: string;
  audit?: string;
  doors?: string[];
  camera?: string | null;
  uptime_s?: number;
  version?: string;
}
export interface GateState { camera?: string; fps?: number | null; last_decision?: (Decision & { at?: string }) | null }
export interface Token { id: string; name: string; role: string; created_at?: string; expires_at?: string | null }
