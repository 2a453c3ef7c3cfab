import type { Caller } from './plan/plan.js';

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What a source of counts is asked for. It follows from the plan: see `countQuestion`. */
export interface CountQuestion {
  callers: Caller[];
  arms: CountedArm[];
  /** Bounds of Istio's duration buckets, in milliseconds. */
  bounds: number[];
  /** Counters of one's own, by the guard's name. */
  queries: { guard: string; arm: 'stable' | 'canary'; bad: string; all: string }[];
}

/** A destination whose requests are counted: `destination_service`, and `destination_version` for a subset. */
export interface CountedArm {
  /** See `armKey`. */
  key: string;
  host: string;
  subset?: string;
  port?: number;
}

/** One reading of the counts: what was added since the reading before, in exact integers. */
export interface Look {
  kind: 'look';
  /** When the newest sample was taken, in milliseconds since the epoch. */
  at: number;
  /** The time between two samples of the source, in milliseconds. */
  interval: number;
  /** Where the next reading goes on: the source's own, kept in the state. */
  cursor: Json;
  /** One entry for each caller and arm; both arms of a caller are of the same scrapes of the same targets. */
  counts: ArmCounts[];
  /** Counters of one's own. */
  queries: { guard: string; arm: 'stable' | 'canary'; bad: number; all: number }[];
  /** Series whose beginning is unknown, in words; they count from their first sample. */
  blind: string[];
  /** Requests that reached neither arm because they passed the mesh by (PassthroughCluster, BlackHoleCluster). */
  bypassed: number;
}

/** The counts cannot be had, or not as a whole: nothing is absorbed, and the release waits. */
export interface NoLook {
  kind: 'no-look';
  reason: string;
}

/** What one caller has counted of one arm since it started. Counters: they only rise. */
export interface ArmCounts {
  caller: Caller;
  /** As in {@link CountedArm.key}. */
  arm: string;
  /** All requests that have ended. */
  requests: number;
  /** HTTP >= 500, gRPC status 2, 4, 8, 12, 13, 14, 15, response code 0 other than flag DC. */
  failed: number;
  /** The caller gave up (response flag DC). Not among `failed`. */
  gaveUp: number;
  /** By bound: how many requests took longer. */
  over: Record<number, number>;
}
