import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // One process, one module graph: it is fast, and it forbids state that lives in a module.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
})
