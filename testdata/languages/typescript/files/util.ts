// The module that main.ts imports.
export function answer(): number {
  return 6 * 7;
}
