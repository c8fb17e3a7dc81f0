/** node:test's functions that the tests use, on mocha. */
export interface TestContext {
  diagnostic(message: string): void;
}

interface Options {
  /** True or the reason. */
  skip?: boolean | string;
  /** ms. */
  timeout?: number;
}

type Work = (context: TestContext) => unknown;
type Parameters = [name: string, work: Work] | [name: string, options: Options, work: Work];

interface MochaContext {
  timeout(milliseconds: number): void;
}

interface Mocha {
  describe(name: string, work: () => void): void;
  it: ((name: string, work: (this: MochaContext) => unknown) => void) & { skip(name: string): void };
}

const mocha = globalThis as unknown as Mocha;

const context: TestContext = { diagnostic: (message) => console.log(message) };

function read(parameters: Parameters): { name: string; options: Options; work: Work } {
  const [name, second, third] = parameters;
  return typeof second === 'function' ? { name, options: {}, work: second } : { name, options: second, work: third! };
}

/** A test that does not run: mocha knows no reasons, so that it is said in the name. */
const skip = (name: string, reason: string | true): void =>
  mocha.it.skip(reason === true ? name : `${name}: ${reason}`);

export function describe(...parameters: Parameters): void {
  const { name, options, work } = read(parameters);
  if (options.skip) skip(name, options.skip);
  else mocha.describe(name, () => void work(context));
}

export function test(...parameters: Parameters): void {
  const { name, options, work } = read(parameters);
  if (options.skip) skip(name, options.skip);
  else {
    mocha.it(name, function () {
      if (options.timeout) this.timeout(options.timeout);
      return work(context);
    });
  }
}

export const it = test;
