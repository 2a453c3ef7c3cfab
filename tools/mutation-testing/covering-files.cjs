// Jest's `filter`: of the files that import a mutated one, those that ran the mutant's place in the first run, as hook-coverage.js noted.
// Stryker names the tests only, and Jest would load every file to look for them.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = (testPaths) => {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  if (mutant === undefined) return { filtered: testPaths };
  const folder = process.env.COVERED_MUTANTS;
  const covering = readdirSync(folder)
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .filter(({ mutants }) => mutants.includes(mutant))
    .map(({ testPath }) => testPath);
  return { filtered: testPaths.filter((path) => covering.includes(path)) };
};
