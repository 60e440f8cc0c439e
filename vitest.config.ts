import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['provider/**/*.test.ts', 'scripts/**/*.test.ts', 'schema/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
