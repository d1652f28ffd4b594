import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // One process, one module graph: it is fast, and it forbids state that lives in a module.
    isolate: false,
    // Tests that run at once mostly wait: for services of the sandbox that hang, each in a world of its own.
    maxConcurrency: 20,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
