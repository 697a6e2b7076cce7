/** What needs someone today, put together from the sources of all features. */
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import type { FirstStep, Need, NeedSource } from './need.ts';

export interface TodayWorld {
  readonly sources: readonly NeedSource[];
  readonly steps: readonly FirstStep[];
}

export interface NeedGroup extends Pick<NeedSource, 'title' | 'all'> {
  /** `null`: it could not be told, which is not the same as nothing. */
  readonly needs: readonly Need[] | null;
}

export interface Today {
  readonly groups: readonly NeedGroup[];
  /** What is still to be set up. */
  readonly steps: readonly FirstStep[];
}

export async function readToday({ sources, steps }: TodayWorld, now: Instant): Promise<Today> {
  const groups: NeedGroup[] = [];
  for (const { title, all, read } of sources) groups.push({ title, all, needs: await readOrNull(() => read(now)) });
  return { groups, steps: await openSteps(steps) };
}

/** A step that cannot be read counts as open: said once too often is better than never. */
async function openSteps(steps: readonly FirstStep[]): Promise<readonly FirstStep[]> {
  const open = new Set<FirstStep>();
  for (const step of steps) if (step.isDone !== null && (await readOrNull(step.isDone)) !== true) open.add(step);
  return open.size === 0 ? [] : steps.filter((step) => step.isDone === null || open.has(step));
}

/** One source that fails must not hide what the others know. A defect is none of these failures. */
async function readOrNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}
