import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addEventHandler, getState, resetState, run, type State, setState } from 'jest-circus';
import { coverage, instrumented, placesRunBy } from './instrumented.ts';

type Block = State['rootDescribeBlock'];
type Test = Block['tests'][number];

/** What one test said. `failure` is the text of its first error. */
export interface TestOutcome {
  id: string;
  milliseconds: number;
  failure?: string;
}

/** As in jest.config.js; files with other needs set their own. */
const defaultTimeout = 60_000;

/** The file whose tests are running. */
let running = '';

// Stryker notes the mutants that each test comes by. What a `beforeAll` runs is noted for its file.
addEventHandler((event) => {
  if (event.name === 'test_start') instrumented.currentTestId = idOf(running, event.test);
  if (event.name === 'test_done' || event.name === 'test_skip') delete instrumented.currentTestId;
  if (!('hook' in event) || event.hook.type !== 'beforeAll') return;
  if (event.name === 'hook_start') instrumented.currentTestId = running;
  else delete instrumented.currentTestId;
});

/** A file of tests, loaded into this process once and run as often as there are mutants: nothing that it imports is loaded again. */
export class SpecFile {
  readonly path: string;
  private readonly tests: Test[];
  private readonly state: State;
  /** The mutants whose place runs while the file is loaded, outside of tests and hooks: in a table that it makes for all of them. */
  private readonly ranOnLoad: ReadonlySet<string>;

  private constructor(path: string, state: State, ranOnLoad: ReadonlySet<string>) {
    this.path = path;
    this.tests = testsIn(state.rootDescribeBlock);
    this.state = state;
    this.ranOnLoad = ranOnLoad;
  }

  /** @param instance Another one makes another module of the same file, which is loaded by itself. */
  static async load(path: string, instance: string): Promise<SpecFile> {
    resetState();
    const state = getState();
    state.testTimeout = defaultTimeout;
    const url = `${pathToFileURL(path).href}?${instance}`;
    const ranOnLoad = await placesRunBy(`loading ${path}`, () => import(url));
    return new SpecFile(path, state, ranOnLoad);
  }

  /** The file as the active mutant makes it. */
  async mutated(): Promise<SpecFile> {
    const { activeMutant = '' } = instrumented;
    return this.ranOnLoad.has(activeMutant) ? SpecFile.load(this.path, `mutant=${activeMutant}`) : this;
  }

  get ids(): string[] {
    return this.tests.map((test) => idOf(this.path, test));
  }

  /** Runs those of its tests that are wanted, up to the first that fails. */
  async run(wanted: ReadonlySet<string>): Promise<TestOutcome[]> {
    const { tests } = this;
    for (const test of tests) Object.assign(test, { errors: [], status: null });
    setState(this.state);
    const names = new Set(tests.filter((test) => wanted.has(idOf(this.path, test))).map(nameOf));
    // Circus asks its pattern for each test by its full name, right before the test.
    const untilFailure = { test: (name: string) => names.has(name) && !tests.some(hasFailed) };
    this.state.testNamePattern = untilFailure as RegExp;
    running = this.path;
    await run();
    return tests.filter(({ status }) => status === 'done').map((test) => this.outcomeOf(test));
  }

  /** Counts for each test what its file has run while loading and before all tests: any of them may look at what was made there. */
  shareCoverage(): void {
    const { perTest } = coverage;
    const onLoad = Object.fromEntries([...this.ranOnLoad].map((mutant) => [mutant, 1]));
    for (const id of this.ids) perTest[id] = { ...onLoad, ...perTest[this.path], ...perTest[id] };
    delete perTest[this.path];
  }

  private outcomeOf(test: Test): TestOutcome {
    const outcome = { id: idOf(this.path, test), milliseconds: test.duration ?? 0 };
    return hasFailed(test) ? { ...outcome, failure: textOf(test.errors[0]) } : outcome;
  }
}

function testsIn(block: Block): Test[] {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsIn(child)));
}

function idOf(path: string, test: Test): string {
  return `${relative('.', path)}: ${nameOf(test)}`;
}

/** As circus names it: below the root block, whose name it leaves out. */
function nameOf({ name, parent }: Test | Block): string {
  return parent?.parent === undefined ? name : `${nameOf(parent)} ${name}`;
}

function hasFailed({ errors }: Test): boolean {
  return errors.length > 0;
}

/** Circus keeps with an error the one that tells the line of its test. */
function textOf(error: Test['errors'][number] | undefined): string {
  const first = Array.isArray(error) ? (error[0] ?? error[1]) : error;
  return first instanceof Error ? first.message : String(first);
}
